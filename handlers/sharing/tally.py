"""Gathers what the rules need of a database's tables, or of one table, in one pass."""

from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.sharing.model.catalogue import Database, Marked, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Ground, Omitted
from handlers.sharing.model.errors import NothingSafe, Refused
from handlers.sharing.model.excerpt import Excerpt
from handlers.sharing.model.fingerprint import digest_of_table
from handlers.sharing.model.grounds import (
    Marks,
    grounds_of_database,
    grounds_of_table,
    marks_of_database,
    marks_of_table,
    own_grounds,
)
from handlers.sharing.model.part import Part
from handlers.sharing.model.selection import Selection, select

_MOST_TOLD = 2
"""So many tables a refusal tells why they are left out."""


@dataclass(slots=True)
class Tally:
    """What was seen, without the tables themselves: a database may have 10,000.

    Attributes:
        database, in_hybrid_mode: whose tables; whether a location is in hybrid access mode.
        whole: the database is asked for, so that its own flag counts once, and not for each table again.
        part: which part is asked for: of the one table, which is then `part_of`; or of each that has a safe subset.
        filters: of a database's safe subset, the tables that are in, each with the name of its filter.
        left_out: what is flagged of the other columns of what is in.
        omitted: the tables that are left out.
        columns_in: how many columns are in of these tables.
    """

    database: Database
    in_hybrid_mode: Callable[[str], bool]
    whole: bool
    part: Part
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
    filters: dict[str, str] = field(default_factory=dict[str, str])
    left_out: Excerpt[Ground] = field(default_factory=Excerpt[Ground])
    omitted: Excerpt[Omitted] = field(default_factory=Excerpt[Omitted])
    columns_in: int = 0

    def __post_init__(self) -> None:
        for ground in grounds_of_database(self.database) if self.whole and self.part.is_whole else ():
            self.grounds.add(ground)
        self._compare(None, self.database.once_flagged, marks_of_database(self.database))
        if not self.whole:
            # Whoever approves one table does not speak for the database.
            self.withdrawn.clear()

    def see_table(self, table: Table) -> None:
        """Take in what is said of one table."""
        database = self.database
        self.columns_total += len(table.columns or ())
        owner = (table.owner, table.owner_name) if table.owner is not None else (database.owner, database.owner_name)
        self.owners.setdefault(owner, table.name)
        self.description = table.description
        self.digests[table.name] = digest_of_table(table)
        self._compare(table.name, table.once_flagged, marks_of_table(table))
        if self.whole and not self.part.is_whole:
            if not self._take_safe(table):
                return
        elif self.part.is_whole:
            for ground in own_grounds(table, database) if self.whole else grounds_of_table(table, database):
                self.grounds.add(ground)
        else:
            self.part_of = table
        if not table.registered:
            self.unregistered.add(table.name)
        elif table.location:
            self.hybrid_total += self.in_hybrid_mode(table.location)

    def take_part(self, selection: Selection) -> None:
        """Take in what is asked for of the one table."""
        self.grounds = Excerpt[Ground].counted(selection.grounds)
        self.left_out = Excerpt[Ground].counted(selection.left_out)
        # Whoever approves this speaks neither for the other columns nor for the table as a whole.
        mine = frozenset(selection.columns)
        self.withdrawn = {name: marks & mine for name, marks in self.withdrawn.items() if marks & mine}

    def check_some_safe(self) -> None:
        """Check that the database is not flagged, and a table of it has a safe subset.

        Raises:
            NothingSafe: none has.
        """
        # Nobody is asked about what is flagged.
        self.withdrawn.clear()
        for ground in grounds_of_database(self.database):
            raise NothingSafe(f"Database '{self.database.name}' has no safe subset, as all of it asks: {ground}.")
        if not self.filters:
            told = " ".join(each.says for each in self.omitted.items[:_MOST_TOLD])
            raise NothingSafe(f"No table of database '{self.database.name}' has a safe subset. {told}")

    def _take_safe(self, table: Table) -> bool:
        """Take in the safe subset of a table, which asks nobody; where it has none, the table is left out."""
        try:
            selection = select(self.part, table, self.database)
        except Refused as refused:
            self.omitted.add(Omitted(table.name, refused.reason, str(refused)))
            return False
        self.filters[table.name] = CellsFilter(self.database.name, table.name, selection.columns).name
        self.columns_in += len(selection.columns)
        for ground in selection.left_out:
            self.left_out.add(ground)
        return True

    def _compare(self, name: str | None, once: Marked | None, marks: Marks) -> None:
        if once is None:
            return
        if news := marks.news(once):
            self.news[name] = news
        if withdrawn := once & marks.denied:
            self.withdrawn[name] = withdrawn
