"""Items on DynamoDB: shapes from release to release, what a newer release wrote, secrets and sizes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from handlers.api.shapes import detail, row
from handlers.aws.dynamodb.items import read_claim, read_decision, read_record
from handlers.aws.dynamodb.memory import DynamoMemory, read_marked
from handlers.aws.dynamodb.vault_items import approval_key, decision_key, read_approval
from handlers.sharing.model.claim import Claim
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import LakeshareError, RegisterUnreadable
from handlers.sharing.model.keys import SentKey
from handlers.sharing.model.part import WHOLE, Part
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import VERSION, Ending, Granted, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import NO_END
from handlers.sharing.stores import RequestList
from tests.fakes.steps import Steps
from tests.fakes.table import INDEXES, TABLE, all_items, item, make_tables, put_item
from tests.fakes.world import World, input_of, pii_table
from tests.unit.register_items import (
    APPROVAL,
    BESIDE,
    CLASSIFICATION,
    DECISION,
    EXPIRES,
    FIXTURES,
    HARMLESS,
    NOW,
    OF_PART,
    OF_SAFE,
    OF_SAFE_TABLES,
    OF_THE_API,
    PRINT,
    RELEASED,
    REQUESTED,
    STARTED,
    WAYS,
    plain,
    written,
)

FILES = [(version, path) for version, folder in sorted(RELEASED.items()) for path in sorted(folder.glob("*.json"))]
NEWER = VERSION + 1
NOBODY = Person("nobody", "nobody")
# DynamoDB's limit for an item is 409,600 bytes.
LARGEST = 400_000
OF_THE_VAULT = ("approval#", "decision#", "pace#")
IN_PART = ("people", Part(columns=("email", "id"), filter="eu"))
PARTS = {
    "in-part": IN_PART,
    "narrowed": IN_PART,
    "safe": ("people", Part(safe=True)),
    "safe-tables": ("*", Part(safe=True)),
}
SECRETS = ("task-token", "5a17", "a" * 64, "c" * 64)


@pytest.fixture
def steps() -> Iterator[Steps]:
    with mock_aws():
        make_tables()
        yield Steps.on_dynamodb(iso(NOW))


def kept(name: str) -> list[dict[str, Any]]:
    return json.loads((FIXTURES / f"{name}.json").read_text())


# --- released shapes ----------------------------------------------------------------------------------------------


def test_what_is_written_has_the_shape_of_its_version_and_keeps_secrets(steps: Steps) -> None:
    """A changed shape is a new version: keep the fixtures of the old one, and raise `record.VERSION`."""
    now = written(steps)
    assert now == {name: kept(name) for name in (*WAYS, *BESIDE)}
    assert {path.stem for path in FIXTURES.glob("*.json")} == {*WAYS, *BESIDE}
    assert sorted(RELEASED) == list(range(1, VERSION + 1))
    # Indexes show lists, and no secrets.
    shown = [each for index in INDEXES for each in all_items(index)]
    assert {each["pk"] for each in shown} == set(WAYS)
    text = json.dumps(plain(shown))
    for secret in (*SECRETS, "jane@owner.example", "192.0.2.1", "churn"):
        assert secret not in text
    # The register holds neither token nor hash; approvals and decisions expire, requests do not.
    day = 24 * 3600
    for each in (each for items in now.values() for each in items):
        guarded, ttl, text = each["pk"].startswith(OF_THE_VAULT), each.get("ttl"), json.dumps(each)
        assert guarded or not [secret for secret in SECRETS if secret in text]
        assert (ttl is not None) == guarded
        shortest, longest = (3_600, 7_200) if each["pk"].startswith("pace#") else (90 * day, 98 * day)
        assert ttl is None or shortest <= ttl - NOW.timestamp() <= longest
    for name in ("shared", "denied", "expired"):
        assert "token" not in item(approval_key(name))


def test_there_is_a_fixture_of_every_status_and_of_whatever_a_step_writes() -> None:
    """A new way to write must be among `WAYS`, or its shape would be released without anybody keeping it."""
    items = [each for name in (*WAYS, *BESIDE) for each in kept(name)]
    assert {each["status"] for each in items if "status" in each} == set(Status)
    assert {each["pk"].partition("#")[0] for each in items if "#" in each["pk"]} == {"approval", *BESIDE}
    records = [read_record(each) for each in items if "#" not in each["pk"]]
    for field in fields(RequestRecord):
        assert {bool(getattr(each, field.name)) for each in records} >= {True}, field.name
    events = {entry.event for each in records for entry in each.history}
    assert events >= {"Received", "Classified", "ApprovalRequested", "Approved", "AutomaticallyApproved"}
    assert {"Approved", "CatalogueChanged"} <= events


@pytest.mark.parametrize(("version", "path"), FILES, ids=[f"v{version} {path.stem}" for version, path in FILES])
def test_every_released_item_is_read_shown_and_carried_on(steps: Steps, version: int, path: Path) -> None:
    for raw in json.loads(path.read_text()):
        put_item(raw)
        kind = raw["pk"].partition("#")[0]
        assert raw.get("version") == (None if kind == "pace" else version)
        match kind:
            case "approval":
                tries = {"c" * 64: raw.get("tries_key_cccccccccccccccc", 0)}
                keys = tuple(
                    SentKey(each["hash"], each["round"], each["fingerprint"], tries.get(each["hash"], 0))
                    for each in raw.get("keys", ())
                )
                token = {"again": "another-token"}.get(path.stem, "a-task-token") if "token" in raw else None
                mailed: dict[str, Any] = {"old-kit": {"approvers": None}, "owed": {"approvers": (), "salt": ""}}
                expected = replace(APPROVAL, token=token, keys=keys, **mailed.get(path.stem, {}))
                assert steps.vault.approval(path.stem) == read_approval(raw) == expected
            case "decision":
                assert steps.vault.decision(DECISION.id) == read_decision(raw) == DECISION
            case "claim":
                assert read_claim(raw) == Claim("asked", STARTED)
            case "flags" if "flagged" in raw:
                whole = json.loads(raw["entry"]) == ["sales"]
                marks = read_marked({**raw, "flagged": set(raw["flagged"])})
                assert marks == frozenset((None if whole else "email",))
            case "flags":
                assert DynamoMemory(TABLE).place() == "sales"
            case "pace":
                # Counts only within its span of time, and carries nothing on.
                assert raw["steps"] == 1
            case name:
                record = steps.load(name)
                check_record(record, raw)
                assert json.loads(json.dumps(detail(record, None, None, NOBODY)))["id"] == name
                # An open request of the old release is carried on by this one.
                if record.status.is_open:
                    closed = steps.end(name, raw.get("started_at"), Ending(Status.FAILED, "Aborted", "x"))
                    assert closed.status is Status.FAILED


def check_record(record: RequestRecord, raw: dict[str, Any]) -> None:
    assert (record.status.value, record.version, len(record.history)) == (raw["status"], 1, len(raw["history"]))
    if "requester_id" in raw:
        assert (record.requester, record.purpose) == (REQUESTED.requester, "A churn model")
    assert record.source == (Source("sales", PARTS.get(record.id, ("*",))[0]) if "source" in raw else None)
    assert record.part == PARTS.get(record.id, (..., WHOLE))[1]
    of_part = {"in-part": OF_PART, "narrowed": OF_PART, "safe": OF_SAFE, "safe-tables": OF_SAFE_TABLES}
    known = of_part.get(record.id, HARMLESS if record.id in {"half", "shared-already"} else CLASSIFICATION)
    assert (record.classification, record.owner) == ((known, known.owner) if "classification" in raw else (None, None))
    for attribute in (
        "received_at",
        "started_at",
        "closed_at",
        "announced_at",
        "expires_at",
        "reason",
        "execution_arn",
    ):
        assert getattr(record, attribute) == raw.get(attribute)
    assert (record.decision is not None, record.to_announce) == ("decision" in raw, "announcement" in raw)
    assert record.decision is None or record.decision.columns == (("email",) if record.id == "narrowed" else ())
    if record.id == "shared":
        assert record.granted == Granted(2, ("a_view", "people"), database=True, wildcard=True)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"version": version} for version in (2, 0, "1", None, ...)),
        {"status": "PAUSED"},
        {"received_at": ...},
        {"status": ...},
        {"classification": {"scope": "table"}},
        {"classification": {"scope": "galaxy"}},
        {"decision": {"id": "d1"}},
        {"granted": {"tables": 1}},
        {"source": {"database": "sales"}},
        {"source": "sales"},
        *(
            {"part": part}
            for part in (
                *({}, [], "safe", 7, {"scope": "most"}, {"scope": True}, {"columns": []}, {"columns": "id"}),
                *({"columns": ["b", "a"]}, {"columns": ["a", "a"]}, {"columns": ["ID"]}, {"columns": ["id", 7]}),
                *({"scope": "safe", "columns": ["id"]}, {"scope": "safe", "rows": "eu"}, {"filter": ""}, {"filter": 7}),
            )
        ),
        *(
            {"classification": {**kept("in-part")[-1]["classification"], **of_part}}
            for of_part in (
                *({"columns": []}, {"columns": [7]}, {"columns": [""]}, {"scope": "table"}, {"scope": "wildcard"}),
                *({"row_filter": ""}, {"row_filter": 7}, {"left_out": [{"rule": "Unheard"}]}, {"left_out": 7}),
            )
        ),
    ],
)
def test_items_of_newer_releases_and_of_others(steps: Steps, wrong: dict[str, Any]) -> None:
    changed = {"pk": "odd", **OF_THE_API, **wrong}
    put_item({name: value for name, value in changed.items() if value is not ...})
    with pytest.raises(RegisterUnreadable, match="request odd"):
        steps.load("odd")


# --- what is newer ------------------------------------------------------------------------------------------------


@pytest.fixture
def newer(steps: Steps) -> dict[str, Any]:
    """A request that waits, with what guards it and a decision, as a newer release might keep them."""
    assert steps
    for name in ("waiting", "decision", "api"):
        for each in kept(name):
            put_item({**each, "version": NEWER, "something_new": {"of": "it"}})
    return {each["pk"]: plain(each) for each in all_items()}


RECORD = RequestRecord("waiting", Status.WAITING, STARTED, execution_arn="arn:waiting", started_at=STARTED)
TOUCHED: dict[str, Callable[[Steps], object]] = {
    "load": lambda steps: steps.load("waiting"),
    "find": lambda steps: steps.register.find("waiting"),
    "submit": lambda steps: steps.submit(replace(REQUESTED, id="waiting")),
    "receive": lambda steps: steps.receive(RECORD),
    "take up": lambda steps: steps.receive(replace(RECORD, id="api")),
    "classify": lambda steps: steps.classify("waiting", 2, CLASSIFICATION),
    "wait": lambda steps: steps.wait("waiting", EXPIRES),
    "mail": lambda steps: steps.mail("waiting", EXPIRES, 2),
    "lose keys": lambda steps: steps.lose_keys("waiting", 0, 1),
    "share": lambda steps: steps.share("waiting", DECISION),
    "change": lambda steps: steps.change("waiting"),
    "approval": lambda steps: steps.vault.approval("waiting"),
    "await": lambda steps: steps.vault.await_decision("waiting", "t", EXPIRES),
    "key": lambda steps: steps.vault.add_key("waiting", "s", (), SentKey("c" * 64, 1, PRINT)),
    "decision": lambda steps: steps.vault.decision(DECISION.id),
}


NAMED = (
    rf"^The item of (the approval of )?(request|decision) \w+ has version {NEWER}; this release reads 1 to {VERSION}"
)


def test_what_was_classified_before_there_were_ends_can_be_read() -> None:
    now_kept = next(each for each in kept("waiting") if each["pk"] == "waiting")
    early = {name: value for name, value in now_kept.items() if name not in {"asked", "term"}}
    early["classification"] = {name: value for name, value in early["classification"].items() if name != "hybrid_total"}
    record = read_record(early)
    assert record.term == NO_END
    assert record.classification is not None
    assert (record.asked, record.classification.hybrid_total) == (None, 0)


@pytest.mark.parametrize("how", TOUCHED)
def test_a_newer_item_is_refused_by_name_and_stays_as_it_is(steps: Steps, newer: dict[str, Any], how: str) -> None:
    with pytest.raises(RegisterUnreadable, match=NAMED):
        TOUCHED[how](steps)
    assert {each["pk"]: plain(each) for each in all_items()} == newer


@pytest.mark.usefixtures("newer")
def test_a_newer_request_is_seen_in_lists(steps: Steps) -> None:
    found, _ = steps.lists.page(RequestList("requester", "a-sub"), 10, None)
    shown = {each["id"]: (each["status"], each["source"]["database"]) for each in map(row, found)}
    assert shown == {"waiting": ("WAITING", "sales"), "api": ("RECEIVED", "sales")}


def test_a_newer_request_does_not_stay_open_for_ever(steps: Steps, newer: dict[str, Any]) -> None:
    """Its end is written, and what was granted, which is the same in every version; nothing else of it is touched."""
    for _ in range(2):
        closed = steps.end("waiting", STARTED, Ending(Status.FAILED, "RegisterUnreadable", "x"))
        assert (closed.status, closed.reason, closed.classification) == (Status.FAILED, "RegisterUnreadable", None)
    assert steps.grant("waiting", Granted(1, ("people",))).status is Status.FAILED
    steps.announce("waiting")
    now, before = plain(item("waiting")), newer["waiting"]
    ends = ("status", "reason", "message", "closed_at", "announced_at", "granted", "history")
    assert "owed_events" not in now
    assert {name: now[name] for name in now if name not in ends} == {
        name: before[name] for name in before if name not in ends
    }
    assert now["history"][:-1] == before["history"]
    again = steps.end("waiting", STARTED, Ending(Status.EXPIRED, "ApprovalTimedOut", "x"))
    assert again.announced_at is not None
    with pytest.raises(LakeshareError):
        steps.share("waiting", None)


# --- sizes --------------------------------------------------------------------------------------------------------


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


def test_the_largest_request_fits(steps: Steps) -> None:
    """1,000 tables with names of 255 characters of four bytes each, three rounds, everything else at its longest."""
    world = World(wildcard_on_approval=True)
    wide = "\U0001f600"
    names = [wide * 248 + f"{at:07}" for at in range(1000)]
    tables = [pii_table(name, registered=False, owner_name=wide * 500) for name in names]
    database = replace(world.catalogue.databases["sales"], description=wide * 5000, name=wide * 255)
    world.catalogue.put(database, *tables)
    classification = world.classify("r1", input_of(wide * 255, "*"))
    assert classification.grounds_total == classification.unregistered_total == 1000
    source = {"database": wide * 255, "table": "*"}
    put_item({"pk": "r1", **OF_THE_API, "source": source, "purpose": wide * 2000})
    steps.receive(
        replace(RECORD, id="r1", source=Source(wide * 255, "*"), consumer="999999999999", renews=OF_THE_API["renews"])
    )
    decision = replace(DECISION, comment=wide * 2000, approver="j" * 254, user_agent=wide * 256)
    for round_ in (1, 2, 3):
        steps.classify("r1", round_, classification)
        steps.wait("r1", EXPIRES)
        steps.mail("r1", EXPIRES, 100)
        steps.share("r1", decision)
        steps.change("r1")
    granted = steps.grant("r1", Granted(1000, tuple(names), database=True)).granted
    assert granted is not None
    assert granted.tables == 1000
    assert len(granted.names) < 200
    steps.close("r1", STARTED, Ending(Status.SHARED, None, classification.summary, decision))
    request = item("r1")
    # Each task may be tried seven times, and each time adds to the history.
    assert size(request) + 6 * size(request["history"]) < LARGEST
    steps.vault.save_decision(decision)
    assert size(item(decision_key(DECISION.id))) < 20_000
    many = replace(APPROVAL, token="t" * 2048, approvers=tuple(f"{at:064}" for at in range(1000)))
    steps.guard("r1", many, SentKey("k" * 64, 1, PRINT))
    guarded = item(approval_key("r1"))
    assert size(guarded) + 20 * size(guarded["keys"]) < LARGEST
