"""Takes a request in: writes it down, checks it, and decides from the catalogue whether a person must approve it.

Runs again each time the catalogue has changed. `judge` is what a preview asks too, `examine` what Grant compares with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from handlers.sharing.already_shared import already_shared
from handlers.sharing.announce import announce
from handlers.sharing.claim import take_or_find
from handlers.sharing.filters import check_needed, check_offered
from handlers.sharing.model.applied import judged, taken_up
from handlers.sharing.model.catalogue import Database, Marked, Table
from handlers.sharing.model.claim import claim_of_request
from handlers.sharing.model.classification import Classification, Classified, Excerpt, Ground, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import AlreadyAsked, CatalogueKeepsChanging, NothingToShare, Refused, TooManyTables
from handlers.sharing.model.fingerprint import digest_of_database, digest_of_table, fingerprint_of
from handlers.sharing.model.grounds import (
    Marks,
    grounds_of_database,
    grounds_of_table,
    marks_of_database,
    marks_of_table,
    own_grounds,
)
from handlers.sharing.model.hold import holds_on, refuse_held
from handlers.sharing.model.parties import DirectRequests, Rules, check_direct, owner_of_all
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import ShareRequest, check_consumer, parse_purpose, parse_renews, parse_request
from handlers.sharing.model.selection import Selection, select
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import NO_END, Term, parse_term
from handlers.sharing.model.transition import classified, found_shared, received
from handlers.sharing.ports import Catalogue, Events, Lake
from handlers.sharing.renewal import as_renewal, share_to_renew
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Claims, Memory, Register

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
    direct: DirectRequests,
    register: Register,
    claims: Claims,
    ledger: Ledger,
    catalogue: Catalogue,
    lake: Lake,
    memory: Memory,
    events: Events,
) -> Classification | Share:
    """Write a request down and classify it.

    Args:
        came: who the request is: id, execution, times.
        document: the execution's input, whatever came.
        round_: 1 at first, one more each time the catalogue changed while the request was under way.
        rules: of the stack.
        direct: what requests may do whose requester nobody verified.
        register, claims, ledger, catalogue, lake, memory, events: ports; the catalogue with what is remembered of it.

    Returns:
        How it was classified; or the share by which the account has all of it already, so that nobody is asked.

    Raises:
        Refused: one of the named reasons.
        TryAgain: an outage.
    """
    if round_ > MOST_ROUNDS:
        raise CatalogueKeepsChanging(
            f"The data changed {MOST_ROUNDS} times while this request was under way. Ask again once it is settled."
        )
    if round_ > 1:
        record = register.load(came.id)
        request = parse_request(document)
    else:
        try:
            request, purpose, term = parse_request(document), parse_purpose(document), parse_term(document)
            renews = parse_renews(document)
        except Refused:
            # Written down all the same: what cannot be read is seen, and refused by name.
            _receive(came, register, events)
            raise
        asked = replace(
            came,
            source=request.source,
            part=request.part,
            consumer=request.consumer,
            purpose=purpose,
            asked=term,
            renews=renews,
        )
        record = _receive(asked, register, events)
    if record.requester is None:
        check_direct(direct, asks=False)
    found, term = judge(
        request,
        record.asked or NO_END,
        record.renews,
        rules=rules,
        catalogue=catalogue,
        ledger=ledger,
        lake=lake,
        at=now(),
    )
    # First: once the request is judged, nothing that it was judged by may be forgotten.
    memory.remember(request.source.database, found.news)
    share = already_shared(request, found.classification, term, ledger=ledger, lake=lake)
    if share is None:
        check_needed(request, found.classification, ledger)
    else:
        judged(register.apply(came.id, classified(round_, found.classification, term, iso(now()))))
        step = found_shared(share.id, share.active_at or share.since, share.approver, iso(now()))
        judged(register.apply(came.id, step))
        return share
    if record.requester is None:
        check_direct(direct, asks=found.classification.needs_approval)
        if found.classification.needs_approval:
            _check_alone(came.id, request, claims, register)
    judged(register.apply(came.id, classified(round_, found.classification, term, iso(now()))))
    return found.classification


def _check_alone(request_id: str, request: ShareRequest, claims: Claims, register: Register) -> None:
    """Of those whom nobody verified one may wait for an approval of the same data and account; says nothing of it."""
    claim = claim_of_request(None, request)
    if take_or_find(claim, request_id, claims=claims, register=register, at=now()) is not None:
        raise AlreadyAsked(
            "A request for the same data and account is open already, and of those whose requester nobody verified one "
            "may wait for an approval. Wait until it is decided, or ask in the portal."
        )


def _receive(came: RequestRecord, register: Register, events: Events) -> RequestRecord:
    """Write the request down and announce it."""
    return announce(taken_up(came, register.apply(came.id, received(came))), register=register, events=events)


def judge(
    request: ShareRequest,
    asked: Term,
    renews: str | None,
    *,
    rules: Rules,
    catalogue: Catalogue,
    ledger: Ledger,
    lake: Lake,
    at: datetime,
) -> tuple[Classified, Term]:
    """Check and classify a request, and settle when it ends, of which `asked` is what it says.

    `renews`: the share that it is to renew.

    Writes nothing down, so that a preview says what the workflow would.

    Raises:
        Refused: one of the named reasons.
        TryAgain: an outage.
    """
    check_consumer(request.consumer, rules.central_account, rules.parties.consumers)
    share = None if renews is None else share_to_renew(renews, request, ledger, at)
    found = examine(request, rules, catalogue, lake.in_hybrid_mode)
    classification = found.classification
    refuse_held(ledger.held(holds_on(request.source, request.consumer, classification.owner)))
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
    term = rules.parties.lengths_of(classification.owner).term_of(asked, at)
    return (found if share is None else as_renewal(found, share)), term


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
