"""Finds requests whose execution is over and that nobody closed, and has Close end them; ends what runs without end.

Status events are best effort; this is what backs them up. It writes nothing itself.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.record import Listed, RequestRecord, Status, UnreadableRecord
from handlers.sharing.ports import Closer, Workflow
from handlers.sharing.stores import RequestLists

NEVER_STARTED_AFTER = timedelta(minutes=15)
"""The requests API writes a request down and starts its execution at once; after this time it never will."""
LOOKS_BACK = timedelta(days=1)
"""How long after its end an execution is remembered that the register knows nothing of."""


@dataclass(frozen=True, slots=True)
class Left:
    """A request that could not be seen to, and why."""

    request_id: str
    error: LakeshareError


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: how many requests were closed or announced, and which were left."""

    closed: int
    left: tuple[Left, ...] = ()


def sweep(*, lists: RequestLists, workflow: Workflow, closer: Closer, longest_run: timedelta, at: datetime) -> Swept:
    """Have every open request closed whose execution is over, or has run for longer than `longest_run`.

    Events that are owed are put, also of what runs; and a request that the register never heard of, because it was out
    of reach for all of its execution's life, is written down as ended. One that cannot be read, closed or announced
    keeps no other waiting.

    Raises:
        TryAgain, AccessRefused: the lists themselves cannot be read.
    """
    closed = 0
    left: list[Left] = []
    # The register is read first: what starts in between is then in neither list.
    suspects = list(lists.unfinished())
    running = workflow.running()
    # By name: what the requests API wrote down has no ARN until Classify takes it up, which an outage may delay.
    names = {_name(arn) for arn in running}
    seen_to = (
        (each.id, partial(_seen_to, each, names, workflow, closer, at))
        for each in chain(suspects, _unheard_of(lists, workflow, at))
    )
    for request_id, work in chain(_endless(running, at - longest_run, workflow, closer), seen_to):
        try:
            closed += work()
        except LakeshareError as error:
            left.append(Left(request_id, error))
    return Swept(closed, tuple(left))


def _endless(
    running: Mapping[str, datetime], before: datetime, workflow: Workflow, closer: Closer
) -> Iterator[tuple[str, Callable[[], bool]]]:
    """What is to be done about the executions that began before then."""

    def end(arn: str) -> bool:
        # Closed first: told of a stopped execution, Close could not know why it was stopped.
        closer.close(_name(arn), None, "RAN_TOO_LONG")
        workflow.stop(arn, "RanTooLong", "It ran longer than any execution that works.")
        return True

    return ((_name(arn), partial(end, arn)) for arn, since in running.items() if since < before)


def _seen_to(listed: Listed, running: Set[str], workflow: Workflow, closer: Closer, at: datetime) -> bool:
    """Have one request closed, if its execution is over, and announced; says whether there was anything to do."""
    if isinstance(listed, UnreadableRecord):
        # Reported while its execution runs, too.
        raise listed.error
    is_open = listed.status.is_open and listed.id not in running
    status = _how_it_ended(listed, workflow, at) if is_open else None
    if status is not None:
        closer.close(listed.id, listed.started_at, status)
    if listed.to_announce:
        closer.announce(listed.id)
    return status is not None or listed.to_announce


def _unheard_of(lists: RequestLists, workflow: Workflow, at: datetime) -> Iterator[RequestRecord]:
    """The requests whose execution died a short while ago and that the register knows nothing of."""
    died = {_name(arn): arn for arn in workflow.died(at - LOOKS_BACK)}
    for name in lists.absent(died):
        yield RequestRecord(name, Status.RECEIVED, received_at=iso(at), execution_arn=died[name])


def _name(execution_arn: str) -> str:
    """The name of an execution, which is the id of its request."""
    return execution_arn.rpartition(":")[2]


def _how_it_ended(record: RequestRecord, workflow: Workflow, at: datetime) -> str | None:
    if record.execution_arn is not None:
        return workflow.how_it_ended(record.execution_arn)
    return "NEVER_STARTED" if at - moment(record.received_at) > NEVER_STARTED_AFTER else None
