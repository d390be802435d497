"""Every shape of item that this release writes. What a release wrote stays in `tests/fixtures/register-v<version>`.

`python -m tests.unit.register_items` writes the fixtures of a new version; those that are there it leaves alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from handlers.aws.dynamodb.claims import DynamoClaims
from handlers.aws.dynamodb.memory import DynamoMemory
from handlers.aws.dynamodb.pace import DynamoPace
from handlers.sharing.model.claim import Claim
from handlers.sharing.model.classification import Classification, Ground, Omitted, Rule, Scope
from handlers.sharing.model.clock import iso
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import VERSION, Decision, Ending, Granted, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import Term
from tests.fakes.steps import Steps
from tests.fakes.table import TABLE, VAULT, all_items, make_tables

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
        Ground(Rule.TAGGED, "people", "email", "pii=true"),
    ),
    grounds_total=5,
    tables=("a_view", "people"),
    tables_total=2,
    columns_total=3,
    unregistered=("people",),
    unregistered_total=1,
    hybrid_total=1,
    description="Who bought what",
)
HARMLESS = replace(CLASSIFICATION, scope=Scope.TABLES_BY_NAME, grounds=(), grounds_total=0)
OF_PART = replace(
    CLASSIFICATION,
    scope=Scope.FILTERED,
    grounds=(Ground(Rule.COLUMN_FLAGGED, "people", "email"),),
    grounds_total=1,
    tables=("people",),
    tables_total=1,
    columns_total=4,
    columns=("id", "email", "day"),
    left_out=(Ground(Rule.UNREADABLE_FLAG, "people", "phone"),),
    left_out_total=1,
    row_filter="region = 'EU'",
)
OF_SAFE = replace(OF_PART, grounds=(), grounds_total=0, columns=("id", "day"), row_filter=None)
OF_SAFE_TABLES = replace(
    HARMLESS,
    scope=Scope.FILTERED_TABLES,
    columns_in=2,
    left_out=OF_PART.grounds,
    left_out_total=1,
    omitted=(Omitted("a_view", "NothingSafe", "Table 'a_view' is a view."),),
    omitted_total=1,
    tables=("people",),
    tables_total=1,
)
DECISION = Decision(
    id="d" * 32,
    request_id="asked",
    fingerprint=PRINT,
    action="approve",
    approver="jane@owner.example",
    decided_by="mailbox",
    comment="For the churn model.",
    at="2026-11-24T10:00:00.000Z",
    ip="192.0.2.1",
    user_agent="a browser",
    until="2026-12-24",
)
APPROVAL = Approval("a-task-token", "5a17", ("a" * 64, "b" * 64), EXPIRES)
KEY = SentKey("c" * 64, 1, PRINT)
UNTIL = Term(date(2026, 12, 31))
PEOPLE = Source("sales", "people")
OF_THE_API = {
    "version": 1,
    "status": "RECEIVED",
    "source": {"database": "sales", "table": "*"},
    "target": {"account_id": "999999999999"},
    "consumer_account": "999999999999",
    "requester_id": "a-sub",
    "requester_email": "anna@consumer.example",
    "purpose": "A churn model",
    "asked": {"until": "2026-12-31"},
    "renews": "an-earlier-one:1",
    "received_at": "2026-11-24T08:59:59.000Z",
}
"""What the requests API writes before it starts an execution, but for the history."""


REQUESTED = RequestRecord(
    "api",
    Status.RECEIVED,
    "2026-11-24T08:59:59.000Z",
    source=Source("sales", "*"),
    consumer="999999999999",
    requester=Requester("a-sub", "anna@consumer.example"),
    purpose="A churn model",
    asked=UNTIL,
    renews="an-earlier-one:1",
)
"""What somebody asks for through the requests API."""
RECEIVED = replace(REQUESTED, id="r1", requester=None, purpose=None, execution_arn="arn:r1", started_at=STARTED)
"""What an execution that was started directly asks for."""


def _received(steps: Steps, name: str) -> None:
    steps.submit(replace(REQUESTED, id=name))
    arn = f"arn:aws:states:us-east-1:123456789012:execution:lakeshare:{name}"
    steps.receive(replace(REQUESTED, id=name, received_at=STARTED, execution_arn=arn, started_at=STARTED))
    steps.tell(name)


def _mailed(steps: Steps, name: str, number: int = 1, **approval: Any) -> None:
    key = replace(KEY, hash="cde"[number - 1] * 64, round=2 if number == 3 else 1)
    steps.guard(name, replace(APPROVAL, **approval), key)


def _waiting(steps: Steps, name: str) -> None:
    _received(steps, name)
    steps.classify(name, 1, CLASSIFICATION, UNTIL)
    _mailed(steps, name)
    _mailed(steps, name, 2)
    steps.vault.count_try(name, KEY, "0123456789abcdef")
    steps.wait(name, EXPIRES)
    steps.mail(name, EXPIRES, 2)
    steps.tell(name)


def _owed(steps: Steps, name: str) -> None:
    _received(steps, name)
    steps.classify(name, 1, CLASSIFICATION)
    steps.vault.await_decision(name, "a-task-token", EXPIRES)
    steps.wait(name, EXPIRES)


def _renewed(steps: Steps, name: str) -> None:
    _waiting(steps, name)
    steps.lose_keys(name, 0, 1)


def _sharing(steps: Steps, name: str) -> None:
    _waiting(steps, name)
    steps.share(name, DECISION)


def _changed(steps: Steps, name: str) -> None:
    _sharing(steps, name)
    steps.change(name)


def _end(steps: Steps, name: str, ending: Ending) -> None:
    steps.close(name, STARTED, ending)
    steps.announce(name)


def _ended(status: Status, reason: str | None, decision: Decision | None = None) -> Callable[[Steps, str], None]:
    def write(steps: Steps, name: str) -> None:
        _waiting(steps, name)
        _end(steps, name, Ending(status, reason, "This is how it ended.", decision))

    return write


def _shared(steps: Steps, name: str) -> None:
    _sharing(steps, name)
    steps.grant(name, Granted(2, ("a_view", "people"), database=True, wildcard=True))
    _end(steps, name, Ending(Status.SHARED, None, "Database sales is shared."))


def _directly(steps: Steps, name: str) -> None:
    steps.receive(RequestRecord(name, Status.RECEIVED, STARTED, execution_arn=f"arn:{name}", started_at=STARTED))


def _forgiven(steps: Steps, name: str) -> None:
    _waiting(steps, name)
    steps.vault.forgive_try(name, KEY, "0123456789abcdef")


def _again(steps: Steps, name: str) -> None:
    _changed(steps, name)
    steps.classify(name, 2, CLASSIFICATION)
    _mailed(steps, name, 3, token="another-token")
    steps.wait(name, EXPIRES)
    steps.mail(name, EXPIRES, None)
    steps.tell(name)


def _half(steps: Steps, name: str) -> None:
    _received(steps, name)
    steps.classify(name, 1, HARMLESS, Term(days=90))
    steps.share(name, None)
    steps.grant(name, Granted(1, ("people",), database=True))
    steps.close(name, STARTED, Ending(Status.FAILED, "GrantRefused", "It is told to nobody yet."))


def _shared_already(steps: Steps, name: str) -> None:
    _received(steps, name)
    steps.classify(name, 1, HARMLESS)
    steps.find_shared(name, "half:1")
    _end(steps, name, Ending(Status.SHARED, None, "It was shared before."))


def _roles(steps: Steps, name: str) -> None:
    """Some of the account's roles are named."""
    asked = replace(REQUESTED, id=name, roles=("arn:aws:iam::999999999999:role/analyst",))
    steps.submit(asked)
    arn = f"arn:aws:states:us-east-1:123456789012:execution:lakeshare:{name}"
    steps.receive(replace(asked, received_at=STARTED, execution_arn=arn, started_at=STARTED))


def _in_part(
    part: Part, found: Classification, decision: Decision | None, source: Source = PEOPLE
) -> Callable[[Steps, str], None]:
    """What is asked for in part, and granted by filters."""

    def write(steps: Steps, name: str) -> None:
        steps.submit(replace(REQUESTED, id=name, source=source, part=part))
        arn = f"arn:aws:states:us-east-1:123456789012:execution:lakeshare:{name}"
        came = replace(REQUESTED, id=name, source=source, part=part, execution_arn=arn, started_at=STARTED)
        steps.receive(replace(came, received_at=STARTED))
        steps.classify(name, 1, found, UNTIL)
        if decision is not None:
            _mailed(steps, name)
            steps.wait(name, EXPIRES)
            steps.mail(name, EXPIRES, 2)
        steps.share(name, decision)
        steps.grant(name, Granted(1, ("people",)))
        _end(steps, name, Ending(Status.SHARED, None, "Part of table sales.people is shared."))

    return write


def _old_kit(steps: Steps, name: str) -> None:
    _received(steps, name)
    _mailed(steps, name, approvers=None)


WAYS: Mapping[str, Callable[[Steps, str], object]] = {
    "api": lambda steps, name: steps.submit(replace(REQUESTED, id=name)),
    "directly": _directly,
    "received": _received,
    "owed": _owed,
    "waiting": _waiting,
    "renewed": _renewed,
    "sharing": _sharing,
    "forgiven": _forgiven,
    "again": _again,
    "half": _half,
    "changed": _changed,
    "shared": _shared,
    "shared-already": _shared_already,
    "denied": _ended(Status.DENIED, "Denied", replace(DECISION, action="deny")),
    "expired": _ended(Status.EXPIRED, "ApprovalTimedOut"),
    "refused": _ended(Status.REFUSED, "NoApprovers"),
    "failed": _ended(Status.FAILED, "Aborted"),
    "unknown": lambda steps, name: steps.close(name, STARTED, Ending(Status.FAILED, "Fault", "x")),
    "old-kit": _old_kit,
    "in-part": _in_part(Part(columns=("email", "id"), filter="eu"), OF_PART, DECISION),
    "narrowed": _in_part(Part(columns=("email", "id"), filter="eu"), OF_PART, replace(DECISION, columns=("email",))),
    "safe": _in_part(Part(safe=True), OF_SAFE, None),
    "safe-tables": _in_part(Part(safe=True), OF_SAFE_TABLES, None, Source("sales", "*")),
    "roles": _roles,
}
"""How to write each kind of request, by the name of its fixture."""


def _flags() -> None:
    memory = DynamoMemory(TABLE)
    with patch("handlers.aws.dynamodb.memory.now", return_value=NOW):
        memory.remember("sales", {None: frozenset((None,)), "people": frozenset((None, "email"))})
        memory.forget("sales", {"people": frozenset((None,))})
        memory.put("sales")


BESIDE: Mapping[str, Callable[[Steps], object]] = {
    "decision": lambda steps: steps.vault.save_decision(DECISION),
    "claim": lambda _steps: DynamoClaims(TABLE).take("of-a-request", Claim("asked", STARTED), None),
    "flags": lambda _steps: _flags(),
    "pace": lambda _steps: DynamoPace(VAULT).step("mails of a-sub", 10, NOW),
}
"""How to write the items that are no request's, by what their keys begin with, which is the name of their fixture."""


def written(steps: Steps) -> dict[str, list[dict[str, Any]]]:
    """What today's code writes, by fixture; wants steps on DynamoDB at `NOW`."""
    for name, write in WAYS.items():
        write(steps, name)
    for write_beside in BESIDE.values():
        write_beside(steps)
    items = sorted(all_items(), key=lambda item: str(item["pk"]))
    return {name: [plain(item) for item in items if name in str(item["pk"]).split("#")] for name in (*WAYS, *BESIDE)}


def plain(value: Any) -> Any:
    """`value` as JSON holds it: the register has no fractions, and sets have an order."""
    return json.loads(json.dumps(value, default=lambda v: sorted(v) if isinstance(v, set) else int(v), sort_keys=True))


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
    with mock_aws():
        make_tables()
        for name, items in written(Steps.on_dynamodb(iso(NOW))).items():
            text = json.dumps(items, indent=2, sort_keys=True)
            (FIXTURES / f"{name}.json").write_text(f"{text}\n")


if __name__ == "__main__":
    main()
