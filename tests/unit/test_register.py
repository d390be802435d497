"""The register: the same rules for the one on DynamoDB and the one in memory that other tests use."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.sharing.model.classification import Classification, Ground, Rule, Scope
from handlers.sharing.model.errors import DuplicateRequest, RegisterUnreadable, RequestClosed
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Decision, Ending, Granted, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.ports import Register
from tests.fakes.register import MemoryRegister
from tests.fakes.table import TABLE, make_table

STARTED = "2026-11-24T09:00:00.000Z"
RECEIVED = RequestRecord(
    "r1",
    Status.RECEIVED,
    "2026-11-24T09:00:01.000Z",
    source=Source("sales", "people"),
    consumer="999999999999",
    execution_arn="arn:r1",
    started_at=STARTED,
)
CLASSIFICATION = Classification(
    scope=Scope.TABLE,
    owner=Owner("111111111111", "Sales"),
    fingerprint="f" * 64,
    grounds=(
        Ground(Rule.DATABASE_FLAGGED),
        Ground(Rule.TABLE_FLAGGED, "people"),
        Ground(Rule.COLUMN_FLAGGED, "people", "email"),
    ),
    grounds_total=3,
    tables=("people",),
    tables_total=1,
    columns_total=2,
    unregistered=("people",),
    unregistered_total=1,
    description="Who bought what",
)
DECISION = Decision("d1", "r1", "f" * 64, "approve", "jane@owner.example", True, "yes", STARTED, "192.0.2.1", "browser")
APPROVAL = Approval("token-1", "salt", ("a" * 64,), "2026-12-01T09:00:00.000Z")
ENDING = Ending(Status.SHARED, None, "shared")
KEY = SentKey("k" * 64, 1, "f" * 64)


@pytest.fixture(params=["memory", "dynamodb"])
def register(request: pytest.FixtureRequest) -> Iterator[Register]:
    if request.param == "memory":
        yield MemoryRegister()
        return
    with mock_aws():
        make_table()
        yield DynamoRegister(TABLE)


def test_nothing_there(register: Register) -> None:
    assert register.find("r1") is None
    assert register.approval("r1") is None
    assert register.decision("d1") is None
    assert list(register.unfinished()) == []
    with pytest.raises(RegisterUnreadable):
        register.load("r1")


def test_receive(register: Register) -> None:
    assert register.receive(RECEIVED) == RECEIVED
    assert register.load("r1") == register.find("r1") == RECEIVED


def test_receive_what_could_not_be_read(register: Register) -> None:
    bare = replace(RECEIVED, source=None, consumer=None)
    assert register.receive(bare) == bare


def test_receive_again_is_a_retry(register: Register) -> None:
    register.receive(RECEIVED)
    register.classified(RECEIVED, 1, CLASSIFICATION)
    again = register.receive(replace(RECEIVED, received_at="2026-11-24T10:00:00.000Z"))
    assert again == replace(RECEIVED, round=1, classification=CLASSIFICATION)


@pytest.mark.parametrize(
    "other",
    [{"started_at": "2027-01-01T00:00:00Z"}, {"execution_arn": "arn:other"}, {"source": None, "started_at": "x"}],
)
def test_receive_under_a_used_name(register: Register, other: dict[str, object]) -> None:
    register.receive(RECEIVED)
    with pytest.raises(DuplicateRequest):
        register.receive(replace(RECEIVED, **other))  # type: ignore[arg-type]
    register.close("r1", STARTED, ENDING)
    with pytest.raises(DuplicateRequest):
        register.receive(replace(RECEIVED, **other))  # type: ignore[arg-type]
    assert register.load("r1").status is Status.SHARED


def test_the_way_of_a_request(register: Register) -> None:
    record = register.receive(RECEIVED)
    record = register.classified(record, 1, CLASSIFICATION)
    assert (record.status, record.round, record.classification) == (Status.RECEIVED, 1, CLASSIFICATION)
    record = register.waiting(record, "2026-12-01T09:00:00.000Z", 2)
    assert (record.status, record.expires_at) == (Status.WAITING, "2026-12-01T09:00:00.000Z")
    record = register.sharing(record, DECISION)
    assert (record.status, record.decision) == (Status.SHARING, DECISION)
    # Who decides at once may be ahead of the note that the mail is out.
    assert register.waiting(record, "2026-12-01T09:00:00.000Z", 2).status is Status.SHARING
    register.granted("r1", Granted(1, ("people",)))
    closed = register.close("r1", STARTED, ENDING)
    assert closed is not None
    assert (closed.status, closed.reason, closed.message) == (Status.SHARED, None, "shared")
    assert closed.closed_at
    assert (closed.granted, closed.decision, closed.announced_at) == (Granted(1, ("people",)), DECISION, None)
    register.announced("r1")
    assert register.load("r1").announced_at


def test_a_changed_catalogue_takes_the_decision_back(register: Register) -> None:
    record = register.classified(register.receive(RECEIVED), 1, CLASSIFICATION)
    record = register.sharing(record, DECISION)
    register.changed(record)
    record = register.load("r1")
    assert (record.status, record.decision) == (Status.RECEIVED, None)
    assert register.sharing(record, None).decision is None


def test_what_is_closed_stays_closed(register: Register) -> None:
    record = register.classified(register.receive(RECEIVED), 1, CLASSIFICATION)
    register.close("r1", STARTED, Ending(Status.FAILED, "Aborted", "stopped"))
    for step in (
        lambda: register.classified(record, 2, CLASSIFICATION),
        lambda: register.waiting(record, "x", None),
        lambda: register.sharing(record, None),
        lambda: register.sharing(record, DECISION),
        lambda: register.changed(record),
    ):
        with pytest.raises(RequestClosed):
            step()
    for started_at in (STARTED, None):
        again = register.close("r1", started_at, ENDING)
        assert again is not None
        assert (again.status, again.reason, again.message) == (Status.FAILED, "Aborted", "stopped")
    assert register.receive(RECEIVED).status is Status.FAILED
    register.granted("r1", Granted(1, ("people",)))
    record = register.load("r1")
    assert (record.status, record.granted) == (Status.FAILED, Granted(1, ("people",)))


def test_steps_of_what_is_not_there(register: Register) -> None:
    for step in (
        lambda: register.classified(RECEIVED, 1, CLASSIFICATION),
        lambda: register.waiting(RECEIVED, "x", 1),
        lambda: register.sharing(RECEIVED, None),
        lambda: register.changed(RECEIVED),
    ):
        with pytest.raises(RegisterUnreadable):
            step()
    assert register.find("r1") is None


def test_close_keeps_the_particulars_of_a_denial(register: Register) -> None:
    register.receive(RECEIVED)
    denial = replace(DECISION, action="deny")
    closed = register.close("r1", STARTED, Ending(Status.DENIED, "Denied", "no", denial))
    assert closed is not None
    assert closed.decision == denial
    assert register.load("r1") == closed


def test_close_of_what_was_never_written_down(register: Register) -> None:
    closed = register.close("r1", STARTED, Ending(Status.FAILED, "Fault", "x"))
    assert closed is not None
    assert (closed.status, closed.started_at, closed.received_at) == (Status.FAILED, STARTED, STARTED)
    unknown = register.close("r2", None, Ending(Status.FAILED, "Crashed", "x"))
    assert unknown is not None
    assert unknown.started_at is None
    for again in (register.close("r1", STARTED, ENDING), register.close("r2", None, ENDING)):
        assert again is not None
        assert again.status is Status.FAILED


@pytest.mark.parametrize("closed", [True, False])
def test_close_of_another_execution_of_the_name(register: Register, *, closed: bool) -> None:
    register.receive(RECEIVED)
    if closed:
        register.close("r1", STARTED, ENDING)
    before = register.load("r1")
    assert register.close("r1", "2027-01-01T00:00:00Z", Ending(Status.FAILED, "Fault", "x")) is None
    assert register.load("r1") == before


def test_unfinished_requests(register: Register) -> None:
    for at, name in enumerate(("a", "b", "c", "d", "e")):
        record = replace(RECEIVED, id=name, received_at=f"2026-11-24T09:00:0{at}.000Z", execution_arn=f"arn:{name}")
        register.receive(record)
    register.waiting(replace(RECEIVED, id="b"), "x", 1)
    register.sharing(replace(RECEIVED, id="c"), None)
    for name in ("d", "e"):
        register.close(name, STARTED, ENDING)
    register.announced("d")
    register.prepare_approval("b", APPROVAL, KEY)
    register.save_decision(DECISION)
    found = {record.id: record for record in register.unfinished()}
    assert {name: record.status for name, record in found.items()} == {
        "a": Status.RECEIVED,
        "b": Status.WAITING,
        "c": Status.SHARING,
        "e": Status.SHARED,
    }
    assert all((r.execution_arn, r.started_at) == (f"arn:{name}", STARTED) for name, r in found.items())


def test_which_requests_are_not_there(register: Register) -> None:
    assert list(register.absent([])) == []
    for name in ("a", "b"):
        register.receive(replace(RECEIVED, id=name))
    many = [f"none-{number:03}" for number in range(150)]
    assert list(register.absent(["a", *many, "b", "c"])) == [*many, "c"]


def test_approvals(register: Register) -> None:
    register.receive(RECEIVED)
    register.prepare_approval("r1", APPROVAL, KEY)
    assert register.approval("r1") == replace(APPROVAL, keys=(KEY,))
    second, later = SentKey("l" * 64, 2, "g" * 64), replace(APPROVAL, token="token-2", salt="pepper", approvers=None)
    register.prepare_approval("r1", later, second)
    assert register.approval("r1") == replace(later, keys=(KEY, second))
    register.close("r1", STARTED, ENDING)
    assert register.approval("r1") == replace(later, keys=(KEY, second))
    register.announced("r1")
    assert register.approval("r1") == replace(later, token=None, keys=(KEY, second))


def test_announcing_what_nobody_was_asked_about(register: Register) -> None:
    register.receive(RECEIVED)
    register.close("r1", STARTED, ENDING)
    register.announced("r1")
    assert register.approval("r1") is None
    assert register.load("r1").announced_at


def test_tries(register: Register) -> None:
    register.prepare_approval("r1", APPROVAL, KEY)
    assert [register.count_try("r1", "a") for _ in range(3)] == [(1, 1), (2, 2), (3, 3)]
    assert register.count_try("r1", "b") == (1, 4)
    register.forgive_try("r1", "a")
    assert register.count_try("r1", "a") == (3, 4)
    # A retried attempt of the mail forgives nobody.
    register.prepare_approval("r1", APPROVAL, KEY)
    assert register.count_try("r1", "c") == (1, 5)


def test_decisions(register: Register) -> None:
    unverified = replace(DECISION, id="d2", approver_verified=False, comment="", action="deny")
    for decision in (DECISION, unverified, DECISION):
        register.save_decision(decision)
    assert register.decision("d1") == DECISION
    assert register.decision("d2") == unverified
    assert register.find("d1") is None
