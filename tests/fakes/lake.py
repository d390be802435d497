"""Lake Formation in memory."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from handlers.sharing.lake import FILTERS_A_BATCH, GrantFailure
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import FilterForeign, LakeshareError
from handlers.sharing.model.grants import Resource
from tests.fakes.fake import Fake, port


class Grant(NamedTuple):
    """A grant that stands. `table`: a name, `*` for the wildcard, `None` for the database itself; `filter`: on that."""

    database: str
    table: str | None
    consumer: str
    filter: str = ""


class MemoryLake(Fake):
    """`Lake`. `grants`: what stands, each once. `refusals`: asked for every table, may name an error.

    `hybrid`: locations in hybrid access mode. `filters`: the data cells filters, by what they are as resources.
    """

    def __init__(self) -> None:
        super().__init__()
        self.grants: set[Grant] = set()
        self.version = 5
        self.hybrid: set[str] = set()
        self.refusals: Callable[[str], LakeshareError | None] = lambda _table: None
        self.batches: list[tuple[str, ...]] = []
        self.filters: dict[Resource, CellsFilter] = {}

    def tables_of(self, consumer: str) -> set[str]:
        """Names of the tables (and wildcards) that `consumer` got."""
        return {grant.table for grant in self.grants if grant.consumer == consumer and grant.table is not None}

    @port
    def cross_account_version(self) -> int:
        return self.version

    @port
    def in_hybrid_mode(self, location: str) -> bool:
        return location in self.hybrid

    @port
    def holds(self, resource: Resource, consumer: str) -> bool:
        return Grant(resource.database, resource.table or None, consumer, resource.filter) in self.grants

    @port
    def grant_database(self, database: str, consumer: str) -> None:
        self.grants.add(Grant(database, None, consumer))

    @port
    def grant_table(self, database: str, table: str, consumer: str) -> None:
        error = self.refusals(table)
        if error is not None:
            raise error
        self.grants.add(Grant(database, table, consumer))

    @port
    def grant_filters(self, cells: Sequence[CellsFilter], consumer: str) -> list[GrantFailure]:
        assert 0 < len({each.table for each in cells}) == len(cells) <= FILTERS_A_BATCH
        errors = [(each.table, self._not_granted(each, consumer)) for each in cells]
        return [GrantFailure(table, error) for table, error in errors if error is not None]

    def _not_granted(self, cells: CellsFilter, consumer: str) -> LakeshareError | None:
        error = self.refusals(cells.table)
        if error is None and self.filters.setdefault(cells.resource, cells).name != cells.name:
            error = FilterForeign(f"{cells.name} is another filter")
        if error is None:
            self.grants.add(Grant(cells.database, cells.table, consumer, cells.name))
        return error

    @port
    def grant_all_tables(self, database: str, consumer: str) -> None:
        error = self.refusals("*")
        if error is not None:
            raise error
        self.grants.add(Grant(database, "*", consumer))

    @port
    def grant_tables(self, database: str, tables: Sequence[str], consumer: str) -> list[GrantFailure]:
        self.batches.append(tuple(tables))
        if len(tables) > 20:
            raise AssertionError(f"a batch takes 20 entries, got {len(tables)}")
        errors = {table: self.refusals(table) for table in tables}
        self.grants |= {Grant(database, table, consumer) for table, error in errors.items() if error is None}
        return [GrantFailure(table, error) for table, error in errors.items() if error is not None]
