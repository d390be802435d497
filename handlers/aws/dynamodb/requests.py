"""The register of requests as the requests API sees it: writes requests down before they start, and lists them."""

from dataclasses import asdict
from typing import Final

from handlers.aws.dynamodb.items import read_kept, without_none
from handlers.aws.dynamodb.store import Change, ConditionFailed, Table
from handlers.sharing.model.record import VERSION, Kept, RequestRecord
from handlers.sharing.ports import Position, RequestList

_INDEXES: Final = {
    "requester": ("by_requester", "requester_id"),
    "consumer": ("by_consumer", "consumer_account"),
    "status": ("by_status", "status"),
}


class DynamoRequests:
    """`Requests` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def find(self, request_id: str) -> Kept | None:
        """Read a request with its history, consistently; `None` if there is none."""
        item = self._table.get(request_id)
        return None if item is None else read_kept(item)

    def write(self, record: RequestRecord) -> tuple[Kept, bool]:
        """Write a request down that nobody has started; what stands there already stays."""
        requester = record.requester
        attributes = without_none(
            {
                "version": VERSION,
                "status": record.status.value,
                "received_at": record.received_at,
                "source": asdict(record.source) if record.source else None,
                "target": {"account_id": record.consumer} if record.consumer else None,
                "consumer_account": record.consumer,
                "requester_id": requester.id if requester else None,
                "requester_email": requester.email if requester else None,
                "purpose": record.purpose,
                "history": [
                    without_none(
                        {"at": record.received_at, "event": "Received", "by": requester.email if requester else None}
                    )
                ],
            }
        )
        try:
            change = Change(set=attributes, condition="attribute_not_exists(pk)")
            return read_kept(self._table.change(record.id, change)), True
        except ConditionFailed as failed:
            if failed.item is None:
                raise
            return read_kept(failed.item), False

    def page(self, listing: RequestList, limit: int, after: Position | None) -> tuple[list[Kept], Position | None]:
        """At most `limit` requests of a list, newest first, and where to go on."""
        index, attribute = _INDEXES[listing.kind]
        place = None if after is None else {"pk": after.request_id, "received_at": after.received_at}
        items, more = self._table.page(index, attribute, listing.value, limit=limit, after=place)
        found = [read_kept(item) for item in items]
        last = found[-1].record if found and more else None
        return found, None if last is None else Position(last.received_at, last.id)

    def made_since(self, requester_id: str, since: str, most: int) -> int:
        """How many requests a person has made since then, counted up to `most`."""
        index, attribute = _INDEXES["requester"]
        return self._table.count(index, attribute, requester_id, since=since, most=most)
