"""Classify: every request is written down, announced and classified; refusals have names."""

import pytest

from handlers.sharing.model.errors import (
    CatalogueKeepsChanging,
    ConsumerNotAllowed,
    DatabaseNotFound,
    DuplicateRequest,
    InvalidInput,
    Refused,
    RequestClosed,
    TargetIsCentral,
    TooManyTables,
    TryAgain,
)
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from tests.fakes.world import CENTRAL, CONSUMER, World, input_of, pii_table, plain_table


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


@pytest.mark.parametrize("writes", [0, 1])
def test_a_retry_after_a_lost_answer_goes_on(world: World, writes: int) -> None:
    world.register.fail_after("apply", *[None] * writes, TryAgain("lost"))
    with pytest.raises(TryAgain):
        world.classify()
    assert world.classify() == world.register.records["r1"].classification


def test_what_the_requests_api_wrote_is_taken_up(world: World) -> None:
    requester = Requester("sub", "anna@consumer.example")
    world.register.records["r1"] = RequestRecord(
        "r1", Status.RECEIVED, "2026-11-24T08:59:59Z", requester=requester, purpose="why"
    )
    world.classify(document={**input_of(), "requester": {"id": "mallory"}, "reason": "other"})
    record = world.register.records["r1"]
    assert (record.requester, record.purpose) == (requester, "why")
    assert (record.received_at, record.started_at) == ("2026-11-24T08:59:59Z", "2026-11-24T09:00:00Z")


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
