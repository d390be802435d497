"""The items of holds: one for all that is held of an account, or of a database. Each written here, and read here."""

from collections.abc import Iterable, Iterator
from typing import Final

from handlers.aws.dynamodb.changes import Item, Key
from handlers.aws.dynamodb.items import read_entries, read_item, write_entry
from handlers.sharing.model.clock import moment
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.listed_shares import PutHold
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.request import WHOLE_DATABASE

HOLD: Final = "hold"
"""`entry` of a hold, and its value of `changes`: the index of what has changed knows holds by it."""
_KINDS: Final = ("consumer", "owner", "database")


def hold_key(hold: Hold) -> Key:
    """Key of the item that a hold stands in."""
    return (f"hold#{hold.kind}#{hold.name}", HOLD)


def write_line(hold: Hold, entry: HistoryEntry, owners: Iterable[str] = ()) -> dict[str, object]:
    """A line of its history as the item keeps it, which has those of all tables of a database.

    `owners`: of what is held, where it is put.
    """
    return {**write_entry(entry), "table": hold.table, "owners": sorted(owners)}


def read_holds(item: Item) -> list[PutHold]:
    """Read the holds of an item.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(item, f"the hold {item.get('pk')}", lambda: list(_holds(item)))


def _holds(item: Item) -> Iterator[PutHold]:
    _, kind, name = str(item["pk"]).split("#", 2)
    if kind not in _KINDS:
        raise ValueError
    held = frozenset(item.get("held", ()))
    lines = item["history"]
    # What an early release wrote says of no line which table it is of: it is shown with the whole.
    tables = {str(line.get("table", WHOLE_DATABASE)) for line in lines}
    for table in sorted(held | tables):
        mine = [line for line in lines if line.get("table", WHOLE_DATABASE) == table]
        for line in mine:
            moment(line["at"])
        # Who lifts one names no owners.
        owners = frozenset(next((line["owners"] for line in reversed(mine) if line.get("owners")), ()))
        yield PutHold(Hold(kind, name, table), table in held, owners, read_entries(mine))
