"""What Lakeshare tells the world, on the default event bus. Schemas, with examples: docs/events.md."""

import json

from handlers.aws.clients import client, translated
from handlers.sharing.model.announcement import Announcement
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.record import RequestRecord

SOURCE = "lakeshare"
SCHEMA_VERSION = "1"


class EventBridge:
    """`Events` on EventBridge."""

    def announce(self, announcement: Announcement, record: RequestRecord) -> None:
        """Put the event on the default bus."""
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
            **announcement.facts,
        }
        entry = {
            "Source": SOURCE,
            "DetailType": announcement.type,
            "Detail": json.dumps({name: value for name, value in detail.items() if value is not None}),
        }
        with translated("put an event"):
            answer = client("events").put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            code = answer["Entries"][0].get("ErrorCode", "")
            raise TryAgain(f"EventBridge did not take the event {announcement.type} ({code}).")
