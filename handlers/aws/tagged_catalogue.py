"""The catalogue with the LF-Tags that the config calls sensitive. Where it names none, nothing is asked about tags."""

import json
from collections.abc import Iterator
from dataclasses import replace

from handlers.aws.glue import GlueCatalogue
from handlers.aws.lf_tags import LfTags, TableTags
from handlers.sharing.model.catalogue import Batch, Column, Database, Found, Table


class TaggedCatalogue:
    """`Catalogue` and `BrowsableCatalogue`: Glue's, each entry with its tags.

    One entry takes a call for its tags; a list takes a search for each sensitive key, over the whole catalogue, as
    Lake Formation knows no other.
    """

    def __init__(self, glue: GlueCatalogue, tags: LfTags) -> None:
        self._glue = glue
        self._tags = tags

    def database(self, name: str) -> Database:
        """Read one database."""
        return replace(self._glue.database(name), tags=self._tags.of_database(name))

    def table(self, database: str, name: str) -> Table:
        """Read one table."""
        return _with(self._glue.table(database, name), self._tags.of_table(database, name))

    def pages(self, database: str) -> Iterator[list[Table]]:
        """Read all tables, 100 a page, each page and its tags when it is asked for."""
        for page in self._glue.pages(database):
            yield [self._tagged(table, database) for table in page]

    def look_at_database(self, name: str) -> Found[Database]:
        """Look at one database."""
        found = self._glue.look_at_database(name)
        return replace(found, entry=replace(found.entry, tags=self._tags.of_database(name)))

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        """Look at one table."""
        found = self._glue.look_at_table(database, name)
        return replace(found, entry=_with(found.entry, self._tags.of_table(database, name)))

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        """Look at a page of databases."""
        batch, tags = self._glue.some_databases(token), self._tags.of_databases()
        return replace(
            batch,
            entries=tuple(
                replace(each, entry=replace(each.entry, tags=None if tags is None else tags.get(each.entry.name, ())))
                for each in batch.entries
            ),
        )

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        """Look at a page of a database's tables."""
        batch = self._glue.some_tables(database, token)
        entries = tuple(replace(each, entry=self._tagged(each.entry, database)) for each in batch.entries)
        return replace(batch, entries=entries)

    def _tagged(self, table: Table, database: str) -> Table:
        tags = self._tags.of_tables()
        return _with(table, None if tags is None else tags.get((database, table.name), TableTags()))


def open_catalogue(central_account: str, sensitive_tags: str) -> GlueCatalogue | TaggedCatalogue:
    """The catalogue of the central account.

    Args:
        central_account: its id.
        sensitive_tags: the keys that are flags with their values, or null for any, as JSON; empty where there are none.
    """
    glue = GlueCatalogue(central_account)
    return TaggedCatalogue(glue, LfTags(json.loads(sensitive_tags))) if sensitive_tags else glue


def _with(table: Table, tags: TableTags | None) -> Table:
    """A table with its tags. Those of a column that nothing lists are told of the table."""
    if tags is None:
        return replace(table, tags=None)
    named = {column.name.lower() for column in (*(table.columns or ()), *table.elsewhere)}
    unlisted = {tag for name, some in tags.columns.items() if name not in named for tag in some}
    return replace(
        table,
        columns=None if table.columns is None else _columns(table.columns, tags),
        elsewhere=_columns(table.elsewhere, tags),
        tags=tuple(sorted({*tags.table, *unlisted})),
    )


def _columns(columns: tuple[Column, ...], tags: TableTags) -> tuple[Column, ...]:
    return tuple(replace(column, tags=tags.columns.get(column.name.lower(), ())) for column in columns)
