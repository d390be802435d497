"""Takes a request in: writes it down, checks it, classifies it. Runs again each time the catalogue has changed."""

from dataclasses import replace

from handlers.sharing.classify import classify
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.errors import CatalogueKeepsChanging, Refused, TooManyTables
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import ShareRequest, check_consumer, parse_request
from handlers.sharing.ports import Catalogue, Events, Lake, Register

MOST_ROUNDS = 3
"""How often a request is classified before its changing catalogue ends it."""
TABLES_BY_NAME_BELOW_V5 = 5000
"""AWS RAM's quota of shared resources; cross-account version 5 shares by pattern and knows no such limit."""
_SHARES_BY_PATTERN = 5


def take_in(
    received: RequestRecord,
    document: object,
    round_: int,
    *,
    central_account: str,
    register: Register,
    catalogue: Catalogue,
    lake: Lake,
    parties: Parties,
    events: Events,
    wildcard_on_approval: bool,
) -> Classification:
    """Write a request down and classify it.

    Args:
        received: who the request is: id, execution, times.
        document: the execution's input, whatever came.
        round_: 1 at first, one more each time the catalogue changed while the request was under way.
        central_account: the account that holds the catalogue.
        register, catalogue, lake, parties, events: ports, and the registered parties.
        wildcard_on_approval: whether a database that a person approves is shared by wildcard.

    Raises:
        Refused: one of the named reasons.
        TryAgain: an outage.
    """
    if round_ > MOST_ROUNDS:
        raise CatalogueKeepsChanging(
            f"The data changed {MOST_ROUNDS} times while this request was under way. Ask again once it is settled."
        )
    if round_ > 1:
        record, request = register.load(received.id), parse_request(document)
    else:
        try:
            request = parse_request(document)
        except Refused:
            # Written down all the same: what cannot be read is seen, and refused by name.
            events.received(register.receive(received))
            raise
        record = register.receive(replace(received, source=request.source, consumer=request.consumer))
        events.received(record)
    classification = judge(
        request,
        central_account=central_account,
        catalogue=catalogue,
        lake=lake,
        parties=parties,
        wildcard_on_approval=wildcard_on_approval,
    )
    register.classified(record, round_, classification)
    return classification


def judge(
    request: ShareRequest,
    *,
    central_account: str,
    catalogue: Catalogue,
    lake: Lake,
    parties: Parties,
    wildcard_on_approval: bool,
) -> Classification:
    """Check and classify a request. Writes nothing down, so that a preview says what the workflow would.

    Raises:
        Refused: one of the named reasons.
        TryAgain: an outage.
    """
    check_consumer(request.consumer, central_account, parties.consumers)
    classification = classify(request, catalogue, parties, wildcard_on_approval=wildcard_on_approval).classification
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
