"""The life of a finding: the same rules on DynamoDB and in memory, where other tests use them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from moto import mock_aws

from handlers.aws.clients import client
from handlers.aws.dynamodb.findings import DynamoFindings
from handlers.aws.dynamodb.share_lists import DynamoShareLists
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.drift import Difference, Kind
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.finding import (
    GIVEN,
    MOST_TABLES,
    Action,
    Finding,
    FindingStatus,
    event_id_of_finding,
    finding_id,
    gone,
    seen,
    settled,
    told,
)
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.listed_shares import ShareList, ShareListKind
from handlers.sharing.share_stores import Findings
from tests.fakes.findings import MemoryFindings
from tests.fakes.table import LEDGER, make_tables
from tests.fakes.world import CONSUMER, OTHER_OWNER, OWNER

AT, LATER = "2026-11-24T09:00:00.000Z", "2026-11-24T09:30:00.000Z"
NEXT_NIGHT = "2026-11-25T02:00:00.000Z"
LOST = Difference(Kind.MISSING, CONSUMER, "sales", "It is gone.", ("sales.people",), share="r1:1", owner=OWNER)
WIDE = Difference(
    Kind.UNEXPLAINED,
    CONSUMER,
    "sales",
    "Nobody knows why.",
    ("SELECT on sales.a",),
    resources=(Resource("sales", "a"),),
)
FAR = replace(WIDE, resources=())


@pytest.fixture(params=["memory", "dynamodb"])
def findings(request: pytest.FixtureRequest) -> Iterator[Findings]:
    if request.param == "memory":
        yield MemoryFindings()
        return
    with mock_aws():
        make_tables()
        yield DynamoFindings(LEDGER)


def see(findings: Findings, difference: Difference = LOST, at: str = AT) -> Finding:
    """A look that sees this, and tells the world."""
    name = finding_id(difference)
    step = seen(difference, findings.find(name), at)
    if step is not None:
        findings.apply(name, step)
    return tell(findings, name)


def tell(findings: Findings, name: str) -> Finding:
    there = findings.find(name)
    assert there is not None
    if not there.owed_events:
        return there
    after, taken = findings.apply(name, told(there, len(there.owed_events)))
    assert taken
    assert after is not None
    return after


def do(findings: Findings, finding: Finding, action: Action, at: str = LATER) -> Finding:
    after, taken = findings.apply(finding.id, settled(finding, action, "jane@owner.example", "because", at))
    assert taken
    assert after is not None
    return after


def events(finding: Finding) -> list[str]:
    return [each.event for each in finding.history]


def test_it_is_found_once_and_gone_once(findings: Findings) -> None:
    finding = see(findings)
    assert finding == Finding(
        **{name: getattr(finding, name) for name in ("id", "digest", "history")},
        status=FindingStatus.OPEN,
        kind=Kind.MISSING,
        principal=CONSUMER,
        database="sales",
        says="It is gone.",
        things=("sales.people",),
        things_total=1,
        since=AT,
        share="r1:1",
        owner=OWNER,
        live=True,
    )
    assert see(findings, at=LATER) == finding, "seen again is nothing new"
    findings.apply(finding.id, gone(LATER))
    (closed,) = findings.live()
    assert (closed.status, closed.closed_at) == (FindingStatus.CLOSED, LATER)
    assert [each.type for each in closed.owed_events] == ["DriftGone"]
    tell(findings, finding.id)
    assert findings.live() == []
    assert not findings.apply(finding.id, gone(NEXT_NIGHT))[1], "once"
    again = see(findings, at=NEXT_NIGHT)
    assert (again.status, again.since, again.closed_at, again.live) == (FindingStatus.OPEN, NEXT_NIGHT, None, True)
    assert events(again) == ["Found", "Gone", "Found"]
    assert event_id_of_finding("DriftFound", again) != event_id_of_finding("DriftFound", finding)


def test_what_there_is_to_say_of_it_changes(findings: Findings) -> None:
    see(findings)
    more = see(findings, replace(LOST, says="More is gone.", things=("sales.a", "sales.b"), owner=None))
    assert (more.things, more.things_total, more.owner, events(more)) == (("sales.a", "sales.b"), 2, None, ["Found"])


def test_each_is_its_own() -> None:
    others = [
        LOST,
        WIDE,
        FAR,
        replace(LOST, share="r2:1"),
        replace(LOST, kind=Kind.SOURCE_CHANGED),
        replace(WIDE, kind=Kind.WIDER),
        replace(WIDE, principal="999999999998"),
        replace(WIDE, database="crm"),
    ]
    assert len({finding_id(each) for each in others}) == len(others)
    assert finding_id(replace(WIDE, database="\ud800")) != finding_id(WIDE), "whatever somebody has called it"
    assert finding_id(replace(WIDE, says="…", things=("x",), owner=OWNER)) == finding_id(WIDE)


@pytest.mark.parametrize(
    ("difference", "actions"),
    [
        (LOST, (Action.REVOKE, Action.ASK_ANEW, Action.ACCEPT)),
        (WIDE, (Action.REVOKE, Action.ADOPT, Action.ACCEPT)),
        (FAR, (Action.ACCEPT,)),
    ],
)
def test_what_can_be_done_about_it(findings: Findings, difference: Difference, actions: tuple[Action, ...]) -> None:
    finding = see(findings, difference)
    assert finding.actions == actions
    accepted = do(findings, finding, Action.ACCEPT)
    assert accepted.actions == actions[:-1]
    assert (accepted.settled_by, accepted.note, accepted.action) == ("jane@owner.example", "because", Action.ACCEPT)
    assert events(accepted) == ["Found", "Accepted"]


def test_what_was_accepted_stays_so_as_long_as_it_is_not_more(findings: Findings) -> None:
    two = replace(WIDE, things=("SELECT on sales.a", "SELECT on sales.b"))
    accepted = do(findings, see(findings, two), Action.ACCEPT)
    assert see(findings, two, NEXT_NIGHT) == accepted
    assert see(findings, WIDE, NEXT_NIGHT) == accepted, "less of it"
    three = replace(two, things=(*two.things, "SELECT on sales.c"))
    again = see(findings, three, NEXT_NIGHT)
    assert (again.status, events(again)) == (FindingStatus.OPEN, ["Found", "Accepted", "MoreFound"])
    findings.apply(again.id, gone(NEXT_NIGHT))
    assert tell(findings, again.id).status is FindingStatus.CLOSED


def test_found_again_it_has_nothing_left_of_what_was_done_before(findings: Findings) -> None:
    first = do(findings, see(findings, WIDE), Action.REVOKE)
    findings.apply(first.id, gone(NEXT_NIGHT))
    tell(findings, first.id)
    again = see(findings, WIDE, NEXT_NIGHT)
    assert again == replace(
        first,
        status=FindingStatus.OPEN,
        since=NEXT_NIGHT,
        **dict.fromkeys(("settled_at", "settled_by", "action", "note", "closed_at")),
        history=again.history,
    )
    assert [entry.event for entry in again.history] == ["Found", "Revoked", "Gone", "Found"]


def test_what_changed_meanwhile_is_not_opened_again(findings: Findings) -> None:
    there = do(findings, see(findings, WIDE), Action.REVOKE)
    late = iso(moment(LATER) + GIVEN)
    step = seen(WIDE, there, late)
    assert step is not None
    again, taken = findings.apply(there.id, step)
    assert taken
    assert again is not None
    assert [each.type for each in again.owed_events] == ["DriftFound"]
    tell(findings, there.id)
    # Somebody has settled it once more, and then it was gone: what an older look saw counts for neither.
    settled_again = do(findings, again, Action.ADOPT, late)
    assert not findings.apply(there.id, step)[1]
    findings.apply(there.id, gone(NEXT_NIGHT))
    closed = tell(findings, there.id)
    stale = seen(WIDE, settled_again, NEXT_NIGHT)
    assert stale is not None
    assert findings.apply(there.id, stale) == (closed, False)


def test_what_is_out_is_owed_no_more_and_the_rest_is(findings: Findings) -> None:
    name = finding_id(WIDE)
    for step in (seen(WIDE, None, AT), gone(LATER)):
        assert step is not None
        findings.apply(name, step)
    there = findings.find(name)
    assert there is not None
    assert [each.type for each in there.owed_events] == ["DriftFound", "DriftGone"]
    left, taken = findings.apply(name, told(there, 1))
    assert taken
    assert left is not None
    assert left == replace(there, owed_events=there.owed_events[1:])
    over, _ = findings.apply(name, told(left, 1))
    assert over == replace(there, owed_events=(), live=False)


def test_what_was_settled_has_an_hour_to_be_gone(findings: Findings) -> None:
    finding = do(findings, see(findings, WIDE), Action.REVOKE)
    assert (finding.status, finding.actions) == (FindingStatus.SETTLED, ())
    nearly = iso(moment(LATER) + GIVEN - timedelta(seconds=1))
    assert see(findings, WIDE, nearly) == finding
    again = see(findings, WIDE, iso(moment(LATER) + GIVEN))
    assert (again.status, events(again)) == (FindingStatus.OPEN, ["Found", "Revoked", "StillThere"])
    assert again.actions == (Action.REVOKE, Action.ADOPT, Action.ACCEPT)


def test_only_what_somebody_saw_is_settled(findings: Findings) -> None:
    first = see(findings, WIDE)
    see(findings, replace(WIDE, things=("SELECT on sales.a", "SELECT on sales.b")))
    for late in (first, replace(first, id="nobody")):
        _, taken = findings.apply(late.id, settled(late, Action.ACCEPT, "jane@owner.example", "because", LATER))
        assert not taken
    now = findings.find(first.id)
    assert now is not None
    do(findings, now, Action.REVOKE)
    _, taken = findings.apply(now.id, settled(now, Action.ADOPT, "jane@owner.example", "because", LATER))
    assert not taken, "another one was quicker"


def test_ten_thousand_tables_fit(findings: Findings) -> None:
    resources = tuple(Resource("sales", f"table_{at:05d}") for at in range(10_000))
    finding = see(findings, replace(WIDE, things=tuple(map(str, resources)), resources=resources))
    assert (finding.things_total, len(finding.tables)) == (10_000, MOST_TABLES)
    assert finding.tables[:2] == ("table_00000", "table_00001")
    long = [Resource("sales", f"{'table' * 9}_{at:04d}") for at in range(MOST_TABLES)]
    assert seen(replace(WIDE, resources=tuple(long)), None, AT).sets["tables"] == tuple(each.table for each in long)  # type: ignore[union-attr]


def test_one_looks_at_a_time(findings: Findings) -> None:
    assert findings.look_wanted() is None
    findings.want_look(AT)
    assert findings.look_wanted() == AT
    assert findings.begin_look("one", LATER, AT)
    assert findings.begin_look("one", LATER, AT), "called again after it failed"
    assert not findings.begin_look("two", NEXT_NIGHT, LATER)
    findings.end_look("two")
    assert not findings.begin_look("two", NEXT_NIGHT, LATER)
    findings.end_look("one")
    assert findings.begin_look("two", NEXT_NIGHT, LATER)
    assert findings.begin_look("three", "2026-11-26T02:00:00.000Z", "2026-11-25T02:00:00.001Z"), "two died"
    assert findings.look_wanted() == AT
    assert findings.live() == []


@pytest.mark.parametrize("damage", [{"status": {"S": "ODD"}}, {"since": {"S": "noon"}}, {"version": {"N": "99"}}])
def test_an_item_that_cannot_be_read(damage: dict[str, dict[str, str]]) -> None:
    with mock_aws():
        make_tables()
        findings = DynamoFindings(LEDGER)
        finding = see(findings)
        ((name, value),) = damage.items()
        client("dynamodb").update_item(
            TableName=LEDGER,
            Key={"pk": {"S": "finding#all"}, "entry": {"S": finding.id}},
            UpdateExpression="SET #name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": value},
        )
        with pytest.raises(RegisterUnreadable, match=finding.id):
            findings.live()


@pytest.mark.parametrize("owner", [OTHER_OWNER, None])
@pytest.mark.parametrize("accepted", [True, False])
def test_whose_data_it_is_about_is_as_the_last_look_knew(
    findings: Findings, owner: str | None, *, accepted: bool
) -> None:
    mine = replace(WIDE, owner=OWNER)
    before = see(findings, mine)
    if accepted:
        findings.apply(before.id, settled(before, Action.ACCEPT, "jane", "fine", LATER))
    after = see(findings, replace(mine, owner=owner), NEXT_NIGHT)
    assert (before.owner, after.owner) == (OWNER, owner)
    assert after.status is (FindingStatus.ACCEPTED if accepted else FindingStatus.OPEN)
    # Who saw it as another owner's settles it no more.
    assert not findings.apply(after.id, settled(before, Action.REVOKE, "jane", "no", NEXT_NIGHT))[1]


def test_findings_stand_in_no_list_of_shares() -> None:
    with mock_aws():
        make_tables()
        findings, lists = DynamoFindings(LEDGER), DynamoShareLists(LEDGER)
        see(findings)
        see(findings, WIDE)
        assert len(findings.live()) == 2
        values = {"consumer": CONSUMER, "owner": OWNER, "ended": OWNER, "database": "sales", "requester": "p1"}
        for kind in get_args(ShareListKind):
            assert not list(lists.newest(ShareList(kind, values.get(kind, ""), AT if kind == "ended" else ""), None, 9))
        assert not list(lists.changed(AT))
        assert not list(lists.put_holds())
