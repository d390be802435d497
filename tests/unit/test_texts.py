"""What people read, to the letter: of refusals, endings and grants they are sent nothing else.

The texts stand in `__snapshots__/test_texts.ambr`; `pytest tests/unit/test_texts.py --snapshot-update` writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.sharing import classify as classifying
from handlers.sharing.classify import MOST_ROUNDS
from handlers.sharing.close import ending_of, ending_of_execution
from handlers.sharing.model.access import Standing
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.checks import kind_of, shown
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import LakeshareError, Refused
from handlers.sharing.model.new_request import InvalidRequest, parse_new, parse_question
from handlers.sharing.model.parties import DirectRequests, Parties, Producer, owner_of_all
from handlers.sharing.model.record import Ending, Requester, RequestRecord, Status
from handlers.sharing.model.request import check_consumer, parse_request
from handlers.sharing.model.term import NO_END, Lengths
from handlers.sharing.preview import preview
from tests.fakes.pace import MemoryPace
from tests.fakes.world import APPROVER, CENTRAL, CONSUMER, OTHER_OWNER, OWNER, STRANGER, World, input_of, plain_table

PEOPLE = input_of("sales", "people")
Texts = Mapping[str, object]


def text_of(refused: Callable[[], object]) -> str:
    """The reason and the text of an error; of bad input with its fields."""
    with pytest.raises(LakeshareError) as raised:
        refused()
    error = raised.value
    fields = [error.field] if isinstance(error, Refused) else []
    if isinstance(error, InvalidRequest):
        fields = [fault.field for fault in error.faults]
    where = f" [{', '.join(fields)}]" if any(fields) else ""
    return f"{error.reason}{where}: {error}"


def said(document: object) -> str:
    """A document as a snapshot calls it."""
    return re.sub(r"x{9,}", lambda many: f"<{len(many[0])} x>", ascii(document))


def posted(**more: Any) -> dict[str, Any]:
    return {"client_token": "token-0001", **input_of(), **more}


def test_inputs(snapshot: SnapshotAssertion) -> None:
    documents: tuple[Any, ...] = (
        *(None, [], "{}", 7, True, {}, {"source": {}}, {"source": [], "target": {}}, {"source": {}, "target": {}}),
        *({**input_of(), "source": {**input_of()["source"], "database": each}} for each in (7, "", "*", "\ud800")),
        *(
            {**input_of(), "source": {**input_of()["source"], "table": each}}
            for each in (None, "x" * 256, " a", "a\x1f")
        ),
        *({**input_of(), "target": {"account_id": each}} for each in (7, "1", f" {CONSUMER}", "\uff11" * 12)),
        {**input_of(), "source": {"columns": ["id"]}, "expires": "2027-01-01"},
    )
    assert {said(each): text_of(lambda each=each: parse_request(each)) for each in documents} == snapshot


def test_new_requests(snapshot: SnapshotAssertion) -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    parties = Parties({}, frozenset({CONSUMER}), Lengths(longest=90))
    documents: tuple[Any, ...] = (
        [],
        {},
        *(posted(client_token=each) for each in (None, 7, "short")),
        *(posted(purpose=each) for each in (7, [], f"  {'x' * 1001} ", "\x07", "\ud800")),
        posted(reason="Forecast"),
        posted(source=7),
        posted(source=7, purpose=7, client_token=7),
        posted(target={"account_id": CENTRAL}),
        posted(target={"account_id": STRANGER}),
        *(posted(until=each) for each in (7, "", "2026-02-29", "2026-11-23", "2027-02-23", "2036-12-02")),
        *(posted(days=each) for each in (True, 1.0, "7", 0, 3661, 91)),
        posted(until="2026-12-24", days=30, purpose=7),
    )

    def faults(document: object) -> Texts:
        with pytest.raises(InvalidRequest) as raised:
            parse_new(document, CENTRAL, parties, at)
        error = raised.value
        assert str(error) == " ".join(fault.message for fault in error.faults)
        return {"reason": error.reason, **{fault.field: fault.message for fault in error.faults}}

    assert {said(each): faults(each) for each in documents} == snapshot


def test_questions(snapshot: SnapshotAssertion) -> None:
    asked = ({"source": [], "target": {"account_id": CONSUMER}}, {**input_of(), "target": {"account_id": "1"}})
    texts: dict[str, object] = {}
    for document in asked:
        with pytest.raises(InvalidRequest) as raised:
            parse_question(document)
        texts[said(document)] = (raised.value.reason, [(each.field, each.message) for each in raised.value.faults])
    assert texts == snapshot


def test_values(snapshot: SnapshotAssertion) -> None:
    values: tuple[object, ...] = (None, True, 1, 1.5, "", [], {})
    assert {said(each): kind_of(each) for each in values} == snapshot
    assert shown("x" * 80) == f"'{'x' * 80}'"
    assert shown("x" * 81) == f"'{'x' * 80}…'"
    assert shown("\x1b") == r"'\x1b'"


def test_parties(snapshot: SnapshotAssertion) -> None:
    known = Parties({OWNER: Producer(OWNER, databases=("sales",)), OTHER_OWNER: Producer(OTHER_OWNER)})
    owners: dict[str, dict[tuple[str | None, str | None], str]] = {
        "none": {(None, None): "a"},
        "malformed": {("7", None): "a"},
        "not registered": {(STRANGER, None): "a"},
        "not of this database": {(OTHER_OWNER, None): "a"},
        "several": {(OWNER, None): "a", (None, None): "b", ("", None): "c", (STRANGER, None): "d"},
    }
    texts = {name: text_of(lambda each=each: owner_of_all(each, "sales", known)) for name, each in owners.items()}
    texts["central"] = text_of(lambda: check_consumer(CENTRAL, CENTRAL, None))
    texts["not listed"] = text_of(lambda: check_consumer(CONSUMER, CENTRAL, frozenset()))
    assert texts == snapshot


def test_classify(snapshot: SnapshotAssertion, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.catalogue.put(Database("sales", owner=OWNER), plain_table("more", owner=STRANGER))
    world.catalogue.put(Database("empty", owner=OWNER))
    monkeypatch.setattr(classifying, "TABLES_BY_NAME_BELOW_V5", 1)
    world.lake.version = 4
    texts = {
        "owners mixed": text_of(lambda: world.classify("r1", input_of(table="*"))),
        "empty": text_of(lambda: world.classify("r2", input_of("empty", "*"))),
        "too many": text_of(lambda: world.classify("r3", input_of("weather", "*"))),
        "keeps changing": text_of(lambda: world.classify("r4", round_=MOST_ROUNDS + 1)),
        "name used": text_of(lambda: world.classify("r1", started_at="2027-01-01T00:00:00Z")),
    }
    for direct in (DirectRequests.AUTOMATIC, DirectRequests.REFUSE):
        world.direct_requests = direct
        texts[direct] = text_of(lambda: world.classify("r5", PEOPLE))
    assert texts == snapshot
    request = parse_request(input_of("weather", "*"))
    told = preview(
        request,
        NO_END,
        None,
        Standing("alex", None),
        rules=world.rules,
        catalogue=world.catalogue,
        ledger=world.ledger,
        lake=world.lake,
        pace=MemoryPace(),
        at=now(),
    )
    assert f"{told.reason}: {told.message}" == texts["too many"]


def test_request_approval(snapshot: SnapshotAssertion, world: World) -> None:
    texts: dict[str, str] = {}
    for name, subscribers in {"not listed": None, "nobody": []}.items():
        # Each from an account of its own: of those whom nobody verified one waits.
        world.classify(name, input_of("sales", "people", f"88888888888{len(texts)}"))
        world.producers.subscribers[OWNER] = subscribers
        texts[name] = text_of(lambda name=name: world.request_approval(name))
    asked = replace(world.register.records["nobody"], requester=Requester("sub", APPROVER))
    for name, subscribers in {"only the requester": [APPROVER], "the requester too": [APPROVER, "x@y.example"]}.items():
        world.register.records["nobody"] = asked
        world.producers.subscribers[OWNER] = subscribers
        texts[name] = text_of(lambda: world.request_approval("nobody"))
    world.close(Ending(Status.FAILED, "Aborted", "x"), "nobody", None)
    texts["ended"] = text_of(lambda: world.request_approval("nobody"))
    world.parties = Parties({})
    texts["taken off"] = text_of(lambda: world.request_approval("not listed"))
    world.register.records["bare"] = RequestRecord("bare", Status.RECEIVED, "2026-11-24T09:00:00.000Z")
    texts["not classified"] = text_of(lambda: world.request_approval("bare"))
    assert texts == snapshot


def test_grants_that_are_not_made(snapshot: SnapshotAssertion, world: World) -> None:
    world.classify(document=PEOPLE)
    decision = world.post(world.request_approval()).decision
    assert decision is not None
    world.vault.decisions["other"] = replace(decision, request_id="r2")
    world.vault.decisions["before"] = replace(decision, fingerprint="f")
    known = (None, "other", "unknown", "before")
    texts = {f"decision {each}": text_of(lambda each=each: world.grant(decision_id=each)) for each in known}
    whole = world.register.records["r1"]
    for missing in ("source", "consumer", "classification"):
        world.register.records["r1"] = replace(whole, **{missing: None})
        for decision_id in (None, "d"):
            texts[f"no {missing}, {decision_id}"] = text_of(lambda: world.grant(decision_id=decision_id))  # noqa: B023
    for status in (Status.DENIED, Status.EXPIRED):
        world.register.records["r1"] = replace(whole, status=status)
        texts[status] = text_of(world.grant)
    assert texts == snapshot
    assert world.lake.grants == set()


def test_grants(snapshot: SnapshotAssertion) -> None:
    texts: dict[str, str] = {}
    for name, document, wildcard in (
        ("a table", input_of(), False),
        ("an approved table", PEOPLE, False),
        ("an approved database", input_of("sales", "*"), False),
        ("an approved database by wildcard", input_of("sales", "*"), True),
        ("an unregistered location", input_of("sales", "cold"), False),
        ("a location in hybrid access mode", input_of("sales", "mixed"), False),
    ):
        world = World(wildcard_on_approval=wildcard)
        mixed = plain_table("mixed", location="s3://lake/mixed")
        world.catalogue.put(world.catalogue.databases["sales"], plain_table("cold", registered=False), mixed)
        world.lake.hybrid = {"s3://lake/mixed"}
        needed = world.classify(document=document).needs_approval
        decision = world.post(world.request_approval()).decision if needed else None
        texts[name] = world.grant(decision_id=decision.id if decision else None).message
    for number in (1, 2, 1000):
        world = World()
        world.catalogue.entries["weather"].clear()
        world.catalogue.put(world.catalogue.databases["weather"], *(plain_table(f"t{at}") for at in range(number)))
        world.classify(document=input_of("weather", "*"))
        texts[f"a database of {number}"] = world.grant().message
    assert texts == snapshot
    assert all(text == text.strip() for text in texts.values())


def test_endings(snapshot: SnapshotAssertion, world: World) -> None:
    documents: tuple[dict[str, object], ...] = (
        *({"outcome": each} for each in ("expired", "denied", "odd")),
        {"outcome": "shared", "message": "It is shared."},
        {"outcome": "refused", "reason": "TableNotFound", "message": "There is none."},
        *({"fault": {"Error": each, "Cause": "x"}} for each in ("States.DataLimitExceeded", "Runtime.UnmarshalError")),
        {"fault": {"Error": "TryAgain", "Cause": '{"errorMessage": "Glue was busy."}'}},
        {"fault": {"Error": "GrantRefused", "Cause": '{"errorMessage": "No grant option."}'}},
        {"fault": {}},
    )

    def told(ending: Ending) -> str:
        return f"{ending.status} {ending.reason}: {ending.message}"

    texts = {str(each): told(ending_of("r1", each, world.vault)) for each in documents}
    dead = ("ABORTED", "TIMED_OUT", "NEVER_STARTED", "FAILED", "GONE", "CLOSED", "RAN_TOO_LONG")
    assert texts | {each: told(ending_of_execution(each)) for each in dead} == snapshot
