"""Ends requests: what an execution's last state, or its death, means for the register, and who is told."""

import json
from collections.abc import Mapping
from dataclasses import replace

from handlers.sharing.announce import announce
from handlers.sharing.model.announcement import request_ended
from handlers.sharing.model.applied import ended
from handlers.sharing.model.checks import is_object
from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import FAULTS, REFUSALS, InvalidInput, LakeshareError, TryAgain
from handlers.sharing.model.grants import gives
from handlers.sharing.model.record import Ending, RequestRecord, Status
from handlers.sharing.model.share import ShareStatus
from handlers.sharing.model.term import minute
from handlers.sharing.model.transition import closed
from handlers.sharing.ports import Events
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import covered_by, end_all
from handlers.sharing.stores import Register, Vault


def ending_of(request_id: str, document: Mapping[str, object], vault: Vault) -> Ending:
    """What the last state of an execution says.

    Args:
        request_id: name of the execution.
        document: the state's data, with an `outcome`, or with a `fault` as a Catch leaves it (`Error`, `Cause`).
        vault: holds the particulars of a denial.
    """
    fault = document.get("fault")
    if is_object(fault):
        return _ending_of_fault(fault)
    match document.get("outcome"):
        case "shared":
            return Ending(Status.SHARED, None, str(document.get("message")))
        case "expired":
            return Ending(Status.EXPIRED, "ApprovalTimedOut", "Nobody approved or denied the request in time.")
        case "refused":
            return Ending(Status.REFUSED, str(document.get("reason")), str(document.get("message")))
        case "denied":
            decision_id = document.get("decision_id")
            decision = vault.decision(decision_id) if isinstance(decision_id, str) else None
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
        case "RAN_TOO_LONG":
            return Ending(
                Status.FAILED, "RanTooLong", "The execution ran longer than any that works, and was stopped. Ask again."
            )
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
        document: object = json.loads(str(cause))
    except ValueError:
        return str(cause)
    return str(document.get("errorMessage", "")) if is_object(document) else str(cause)


def close(
    request_id: str,
    started_at: str | None,
    ending: Ending,
    *,
    register: Register,
    vault: Vault,
    ledger: Ledger,
    events: Events,
) -> RequestRecord:
    """Close a request and tell the world, each once however often this is called. An event that cannot be put is owed.

    What was granted is taken back, unless the request ends as shared. The message of a denial says what stays.

    Args:
        request_id: name of the execution.
        started_at: when the execution started; `None` if only its name is known.
        ending: how it ended, unless the request was closed before.
        register, vault, ledger, events: ports.

    Returns:
        The request as it now stands. Of an execution whose name another one had used before: how it ended itself;
        the register keeps the other one's.
    """
    at = iso(now())
    if ending.status is Status.DENIED:
        ending = replace(ending, message=f"{ending.message} {_what_stays(request_id, register, ledger, at)}".strip())
    record = ended(started_at, register.apply(request_id, closed(started_at, ending, at)))
    if record is None:
        record = RequestRecord(
            request_id, ending.status, started_at or at, reason=ending.reason, message=ending.message, closed_at=at
        )
        events.announce(request_ended(record), record)
    else:
        # This first: once all is announced, nobody comes back.
        if record.to_announce:
            _tidy(record, vault, ledger)
        record = announce(record, register=register, events=events)
    return record


def _what_stays(request_id: str, register: Register, ledger: Ledger, at: str) -> str:
    """What the denial of a request does not end: access that its account had before to what was asked for."""
    try:
        record = register.find(request_id)
        if record is None or record.source is None or record.consumer is None:
            return ""
        source = record.source
        ends = [
            share.until
            for share in ledger.live(record.consumer)
            if share.status is ShareStatus.ACTIVE
            and share.source.database == source.database
            and (share.until is None or share.until > at)
            and gives(covered_by(share, ledger), source)
        ]
    except LakeshareError:
        # No denial waits, or fails, for what else there is to say of it.
        return "Whether its account had access before, which would stay, could not be read."
    if not ends:
        return ""
    to = "some or all of it" if source.is_database else "it"
    stays = f"Access that account {record.consumer} had to {to} before stays"
    known = sorted(each for each in ends if each is not None)
    if len(known) < len(ends):
        return f"{stays}."
    return f"{stays}, until {minute(moment(known[-1]))}{' at the latest' if len(known) > 1 else ''}."


def announce_owed(
    request_id: str, *, register: Register, vault: Vault, ledger: Ledger, events: Events
) -> RequestRecord:
    """Put what is still owed of a request, open or closed.

    Raises:
        TryAgain: some of it is still owed.
        RegisterUnreadable: the request is not there, or cannot be read.
    """
    record = register.load_any(request_id)
    if not record.status.is_open:
        _tidy(record, vault, ledger)
    record = announce(record, register=register, events=events)
    if record.to_announce:
        raise TryAgain(f"{len(record.owed_events)} event(s) of request {request_id} could not be put yet.")
    return record


def _tidy(record: RequestRecord, vault: Vault, ledger: Ledger) -> None:
    """What must not outlive a request that has ended."""
    vault.forget_token(record.id)
    end_all(record, ledger)
