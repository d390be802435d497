"""Decides from the catalogue whether a request needs a person's approval, and on what grounds."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.sharing.catalogue import Database, Table
from handlers.sharing.errors import NothingToShare
from handlers.sharing.flags import Flag, strictest
from handlers.sharing.listing import Listing
from handlers.sharing.parties import Owner, Parties, owner_of_all
from handlers.sharing.ports import Catalogue
from handlers.sharing.request import ShareRequest

LONGEST_DESCRIPTION = 2048
"""Glue's own limit; a register item must hold it whatever a catalogue gives."""


class Scope(StrEnum):
    """What a grant would cover. Settled when the request is classified, and part of the fingerprint."""

    TABLE = "table"
    TABLES_BY_NAME = "tables"
    WILDCARD = "wildcard"


class Rule(StrEnum):
    """Why a request needs an approval."""

    DATABASE_FLAGGED = "DatabaseFlagged"
    TABLE_FLAGGED = "TableFlagged"
    COLUMN_FLAGGED = "ColumnFlagged"
    UNREADABLE_FLAG = "UnreadableFlag"
    COLUMNS_UNREADABLE = "ColumnsUnreadable"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for an approval: the rule, and the table and column that it found (`None`: the database)."""

    rule: Rule
    table: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = "the database" if self.table is None else ".".join(filter(None, (self.table, self.column)))
        match self.rule:
            case Rule.DATABASE_FLAGGED | Rule.TABLE_FLAGGED | Rule.COLUMN_FLAGGED:
                return where
            case Rule.UNREADABLE_FLAG:
                return f"{where} (its flag cannot be read)"
            case Rule.COLUMNS_UNREADABLE:
                return f"{where} (its columns cannot be read)"


@dataclass(frozen=True, slots=True)
class Classification:
    """What was decided about a request.

    `grounds` (empty: no personal data), `tables` and `unregistered` (tables whose location Lake Formation does not
    know: the consumer gets metadata but no data) are cut to what a register item can hold; the `_total`s count all.
    """

    scope: Scope
    owner: Owner
    fingerprint: str
    grounds: tuple[Ground, ...]
    grounds_total: int
    tables: tuple[str, ...]
    tables_total: int
    columns_total: int
    unregistered: tuple[str, ...] = ()
    unregistered_total: int = 0
    description: str = ""

    @property
    def needs_approval(self) -> bool:
        """Whether a person has to approve."""
        return self.grounds_total > 0

    @property
    def summary(self) -> str:
        """The grounds in one sentence, for register, portal and output."""
        if not self.needs_approval:
            return (
                f"Nothing in it is personal data: {self.columns_total} columns and partition keys in "
                f"{self.tables_total} table{'' if self.tables_total == 1 else 's'} were read."
            )
        named = ", ".join(str(ground) for ground in self.grounds[:3])
        more = self.grounds_total - min(3, len(self.grounds))
        return f"Personal data: {named}{f' and {more} more' if more else ''}."

    @property
    def warning(self) -> str:
        """What will surprise the consumer, or nothing."""
        count = self.unregistered_total
        if not count:
            return ""
        if self.scope is Scope.TABLE:
            what = "The location of the table's data is"
        else:
            what = f"The data locations of {count:,} tables are" if count > 1 else "The data location of one table is"
        return f"{what} not registered with Lake Formation: the account will see the metadata there, but no data."


@dataclass(frozen=True, slots=True)
class Classified:
    """A classification with the names of all tables that it covers, in the order of their names."""

    classification: Classification
    tables: tuple[str, ...]


def classify(
    request: ShareRequest, catalogue: Catalogue, parties: Parties, *, wildcard_on_approval: bool
) -> Classified:
    """Read the catalogue and decide. Fails closed: what cannot be read counts as personal data.

    Raises:
        Refused: one of the named reasons; nothing may be shared.
        TryAgain: the catalogue is out of reach.
    """
    source = request.source
    database = catalogue.database(source.database)
    tables = catalogue.tables(database.name) if source.is_database else [catalogue.table(database.name, source.table)]
    survey = _Survey()
    if source.is_database:
        survey.see_database(database)
    for table in tables:
        survey.see_table(table, database)
    if not survey.digests:
        raise NothingToShare(
            f"Database '{database.name}' has no table that Lakeshare can see. Either it is empty, or Lake Formation "
            "hides its tables: the platform team can grant Lakeshare's roles DESCRIBE on them."
        )
    owner = owner_of_all(survey.owners, database.name, parties)
    scope = Scope.TABLE
    if source.is_database:
        scope = Scope.WILDCARD if survey.grounds.total and wildcard_on_approval else Scope.TABLES_BY_NAME
    names = tuple(sorted(survey.digests))
    classification = Classification(
        scope=scope,
        owner=owner,
        fingerprint=_fingerprint(request, scope, owner, database, survey),
        grounds=tuple(survey.grounds.items),
        grounds_total=survey.grounds.total,
        tables=Listing[str].of(names),
        tables_total=len(names),
        columns_total=survey.columns_total,
        unregistered=tuple(survey.unregistered.items),
        unregistered_total=survey.unregistered.total,
        description=(database.description if source.is_database else survey.description)[:LONGEST_DESCRIPTION],
    )
    return Classified(classification, names)


@dataclass(slots=True)
class _Survey:
    """Gathers what the rules need in one pass, without keeping the tables: a database may have 10,000."""

    grounds: Listing[Ground] = field(default_factory=Listing[Ground])
    owners: dict[tuple[str | None, str | None], str] = field(default_factory=dict[tuple[str | None, str | None], str])
    digests: dict[str, bytes] = field(default_factory=dict[str, bytes])
    columns_total: int = 0
    unregistered: Listing[str] = field(default_factory=Listing[str])
    description: str = ""

    def see_database(self, database: Database) -> None:
        self._judge(database.flags, Ground(Rule.DATABASE_FLAGGED))

    def see_table(self, table: Table, database: Database) -> None:
        self._judge(table.flags, Ground(Rule.TABLE_FLAGGED, table.name))
        # No column at all is no reading either: some serdes keep the schema elsewhere.
        if not table.columns:
            self.grounds.add(Ground(Rule.COLUMNS_UNREADABLE, table.name))
        for column in table.columns or ():
            self._judge(column.flags, Ground(Rule.COLUMN_FLAGGED, table.name, column.name))
        self.columns_total += len(table.columns or ())
        owner = (table.owner, table.owner_name) if table.owner is not None else (database.owner, database.owner_name)
        self.owners.setdefault(owner, table.name)
        if not table.registered:
            self.unregistered.add(table.name)
        self.description = table.description
        self.digests[table.name] = _digest_of_table(table)

    def _judge(self, flags: Iterable[object], ground: Ground) -> None:
        match strictest(flags):
            case Flag.NO:
                return
            case Flag.YES:
                self.grounds.add(ground)
            case Flag.UNREADABLE:
                self.grounds.add(Ground(Rule.UNREADABLE_FLAG, ground.table, ground.column))


def _digest_of_table(table: Table) -> bytes:
    columns = None if table.columns is None else [[c.name, c.type, c.flags, c.is_partition_key] for c in table.columns]
    return _digest([table.name, table.owner, table.location, table.kind, table.definition, table.flags, columns])


def _fingerprint(request: ShareRequest, scope: Scope, owner: Owner, database: Database, survey: _Survey) -> str:
    """A hash over all that would be shared, with whom, and who answers for it."""
    about_database = [database.name, database.owner, database.location]
    if request.source.is_database:
        about_database.append(repr(database.flags))
    tables = [(name, survey.digests[name].hex()) for name in sorted(survey.digests)]
    return _digest(
        ["v1", request.source.table, request.consumer, scope, owner.account_id, about_database, tables]
    ).hex()


def _digest(value: object) -> bytes:
    # `repr` for what JSON has no form for: a flag may be anything that the catalogue holds.
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=repr).encode()).digest()
