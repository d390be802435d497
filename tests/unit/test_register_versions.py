"""Items of other releases: what was released is read and carried on; what is newer is refused by name and stays."""

import ast
import inspect
import json
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from handlers.aws.dynamodb.requests import DynamoRequests
from moto import mock_aws

from handlers.api.shapes import detail, summary
from handlers.aws.dynamodb import register as registers
from handlers.aws.dynamodb import requests
from handlers.aws.dynamodb.items import read_approval, read_decision, read_kept
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.store import Table
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.keys import SentKey
from handlers.sharing.model.record import VERSION, Ending, RequestRecord, Status
from handlers.sharing.ports import RequestList
from tests.fakes.table import TABLE, all_items, item, make_table, put_item
from tests.unit.register_items import APPROVAL, DECISION, FIXTURES, NOW, PRINT, RELEASED, STARTED, plain, written

FILES = [(version, path) for version, folder in sorted(RELEASED.items()) for path in sorted(folder.glob("*.json"))]
NEWER = VERSION + 1


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoRegister]:
    monkeypatch.setattr(registers, "now", lambda: NOW)
    with mock_aws():
        make_table()
        yield DynamoRegister(TABLE)


# --- what was released ------------------------------------------------------------------------------------------


def test_every_version_has_its_fixtures() -> None:
    assert sorted(RELEASED) == list(range(1, VERSION + 1))


@pytest.mark.parametrize(("version", "path"), FILES, ids=[f"v{version} {path.stem}" for version, path in FILES])
def test_every_released_item_is_read_and_shown(version: int, path: Path) -> None:
    for each in json.loads(path.read_text()):
        assert each["version"] == version
        match each["pk"].partition("#")[0]:
            case "approval":
                assert read_approval(each).expires_at == each["expires_at"]
            case "decision":
                assert read_decision(each).id == each["decision"]["id"]
            case name:
                kept = read_kept(each)
                assert (kept.record.id, kept.record.status) == (name, each["status"])
                assert len(kept.history) == len(each["history"])
                assert json.loads(json.dumps(detail(kept)))["id"] == name


def test_there_is_an_item_in_each_status(register: DynamoRegister) -> None:
    items = [each for path in FIXTURES.glob("*.json") for each in json.loads(path.read_text())]
    assert {each["status"] for each in items if "status" in each} == set(Status)
    assert {each["pk"].partition("#")[0] for each in items if "#" in each["pk"]} == {"approval", "decision"}


def test_whatever_writes_an_item_has_a_fixture_of_it(register: DynamoRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new way to write must be among `WAYS`, or its shape would be released without anybody keeping it."""
    ran: set[str] = set()
    for name in ("change", "put"):
        original: Callable[..., Any] = getattr(Table, name)

        def noting(*arguments: Any, original: Callable[..., Any] = original) -> Any:
            ran.update(frame.name for frame in traceback.extract_stack())
            return original(*arguments)

        monkeypatch.setattr(Table, name, noting)
    written()
    writers = _writers(registers) | _writers(requests)
    assert len(writers) > 9
    assert writers - ran == set()


def _writers(module: Any) -> set[str]:
    """The functions of a module that write to its table."""
    return {
        function.name
        for function in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Attribute)
        and call.attr in {"change", "put"}
        and ast.unparse(call.value) == "self._table"
    }


# --- what is newer ----------------------------------------------------------------------------------------------


@pytest.fixture
def newer(register: DynamoRegister) -> dict[str, Any]:
    """A request that waits, with what guards it and a decision, as a newer release might keep them."""
    for name in ("waiting", "decision"):
        for each in json.loads((FIXTURES / f"{name}.json").read_text()):
            put_item({**each, "version": NEWER, "something_new": {"of": "it"}})
    return {each["pk"]: plain(each) for each in all_items()}


RECORD = RequestRecord("waiting", Status.WAITING, STARTED, execution_arn="arn:waiting", started_at=STARTED)
TOUCHED: dict[str, Callable[[DynamoRegister], object]] = {
    "load": lambda register: register.load("waiting"),
    "find": lambda register: register.find("waiting"),
    "receive": lambda register: register.receive(RECORD),
    "show": lambda _: DynamoRequests(TABLE).find("waiting"),
    "approval": lambda register: register.approval("waiting"),
    "prepare": lambda register: register.prepare_approval("waiting", APPROVAL, SentKey("c" * 64, 1, PRINT)),
    "decision": lambda register: register.decision(DECISION.id),
}


@pytest.mark.parametrize("how", TOUCHED)
def test_a_newer_item_is_refused_by_name_and_stays_as_it_is(
    register: DynamoRegister, newer: dict[str, Any], how: str
) -> None:
    with pytest.raises(RegisterUnreadable, match=f"has version {NEWER}; this release reads 1 to {VERSION}"):
        TOUCHED[how](register)
    assert {each["pk"]: plain(each) for each in all_items()} == newer


def test_what_a_newer_api_wrote_is_not_taken_up(register: DynamoRegister) -> None:
    (api,) = json.loads((FIXTURES / "api.json").read_text())
    put_item({**api, "version": NEWER})
    with pytest.raises(RegisterUnreadable):
        register.receive(RequestRecord("api", Status.RECEIVED, STARTED, execution_arn="arn:api", started_at=STARTED))
    assert plain(item("api")) == {**api, "version": NEWER}


def test_a_newer_request_is_seen_in_lists(newer: dict[str, Any]) -> None:
    found, _ = DynamoRequests(TABLE).page(RequestList("requester", "a-sub"), 10, None)
    (shown,) = map(summary, found)
    assert (shown["id"], shown["status"], shown["source"]["database"]) == ("waiting", "WAITING", "sales")
    assert newer


def test_a_newer_request_does_not_stay_open_for_ever(register: DynamoRegister, newer: dict[str, Any]) -> None:
    """Its end is written, which is the same in every version; nothing else of it is touched."""
    for _ in range(2):
        closed = register.close("waiting", STARTED, Ending(Status.FAILED, "RegisterUnreadable", "x"))
        assert closed is not None
        assert (closed.status, closed.reason, closed.classification) == (Status.FAILED, "RegisterUnreadable", None)
    register.announced("waiting")
    now = plain(item("waiting"))
    ends = ("status", "reason", "message", "closed_at", "announced_at", "history")
    before = newer["waiting"]
    assert {name: now[name] for name in now if name not in ends} == {
        name: before[name] for name in before if name not in ends
    }
    assert now["history"][:-1] == before["history"]
    again = register.close("waiting", STARTED, Ending(Status.EXPIRED, "ApprovalTimedOut", "x"))
    assert again is not None
    assert again.announced_at is not None
