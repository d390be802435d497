"""Every shape of item that this release writes. What a release wrote stays in `tests/fixtures/register-v<version>`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.aws.register import DynamoRegister
from handlers.sharing.classification import Classification, Ground, Rule, Scope
from handlers.sharing.guard import Approval, SentKey
from handlers.sharing.parties import Owner
from handlers.sharing.record import Decision, Ending, Granted, RequestRecord, Status
from handlers.sharing.request import Source
from tests.fakes.table import TABLE, all_items, put_item

FIXTURES = Path(__file__).parents[1] / "fixtures" / "register-v1"
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
    "request_reason": "A churn model",
    "received_at": "2026-11-24T08:59:59.000Z",
}
"""What the requests API writes before it starts an execution."""


def _received(register: DynamoRegister, name: str) -> RequestRecord:
    put_item({"pk": name, **OF_THE_API})
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


def _old_kit(register: DynamoRegister, name: str) -> None:
    _received(register, name)
    register.prepare_approval(name, replace(APPROVAL, approvers=None), SentKey("c" * 64, 1, PRINT))


WAYS: Mapping[str, Callable[[DynamoRegister, str], object]] = {
    "api": lambda _register, name: put_item({"pk": name, **OF_THE_API}),
    "directly": _directly,
    "received": _received,
    "waiting": _waiting,
    "sharing": lambda register, name: register.sharing(_waiting(register, name), DECISION),
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
