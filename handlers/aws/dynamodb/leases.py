"""Leases: an item says who may do something alone, and until when at the latest."""

from collections.abc import Sequence
from contextlib import suppress

from handlers.aws.dynamodb.changes import Change, Key
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.record import VERSION


def take_lease(table: Table, key: Key, holder: str, until: str, at: str) -> bool:
    """Take a lease until then, if nobody else has it `at` now; says whether `holder` has it."""
    change = Change(
        set={"version": VERSION, "holder": holder, "until": until},
        condition="attribute_not_exists(#until) OR #until < :now OR #holder = :holder",
        values={":now": at},
    )
    try:
        table.change(key, change)
    except ConditionFailed:
        return False
    return True


def give_lease_back(table: Table, key: Key, holder: str) -> None:
    """Give it back, if `holder` has it still."""
    change = Change(remove=("holder", "until"), condition="#holder = :mine", values={":mine": holder})
    with suppress(ConditionFailed):
        table.change(key, change)


def take_leases(table: Table, keys: Sequence[Key], holder: str, until: str, at: str) -> bool:
    """Take all of these leases, or none; says whether `holder` has them.

    One by one: a transaction costs twice as much, and does nothing more, as who finds one taken gives the others back.
    """
    for number, key in enumerate(keys):
        if not take_lease(table, key, holder, until, at):
            give_leases_back(table, keys[:number], holder)
            return False
    return True


def give_leases_back(table: Table, keys: Sequence[Key], holder: str) -> None:
    """Give back those that `holder` has still."""
    for key in keys:
        give_lease_back(table, key, holder)
