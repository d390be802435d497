"""What in an entry of the catalogue counts as personal data: the one rule, for requests and for the portal's badges.

The strictest source wins. Only a plain no lifts anything: a table's own lifts what its database, or its being a view,
would say of it; `pii_columns = none` says that all columns were looked at, whatever the list of columns lacks. No flag
lifts an LF-Tag: a table whose database is tagged has that tag too, as long as it is not given another value there.
A flag that was there and is gone is no "no": crawlers and Iceberg commits take flags away, and mean nothing by it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handlers.sharing.model.catalogue import Column, Database, Marked, Table
from handlers.sharing.model.classification import Ground, Rule
from handlers.sharing.model.sensitivity import Flag, PiiColumns, plainly_no, read_pii_columns, strictest

_CERTAIN = frozenset({Rule.DATABASE_FLAGGED, Rule.TABLE_FLAGGED, Rule.COLUMN_FLAGGED, Rule.TAGGED})
"""Flags that say yes. All other rules: nobody can tell."""
MOST_REMEMBERED = 25_000
"""Characters of column names that are remembered of one table; of one with more, that it is flagged as a whole."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What flags say of an entry: of the whole (`None`), and of columns by their names in lower case.

    Attributes:
        flagged: what says yes, or cannot be read.
        denied: what says no in so many words. What is in neither says nothing.
    """

    flagged: Marked = frozenset()
    denied: Marked = frozenset()

    def news(self, once: Marked) -> Marked:
        """What is flagged and not remembered yet, where `once` is; see `MOST_REMEMBERED`."""
        new = self.flagged - once
        if new and sum(len(name or "") for name in once | new) > MOST_REMEMBERED:
            return frozenset((None,)) - once
        return new


def grounds_of_database(database: Database) -> Iterator[Ground]:
    """What is flagged about a database as a whole."""
    yield from _judged(database.flags, Ground(Rule.DATABASE_FLAGGED))
    yield from _tagged(database.tags, Ground(Rule.TAGGED))
    yield from _vanished(database.once_flagged, marks_of_database(database), {None: None}, None)


def grounds_of_table(table: Table, within: Database) -> Iterator[Ground]:
    """What asks about a table by itself: its database's flag, then the whole of it, then its columns in their order."""
    if plainly_no(table.flags):
        yield from _own_grounds(table, ())
    else:
        yield from grounds_of_database(within)
        yield from own_grounds(table, within)


def own_grounds(table: Table, within: Database) -> Iterator[Ground]:
    """What asks about a table, but for what its database says, which a request for the whole database counts once."""
    yield from _own_grounds(table, within.tags)


def _own_grounds(table: Table, said: tuple[str, ...] | None) -> Iterator[Ground]:
    """What asks about a table. `said`: the tags that were told of its database, which it has too."""
    yield from _judged(table.flags, Ground(Rule.TABLE_FLAGGED, table.name))
    yield from _tagged(table.tags, Ground(Rule.TAGGED, table.name), said)
    if table.is_view and not plainly_no(table.flags):
        yield Ground(Rule.VIEW, table.name)
    named = _named(table)
    if not named.readable:
        yield Ground(Rule.PII_COLUMNS_UNREADABLE, table.name)
    yield from _schema_grounds(table, named)
    for column in _columns(table):
        flags = (*column.flags, "true") if column.name.lower() in named.names else column.flags
        yield from _judged(flags, Ground(Rule.COLUMN_FLAGGED, table.name, column.name))
        tagged = Ground(Rule.TAGGED, table.name, column.name)
        yield from _tagged(column.tags, tagged, (*(said or ()), *(table.tags or ())))
    there = {None: None, **{column.name.lower(): column.name for column in _columns(table)}}
    yield from _vanished(table.once_flagged, marks_of_table(table), there, table.name)


def marks_of_database(database: Database) -> Marks:
    """What the flag of a database, and its tags, say of it."""
    return _marks({None: (*database.flags, *_as_flags(database.tags))})


def marks_of_table(table: Table) -> Marks:
    """What flags and tags on a table and its columns, and its `pii_columns`, say of it. Not what its database says."""
    said: dict[str | None, tuple[object, ...]] = {None: (*table.flags, *_as_flags(table.tags))}
    named = _named(table)
    for column in _columns(table):
        name = column.name.lower()
        own = tuple(tag for tag in column.tags if tag not in (table.tags or ()))
        said[name] = (*said.get(name, ()), *column.flags, *_as_flags(own), *(("no",) if named.none else ()))
    for name in named.names:
        said[name] = (*said.get(name, ()), "true")
    return _marks(said)


def news_of(tables: Iterable[Table]) -> dict[str | None, Marked]:
    """What is flagged of these tables and not remembered yet, by table."""
    return {
        table.name: news
        for table in tables
        if table.once_flagged is not None and (news := marks_of_table(table).news(table.once_flagged))
    }


def verdict(grounds: Iterable[Ground]) -> Flag:
    """What all of them come to. Both `YES` and `UNREADABLE` need an approval; one yes outweighs all else."""
    rules = {ground.rule for ground in grounds}
    if rules & _CERTAIN:
        return Flag.YES
    return Flag.UNREADABLE if rules else Flag.NO


def _schema_grounds(table: Table, named: PiiColumns) -> Iterator[Ground]:
    """What asks because the columns that are listed may not be all that there are."""
    if table.columns is None:
        # A list that is there and broken may hold flags: nothing answers for those.
        yield Ground(Rule.COLUMNS_UNREADABLE, table.name)
    elif named.none:
        return
    elif not table.schema_readable or all(column.is_partition_key for column in table.columns):
        yield Ground(Rule.COLUMNS_UNREADABLE, table.name)
    elif table.elsewhere:
        yield Ground(Rule.SCHEMA_ELSEWHERE, table.name)


def _named(table: Table) -> PiiColumns:
    return read_pii_columns(table.pii_columns, {column.name for column in _columns(table)})


def _columns(table: Table) -> Iterator[Column]:
    """The columns and partition keys that can be read, those that only a schema beside the list has among them."""
    yield from table.columns or ()
    yield from table.elsewhere


def _vanished(
    once: Marked | None, marks: Marks, there: Mapping[str | None, str | None], table: str | None
) -> Iterator[Ground]:
    """What was flagged `once` and is not now, of what is still `there`; one that says no asks until somebody approved.

    What bears another name now is another thing.
    """
    if once is None:
        yield Ground(Rule.MEMORY_UNREADABLE, table)
        return
    for mark, name in there.items():
        if mark in once - marks.flagged:
            yield Ground(Rule.FLAG_VANISHED, table, name)


def _marks(said: dict[str | None, tuple[object, ...]]) -> Marks:
    return Marks(
        frozenset(what for what, flags in said.items() if strictest(flags) is not Flag.NO),
        frozenset(what for what, flags in said.items() if plainly_no(flags)),
    )


def _as_flags(tags: tuple[str, ...] | None) -> tuple[str, ...]:
    """A sensitive tag says yes. Tags that cannot be read say nothing that could be remembered."""
    return tuple("true" for _ in tags or ())


def _tagged(tags: tuple[str, ...] | None, ground: Ground, said: tuple[str, ...] | None = ()) -> Iterator[Ground]:
    """What tags say, but for those that were `said` of what they are inherited from; `None`: they cannot be read."""
    if tags is None:
        if said is not None:
            yield replace(ground, rule=Rule.TAGS_UNREADABLE)
        return
    for tag in tags:
        if tag not in (said or ()):
            yield replace(ground, tag=tag)


def _judged(flags: Iterable[object], ground: Ground) -> Iterator[Ground]:
    flag = strictest(flags)
    if flag is Flag.UNREADABLE:
        yield Ground(Rule.UNREADABLE_FLAG, ground.table, ground.column)
    elif flag is Flag.YES:
        yield ground
