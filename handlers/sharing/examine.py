"""Reads what a request is for in the catalogue, and says what it is: personal data or not, whose, and how it was found.

It writes nothing down: Classify and the preview judge by it, Grant compares with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from handlers.sharing.filters import check_offered
from handlers.sharing.model.catalogue import Database, Marked, Table
from handlers.sharing.model.classification import Classification, Classified, Excerpt, Ground, Scope
from handlers.sharing.model.errors import NothingToShare
from handlers.sharing.model.fingerprint import digest_of_database, digest_of_table, fingerprint_of
from handlers.sharing.model.grounds import (
    Marks,
    grounds_of_database,
    grounds_of_table,
    marks_of_database,
    marks_of_table,
    own_grounds,
)
from handlers.sharing.model.parties import Rules, owner_of_all
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.selection import Selection, select
from handlers.sharing.ports import Catalogue

LONGEST_DESCRIPTION = 2048
"""Glue's own limit; a register item must hold it whatever a catalogue gives."""


def examine(
    request: ShareRequest,
    rules: Rules,
    catalogue: Catalogue,
    in_hybrid_mode: Callable[[str], bool] = lambda _location: False,
) -> Classified:
    """Read the catalogue and decide. Fails closed: what cannot be read counts as personal data.

    Args:
        request: what is asked for.
        rules: of the stack.
        catalogue: the catalogue.
        in_hybrid_mode: of a location; only people are told of it, so whoever compares need not ask.

    Raises:
        Refused: one of the named reasons; nothing may be shared.
        TryAgain: the catalogue is out of reach.
    """
    source = request.source
    database = catalogue.database(source.database)
    tally = _Tally(database, in_hybrid_mode, whole=source.is_database, in_part=not request.part.is_whole)
    pages = catalogue.pages(database.name) if source.is_database else [[catalogue.table(database.name, source.table)]]
    for table in chain.from_iterable(pages):
        tally.see_table(table)
    if not tally.digests:
        raise NothingToShare(
            f"Database '{database.name}' has no table that Lakeshare can see. Either it is empty, or Lake Formation "
            "hides its tables: the platform team can grant Lakeshare's roles DESCRIBE on them."
        )
    owner = owner_of_all(tally.owners, database.name, rules.parties)
    scope, selection = Scope.TABLE, None
    if tally.part_of is not None:
        check_offered(request.part, owner, rules.parties)
        scope, selection = Scope.FILTERED, select(request.part, tally.part_of, database)
        tally.grounds = Excerpt[Ground].counted(selection.grounds)
    elif source.is_database:
        scope = Scope.WILDCARD if tally.grounds.total and rules.wildcard_on_approval else Scope.TABLES_BY_NAME
    names = sorted(tally.digests)
    classification = Classification(
        scope=scope,
        owner=owner,
        fingerprint=fingerprint_of(request, scope, owner, database, tally.digests, selection=selection),
        grounds=tuple(tally.grounds.items),
        grounds_total=tally.grounds.total,
        tables=Excerpt[str].of(names),
        tables_total=len(names),
        columns_total=tally.columns_total,
        unregistered=tuple(tally.unregistered.items),
        unregistered_total=tally.unregistered.total,
        hybrid_total=tally.hybrid_total,
        description=(database.description if source.is_database else tally.description)[:LONGEST_DESCRIPTION],
        **_of_part(selection),
    )
    return Classified(classification, digest_of_database(database), tally.digests, tally.news, tally.withdrawn)


def _of_part(selection: Selection | None) -> dict[str, Any]:
    if selection is None:
        return {}
    left_out = Excerpt[Ground].counted(selection.left_out)
    return {
        "columns": selection.columns,
        "left_out": tuple(left_out.items),
        "left_out_total": left_out.total,
        "row_filter": selection.row_filter,
    }


@dataclass(slots=True)
class _Tally:
    """Gathers what the rules need in one pass, without keeping the tables: a database may have 10,000.

    `whole`: the database is asked for, so that its own flag counts once, and not for each table again. `in_part`: a
    part of one table is, which is then `part_of`.
    """

    database: Database
    in_hybrid_mode: Callable[[str], bool]
    whole: bool
    in_part: bool
    part_of: Table | None = None
    grounds: Excerpt[Ground] = field(default_factory=Excerpt[Ground])
    owners: dict[tuple[str | None, str | None], str] = field(default_factory=dict[tuple[str | None, str | None], str])
    digests: dict[str, bytes] = field(default_factory=dict[str, bytes])
    columns_total: int = 0
    unregistered: Excerpt[str] = field(default_factory=Excerpt[str])
    hybrid_total: int = 0
    description: str = ""
    news: dict[str | None, Marked] = field(default_factory=dict[str | None, Marked])
    withdrawn: dict[str | None, Marked] = field(default_factory=dict[str | None, Marked])

    def __post_init__(self) -> None:
        for ground in grounds_of_database(self.database) if self.whole else ():
            self.grounds.add(ground)
        self._compare(None, self.database.once_flagged, marks_of_database(self.database))
        if not self.whole:
            # Whoever approves one table does not speak for the database.
            self.withdrawn.clear()

    def see_table(self, table: Table) -> None:
        database = self.database
        self.part_of = table if self.in_part else None
        for ground in own_grounds(table, database) if self.whole else grounds_of_table(table, database):
            self.grounds.add(ground)
        self.columns_total += len(table.columns or ())
        owner = (table.owner, table.owner_name) if table.owner is not None else (database.owner, database.owner_name)
        self.owners.setdefault(owner, table.name)
        if not table.registered:
            self.unregistered.add(table.name)
        elif table.location:
            self.hybrid_total += self.in_hybrid_mode(table.location)
        self.description = table.description
        self.digests[table.name] = digest_of_table(table)
        self._compare(table.name, table.once_flagged, marks_of_table(table))

    def _compare(self, name: str | None, once: Marked | None, marks: Marks) -> None:
        if once is None:
            return
        if news := marks.news(once):
            self.news[name] = news
        if withdrawn := once & marks.denied:
            self.withdrawn[name] = withdrawn
