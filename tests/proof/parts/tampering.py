"""What somebody does in Lake Formation past Lakeshare: opens something, takes it back, changes or deletes a filter."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.grants import Resource
from tests.fakes.lake import Grant, MemoryLake
from tests.proof.parts.lakes import Lake
from tests.proof.parts.of_lake import listed


def tamper(by: Random, lake: MemoryLake, account: str, data: Lake) -> None:
    """Change one thing of what an account was granted, or could be, of a table; nothing, where there is nothing."""
    mine = [each for each in sorted(lake.grants, key=str) if each.consumer == account]
    held = [each for each in lake.filters if any(each.filter == grant.filter for grant in mine)]
    database, table = data.database.name, by.choice(sorted(data.tables))
    match by.choice(("a filter", "the table", "taken back", "changed", "deleted")):
        case "a filter" if columns := sorted(listed(data.tables[table])):
            resource = Resource(database, table, "theirs")
            lake.filters[resource] = CellsFilter(database, table, tuple(columns))
            lake.grants.add(Grant(database, table, account, "theirs"))
        case "the table":
            lake.grants.add(Grant(database, table, account))
        case "taken back" if mine:
            lake.grants.remove(by.choice(mine))
        case "changed" if held:
            it = by.choice(held)
            columns = tuple(sorted(listed(data.tables[it.table]) or {"id"}))
            lake.filters[it] = replace(lake.filters[it], columns=columns, expression=by.choice(("id = 0", None)))
        case "deleted" if held:
            del lake.filters[by.choice(held)]
        case _:
            return
