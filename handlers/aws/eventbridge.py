"""What Lakeshare tells the world, on the default event bus. Schemas, with examples: docs/events.md."""

import json

from handlers.aws.clients import client, translated
from handlers.aws.dynamodb.items import without_none
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.record import RequestRecord, Status

SOURCE = "lakeshare"
SCHEMA_VERSION = "1"
_TYPE_OF_END = {
    Status.SHARED: "RequestShared",
    Status.DENIED: "RequestDenied",
    Status.EXPIRED: "RequestExpired",
    Status.REFUSED: "RequestRefused",
    Status.FAILED: "RequestFailed",
}


class EventBridge:
    """`Events` on EventBridge. No event carries an address, a comment, a key or a token."""

    def received(self, record: RequestRecord) -> None:
        """`RequestReceived`."""
        _put("RequestReceived", record)

    def approval_requested(self, record: RequestRecord, approvers: int | None) -> None:
        """`ApprovalRequested`."""
        _put("ApprovalRequested", record, approvers=approvers, expires_at=record.expires_at)

    def closed(self, record: RequestRecord) -> None:
        """`RequestShared` and its siblings."""
        granted = record.granted
        _put(
            _TYPE_OF_END[record.status],
            record,
            reason=record.reason,
            message=record.message,
            closed_at=record.closed_at,
            tables_granted=granted.tables if granted else None,
            wildcard=granted.wildcard if granted else None,
        )

    def guessing(self, record: RequestRecord, wrong: int) -> None:
        """`ApproverGuessing`."""
        _put("ApproverGuessing", record, wrong_addresses=wrong)


def _put(detail_type: str, record: RequestRecord, **more: object) -> None:
    classification = record.classification
    detail = {
        "version": SCHEMA_VERSION,
        "request_id": record.id,
        "status": record.status.value,
        "source": {"database": record.source.database, "table": record.source.table} if record.source else None,
        "target": {"account_id": record.consumer} if record.consumer else None,
        "owner_account": classification.owner.account_id if classification else None,
        "needs_approval": classification.needs_approval if classification else None,
        "received_at": record.received_at,
        **more,
    }
    entry = {"Source": SOURCE, "DetailType": detail_type, "Detail": json.dumps(without_none(detail))}
    with translated("put an event"):
        answer = client("events").put_events(Entries=[entry])
    if answer.get("FailedEntryCount"):
        code = answer["Entries"][0].get("ErrorCode", "")
        raise TryAgain(f"EventBridge did not take the event {detail_type} ({code}).")
