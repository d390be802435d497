"""Finds requests whose execution is over and that nobody closed, and has Close end them. Writes nothing itself.

Status events are best effort; this is what backs them up.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.ports import Closer, RequestLists, Workflow

NEVER_STARTED_AFTER = timedelta(minutes=15)
"""The requests API writes a request down and starts its execution at once; after this time it never will."""
LOOKS_BACK = timedelta(days=1)
"""How long after its end an execution is remembered that the register knows nothing of."""


def sweep(*, lists: RequestLists, workflow: Workflow, closer: Closer, at: datetime) -> int:
    """Have every open request closed whose execution is over.

    A request that was closed, but whose closing event could not be put, is announced; and one that the register never
    heard of, because it was out of reach for all of its execution's life, is written down as ended.

    Returns:
        How many requests were closed or announced.

    Raises:
        LakeshareError: one or more could not be closed; all others were.
    """
    closed = 0
    failed: LakeshareError | None = None
    # The register is read first: what starts in between is then in neither list.
    suspects = list(lists.unfinished())
    # By name: what the requests API wrote down has no ARN until Classify takes it up, which an outage may delay.
    running = {_name(arn) for arn in workflow.running()} if suspects else set[str]()
    left = (record for record in suspects if record.id not in running)
    for record in chain(left, _unheard_of(lists, workflow, at)):
        try:
            status = _how_it_ended(record, workflow, at)
            if status is not None:
                closer.close(record.id, record.started_at, status)
                closed += 1
        except LakeshareError as error:
            # One request that cannot be closed must not keep the others open.
            failed = error
    if failed is not None:
        raise failed
    return closed


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
    if not record.status.is_open:
        return "CLOSED"  # before it was taken up, and only to be announced
    return "NEVER_STARTED" if at - moment(record.received_at) > NEVER_STARTED_AFTER else None
