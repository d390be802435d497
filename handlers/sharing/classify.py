"""Takes a request in: writes it down, checks it, and decides from the catalogue whether a person must approve it.

Runs again each time the catalogue has changed. `judge` is what a preview asks too, `examine` what Grant compares with.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Classification, Classified, Excerpt, Ground, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import CatalogueKeepsChanging, NothingToShare, Refused, TooManyTables
from handlers.sharing.model.grounds import grounds_of_database, grounds_of_table
from handlers.sharing.model.parties import Owner, Rules, owner_of_all
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import ShareRequest, check_consumer, parse_request
from handlers.sharing.model.transition import advanced, classified, received, taken_up
from handlers.sharing.ports import Catalogue, Events, Lake, Register

MOST_ROUNDS = 3
"""How often a request is classified before its changing catalogue ends it."""
TABLES_BY_NAME_BELOW_V5 = 5000
"""AWS RAM's quota of shared resources; cross-account version 5 shares by pattern and knows no such limit."""
LONGEST_DESCRIPTION = 2048
"""Glue's own limit; a register item must hold it whatever a catalogue gives."""
_SHARES_BY_PATTERN = 5


def classify(
    came: RequestRecord,
    document: object,
    round_: int,
    *,
    rules: Rules,
    register: Register,
    catalogue: Catalogue,
    lake: Lake,
    events: Events,
) -> Classification:
    """Write a request down and classify it.

    Args:
        came: who the request is: id, execution, times.
        document: the execution's input, whatever came.
        round_: 1 at first, one more each time the catalogue changed while the request was under way.
        rules: of the stack.
        register, catalogue, lake, events: ports.

    Raises:
        Refused: one of the named reasons.
        TryAgain: an outage.
    """
    if round_ > MOST_ROUNDS:
        raise CatalogueKeepsChanging(
            f"The data changed {MOST_ROUNDS} times while this request was under way. Ask again once it is settled."
        )
    if round_ > 1:
        register.load(came.id)
        request = parse_request(document)
    else:
        try:
            request = parse_request(document)
        except Refused:
            # Written down all the same: what cannot be read is seen, and refused by name.
            _receive(came, register, events)
            raise
        _receive(replace(came, source=request.source, consumer=request.consumer), register, events)
    classification = judge(request, rules=rules, catalogue=catalogue, lake=lake)
    advanced(register.apply(came.id, classified(round_, classification, iso(now()))))
    return classification


def _receive(came: RequestRecord, register: Register, events: Events) -> None:
    """Write the request down and announce it, for every attempt: an event may have been lost on its way."""
    step = received(came)
    record = taken_up(came, register.apply(came.id, step))
    if step.announces is not None:
        events.announce(step.announces, record)


def judge(request: ShareRequest, *, rules: Rules, catalogue: Catalogue, lake: Lake) -> Classification:
    """Check and classify a request. Writes nothing down, so that a preview says what the workflow would.

    Raises:
        Refused: one of the named reasons.
        TryAgain: an outage.
    """
    check_consumer(request.consumer, rules.central_account, rules.parties.consumers)
    classification = examine(request, rules, catalogue).classification
    by_name = classification.scope is Scope.TABLES_BY_NAME
    if (
        by_name
        and classification.tables_total > TABLES_BY_NAME_BELOW_V5
        and lake.cross_account_version() < _SHARES_BY_PATTERN
    ):
        raise TooManyTables(
            f"The database has {classification.tables_total:,} tables, and below cross-account version 5 AWS RAM "
            f"shares at most {TABLES_BY_NAME_BELOW_V5:,} by name. The platform team can raise the version; or ask for "
            "tables."
        )
    return classification


def examine(request: ShareRequest, rules: Rules, catalogue: Catalogue) -> Classified:
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
    owner = owner_of_all(survey.owners, database.name, rules.parties)
    scope = Scope.TABLE
    if source.is_database:
        scope = Scope.WILDCARD if survey.grounds.total and rules.wildcard_on_approval else Scope.TABLES_BY_NAME
    names = tuple(sorted(survey.digests))
    classification = Classification(
        scope=scope,
        owner=owner,
        fingerprint=_fingerprint(request, scope, owner, database, survey),
        grounds=tuple(survey.grounds.items),
        grounds_total=survey.grounds.total,
        tables=Excerpt[str].of(names),
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

    grounds: Excerpt[Ground] = field(default_factory=Excerpt[Ground])
    owners: dict[tuple[str | None, str | None], str] = field(default_factory=dict[tuple[str | None, str | None], str])
    digests: dict[str, bytes] = field(default_factory=dict[str, bytes])
    columns_total: int = 0
    unregistered: Excerpt[str] = field(default_factory=Excerpt[str])
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
