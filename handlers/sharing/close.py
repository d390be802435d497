"""Ends requests: what an execution's last state means for the register, and what became of executions that died."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import cast

from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import FAULTS, REFUSALS, InvalidInput, LakeshareError
from handlers.sharing.model.record import Ending, RequestRecord, Status
from handlers.sharing.ports import Events, Register, Workflow

NEVER_STARTED_AFTER = timedelta(minutes=15)
"""The requests API writes a request down and starts its execution at once; after this time it never will."""
LOOKS_BACK = timedelta(days=1)
"""How long after its end an execution is remembered that the register knows nothing of."""


def ending_of(request_id: str, document: Mapping[str, object], register: Register) -> Ending:
    """What the last state of an execution says.

    Args:
        request_id: name of the execution.
        document: the state's data, with an `outcome`, or with a `fault` as a Catch leaves it (`Error`, `Cause`).
        register: holds the particulars of a denial.
    """
    fault = document.get("fault")
    if isinstance(fault, Mapping):
        return _ending_of_fault(cast("Mapping[str, object]", fault))
    match document.get("outcome"):
        case "shared":
            return Ending(Status.SHARED, None, str(document.get("message")))
        case "expired":
            return Ending(Status.EXPIRED, "ApprovalTimedOut", "Nobody approved or denied the request in time.")
        case "refused":
            return Ending(Status.REFUSED, str(document.get("reason")), str(document.get("message")))
        case "denied":
            decision_id = document.get("decision_id")
            decision = register.decision(decision_id) if isinstance(decision_id, str) else None
            if decision is not None and (decision.request_id, decision.action) != (request_id, "deny"):
                # Denied all the same, which grants nothing; but nobody is named for what they did not do.
                decision = None
            return Ending(Status.DENIED, "Denied", "The owner of the data denied the request.", decision)
        case other:
            return Ending(
                Status.FAILED, "UnknownOutcome", f"The workflow ended in a way that nobody planned ({other})."
            )


def ending_of_execution(execution_status: str) -> Ending:
    """What the end of an execution means that did not close its request itself."""
    match execution_status:
        case "ABORTED":
            return Ending(Status.FAILED, "Aborted", "An operator stopped the execution of this request.")
        case "TIMED_OUT":
            return Ending(Status.FAILED, "TimedOut", "The execution of this request ran out of time.")
        case "NEVER_STARTED":
            return Ending(Status.FAILED, "NeverStarted", "The execution of this request was never started. Ask again.")
        case _:
            return Ending(Status.FAILED, "Crashed", "The execution of this request ended without closing it.")


def _ending_of_fault(fault: Mapping[str, object]) -> Ending:
    name = str(fault.get("Error", ""))
    message = _message_of(fault.get("Cause"))
    if name == "States.DataLimitExceeded":
        # Only Classify's Catch names it: the one task that is handed the input as it came.
        return Ending(Status.REFUSED, InvalidInput.__name__, "The input is longer than the workflow can take.")
    if name == "Runtime.UnmarshalError":
        # Lambda could not hand Classify its event: a number of more digits than Python reads, say.
        return Ending(Status.REFUSED, InvalidInput.__name__, "The input holds a value that the workflow cannot read.")
    if name in REFUSALS:
        return Ending(Status.REFUSED, name, message)
    if name in FAULTS:
        return Ending(Status.FAILED, name, message)
    if name == "TryAgain":
        return Ending(Status.FAILED, "AwsUnavailable", f"{message} All retries are used up; ask again later.")
    # What an unforeseen error says may hold anything, so only its name goes on.
    return Ending(Status.FAILED, "Fault", f"An unexpected error ended the workflow ({name}). The logs say more.")


def _message_of(cause: object) -> str:
    """The message of an error that a Lambda function raised, from the JSON that Step Functions passes on."""
    try:
        document = json.loads(str(cause))
    except ValueError:
        return str(cause)
    return (
        str(cast("dict[str, object]", document).get("errorMessage", "")) if isinstance(document, dict) else str(cause)
    )


def close(
    request_id: str, started_at: str | None, ending: Ending, *, register: Register, events: Events
) -> RequestRecord:
    """Close a request and tell the world, each once however often this is called.

    Args:
        request_id: name of the execution.
        started_at: when the execution started; `None` if only its name is known.
        ending: how it ended, unless the request was closed before.
        register, events: ports.

    Returns:
        The request as it now stands. Of an execution whose name another one had used before: how it ended itself;
        the register keeps the other one's.
    """
    record = register.close(request_id, started_at, ending)
    if record is None:
        at = iso(now())
        record = RequestRecord(
            request_id, ending.status, started_at or at, reason=ending.reason, message=ending.message, closed_at=at
        )
        events.closed(record)
    elif record.announced_at is None:
        events.closed(record)
        register.announced(request_id)
    return record


def sweep(*, register: Register, workflow: Workflow, events: Events, at: datetime) -> int:
    """Close every open request whose execution is over. Status events are best effort; this is what backs them up.

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
    suspects = list(register.unfinished())
    # By name: what the requests API wrote down has no ARN until Classify takes it up, which an outage may delay.
    running = {_name(arn) for arn in workflow.running()} if suspects else set[str]()
    left = (record for record in suspects if record.id not in running)
    for record in chain(left, _unheard_of(register, workflow, at)):
        try:
            ended = _how_it_ended(record, workflow, at)
            if ended is not None:
                close(record.id, record.started_at, ending_of_execution(ended), register=register, events=events)
                closed += 1
        except LakeshareError as error:
            # One request that cannot be closed must not keep the others open.
            failed = error
    if failed is not None:
        raise failed
    return closed


def _unheard_of(register: Register, workflow: Workflow, at: datetime) -> Iterator[RequestRecord]:
    """The requests whose execution died of late and that the register knows nothing of."""
    died = {_name(arn): arn for arn in workflow.died(at - LOOKS_BACK)}
    for name in register.absent(died):
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
