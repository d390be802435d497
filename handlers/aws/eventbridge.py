"""What Lakeshare tells the world, on the default event bus. Schemas, with examples: docs/events.md."""

import json
from collections.abc import Mapping

from handlers.aws.clients import client, translated
from handlers.sharing.model import share_events
from handlers.sharing.model.announcement import event_id
from handlers.sharing.model.delivery import Delivery
from handlers.sharing.model.delivery import event_id as event_id_of_delivery
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.finding import Finding, event_id_of_finding
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import Announcement, RequestRecord
from handlers.sharing.model.share import Share
from handlers.sharing.model.share_events import HoldEvent

SOURCE = "lakeshare"
SCHEMA_VERSION = "1"


class EventBridge:
    """`Events` on EventBridge."""

    def announce(self, announcement: Announcement, record: RequestRecord) -> None:
        """Put the event on the default bus."""
        classification = record.classification
        detail = {
            "version": SCHEMA_VERSION,
            "event_id": event_id(announcement, record),
            "request_id": record.id,
            "status": record.status.value,
            "source": {"database": record.source.database, "table": record.source.table} if record.source else None,
            "part": record.part.fields or None,
            "target": {"account_id": record.consumer} if record.consumer else None,
            "owner_account": classification.owner.account_id if classification else None,
            "needs_approval": classification.needs_approval if classification else None,
            "received_at": record.received_at,
            **announcement.facts,
        }
        _put(announcement.type, detail)

    def announce_share(self, announcement: Announcement, share: Share) -> None:
        """Put the event of a share on the default bus."""
        detail = {
            "version": SCHEMA_VERSION,
            "event_id": share_events.event_id(announcement, share),
            "share_id": share.id,
            "request_id": share.request_id,
            "source": {"database": share.source.database, "table": share.source.table},
            "part": share.part.fields or None,
            "target": {"account_id": share.consumer},
            "owner_account": share.owner.account_id,
            "since": share.since,
            "until": share.until,
            **announcement.facts,
        }
        _put(announcement.type, detail)

    def announce_finding(self, announcement: Announcement, finding: Finding) -> None:
        """Put the event on the default bus."""
        detail = {
            "version": SCHEMA_VERSION,
            # Found again after it was gone, it is another event.
            "event_id": event_id_of_finding(announcement.type, finding),
            "finding_id": finding.id,
            "kind": finding.kind.value,
            "principal": finding.principal,
            "database": finding.database or None,
            "share_id": finding.share,
            "owner_account": finding.owner,
            "message": finding.says,
            "things_total": finding.things_total,
            "since": finding.since,
        }
        _put(announcement.type, detail)

    def announce_delivery(self, announcement: Announcement, delivery: Delivery) -> None:
        """Put the event of a delivery on the default bus."""
        detail = {
            "version": SCHEMA_VERSION,
            "event_id": event_id_of_delivery(announcement, delivery),
            "share_id": delivery.share,
            "target": {"account_id": delivery.consumer},
            **announcement.facts,
        }
        _put(announcement.type, detail)

    def announce_hold(self, event: HoldEvent, hold: Hold, run: str) -> None:
        """Put the event of a hold on the default bus."""
        of_data = hold.kind == "database"
        detail = {
            "version": SCHEMA_VERSION,
            "event_id": share_events.event_id_of_hold(event, hold, run),
            "on": hold.kind,
            "account_id": None if of_data else hold.name,
            "source": {"database": hold.name, "table": hold.table} if of_data else None,
        }
        _put(event, detail)


def _put(kind: str, detail: Mapping[str, object]) -> None:
    entry = {
        "Source": SOURCE,
        "DetailType": kind,
        "Detail": json.dumps({name: value for name, value in detail.items() if value is not None}),
    }
    with translated("put an event", _not_taken):
        answer = client("events").put_events(Entries=[entry])
    if answer.get("FailedEntryCount"):
        code = answer["Entries"][0].get("ErrorCode", "")
        raise TryAgain(f"EventBridge did not take the event {kind} ({code}).")


def _not_taken(code: str, message: str) -> LakeshareError | None:
    # Whatever EventBridge has against an event, it is owed: a request does not fail of it.
    return None if "AccessDenied" in code else TryAgain(f"EventBridge did not take an event ({code}: {message}).")
