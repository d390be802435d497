"""What somebody does in Lake Formation past Lakeshare: opens something, takes it back, changes or deletes a filter."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.grants import Resource
from tests.fakes.lake import Grant, MemoryLake
from tests.proof.parts.lakes import DATABASE, TABLE


def tamper(by: Random, lake: MemoryLake, account: str, columns: tuple[str, ...]) -> None:
    """Change one thing of what an account was granted, of a table of these columns; nothing, where it has nothing."""
    mine = [each for each in sorted(lake.grants, key=str) if each.consumer == account]
    held = [each for each in lake.filters if any(each.filter == grant.filter for grant in mine)]
    match by.choice(("a filter", "the table", "taken back", "changed", "deleted")):
        case "a filter":
            theirs = CellsFilter(DATABASE, TABLE, columns)
            resource = Resource(DATABASE, TABLE, "theirs")
            lake.filters[resource] = theirs
            lake.grants.add(Grant(DATABASE, TABLE, account, "theirs"))
        case "the table":
            lake.grants.add(Grant(DATABASE, TABLE, account))
        case "taken back" if mine:
            lake.grants.remove(by.choice(mine))
        case "changed" if held:
            it = by.choice(held)
            lake.filters[it] = replace(lake.filters[it], columns=columns, expression=by.choice(("id = 0", None)))
        case "deleted" if held:
            del lake.filters[by.choice(held)]
        case _:
            return
