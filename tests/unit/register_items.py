"""Every shape of item that this release writes. What a release wrote stays in `tests/fixtures/register-v<version>`.

`python -m tests.unit.register_items` writes the fixtures of a new version; those that are there it leaves alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from handlers.aws.dynamodb.requests import DynamoRequests

from handlers.aws.dynamodb import register as registers
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.sharing.model.classification import Classification, Ground, Rule, Scope
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import VERSION, Decision, Ending, Granted, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from tests.fakes.table import TABLE, all_items, make_table

RELEASED = {
    int(path.name.partition("-v")[2]): path for path in (Path(__file__).parents[1] / "fixtures").glob("register-v*")
}
"""What was released: the folder of each version."""
FIXTURES = Path(__file__).parents[1] / "fixtures" / f"register-v{VERSION}"
NOW = datetime(2026, 11, 24, 9, 0, 2, tzinfo=UTC)
STARTED = "2026-11-24T09:00:00.000Z"
EXPIRES = "2026-12-01T09:00:02.000Z"
PRINT = "f" * 64
CLASSIFICATION = Classification(
    scope=Scope.WILDCARD,
    owner=Owner("111111111111", "Sales"),
    fingerprint=PRINT,
    grounds=(
        Ground(Rule.DATABASE_FLAGGED),
        Ground(Rule.TABLE_FLAGGED, "people"),
        Ground(Rule.COLUMN_FLAGGED, "people", "email"),
        Ground(Rule.UNREADABLE_FLAG, "people", "phone"),
        Ground(Rule.COLUMNS_UNREADABLE, "a_view"),
    ),
    grounds_total=5,
    tables=("a_view", "people"),
    tables_total=2,
    columns_total=3,
    unregistered=("people",),
    unregistered_total=1,
    description="Who bought what",
)
HARMLESS = replace(CLASSIFICATION, scope=Scope.TABLES_BY_NAME, grounds=(), grounds_total=0)
DECISION = Decision(
    id="d" * 32,
    request_id="asked",
    fingerprint=PRINT,
    action="approve",
    approver="jane@owner.example",
    approver_verified=True,
    comment="For the churn model.",
    at="2026-11-24T10:00:00.000Z",
    ip="192.0.2.1",
    user_agent="a browser",
)
APPROVAL = Approval("a-task-token", "5a17", ("a" * 64, "b" * 64), EXPIRES)
OF_THE_API = {
    "version": 1,
    "status": "RECEIVED",
    "source": {"database": "sales", "table": "*"},
    "target": {"account_id": "999999999999"},
    "consumer_account": "999999999999",
    "requester_id": "a-sub",
    "requester_email": "anna@consumer.example",
    "purpose": "A churn model",
    "received_at": "2026-11-24T08:59:59.000Z",
}
"""What the requests API writes before it starts an execution, but for the history."""


def _asked(name: str) -> None:
    requester = Requester("a-sub", "anna@consumer.example")
    asked = RequestRecord(
        name,
        Status.RECEIVED,
        "2026-11-24T08:59:59.000Z",
        source=Source("sales", "*"),
        consumer="999999999999",
        requester=requester,
        purpose="A churn model",
    )
    assert DynamoRequests(TABLE).write(asked)[1]


def _received(register: DynamoRegister, name: str) -> RequestRecord:
    _asked(name)
    arn = f"arn:aws:states:us-east-1:123456789012:execution:lakeshare:{name}"
    record = RequestRecord(
        name, Status.RECEIVED, STARTED, Source("sales", "*"), "999999999999", execution_arn=arn, started_at=STARTED
    )
    return register.receive(record)


def _waiting(register: DynamoRegister, name: str) -> RequestRecord:
    record = register.classified(_received(register, name), 1, CLASSIFICATION)
    key = SentKey("c" * 64, 1, PRINT)
    register.prepare_approval(name, APPROVAL, key)
    register.prepare_approval(name, APPROVAL, replace(key, hash="d" * 64))
    register.count_try(name, "0123456789abcdef")
    return register.waiting(record, EXPIRES, 2)


def _ended(
    status: Status, reason: str | None, decision: Decision | None = None
) -> Callable[[DynamoRegister, str], None]:
    def write(register: DynamoRegister, name: str) -> None:
        _waiting(register, name)
        register.close(name, STARTED, Ending(status, reason, "This is how it ended.", decision))
        register.announced(name)

    return write


def _shared(register: DynamoRegister, name: str) -> None:
    register.sharing(_waiting(register, name), DECISION)
    register.granted(name, Granted(2, ("a_view", "people"), database=True, wildcard=True))
    register.close(name, STARTED, Ending(Status.SHARED, None, "Database sales is shared."))
    register.announced(name)


def _directly(register: DynamoRegister, name: str) -> None:
    register.receive(RequestRecord(name, Status.RECEIVED, STARTED, execution_arn=f"arn:{name}", started_at=STARTED))


def _forgiven(register: DynamoRegister, name: str) -> None:
    _waiting(register, name)
    register.forgive_try(name, "0123456789abcdef")


def _again(register: DynamoRegister, name: str) -> None:
    record = register.sharing(_waiting(register, name), DECISION)
    register.changed(record)
    record = register.classified(record, 2, CLASSIFICATION)
    register.prepare_approval(name, replace(APPROVAL, token="another-token"), SentKey("e" * 64, 2, PRINT))
    register.waiting(record, EXPIRES, None)


def _half(register: DynamoRegister, name: str) -> None:
    register.sharing(register.classified(_received(register, name), 1, HARMLESS), None)
    register.granted(name, Granted(1, ("people",), database=True))
    register.close(name, STARTED, Ending(Status.FAILED, "GrantRefused", "It is told to nobody yet."))


def _old_kit(register: DynamoRegister, name: str) -> None:
    _received(register, name)
    register.prepare_approval(name, replace(APPROVAL, approvers=None), SentKey("c" * 64, 1, PRINT))


WAYS: Mapping[str, Callable[[DynamoRegister, str], object]] = {
    "api": lambda _register, name: _asked(name),
    "directly": _directly,
    "received": _received,
    "waiting": _waiting,
    "sharing": lambda register, name: register.sharing(_waiting(register, name), DECISION),
    "forgiven": _forgiven,
    "again": _again,
    "half": _half,
    "changed": lambda register, name: register.changed(register.sharing(_waiting(register, name), DECISION)),
    "shared": _shared,
    "denied": _ended(Status.DENIED, "Denied", replace(DECISION, action="deny")),
    "expired": _ended(Status.EXPIRED, "ApprovalTimedOut"),
    "refused": _ended(Status.REFUSED, "NoApprovers"),
    "failed": _ended(Status.FAILED, "Aborted"),
    "unknown": lambda register, name: register.close(name, STARTED, Ending(Status.FAILED, "Fault", "x")),
    "old-kit": _old_kit,
    "decision": lambda register, _name: register.save_decision(DECISION),
}
"""How to write each kind of item, by the name of its fixture."""


def written() -> dict[str, list[dict[str, Any]]]:
    """What today's code writes, by fixture; wants `moto.mock_aws`, the table, and the clock at `NOW`."""
    register = DynamoRegister(TABLE)
    for name, write in WAYS.items():
        write(register, name)
    items = sorted(all_items(), key=lambda item: str(item["pk"]))
    return {
        name: [
            plain(item)
            for item in items
            if str(item["pk"]).split("#")[-1] in {name, DECISION.id if name == "decision" else name}
        ]
        for name in WAYS
    }


def plain(value: Any) -> Any:
    """`value` as JSON holds it: the register has no fractions."""
    return json.loads(json.dumps(value, default=int, sort_keys=True))


def shapes(item: Mapping[str, Any]) -> set[str]:
    """Every attribute of an item with its type, such as `request .granted.names[]: str`."""
    kind = item["pk"].partition("#")[0] if "#" in item["pk"] else "request"
    return {f"{kind} {shape}" for shape in _shapes(item, "")}


def _shapes(value: Any, path: str) -> set[str]:
    match value:
        case dict():
            names = {name: "tries_*" if name.startswith("tries_") else name for name in value}
            return {shape for name, each in value.items() for shape in _shapes(each, f"{path}.{names[name]}")}
        case list():
            return {shape for each in value for shape in _shapes(each, f"{path}[]")} | {f"{path}: list"}
        case _:
            return {f"{path}: {type(value).__name__}"}


def released_shapes() -> set[str]:
    """The same of all items of this version's fixtures."""
    items = [each for path in FIXTURES.glob("*.json") for each in json.loads(path.read_text())]
    return {shape for each in items for shape in shapes(each)}


def main() -> None:
    """Write the fixtures of this version, where there are none yet."""
    from moto import mock_aws

    if FIXTURES.exists():
        raise SystemExit(f"{FIXTURES.name} was released: what it holds stays. A changed shape is a new record.VERSION.")
    FIXTURES.mkdir()
    with mock_aws(), mock.patch.object(registers, "now", return_value=NOW):
        make_table()
        for name, items in written().items():
            text = json.dumps(items, indent=2, sort_keys=True)
            (FIXTURES / f"{name}.json").write_text(f"{text}\n")


if __name__ == "__main__":
    main()
