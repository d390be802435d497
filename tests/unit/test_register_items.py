"""The register's items on DynamoDB: their shapes from release to release, their sizes, what indexes show of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from handlers.aws.dynamodb import register as registers
from handlers.aws.dynamodb.items import approval_key
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.store import Change, Item, Table
from handlers.sharing.model.errors import DuplicateRequest, RegisterUnreadable, TryAgain
from handlers.sharing.model.keys import SentKey
from handlers.sharing.model.record import Ending, Granted, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from tests.fakes.table import INDEXES, TABLE, all_items, item, make_table, put_item
from tests.fakes.world import World, input_of, pii_table
from tests.unit.register_items import (
    APPROVAL,
    CLASSIFICATION,
    DECISION,
    EXPIRES,
    FIXTURES,
    HARMLESS,
    NOW,
    OF_THE_API,
    PRINT,
    STARTED,
    WAYS,
    plain,
    written,
)

# DynamoDB's limit for an item is 409,600 bytes.
LARGEST = 400_000


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoRegister]:
    monkeypatch.setattr(registers, "now", lambda: NOW)
    with mock_aws():
        make_table()
        yield DynamoRegister(TABLE)


def kept(name: str) -> list[dict[str, Any]]:
    return json.loads((FIXTURES / f"{name}.json").read_text())


# --- released shapes --------------------------------------------------------------------------------------------


def test_what_is_written_has_the_shape_of_its_version(register: DynamoRegister) -> None:
    """A changed shape is a new version: keep the fixtures of the old one, and raise `record.VERSION`."""
    now = written()
    assert {name: now[name] for name in WAYS} == {name: kept(name) for name in WAYS}
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(WAYS)


@pytest.mark.parametrize("name", [name for name in WAYS if name != "decision"])
def test_requests_of_version_1_are_read(register: DynamoRegister, name: str) -> None:
    for each in kept(name):
        put_item(each)
    record = register.load(name)
    (raw,) = [each for each in kept(name) if each["pk"] == name]
    assert (record.id, record.status.value, record.version) == (name, raw["status"], 1)
    assert record.received_at == raw["received_at"]
    if "requester_id" in raw:
        assert record.requester == Requester("a-sub", "anna@consumer.example")
        assert record.purpose == "A churn model"
    assert record.source == (Source("sales", "*") if "source" in raw else None)
    known = HARMLESS if name == "half" else CLASSIFICATION
    assert record.classification == (known if "classification" in raw else None)
    for attribute in ("started_at", "closed_at", "announced_at", "expires_at", "reason", "execution_arn"):
        assert getattr(record, attribute) == raw.get(attribute)
    assert (record.decision is not None) == ("decision" in raw)
    # An open request of the old release is carried on by this one.
    if record.status.is_open:
        closed = register.close(name, raw.get("started_at"), Ending(Status.FAILED, "Aborted", "x"))
        assert closed is not None
        assert closed.status is Status.FAILED


def test_approvals_and_decisions_of_version_1_are_read(register: DynamoRegister) -> None:
    for name in ("waiting", "old-kit", "shared", "decision"):
        for each in kept(name):
            put_item(each)
    keys = (SentKey("c" * 64, 1, PRINT), SentKey("d" * 64, 1, PRINT))
    assert register.approval("waiting") == replace(APPROVAL, keys=keys)
    assert register.approval("shared") == replace(APPROVAL, token=None, keys=keys)
    assert register.approval("old-kit") == replace(APPROVAL, approvers=None, keys=keys[:1])
    assert register.decision(DECISION.id) == DECISION
    assert register.load("shared").granted == Granted(2, ("a_view", "people"), database=True, wildcard=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 2},
        {"version": 0},
        {"version": "1"},
        {"version": None},
        {"status": "PAUSED"},
        {"received_at": ...},
        {"status": ...},
        {"version": ...},
        {"classification": {"scope": "table"}},
        {"classification": {"scope": "galaxy"}},
        {"decision": {"id": "d1"}},
        {"granted": {"tables": 1}},
        {"source": {"database": "sales"}},
        {"source": "sales"},
    ],
)
def test_items_of_newer_releases_and_of_others(register: DynamoRegister, wrong: dict[str, Any]) -> None:
    changed = {"pk": "odd", **OF_THE_API, **wrong}
    put_item({name: value for name, value in changed.items() if value is not ...})
    with pytest.raises(RegisterUnreadable, match="odd"):
        register.load("odd")


# --- the requests API -------------------------------------------------------------------------------------------


def received(name: str, **more: Any) -> RequestRecord:
    return replace(RequestRecord(name, Status.RECEIVED, STARTED, execution_arn="arn", started_at=STARTED), **more)


def test_an_execution_takes_up_what_the_api_wrote(register: DynamoRegister) -> None:
    put_item({"pk": "r1", **OF_THE_API})
    record = register.receive(received("r1", source=Source("weather", "rain"), consumer="888888888888"))
    # What the execution got is what is classified, so it is also what the register shows.
    assert (record.source, record.consumer) == (Source("weather", "rain"), "888888888888")
    assert record.received_at == OF_THE_API["received_at"]
    assert record.requester == Requester("a-sub", "anna@consumer.example")
    with pytest.raises(DuplicateRequest):
        register.receive(received("r1", started_at="2027-01-01T00:00:00.000Z"))


def test_what_the_api_wrote_is_not_taken_up_once_it_was_closed(register: DynamoRegister) -> None:
    put_item({"pk": "r1", **OF_THE_API})
    assert register.close("r1", None, Ending(Status.FAILED, "NeverStarted", "x"))
    with pytest.raises(DuplicateRequest):
        register.receive(received("r1"))
    assert register.close("r1", STARTED, Ending(Status.REFUSED, "DuplicateRequest", "x")) is None


def test_what_the_api_wrote_is_closed_by_an_execution_that_never_got_to_it(register: DynamoRegister) -> None:
    put_item({"pk": "r1", **OF_THE_API})
    for _ in range(2):
        closed = register.close("r1", STARTED, Ending(Status.FAILED, "AwsUnavailable", "x"))
        assert closed is not None
        assert (closed.status, closed.reason, closed.started_at) == (Status.FAILED, "AwsUnavailable", STARTED)
    assert register.close("r1", "2027-01-01T00:00:00.000Z", Ending(Status.FAILED, "Fault", "x")) is None


# --- secrets ----------------------------------------------------------------------------------------------------


def test_indexes_show_lists_and_no_secrets(register: DynamoRegister) -> None:
    written()
    shown = [each for index in INDEXES for each in all_items(index)]
    assert {each["pk"] for each in shown} == set(WAYS) - {"decision"}
    text = json.dumps(plain(shown))
    for secret in ("a-task-token", "5a17", "a" * 64, "c" * 64, "jane@owner.example", "192.0.2.1", "churn"):
        assert secret not in text


def test_the_token_goes_when_the_end_is_announced(register: DynamoRegister) -> None:
    WAYS["waiting"](register, "r1")
    assert item(approval_key("r1"))["token"] == "a-task-token"
    register.close("r1", STARTED, Ending(Status.FAILED, "Aborted", "x"))
    register.announced("r1")
    assert "a-task-token" not in json.dumps(plain(all_items()))


def test_the_token_goes_before_the_end_counts_as_announced(
    register: DynamoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is stopped in between comes back: a request that counts as announced is never looked at again."""
    WAYS["waiting"](register, "r1")
    register.close("r1", STARTED, Ending(Status.FAILED, "Aborted", "x"))
    change = Table.change

    def stopped_at_the_request(table: Table, key: str, what: Change) -> Item:
        if key == "r1":
            raise TryAgain("busy")
        return change(table, key, what)

    monkeypatch.setattr(Table, "change", stopped_at_the_request)
    with pytest.raises(TryAgain):
        register.announced("r1")
    assert "token" not in item(approval_key("r1"))
    assert [each["pk"] for each in all_items("by_announcement")] == ["r1"]


def test_approvals_and_decisions_expire_and_requests_do_not(register: DynamoRegister) -> None:
    written()
    day = 24 * 3600
    for each in all_items():
        ttl = each.get("ttl")
        assert (ttl is not None) == ("#" in each["pk"])
        if ttl is not None:
            assert 90 * day <= int(ttl) - NOW.timestamp() <= 98 * day
    assert EXPIRES > STARTED


def test_history(register: DynamoRegister) -> None:
    WAYS["shared"](register, "r1")
    history = item("r1")["history"]
    assert [each["event"] for each in history] == ["Received", "Classified", "ApprovalRequested", "Approved", "Shared"]
    assert history[3] | {"at": 0} == {
        "at": 0,
        "event": "Approved",
        "by": "jane@owner.example",
        "detail": "For the churn model.",
    }
    assert {each["at"] for each in history[1:]} == {"2026-11-24T09:00:02.000Z"}
    WAYS["denied"](register, "r2")
    assert item("r2")["history"][-1]["by"] == "jane@owner.example"


# --- sizes ------------------------------------------------------------------------------------------------------


def size(value: Any) -> int:
    """Size of an attribute value as DynamoDB counts it, generously."""
    match value:
        case dict():
            return 3 + sum(1 + len(name.encode()) + size(each) for name, each in value.items())
        case list():
            return 3 + sum(1 + size(each) for each in value)
        case str():
            return len(value.encode())
        case _:
            return 21


def test_the_largest_request_fits(register: DynamoRegister) -> None:
    """1,000 tables with names of 255 characters of four bytes each, three rounds, everything else at its longest."""
    world = World(wildcard_on_approval=True)
    wide = "\U0001f600"
    names = [wide * 248 + f"{at:07}" for at in range(1000)]
    tables = [pii_table(name, registered=False, owner_name=wide * 500) for name in names]
    database = replace(world.catalogue.databases["sales"], description=wide * 5000, name=wide * 255)
    world.catalogue.put(database, *tables)
    classification = world.take_in("r1", input_of(wide * 255, "*"))
    assert classification.grounds_total == classification.unregistered_total == 1000
    put_item({"pk": "r1", **OF_THE_API, "purpose": wide * 2000})
    record = register.receive(received("r1", source=Source(wide * 255, "*"), consumer="999999999999"))
    decision = replace(DECISION, comment=wide * 2000, approver="j" * 254, user_agent=wide * 256)
    for round_ in (1, 2, 3):
        record = register.classified(record, round_, classification)
        record = register.waiting(record, EXPIRES, 100)
        record = register.sharing(record, decision)
        register.changed(record)
    register.granted("r1", Granted(1000, tuple(names), database=True))
    register.close("r1", STARTED, Ending(Status.SHARED, None, classification.summary, decision))
    written = item("r1")
    # Each task may be tried seven times, and each time adds to the history.
    assert size(written) + 6 * size(written["history"]) < LARGEST
    granted = register.load("r1").granted
    assert granted is not None
    assert granted.tables == 1000
    assert len(granted.names) < 200
    register.save_decision(decision)
    assert size(item(f"decision#{DECISION.id}")) < 20_000
    many = replace(APPROVAL, token="t" * 2048, approvers=tuple(f"{at:064}" for at in range(1000)))
    register.prepare_approval("r1", many, SentKey("k" * 64, 1, PRINT))
    guarded = item(approval_key("r1"))
    assert size(guarded) + 20 * size(guarded["keys"]) < LARGEST
