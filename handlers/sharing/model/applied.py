"""What became of a step: what a register reports of a transition, and what it means to whoever took the step."""

from dataclasses import dataclass

from handlers.sharing.model.errors import DuplicateRequest, RequestClosed
from handlers.sharing.model.record import RequestRecord, Status, is_known, missing, unknown_version


@dataclass(frozen=True, slots=True)
class Applied:
    """The step was taken; `record` is the request as it now stands."""

    record: RequestRecord


@dataclass(frozen=True, slots=True)
class Rejected:
    """The step of this request was not taken, because of what stands there (`None`: nothing does).

    Of an item that a newer release wrote, `there` holds what lists show, and its version.
    """

    request_id: str
    there: RequestRecord | None


def advanced(outcome: Applied | Rejected) -> RequestRecord:
    """The request after a step that only an open one can take.

    Raises:
        RequestClosed: it has ended.
        RegisterUnreadable: it is not there, or a newer release wrote it.
    """
    if isinstance(outcome, Applied):
        return outcome.record
    there = _what_stands(outcome)
    raise RequestClosed(f"Request {outcome.request_id} ended as {there.status} meanwhile; it stays as it is.")


def written(outcome: Applied | Rejected) -> tuple[RequestRecord, bool]:
    """What stands there after `submitted`, and whether this step wrote it.

    Raises:
        RegisterUnreadable: a newer release wrote what stands there.
    """
    if isinstance(outcome, Applied):
        return outcome.record, True
    return _what_stands(outcome), False


def taken_up(mine: RequestRecord, outcome: Applied | Rejected) -> RequestRecord:
    """The request after `received(mine)`; for a retry of the same execution, as it stood already.

    Raises:
        DuplicateRequest: another execution has used the name, or somebody's request for something else has it.
        RegisterUnreadable: a newer release wrote what stands there.
    """
    if isinstance(outcome, Applied):
        return outcome.record
    there = _what_stands(outcome)
    if (there.execution_arn, there.started_at) == (mine.execution_arn, mine.started_at):
        return there
    raise DuplicateRequest(
        f"A request named {mine.id} exists already, of another execution or for something else, and stays as it is. "
        "Start the execution under a new name."
    )


def judged(outcome: Applied | Rejected) -> RequestRecord:
    """The request after `classified`; where it is further on already, as it stands.

    Raises:
        RequestClosed, RegisterUnreadable: as in `advanced`.
    """
    if isinstance(outcome, Rejected) and (there := _what_stands(outcome)).status.is_open:
        return there
    return advanced(outcome)


def awaited(outcome: Applied | Rejected) -> RequestRecord:
    """The request after `waiting`.

    Raises:
        RequestClosed, RegisterUnreadable: as in `advanced`.
    """
    if isinstance(outcome, Rejected):
        there = _what_stands(outcome)
        # Somebody may have decided before this was written: what came of it stands.
        if there.status is Status.SHARING:
            return there
    return advanced(outcome)


def as_it_stands(outcome: Applied | Rejected) -> RequestRecord:
    """The request after a step that something else may have made pointless.

    Raises:
        RegisterUnreadable: it is not there, or a newer release wrote it.
    """
    return outcome.record if isinstance(outcome, Applied) else _what_stands(outcome)


def ended(started_at: str | None, outcome: Applied | Rejected) -> RequestRecord | None:
    """The request after `closed`, closed by this step or before; `None` if it belongs to another execution."""
    if isinstance(outcome, Applied):
        return outcome.record
    there = outcome.there
    return there if there is not None and started_at in {None, there.started_at} else None


def _what_stands(rejected: Rejected) -> RequestRecord:
    """What stood in the way of a step, if this release can read it."""
    there = rejected.there
    if there is None:
        raise missing(rejected.request_id)
    if not is_known(there.version):
        raise unknown_version(f"request {rejected.request_id}", there.version)
    return there
