"""Leases: an item says who may do something alone, and until when at the latest."""

from collections.abc import Sequence
from contextlib import suppress

from handlers.aws.dynamodb.changes import Change, Key
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.record import VERSION


def take_lease(table: Table, key: Key, holder: str, until: str, at: str) -> bool:
    """Take a lease until then, if nobody else has it `at` now; says whether `holder` has it."""
    try:
        table.change(key, _taken(holder, until, at))
    except ConditionFailed:
        return False
    return True


def give_lease_back(table: Table, key: Key, holder: str) -> None:
    """Give it back, if `holder` has it still."""
    with suppress(ConditionFailed):
        table.change(key, _given_back(holder))


def take_leases(table: Table, keys: Sequence[Key], holder: str, until: str, at: str) -> bool:
    """Take all of these leases, or none; says whether `holder` has them. `False` may be an outage as well."""
    try:
        table.change_all(dict.fromkeys(keys, _taken(holder, until, at)))
    except TryAgain:
        return False
    return True


def give_leases_back(table: Table, keys: Sequence[Key], holder: str) -> None:
    """Give back those that `holder` has still."""
    try:
        table.change_all(dict.fromkeys(keys, _given_back(holder)))
    except TryAgain:
        for key in keys:
            give_lease_back(table, key, holder)


def _taken(holder: str, until: str, at: str) -> Change:
    return Change(
        set={"version": VERSION, "holder": holder, "until": until},
        condition="attribute_not_exists(#until) OR #until < :now OR #holder = :holder",
        values={":now": at},
    )


def _given_back(holder: str) -> Change:
    return Change(remove=("holder", "until"), condition="#holder = :mine", values={":mine": holder})
