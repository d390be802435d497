"""Classify: every request is written down, announced and classified; refusals have names."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.sharing.model.errors import (
    CatalogueKeepsChanging,
    ConsumerNotAllowed,
    DatabaseNotFound,
    DirectRequestsRefused,
    DuplicateRequest,
    EndDatePassed,
    EndTooLate,
    InvalidInput,
    Refused,
    RequestClosed,
    TargetIsCentral,
    TooManyTables,
    TryAgain,
)
from handlers.sharing.model.parties import DirectRequests, Parties
from handlers.sharing.model.record import Ending, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import NO_END, Lengths, Term
from tests.fakes.world import CENTRAL, CONSUMER, OWNER, World, input_of, pii_table, plain_table


def test_a_request_is_written_down_then_classified(world: World) -> None:
    classification = world.classify()
    record = world.register.records["r1"]
    assert (record.status, record.round, record.consumer) == (Status.RECEIVED, 1, CONSUMER)
    assert record.source == Source("sales", "orders")
    assert record.classification == classification
    assert world.events.types() == ["RequestReceived"]
    assert world.register.history("r1") == ["Received", "Classified"]


@pytest.mark.parametrize("document", [None, [], "x", {}, {"source": 1}, {"source": {}, "target": {}}])
def test_what_cannot_be_read_is_written_down_too(world: World, document: object) -> None:
    with pytest.raises(InvalidInput):
        world.classify(document=[] if document is None else document)
    assert world.register.records["r1"].source is None
    assert world.events.types() == ["RequestReceived"]
    assert world.catalogue.calls == []


@pytest.mark.parametrize(
    ("document", "error"),
    [(input_of(consumer=CENTRAL), TargetIsCentral), (input_of("nothing"), DatabaseNotFound)],
)
def test_refusals_after_that(world: World, document: object, error: type[Refused]) -> None:
    with pytest.raises(error):
        world.classify(document=document)
    assert world.register.records["r1"].source is not None


def test_consumers_outside_the_list_never_reach_the_catalogue(world: World) -> None:
    world.parties = Parties(world.parties.producers, frozenset({"888888888888"}))
    with pytest.raises(ConsumerNotAllowed):
        world.classify()
    assert world.catalogue.calls == []


def test_a_name_used_again_is_refused_and_changes_nothing(world: World) -> None:
    world.classify()
    before = world.register.records["r1"]
    for document in (input_of("weather", "*"), []):
        with pytest.raises(DuplicateRequest):
            world.classify(document=document, started_at="2027-01-01T00:00:00Z")
    assert world.register.records["r1"] == before


@pytest.mark.parametrize("writes", [0, 2])  # between these two the event is noted as put
def test_a_retry_after_a_lost_answer_goes_on(world: World, writes: int) -> None:
    world.register.fail_after("apply", *[None] * writes, TryAgain("lost"))
    with pytest.raises(TryAgain):
        world.classify()
    assert world.classify() == world.register.records["r1"].classification


ASKED = RequestRecord(
    "r1",
    Status.RECEIVED,
    "2026-11-24T08:59:59Z",
    source=Source("sales", "orders"),
    consumer=CONSUMER,
    requester=Requester("sub", "anna@consumer.example"),
    purpose="why",
    asked=NO_END,
)
"""What the requests API wrote down."""


def test_what_the_requests_api_wrote_is_taken_up(world: World) -> None:
    world.register.records["r1"] = ASKED
    world.classify(document={**input_of(), "requester": {"id": "mallory"}, "reason": "other"})
    record = world.register.records["r1"]
    assert (record.requester, record.purpose) == (ASKED.requester, "why")
    assert (record.received_at, record.started_at) == ("2026-11-24T08:59:59Z", "2026-11-24T09:00:00Z")


@pytest.mark.parametrize(
    "document",
    [
        input_of("sales", "people"),
        input_of("sales", "*"),
        input_of(consumer="888888888888"),
        {**input_of(), "purpose": "what anna never said"},
        {**input_of(), "days": 30},
        {**input_of(), "until": "2999-12-31"},
        {**input_of(), "target": {"account_id": CONSUMER, "roles": [f"arn:aws:iam::{CONSUMER}:role/analyst"]}},
    ],
    ids=str,
)
def test_what_asks_for_something_else_takes_nobodys_request_over(world: World, document: dict[str, object]) -> None:
    world.register.records["r1"] = ASKED
    with pytest.raises(DuplicateRequest) as raised:
        world.classify(document=document)
    ended = world.close(Ending(Status.REFUSED, raised.value.reason, str(raised.value)))
    assert (ended.reason, ended.requester, ended.purpose) == ("DuplicateRequest", None, None)
    assert world.register.records["r1"] == ASKED
    assert not world.lake.grants


@pytest.mark.parametrize("document", [None, {}, {**input_of(), "columns": ["id"]}, {**input_of(), "days": 0}], ids=str)
def test_what_cannot_be_read_takes_nobodys_request_over(world: World, document: object) -> None:
    world.register.records["r1"] = ASKED
    with pytest.raises(DuplicateRequest):
        world.classify(document=document or [])
    assert world.register.records["r1"] == ASKED


# --- when it ends -------------------------------------------------------------------------------------------------

SOON, LATE = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (7, 61))


@pytest.mark.parametrize(
    ("more", "asked", "holds"),
    [
        ({}, NO_END, Term(days=14)),
        ({"until": None, "days": None}, NO_END, Term(days=14)),
        ({"days": 30}, Term(days=30), Term(days=30)),
        ({"until": SOON}, Term(date.fromisoformat(SOON)), Term(date.fromisoformat(SOON))),
        ({"days": 31}, Term(days=31), EndTooLate),
        ({"until": LATE}, Term(date.fromisoformat(LATE)), EndTooLate),
        ({"until": "2026-01-01"}, Term(date(2026, 1, 1)), EndDatePassed),
        ({"until": "9999-12-31"}, Term(date(9999, 12, 31)), InvalidInput),
        ({"days": 0}, None, InvalidInput),
        ({"days": 7, "until": SOON}, None, InvalidInput),
    ],
    ids=str,
)
def test_when_it_ends(world: World, more: dict[str, object], asked: Term | None, holds: Term | type[Exception]) -> None:
    """What is asked is written down, also where it is refused; what holds once the owner is known, who allows less."""
    owner = replace(world.parties.producers[OWNER], lengths=Lengths(longest=30))
    world.parties = replace(world.parties, producers={OWNER: owner}, lengths=Lengths(14, 60))
    document = {**input_of(), **more}
    if isinstance(holds, Term):
        world.classify(document=document)
        world.classify(document=document, round_=2)
        assert world.register.records["r1"].term == holds
    else:
        with pytest.raises(holds):
            world.classify(document=document)
        assert world.register.records["r1"].term is None
    assert world.register.records["r1"].asked == asked


def test_an_end_that_passes_while_the_catalogue_changes(world: World) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    world.classify(document={**input_of(), "until": today})
    world.register.records["r1"] = replace(world.register.records["r1"], asked=Term(date(2026, 1, 1)))
    with pytest.raises(EndDatePassed):
        world.classify(document={**input_of(), "until": today}, round_=2)


PEOPLE = input_of("sales", "people")


@pytest.mark.parametrize(
    ("direct", "document", "refused"),
    [
        (DirectRequests.ALLOW, input_of(), False),
        (DirectRequests.ALLOW, PEOPLE, False),
        (DirectRequests.AUTOMATIC, input_of(), False),
        (DirectRequests.AUTOMATIC, PEOPLE, True),
        (DirectRequests.REFUSE, input_of(), True),
        (DirectRequests.REFUSE, PEOPLE, True),
    ],
)
def test_what_direct_requests_may_do(
    world: World, direct: DirectRequests, document: dict[str, Any], *, refused: bool
) -> None:
    world.direct_requests = direct
    if refused:
        with pytest.raises(DirectRequestsRefused, match=f"directRequests: {direct}"):
            world.classify(document=document)
        assert world.register.records["r1"].classification is None
    else:
        world.classify(document=document)
    # Who is signed in may ask all the same.
    source = Source("sales", document["source"]["table"])
    world.register.records["r2"] = replace(ASKED, id="r2", source=source)
    world.classify("r2", document)


def test_a_direct_request_that_would_ask_later_is_refused_then(world: World) -> None:
    world.direct_requests = DirectRequests.AUTOMATIC
    world.classify()
    world.catalogue.put(world.catalogue.databases["sales"], pii_table("orders"))
    with pytest.raises(DirectRequestsRefused):
        world.classify(round_=2)


def test_a_closed_request_is_not_classified(world: World) -> None:
    world.classify()
    world.register.records["r1"] = RequestRecord(
        "r1", Status.FAILED, "x", execution_arn="arn:r1", started_at="2026-11-24T09:00:00Z"
    )
    with pytest.raises(RequestClosed):
        world.classify()
    with pytest.raises(RequestClosed):
        world.classify(round_=2)


def test_three_rounds_and_no_more(world: World) -> None:
    for round_ in (1, 2, 3):
        world.classify(round_=round_)
        assert world.register.records["r1"].round == round_
    steps = [arguments[1] for name, arguments in world.register.calls if name == "apply"]
    assert sum(step.creates for step in steps) == 1, "it is taken up in the first round"
    with pytest.raises(CatalogueKeepsChanging):
        world.classify(round_=4)
    assert world.events.types() == ["RequestReceived"]


@pytest.mark.parametrize(
    ("tables", "version", "pii", "wildcard", "refused"),
    [
        (5000, 4, False, False, False),
        (5001, 4, False, False, True),
        (5001, 0, False, False, True),
        (5001, 5, False, False, False),
        (5001, 4, True, True, False),
        (5001, 4, True, False, True),
    ],
)
def test_more_tables_than_ram_shares_by_name(
    world: World, tables: int, version: int, *, pii: bool, wildcard: bool, refused: bool
) -> None:
    world.lake.version = version
    world.wildcard_on_approval = wildcard
    world.catalogue.put(world.catalogue.databases["weather"], *(plain_table(f"t{at}") for at in range(tables - 2)))
    if pii:
        world.catalogue.put(world.catalogue.databases["weather"], pii_table("rain"))
    if refused:
        with pytest.raises(TooManyTables, match="5,001 tables"):
            world.classify(document=input_of("weather", "*"))
    else:
        assert world.classify(document=input_of("weather", "*")).tables_total == tables
    assert world.register.records["r1"].status is Status.RECEIVED
