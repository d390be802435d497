"""Takes a request in: writes it down, checks it, and decides from the catalogue whether a person must approve it.

Runs again each time the catalogue has changed. `judge` is what a preview asks too.
"""

from dataclasses import replace
from datetime import datetime

from handlers.sharing.already_shared import already_shared
from handlers.sharing.announce import announce
from handlers.sharing.claim import take_or_find
from handlers.sharing.examine import examine
from handlers.sharing.filters import beside_others
from handlers.sharing.lake import Lake
from handlers.sharing.model.applied import judged, taken_up
from handlers.sharing.model.claim import claim_of_request
from handlers.sharing.model.classification import Classification, Classified, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import AlreadyAsked, CatalogueKeepsChanging, Refused, TooManyTables
from handlers.sharing.model.hold import holds_on, refuse_held
from handlers.sharing.model.parties import DirectRequests, Rules, check_direct
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import (
    ShareRequest,
    check_consumer,
    check_roles,
    parse_purpose,
    parse_renews,
    parse_request,
)
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import NO_END, Term, parse_term
from handlers.sharing.model.transition import classified, found_shared, received
from handlers.sharing.ports import Catalogue, Events
from handlers.sharing.renewal import as_renewal, share_to_renew
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Claims, Memory, Register

MOST_ROUNDS = 3
"""How often a request is classified before its changing catalogue ends it."""
TABLES_BY_NAME_BELOW_V5 = 5000
"""AWS RAM's quota of shared resources; cross-account version 5 shares by pattern and knows no such limit."""
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
            roles=request.roles,
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
    classification = found.classification
    share = already_shared(request, classification, term, ledger=ledger, lake=lake)
    if share is None:
        classification = beside_others(request, found, ledger, renews=record.renews)
    else:
        judged(register.apply(came.id, classified(round_, classification, term, iso(now()))))
        step = found_shared(share.id, share.active_at or share.since, share.approver, iso(now()))
        judged(register.apply(came.id, step))
        return share
    if record.requester is None:
        check_direct(direct, asks=classification.needs_approval)
        if classification.needs_approval:
            _check_alone(came.id, request, claims, register)
    judged(register.apply(came.id, classified(round_, classification, term, iso(now()))))
    return classification


def _check_alone(request_id: str, request: ShareRequest, claims: Claims, register: Register) -> None:
    """Of those whom nobody verified one may wait for an approval of the same data and account; says nothing of it."""
    # Other roles make it no other wish.
    claim = claim_of_request(None, replace(request, roles=()))
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
    check_roles(request, rules.parties.kits)
    share = None if renews is None else share_to_renew(renews, request, ledger, at)
    found = examine(request, rules, catalogue, lake.in_hybrid_mode)
    classification = found.classification
    refuse_held(ledger.held(holds_on(request.source, request.consumer, classification.owner)))
    by_name = classification.scope in {Scope.TABLES_BY_NAME, Scope.FILTERED_TABLES}
    if (
        by_name
        and classification.tables_total > TABLES_BY_NAME_BELOW_V5
        and lake.cross_account_version() < _SHARES_BY_PATTERN
    ):
        raise TooManyTables(
            f"The database has {classification.tables_total:,} tables, and below cross-account version 5 AWS "
            f"RAM shares at most {TABLES_BY_NAME_BELOW_V5:,} by name. The platform team can raise the version; or ask "
            "for tables."
        )
    term = rules.parties.lengths_of(classification.owner).term_of(asked, at)
    return (found if share is None else as_renewal(found, share)), term
