"""A catalogue in memory."""

from collections.abc import Iterator

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.errors import DatabaseNotFound, ResourceLink, TableNotFound
from tests.fakes.fake import Fake, port

PAGE = 100


class MemoryCatalogue(Fake):
    """`Catalogue`. `links`: databases (`"db"`) and tables (`"db.table"`) that are resource links."""

    def __init__(self) -> None:
        super().__init__()
        self.databases: dict[str, Database] = {}
        self.entries: dict[str, dict[str, Table]] = {}
        self.links: set[str] = set()

    def put(self, database: Database, *tables: Table) -> None:
        """Make or change a database, and these of its tables."""
        self.databases[database.name] = database
        self.entries.setdefault(database.name, {}).update({table.name: table for table in tables})

    def drop(self, database: str, table: str) -> None:
        """Take a table away."""
        del self.entries[database][table]

    @port
    def database(self, name: str) -> Database:
        if name in self.links:
            raise ResourceLink(f"{name} is a link")
        if name not in self.databases:
            raise DatabaseNotFound(f"no {name}")
        return self.databases[name]

    @port
    def table(self, database: str, name: str) -> Table:
        return self._table(database, name)

    def pages(self, database: str) -> Iterator[list[Table]]:
        shown: set[str] = set()
        page: list[Table] = []
        while not shown or len(page) == PAGE:
            page = self.page(database, shown)
            yield page
            shown |= {table.name for table in page} or {""}

    @port
    def page(self, database: str, shown: set[str]) -> list[Table]:
        """A page of what is there when it is asked for, but for what was `shown` before."""
        if database not in self.databases:
            raise DatabaseNotFound(f"no {database}")
        left = [name for name in self.entries[database] if name not in shown]
        return [self._table(database, name) for name in left[:PAGE]]

    def _table(self, database: str, name: str) -> Table:
        if f"{database}.{name}" in self.links:
            raise ResourceLink(f"{database}.{name} is a link")
        if name not in self.entries.get(database, {}):
            raise TableNotFound(f"no {database}.{name}")
        return self.entries[database][name]
