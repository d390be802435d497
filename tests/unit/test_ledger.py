"""The life of a share in the ledger: the same rules on DynamoDB and in memory, where other tests use them."""

import itertools
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from handlers.aws.clients import client
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.share_items import attributes_of
from handlers.sharing.model import share_steps as steps_of
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import AccessRefused, OnHold, RegisterUnreadable, TryAgain
from handlers.sharing.model.hold import Hold, holds_on
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Announcement, HistoryEntry, Requester
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import HOLDING, EndReason, Share, ShareStatus
from handlers.sharing.model.transition import Transition
from handlers.sharing.share_stores import Ledger
from tests.fakes.ledger import MemoryLedger
from tests.fakes.register import fields_after
from tests.fakes.table import LEDGER, make_tables
from tests.unit.stubs import error, stubbed

CONSUMER = "999999999999"
AT = "2026-11-24T09:00:00.000Z"
LATER = "2026-11-24T10:00:00.000Z"
UNTIL = "2027-02-22T00:00:00.000Z"
BUSY = datetime.fromisoformat("2026-11-24T09:16:00+00:00")
TOLD = Announcement("ShareEnds", {"days": 14})
SHARE = Share(
    "r1:1",
    CONSUMER,
    ShareStatus.GRANTING,
    Source("sales", "people"),
    Scope.TABLE,
    Owner("111111111111", "Sales"),
    "f" * 64,
    AT,
    tables=1,
    until=UNTIL,
    requester=Requester("p1", "anna@consumer.example"),
    purpose="a report",
    approver="jane@owner.example",
)
FIELDS = {field.name for field in fields(Share)} - {"id", "consumer", "history"}
NOTE = HistoryEntry(AT, "Held", "operator", "an incident")


@pytest.fixture(params=["memory", "dynamodb"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    with mock_aws():
        make_tables()
        yield DynamoLedger(LEDGER)


def begin(ledger: Ledger, share: Share = SHARE, at: str = AT) -> Share:
    holds = holds_on(share.source, share.consumer, share.owner)
    assert ledger.apply_unless_held(share, steps_of.granting(share, iso(BUSY), share.busy_until), holds, at)
    return there(ledger, share)


def there(ledger: Ledger, share: Share = SHARE) -> Share:
    found = ledger.find(share.consumer, share.id)
    assert found is not None
    return found


def test_nothing_there(ledger: Ledger) -> None:
    assert ledger.find(CONSUMER, "r1:1") is None
    assert list(ledger.live(CONSUMER)) == list(ledger.of_database("sales")) == list(ledger.due(UNTIL)) == []
    assert ledger.apply(CONSUMER, "r1:1", steps_of.ending(EndReason.REVOKED, AT)) == (None, False)
    assert not ledger.lift_hold(Hold("consumer", CONSUMER), NOTE)


def test_a_life(ledger: Ledger) -> None:
    share = begin(ledger)
    assert replace(share, history=(), busy_until=None, due_at=None, live=False) == SHARE
    assert (share.busy_until, share.due_at, share.request_id, share.holds) == (iso(BUSY), iso(BUSY), "r1", True)
    assert list(ledger.due(iso(BUSY))) == [share]
    assert begin(ledger, share).history == share.history, "whoever goes on granting adds no line"

    share, taken = ledger.apply(CONSUMER, "r1:1", steps_of.active(share, LATER))
    assert taken
    assert share is not None
    assert (share.status, share.busy_until, share.warned) == (ShareStatus.ACTIVE, iso(BUSY), None)
    assert share.due_at == "2027-02-08T00:00:00.000Z", "two weeks before its end"
    for found in (ledger.live(CONSUMER), ledger.of_database("sales"), ledger.of_owner("111111111111")):
        assert list(found) == [share]

    share, _ = ledger.apply(CONSUMER, "r1:1", steps_of.rested(iso(BUSY), None))
    assert share is not None
    assert share.busy_until is None
    share, _ = ledger.apply(CONSUMER, "r1:1", steps_of.warned(share, 14, LATER, TOLD))
    assert share is not None
    assert (share.warned, share.due_at, share.owed_events) == (14, LATER, (TOLD,)), "due until it is told"
    share, _ = ledger.apply(CONSUMER, "r1:1", steps_of.told(share, 1))
    assert share is not None
    assert (share.owed_events, share.due_at) == ((), "2027-02-19T00:00:00.000Z")

    share, _ = ledger.apply(CONSUMER, "r1:1", steps_of.ending(EndReason.GIVEN_BACK, LATER, "anna", "no need"))
    assert share is not None
    assert (share.status, share.holds, share.live, share.due_at) == (ShareStatus.REVOKING, False, True, LATER)
    share, _ = ledger.apply(CONSUMER, "r1:1", steps_of.revoked(LATER, "All of it ended.", TOLD))
    assert share is not None
    assert (share.status, share.live, share.reason) == (ShareStatus.REVOKED, False, EndReason.GIVEN_BACK)
    for found in (ledger.live(CONSUMER), ledger.of_database("sales"), ledger.of_owner("111111111111")):
        assert list(found) == []
    assert list(ledger.due(LATER)) == [share], "until the world has been told"
    share, _ = ledger.apply(CONSUMER, "r1:1", steps_of.told(share, 1))
    assert share is not None
    assert share == there(ledger)
    assert list(ledger.due(UNTIL)) == []
    assert [each.event for each in share.history] == ["Granting", "Active", "Warned", "GivenBack", "Ended"]


# --- every step from every state ----------------------------------------------------------------------------------


def every_step() -> dict[str, Transition]:
    """Made for each test: what is made while this file is read is made by the unchanged product (`make mutation`)."""
    return {
        "granting": steps_of.granting(SHARE, iso(BUSY), None),
        "adopted": steps_of.adopted(SHARE, "jane@owner.example", "a note"),
        "active": steps_of.active(SHARE, LATER),
        "active without an end": steps_of.active(replace(SHARE, until=None), LATER),
        "granting on": steps_of.granting(SHARE, LATER, iso(BUSY)),
        "rested": steps_of.rested(iso(BUSY), None),
        "rested before others": steps_of.rested(iso(BUSY), AT),
        "rested, another": steps_of.rested(LATER, None),
        "ending": steps_of.ending(EndReason.REVOKED, LATER, "operator", "a note"),
        "given back": steps_of.given_back(LATER, "anna", "a note"),
        "expired": steps_of.expired(UNTIL, LATER),
        "expired, and its end was moved": steps_of.expired(LATER, LATER),
        "renewed": steps_of.renewed(SHARE, "2027-03-01T00:00:00.000Z", "r2", LATER, TOLD),
        "renewed without an end": steps_of.renewed(SHARE, None, "r2", LATER, TOLD),
        "renewed, of other data": steps_of.renewed(replace(SHARE, fingerprint="0"), None, "r2", LATER, TOLD),
        "tried": steps_of.tried(BUSY),
        "revoked": steps_of.revoked(LATER, "All of it ended.", TOLD),
        "warned": steps_of.warned(replace(SHARE, warned=14), 3, LATER, TOLD),
        "warned before": steps_of.warned(SHARE, 14, LATER, TOLD),
        "told": steps_of.told(replace(SHARE, status=ShareStatus.ACTIVE, due_at=AT, owed_events=(TOLD,), warned=14), 1),
        "told in part": steps_of.told(replace(SHARE, owed_events=(TOLD, TOLD)), 1),
    }


FROM: dict[str, tuple[ShareStatus, ...]] = {
    "granting": (),
    "active": (ShareStatus.GRANTING,),
    "active without an end": (ShareStatus.GRANTING,),
    "granting on": (ShareStatus.GRANTING,),
    "rested": tuple(ShareStatus),
    "rested before others": tuple(ShareStatus),
    "ending": HOLDING,
    "given back": (ShareStatus.ACTIVE,),
    "expired": (ShareStatus.ACTIVE,),
    "renewed": (ShareStatus.ACTIVE,),
    "renewed without an end": (ShareStatus.ACTIVE,),
    "tried": (ShareStatus.REVOKING,),
    "revoked": (ShareStatus.REVOKING,),
    "warned": (ShareStatus.ACTIVE,),
    "told": (ShareStatus.ACTIVE,),
}
"""What the life of a share allows, said once more."""


@pytest.mark.parametrize("name", every_step())
def test_every_step_from_every_state(ledger: Ledger, name: str) -> None:
    """And both ledgers make the same of it."""
    step = every_step()[name]
    for number, status in enumerate((None, *ShareStatus)):
        share = replace(SHARE, id=f"r{number}:1")
        before = None
        if status is not None:
            held = replace(share, status=status, busy_until=iso(BUSY), due_at=AT, warned=14, live=True)
            held = replace(held, owed_events=(TOLD,), history=(HistoryEntry(AT, "Granting"),))
            sets = {
                each.name: getattr(held, each.name)
                for each in fields(held)
                if each.name not in {"id", "consumer", "history"}
            }
            sets = {name: value for name, value in sets.items() if value is not None}
            create = Transition(starts_from=(), creates=True, sets=sets, entry=held.history[0])
            assert ledger.apply(CONSUMER, share.id, create)[1]
            before = there(ledger, share)
            assert before == held
        after, taken = ledger.apply(CONSUMER, share.id, step)
        creates = name in {"granting", "granting on", "adopted"}
        assert taken == (creates if status is None else status in FROM.get(name, ())), status
        if taken:
            assert after == Share(**fields_after(step, {"id": share.id, "consumer": CONSUMER}, before))
        else:
            assert after == before
        assert ledger.find(CONSUMER, share.id) == after


@pytest.mark.parametrize("name", every_step())
def test_steps_speak_of_fields_that_there_are(name: str) -> None:
    step = every_step()[name]
    assert {*step.sets, *step.keeps, *step.removes, *step.matches} <= FIELDS


_SECONDS = st.integers(1, 400 * 86_400)


@given(_SECONDS, st.lists(_SECONDS, max_size=20))
def test_warnings_come_in_time_and_once_each(lasts: int, looks: list[int]) -> None:
    """However long it lasts, whenever anybody looks: none twice, and none that was past when it began."""
    began = moment(AT)
    until = iso(began + timedelta(seconds=lasts))
    step = steps_of.active(replace(SHARE, until=until), AT)
    share = replace(SHARE, status=ShareStatus.ACTIVE, until=until, warned=step.sets.get("warned"))
    warned = list[int]()
    for at in sorted(began + timedelta(seconds=each) for each in looks if each < lasts):
        due, days = steps_of.due_of(share), steps_of.warning_due(share, iso(at))
        assert due is not None
        assert (due <= iso(at)) == (days is not None)
        if days is not None:
            assert moment(until) - timedelta(days=days) <= at
            warned.append(days)
            share = replace(share, warned=days)
    assert warned == sorted(set(warned), reverse=True)
    assert all(moment(until) - timedelta(days=days) > began for days in warned)
    if share.warned == steps_of.WARNINGS[-1]:
        assert steps_of.due_of(share) == until


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 5000])
def test_names_come_back_as_they_were_written(ledger: Ledger, number: int) -> None:
    names = [f"{'ä' * 100}{at}" for at in range(number)]
    share = replace(SHARE, scope=Scope.TABLES_BY_NAME, source=Source("sales", "*"), tables=number)
    share = replace(share, parts=ledger.write_names(share, names))
    begin(ledger, share)
    other = replace(share, id="r1:10", parts=ledger.write_names(replace(share, id="r1:10"), names))
    begin(ledger, other)
    assert list(ledger.names(there(ledger, share))) == names


def test_names_of_which_some_are_missing_are_none(ledger: Ledger) -> None:
    share = replace(SHARE, tables=3)
    share = begin(ledger, replace(share, parts=ledger.write_names(share, ["a", "b"])))
    with pytest.raises(RegisterUnreadable, match="not all the names"):
        ledger.names(share)


@pytest.mark.parametrize("number", [1, 3000])
def test_filters_come_back_with_their_tables(ledger: Ledger, number: int) -> None:
    filters = {f"{'ä' * 100}{at}": f"lakeshare-{at}" for at in range(number)}
    share = replace(SHARE, scope=Scope.FILTERED_TABLES, source=Source("sales", "*"), tables=number)
    share = replace(share, part=Part(safe=True))
    share = replace(share, parts=ledger.write_names(share, list(filters), list(filters.values())))
    begin(ledger, share)
    found = there(ledger, share)
    assert (found.scope, found.part, found.cells) == (Scope.FILTERED_TABLES, Part(safe=True), None)
    assert ledger.filters(found) == filters
    assert list(ledger.names(found)) == list(filters)


def test_filters_of_which_some_are_missing_are_none(ledger: Ledger) -> None:
    for tables, filters in ((3, ["x", "y"]), (2, [])):
        share = replace(SHARE, tables=tables)
        with pytest.raises(RegisterUnreadable, match=r"not all the (names|filters)"):
            ledger.filters(replace(share, parts=ledger.write_names(share, ["a", "b"], filters)))


def test_leases_are_taken_all_or_none(ledger: Ledger) -> None:
    late = "2026-11-24T11:00:00.000Z"
    assert ledger.lease_all(["a", "b"], "one", late, AT)
    assert not ledger.lease_all(["c", "b", "d"], "two", late, AT)
    assert ledger.lease_all(["c", "d"], "three", late, AT)
    ledger.give_back_leases(["a", "b", "c"], "one")
    assert not ledger.lease("c", "two", late, AT)
    assert ledger.lease_all(["a", "b"], "two", late, AT)


def test_leases_that_are_given_back_leave_nothing() -> None:
    late = "2026-11-24T11:00:00.000Z"
    with mock_aws():
        make_tables()
        ledger = DynamoLedger(LEDGER)
        assert ledger.lease_all(["a", "b"], "one", late, AT)
        assert not ledger.lease_all(["c", "b"], "two", late, AT)
        ledger.give_back_leases(["a"], "two")
        assert leased() == {"a": "one", "b": "one"}
        ledger.give_back_leases(["a", "b"], "one")
        assert leased() == {}
        ledger.give_back_leases(["a", "b"], "one")
        assert leased() == {}


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        ("InternalServerError", 500, TryAgain),
        ("ThrottlingException", 400, TryAgain),
        ("AccessDenied", 400, AccessRefused),
    ],
)
def test_an_outage_is_raised_and_is_nobody_who_has_a_lease(
    monkeypatch: pytest.MonkeyPatch, number: int, *, written: bool, code: str, status: int, raised: type[Exception]
) -> None:
    """`number`: of the write that fails; `written`: only its answer gets lost."""
    late = "2026-11-24T11:00:00.000Z"
    with mock_aws():
        make_tables()
        ledger, dynamodb, calls = DynamoLedger(LEDGER), client("dynamodb"), itertools.count(1)
        update = dynamodb.update_item

        def fail(**arguments: Any) -> Any:
            if next(calls) != number:
                return update(**arguments)
            if written:
                update(**arguments)
            answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(answer, "UpdateItem")

        monkeypatch.setattr(dynamodb, "update_item", fail)
        with pytest.raises(raised):
            ledger.lease_all(["a", "b", "c"], "one", late, AT)
        assert leased() == {}, "nobody waits for who has none"


def leased() -> dict[str, str]:
    """Who has which lease, by all items of the table."""
    items = client("dynamodb").scan(TableName=LEDGER)["Items"]
    return {item["pk"]["S"]: item["holder"]["S"] for item in items}


# --- what stands in the way ---------------------------------------------------------------------------------------

WHOLE = Source("sales", "*")


@pytest.mark.parametrize(
    ("hold", "source", "stops"),
    [
        (Hold("consumer", CONSUMER), SHARE.source, True),
        (Hold("consumer", "888888888888"), SHARE.source, False),
        (Hold("owner", "111111111111"), SHARE.source, True),
        (Hold("owner", CONSUMER), SHARE.source, False),
        (Hold("database", "sales"), SHARE.source, True),
        (Hold("database", "sales", "people"), SHARE.source, True),
        (Hold("database", "sales", "orders"), SHARE.source, False),
        (Hold("database", "web", "people"), SHARE.source, False),
        (Hold("database", "sales"), WHOLE, True),
        (Hold("database", "sales", "orders"), WHOLE, True),
        (Hold("database", "web"), WHOLE, False),
    ],
    ids=str,
)
def test_holds(ledger: Ledger, hold: Hold, source: Source, *, stops: bool) -> None:
    share = replace(SHARE, source=source)
    holds = holds_on(source, CONSUMER, SHARE.owner)
    ledger.put_hold(hold, NOTE)
    ledger.put_hold(hold, NOTE)
    assert bool(ledger.held(holds)) == stops
    if stops:
        with pytest.raises(OnHold, match="There is a hold on"):
            begin(ledger, share)
        assert ledger.find(CONSUMER, share.id) is None
    else:
        begin(ledger, share)
    assert ledger.lift_hold(hold, NOTE)
    assert not ledger.lift_hold(hold, NOTE)
    begin(ledger, replace(share, id="r2:1"))


def test_who_revokes_keeps_others_from_granting_until_the_lease_ends(ledger: Ledger) -> None:
    soon, late = "2026-11-24T09:00:05.000Z", "2026-11-24T09:00:10.000Z"
    assert ledger.lease(CONSUMER, "one", soon, AT)
    assert not ledger.lease(CONSUMER, "two", late, AT)
    assert ledger.lease("888888888888", "two", late, AT)
    with pytest.raises(TryAgain, match="being revoked"):
        begin(ledger)
    ledger.give_back_lease(CONSUMER, "two")
    assert not ledger.lease(CONSUMER, "two", late, soon), "until then, that moment too"
    begin(ledger, replace(SHARE, id="r2:1"), late)
    assert ledger.lease(CONSUMER, "two", late, late), "who died is followed"
    assert ledger.lease(CONSUMER, "two", late, late), "whose answer got lost has it"
    ledger.give_back_lease(CONSUMER, "one")
    with pytest.raises(TryAgain, match="being revoked"):
        begin(ledger)
    ledger.give_back_lease(CONSUMER, "two")
    begin(ledger)


def test_what_stands_otherwise_keeps_a_guarded_step_from_being_taken(ledger: Ledger) -> None:
    begin(ledger)
    ledger.apply(CONSUMER, "r1:1", steps_of.ending(EndReason.NOT_SHARED, LATER))
    holds = holds_on(SHARE.source, CONSUMER, SHARE.owner)
    for step in (steps_of.granting(SHARE, iso(BUSY), None), steps_of.active(SHARE, LATER)):
        assert not ledger.apply_unless_held(SHARE, step, holds, AT)
    assert there(ledger).status is ShareStatus.REVOKING


# --- items that cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [{"version": 2}, {"status": "UNHEARD"}, {"scope": 1}, {"tables": None}, {"history": 0}, {"until": "soon"}],
    ids=str,
)
def test_a_share_that_cannot_be_read_is_none_to_go_by(damage: dict[str, Any]) -> None:
    with mock_aws():
        make_tables()
        ledger = DynamoLedger(LEDGER)
        begin(ledger)
        names = {f"#{name}": name for name in damage}
        client("dynamodb").update_item(
            TableName=LEDGER,
            Key={"pk": {"S": CONSUMER}, "entry": {"S": "share#r1:1"}},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in damage),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={f":{name}": _value(value) for name, value in damage.items()},
        )
        for read in (lambda: ledger.find(CONSUMER, "r1:1"), lambda: ledger.live(CONSUMER), lambda: begin(ledger)):
            with pytest.raises(RegisterUnreadable, match=r"share r1:1"):
                read()


def _value(value: object) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case int():
            return {"N": str(value)}
        case _:
            return {"S": str(value)}


def test_every_field_of_a_share_is_kept() -> None:
    whole = replace(
        SHARE,
        part=Part(safe=True, filter="eu"),
        roles=("arn:aws:iam::999999999999:role/analyst",),
        columns=("id",),
        columns_total=2,
        columns_in=1,
        row_filter="region = 'EU'",
        busy_until=AT,
        active_at=AT,
        warned=3,
        renewed_by="r2",
        due_at=AT,
        ended_at=AT,
        reason=EndReason.HELD,
        ended_by="operator",
        note="why",
        live=True,
        owed_events=(TOLD,),
    )
    assert all(getattr(whole, name) not in (None, False, ()) for name in FIELDS - {"parts"})
    written = attributes_of({name: getattr(whole, name) for name in FIELDS})
    assert len(written) == len(set(itertools.chain(written)))
    assert {"live_database", "live_owner", "due", "database", "table", "requester_email"} <= set(written)


def test_how_many_live_is_what_dynamodb_says_of_its_index() -> None:
    ledger, asked = DynamoLedger(LEDGER), {"TableName": LEDGER}
    found = [{"IndexName": "by_data", "ItemCount": 8}, {"IndexName": "by_owner", "ItemCount": 7}]
    for indexes, live in ((found, 7), ([{"IndexName": "by_owner"}], None)):
        with stubbed("dynamodb") as table:
            table.add_response("describe_table", {"Table": {"GlobalSecondaryIndexes": indexes}}, asked)
            assert ledger.live_at_last_count() == live
    with stubbed("dynamodb") as table:
        error(table, "describe_table", "AccessDeniedException")
        with pytest.raises(AccessRefused):
            ledger.live_at_last_count()
