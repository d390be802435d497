"""The deliveries on DynamoDB: items of the ledger, under a key of each consumer's own, with their shares' ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from handlers.aws.dynamodb.changes import Item
from handlers.aws.dynamodb.items import read_announcements, read_entries, read_item, write_announcement
from handlers.aws.dynamodb.leases import give_lease_back, take_lease
from handlers.aws.dynamodb.steps import change_of
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.clock import moment
from handlers.sharing.model.delivery import Delivery, DeliveryStatus, Failure
from handlers.sharing.model.transition import Transition

_KEY: Final = "delivery#"
_LEASE: Final = "lease"
_WORD: Final = "DELIVERY"
"""Another word than shares have in the same indexes, which hold nothing else for whoever looks for these."""
_TIMES: Final = ("since", "tried_at", "ready_at", "due_at")
_OPTIONAL: Final = ("tried_at", "ready_at", "due_at")


class DynamoDeliveries:
    """`Deliveries` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table, "ledger")

    def find(self, consumer: str, share_id: str) -> Delivery | None:
        """Read a share's delivery."""
        item = self._table.get((_KEY + consumer, share_id))
        return None if item is None else read_delivery(item)

    def of(self, consumer: str) -> Sequence[Delivery]:
        """All deliveries to an account that are not withdrawn."""
        return [read_delivery(item) for item in self._table.in_local_index("live", _KEY + consumer)]

    def links(self, shares: Iterable[tuple[str, str]]) -> Mapping[str, str]:
        """The links of these shares, as far as they have any."""
        keys = [(_KEY + consumer, share_id) for consumer, share_id in shares]
        found = self._table.several(
            keys,
            ProjectionExpression="pk, entry, #link",
            ExpressionAttributeNames={"#link": "link"},
        )
        return {item["entry"]: item["link"] for item in found if item.get("link")}

    def due(self, at: str) -> Iterable[tuple[str, str]]:
        """Account and share of what is to be looked at by then: one that cannot be read is told of by itself."""
        for item in self._table.by_index("by_due", "due", _WORD, ("due_at", at)):
            yield item["pk"].removeprefix(_KEY), item["entry"]

    def apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Delivery | None, bool]:
        """Take a delivery one step on."""
        try:
            item = self._table.change((_KEY + consumer, share_id), change_of(step, _attributes_of, _names_of))
        except ConditionFailed as failed:
            return None if failed.item is None else read_delivery(failed.item), False
        return read_delivery(item), True

    def lease(self, consumer: str, holder: str, until: str, at: str) -> bool:
        """Become the one who delivers to an account, if nobody else does."""
        return take_lease(self._table, (_KEY + consumer, _LEASE), holder, until, at)

    def give_back_lease(self, consumer: str, holder: str) -> None:
        """Let others deliver to it."""
        give_lease_back(self._table, (_KEY + consumer, _LEASE), holder)


def read_delivery(item: Item) -> Delivery:
    """Read a delivery's item.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(item, f"delivery {item.get('entry')}", lambda: _delivery(item))


def _delivery(item: Item) -> Delivery:
    for name in _TIMES:
        if name in item:
            moment(item[name])
    if not isinstance(item.get("tries", 0), int):
        raise TypeError
    return Delivery(
        consumer=item["pk"].removeprefix(_KEY),
        share=item["entry"],
        status=DeliveryStatus(item["status"]),
        since=item["since"],
        roles=tuple(item.get("roles", ())),
        link=item.get("link", ""),
        failures=tuple(Failure(each["role"], each["reason"], each["message"]) for each in item.get("failures", ())),
        tried_as=tuple(item.get("tried_as", ())),
        tries=item.get("tries", 0),
        progress=item.get("progress", ""),
        live="live" in item,
        owed_events=read_announcements(item),
        history=read_entries(item["history"]),
        version=item["version"],
        **{name: item.get(name) for name in _OPTIONAL},
    )


def _attributes_of(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for field, held in fields.items() for name, value in _written(field, held).items()}


def _written(field: str, held: Any) -> dict[str, object]:
    match field:
        case "status":
            return {"status": held.value}
        case "roles" | "tried_as":
            return {field: list(held)}
        case "live":
            return {"live": _WORD}
        case "owed_events":
            return {"owed_events": [write_announcement(each) for each in held]}
        case "failures":
            return {"failures": [asdict(each) for each in held]}
        case "due_at":
            return {"due": _WORD, "due_at": held}
        case _:
            return {field: held}


def _names_of(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for field in fields for name in (("due", "due_at") if field == "due_at" else (field,)))
