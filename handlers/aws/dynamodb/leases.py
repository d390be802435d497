"""Leases: an item says who may do something alone, and until when at the latest."""

from collections.abc import Sequence
from contextlib import suppress

from handlers.aws.dynamodb.changes import Change, Check, Key
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

    Raises:
        TryAgain: an outage, and nobody knows who has them; those that were taken are given back all the same.
    """
    tried: list[Key] = []
    try:
        for key in keys:
            # Before it is known to be taken: only the answer may get lost.
            tried.append(key)
            if not take_lease(table, key, holder, until, at):
                return False
        tried.clear()
    finally:
        let_leases_go(table, tried, holder)
    return True


def let_leases_go(table: Table, keys: Sequence[Key], holder: str) -> None:
    """Delete those that `holder` has still: of things without number, for which no empty items are kept."""
    for key in keys:
        with suppress(ConditionFailed):
            table.delete(Check(key, "#holder = :mine", {":mine": holder}))
