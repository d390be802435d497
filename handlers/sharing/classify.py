"""Decides from the catalogue whether a request needs a person's approval, and on what grounds."""

import hashlib
import json
from dataclasses import dataclass, field

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Classification, Classified, Ground, Scope
from handlers.sharing.model.errors import NothingToShare
from handlers.sharing.model.grounds import grounds_of_database, grounds_of_table
from handlers.sharing.model.listing import Listing
from handlers.sharing.model.parties import Owner, Parties, owner_of_all
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.ports import Catalogue

LONGEST_DESCRIPTION = 2048
"""Glue's own limit; a register item must hold it whatever a catalogue gives."""


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
        for ground in grounds_of_database(database):
            self.grounds.add(ground)

    def see_table(self, table: Table, database: Database) -> None:
        for ground in grounds_of_table(table):
            self.grounds.add(ground)
        self.columns_total += len(table.columns or ())
        owner = (table.owner, table.owner_name) if table.owner is not None else (database.owner, database.owner_name)
        self.owners.setdefault(owner, table.name)
        if not table.registered:
            self.unregistered.add(table.name)
        self.description = table.description
        self.digests[table.name] = _digest_of_table(table)


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
    return hashlib.sha256(json.dumps(value, separators=(",", ":"), default=repr).encode()).digest()
