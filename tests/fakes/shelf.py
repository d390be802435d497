"""A catalogue in memory to look around in."""

from dataclasses import dataclass, field
from typing import TypeVar

from handlers.sharing.browsable import BrowsableCatalogue
from handlers.sharing.model.catalogue import Batch, Database, Found, Table
from handlers.sharing.model.errors import DatabaseNotFound, LakeshareError, ResourceLink, TableNotFound
from tests.fakes.world import OWNER

Entry = TypeVar("Entry")


@dataclass
class Shelf(BrowsableCatalogue):
    """Databases with their tables; lists come in pages of one. `broken`: what fails for a database."""

    databases: dict[str, Database] = field(default_factory=dict[str, Database])
    tables: dict[str, list[Table]] = field(default_factory=dict[str, list[Table]])
    broken: dict[str, LakeshareError] = field(default_factory=dict[str, LakeshareError])
    links: set[str] = field(default_factory=set[str])
    looked: list[str] = field(default_factory=list[str])

    def put(self, name: str, *tables: Table, flags: tuple[str, ...] = ()) -> None:
        """Make a database of these tables."""
        self.databases[name] = Database(name, flags=flags, owner=OWNER)
        self.tables[name] = list(tables)

    def look_at_database(self, name: str) -> Found[Database]:
        """One of them. What fails is looked at in vain, too."""
        if name in self.broken:
            raise self.broken[name]
        if name not in self.databases:
            raise DatabaseNotFound(f"no {name}")
        return self._found(name, self.databases[name])

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        """One of them; `broken` by `database.table`."""
        if f"{database}.{name}" in self.broken:
            raise self.broken[f"{database}.{name}"]
        for each in self.tables.get(database, ()):
            if each.name == name:
                return self._found(f"{database}.{name}", each)
        raise TableNotFound(f"no {database}.{name}")

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        names, at = list(self.databases), _place(token)
        found = [self._found(name, self.databases[name]) for name in names[at : at + 1]]
        return Batch(tuple(found), str(at + 1) if at + 1 < len(names) else None)

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        held, at = self.tables[database], _place(token)
        if at == 0:
            self.looked.append(database)
        if database in self.broken and at + 1 >= len(held):
            raise self.broken[database]
        found = [self._found(f"{database}.{each.name}", each) for each in held[at : at + 1]]
        return Batch(tuple(found), str(at + 1) if at + 1 < len(held) else None)

    def _found(self, name: str, entry: Entry) -> Found[Entry]:
        return Found(entry, ResourceLink("a link") if name in self.links else None)


def _place(token: str | None) -> int:
    return 0 if token is None else int(token)
