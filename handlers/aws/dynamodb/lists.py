"""Lists of requests on DynamoDB, from the register's indexes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from handlers.aws.dynamodb.classification_items import read_in_brief
from handlers.aws.dynamodb.items import DUE, read_listed
from handlers.aws.dynamodb.store import Table
from handlers.sharing.model.part import InBrief
from handlers.sharing.model.record import OPEN, Listed, Status
from handlers.sharing.stores import Position, RequestList

_INDEXES: Final = {
    "requester": ("by_requester", "requester_id"),
    "consumer": ("by_consumer", "consumer_account"),
    "owner": ("by_owner", "owner_account"),
    "status": ("by_status", "status"),
}


class DynamoLists:
    """`RequestLists` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def page(self, requests: RequestList, limit: int, after: Position | None) -> tuple[list[Listed], Position | None]:
        """At most `limit` requests of a list, newest first, and where to go on."""
        index, attribute = _INDEXES[requests.kind]
        place = None if after is None else {"pk": after.request_id, "received_at": after.received_at}
        items, more = self._table.page(index, attribute, requests.value, limit=limit, after=place)
        found = [read_listed(item) for item in items]
        last = found[-1] if found and more else None
        return found, None if last is None else Position(last.received_at, last.id)

    def made_since(self, requester_id: str, since: str, most: int) -> int:
        """How many requests a person has made since then, counted up to `most`."""
        index, attribute = _INDEXES["requester"]
        return self._table.count(index, attribute, requester_id, since=since, most=most)

    def unfinished(self) -> Iterable[Listed]:
        """All requests that are open or not announced, oldest first within each."""
        places = [("by_status", "status", status.value) for status in OPEN]
        for index, attribute, value in (*places, ("by_announcement", "announcement", DUE)):
            yield from map(read_listed, self._table.by_index(index, attribute, value))

    def waiting(self) -> Iterable[Listed]:
        """All requests that wait for a decision, oldest first."""
        return map(read_listed, self._table.by_index("by_status", "status", Status.WAITING.value))

    def waits_until(self, request_ids: Sequence[str]) -> Mapping[str, str]:
        """Until when these requests wait, as far as they do."""
        found = self._table.several(request_ids, ProjectionExpression="pk, expires_at")
        return {item["pk"]: item["expires_at"] for item in found if "expires_at" in item}

    def parts(self, request_ids: Sequence[str]) -> Mapping[str, InBrief]:
        """Which part of a table each of these requests is for. The indexes do not carry it: columns may be many."""
        found = self._table.several(
            request_ids,
            ProjectionExpression="pk, #part, classification.#columns, classification.columns_in, "
            "classification.columns_total, decision.#columns",
            # DynamoDB has these words for itself.
            ExpressionAttributeNames={"#part": "part", "#columns": "columns"},
        )
        parts = ((item["pk"], read_in_brief(item)) for item in found)
        return {request_id: part for request_id, part in parts if part is not None}

    def mails_due(self, at: str) -> Iterable[str]:
        """Ids of the requests that are owed a mail by `at` or before, the longest owed first."""
        return [item["pk"] for item in self._table.by_index("by_due", "mail", DUE, ("mail_due_at", at))]

    def some(self, request_ids: Iterable[str]) -> list[Listed]:
        """Those of these requests that are in the register, in no order."""
        return [read_listed(item) for item in self._table.several(request_ids)]

    def absent(self, request_ids: Iterable[str]) -> list[str]:
        """Those of these requests that are not in the register."""
        return self._table.absent(request_ids)
