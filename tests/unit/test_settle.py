"""Settling a finding: who may, what comes of it in the ledger and the lake, and what whoever is cut off leaves."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from handlers.sharing.adopt import Adopter, pieces
from handlers.sharing.approvers import Standings
from handlers.sharing.drift import Looker, look
from handlers.sharing.model.access import Groups
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.drift import Kind
from handlers.sharing.model.errors import (
    EmailNotVerified,
    FindingChanged,
    LakeshareError,
    NotAllowed,
    NotForLakeshare,
    TryAgain,
    UnknownFinding,
)
from handlers.sharing.model.finding import Action, Finding, FindingStatus
from handlers.sharing.model.grants import Resource, covered
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.new_request import InvalidRequest
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import HistoryEntry, Requester, Status
from handlers.sharing.model.revocation import Work
from handlers.sharing.model.settlement import Settlement, parse_settlement
from handlers.sharing.model.share import ADOPTED, EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending
from handlers.sharing.model.term import NO_END, Lengths, Term
from handlers.sharing.settle import Settler, findings_for, settle
from handlers.sharing.take_back import take_back
from tests.fakes.findings import MemoryFindings
from tests.fakes.grants import MemoryGrants
from tests.fakes.lake import Grant
from tests.fakes.lake_state import MemoryLakeState
from tests.fakes.people import MemoryApproverFinder, MemoryPeople
from tests.fakes.shares import put_share
from tests.fakes.world import APPROVER, CONSUMER, OTHER_OWNER, OWNER, STRANGER, World

AT = moment("2026-11-24T10:00:00.000Z")
NAMES = ("jane", "joe", "opal", "audrey", "nora", "alex")
JANE, JOE, OPAL, AUDREY, NORA, ALEX = (Person(f"sub-{name}", name) for name in NAMES)
WATCHING = {"opal": "operators", "audrey": "auditors"}
REQUESTER = Requester("sub-alex", "alex@owner.example")
HAND = Grant("weather", "rain", CONSUMER)


class Desk:
    """A lake with a share, somebody's grants past it, and people who settle what is found."""

    def __init__(self) -> None:
        self.world = World()
        self.findings = MemoryFindings()
        self.at = AT
        self.until: date | None = None
        self.people = MemoryPeople(
            {**{name: f"{name}@owner.example" for name in NAMES}, "nora": None},
            {name: {group} for name, group in WATCHING.items()},
        )
        put_share(
            self.world, "r1:1", "orders", requester=Requester("sub-alex", "alex@owner.example"), purpose="a report"
        )

    def person(self, person: Person) -> Person:
        return replace(person, groups=frozenset({WATCHING[person.username]} if person.username in WATCHING else ()))

    @property
    def settler(self) -> Settler:
        world = self.world
        standings = Standings(
            Groups("auditors", "operators"),
            world.parties,
            self.people,
            MemoryApproverFinder({OWNER: {APPROVER}, OTHER_OWNER: {"joe@owner.example"}}),
        )
        adopter = Adopter(world.register, world.ledger, world.parties, self.until)
        return Settler(self.findings, adopter, standings, world.revokes, world.workflow)

    def look(self) -> None:
        world = self.world
        lake = MemoryLakeState(world.lake)
        by = Looker(world.rules, self.findings, world.ledger, world.register, world.catalogue, lake, world.events)
        look(by=by, at=self.at)

    def one(self) -> Finding:
        self.look()
        (finding,) = [each for each in self.findings.findings.values() if each.status is not FindingStatus.CLOSED]
        return finding

    def settle(self, action: Action, person: Person = JANE, finding: Finding | None = None) -> Finding:
        there = finding or self.one()
        return settle(
            Settlement(there.id, action, there.digest, "because"), self.person(person), by=self.settler, at=self.at
        )

    def adopted(self) -> list[Share]:
        return [each for each in self.world.ledger.shares.values() if each.fingerprint == ADOPTED]

    def take_back(self) -> None:
        """What the state machine does that was started."""

        work = [
            Work(each.consumer, each.id)
            for each in self.world.ledger.shares.values()
            if each.status is ShareStatus.REVOKING
        ]
        take_back(
            work,
            ledger=self.world.ledger,
            grants=MemoryGrants(self.world.lake),
            events=self.world.events,
            holder="run",
            seconds_left=lambda: 900.0,
        )


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.people.addresses["jane"] = APPROVER
    return desk


def is_gone(desk: Desk, finding: Finding) -> bool:
    desk.look()
    return desk.findings.findings[finding.id].status is FindingStatus.CLOSED


# --- what comes of it -----------------------------------------------------------------------------------------------


def test_accepted_it_stays(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    assert desk.settle(Action.ACCEPT).status is FindingStatus.ACCEPTED
    assert (desk.adopted(), desk.world.revokes.runs) == ([], {})
    desk.look()
    assert desk.one().note == "because"


def test_adopted_it_is_a_share_with_an_end(desk: Desk) -> None:
    desk.until = date(2027, 6, 30)
    desk.world.lake.grants |= {HAND, HAND._replace(table="wind"), HAND._replace(table=None)}
    before = set(desk.world.lake.grants)
    finding = desk.settle(Action.ADOPT)
    (share,) = desk.adopted()
    assert (share.status, share.until, share.source.table) == (ShareStatus.ACTIVE, "2027-07-01T00:00:00.000Z", "*")
    assert desk.world.ledger.covered[share.id] == ("rain", "wind")
    assert desk.world.ledger.history(share.id) == ["Adopted"]
    assert (share.history[0].by, share.history[0].detail) == (APPROVER, "because")
    record = desk.world.register.records[share.request_id]
    assert (record.status, record.consumer, record.owner, record.closed_at) == (
        Status.SHARED,
        CONSUMER,
        share.owner,
        iso(AT),
    )
    assert desk.world.lake.grants == before, "nothing is granted"
    assert is_gone(desk, finding)


def test_without_a_day_what_is_adopted_ends_with_the_longest_share(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    desk.world.parties = Parties({OWNER: Producer(OWNER)}, lengths=Lengths(longest=90))
    desk.settle(Action.ADOPT)
    assert desk.adopted()[0].until == iso(AT + timedelta(days=90))


def test_revoked_it_goes_and_what_other_shares_cover_stays(desk: Desk) -> None:
    share = put_share(desk.world, "r2:1", "rain")
    desk.world.ledger.shares[share.id] = replace(share, source=replace(share.source, database="weather"))
    desk.world.lake.grants = {
        Grant("sales", "orders", CONSUMER),
        *(HAND._replace(table=each) for each in ("rain", "wind", "*", None)),
    }
    finding = desk.settle(Action.REVOKE, OPAL)
    assert finding.kind is Kind.WIDER
    assert len(desk.world.revokes.runs) == len(desk.adopted()) == 2
    desk.take_back()
    assert desk.world.lake.grants == {Grant("sales", "orders", CONSUMER), HAND}
    assert is_gone(desk, finding)


def test_of_a_share_it_ends_the_share(desk: Desk) -> None:
    desk.world.lake.grants.clear()
    finding = desk.settle(Action.REVOKE)
    share = desk.world.ledger.shares["r1:1"]
    assert (share.status, share.ended_by, share.note) == (ShareStatus.REVOKING, APPROVER, "because")
    assert [share_id for share_id, _ in desk.world.revokes.runs.values()] == ["r1:1"]
    assert is_gone(desk, finding)


def test_asked_anew_it_is_asked_for_whoever_asked_before(desk: Desk) -> None:
    desk.world.lake.grants.clear()
    record = desk.world.register.records["r1"]
    desk.world.register.records["r1"] = replace(record, asked=Term(days=30))
    desk.settle(Action.ASK_ANEW)
    assert desk.world.ledger.shares["r1:1"].status is ShareStatus.REVOKING
    (request_id,) = desk.world.register.records.keys() - {"r1"}
    anew = desk.world.register.records[request_id]
    assert (anew.status, anew.source, anew.consumer, anew.asked) == (
        Status.RECEIVED,
        desk.world.ledger.shares["r1:1"].source,
        CONSUMER,
        Term(days=30),
    )
    assert (anew.requester, anew.purpose) == (REQUESTER, "a report")
    assert list(desk.world.workflow.started) == [request_id]


def test_what_nobody_signed_in_asked_for_is_asked_anew_by_nobody(desk: Desk) -> None:
    desk.world.ledger.shares["r1:1"] = replace(desk.world.ledger.shares["r1:1"], requester=None)
    desk.world.lake.grants.clear()
    desk.settle(Action.ASK_ANEW)
    assert set(desk.world.register.records) == {"r1"}, "its execution writes it down, as one that somebody started"
    assert len(desk.world.workflow.started) == 1


def test_of_what_nobody_knows_how_it_was_asked_for_it_is_asked_without_an_end(desk: Desk) -> None:
    del desk.world.register.records["r1"]
    desk.world.lake.grants.clear()
    desk.settle(Action.ASK_ANEW)
    assert list(desk.world.workflow.terms.values()) == [NO_END]


ALL = ("", "*", "a", "b")


@pytest.mark.parametrize("tables", [each for size in range(1, 5) for each in combinations(ALL, size)])
def test_the_pieces_cover_what_is_there(tables: tuple[str, ...]) -> None:
    made = pieces("sales", tables)
    covers = {resource for source, scope, names in made for resource in covered(source, scope, names)}
    assert {Resource("sales", each) for each in tables} <= covers <= {Resource("sales", each) for each in {*tables, ""}}
    assert len(made) <= 2


# --- who may, and when not ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "sees", "error"),
    [
        (JANE, True, None),
        (OPAL, True, None),
        (AUDREY, True, NotAllowed),
        (JOE, False, UnknownFinding),
        (ALEX, False, UnknownFinding),
        (NORA, False, UnknownFinding),
    ],
)
def test_who_sees_and_settles_what(desk: Desk, person: Person, sees: bool, error: type[LakeshareError] | None) -> None:
    desk.world.lake.grants.add(HAND)
    finding = desk.one()
    settler = desk.settler
    shown = findings_for(desk.person(person), findings=desk.findings, standings=settler.standings)
    assert shown == ([finding] if sees else [])
    if error is None:
        assert desk.settle(Action.ADOPT, person).settled_by == desk.people.addresses[person.username]
        return
    with pytest.raises(error):
        desk.settle(Action.ADOPT, person)
    assert desk.findings.findings[finding.id] == finding
    assert desk.adopted() == []


def test_who_left_settles_nothing_though_the_token_still_says_so(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    desk.people.groups = {}
    with pytest.raises(NotAllowed):
        desk.settle(Action.ACCEPT, OPAL)


def test_who_has_no_address_settles_nothing(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    desk.people.addresses["opal"] = None
    with pytest.raises(EmailNotVerified):
        desk.settle(Action.ACCEPT, OPAL)


def test_only_what_they_saw_and_only_once(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    seen = desk.one()
    desk.world.lake.grants.add(HAND._replace(table="wind"))
    desk.look()
    with pytest.raises(FindingChanged):
        desk.settle(Action.ADOPT, finding=seen)
    desk.settle(Action.ADOPT)
    with pytest.raises(FindingChanged):
        desk.settle(Action.REVOKE, OPAL, finding=desk.findings.findings[seen.id])
    with pytest.raises(UnknownFinding):
        desk.settle(Action.ADOPT, finding=replace(seen, id="nobody"))


def test_the_oldest_stands_first_and_what_is_gone_not_at_all(desk: Desk) -> None:
    grants = [HAND._replace(consumer=f"{number:012d}") for number in range(5)]
    for each in (grants[3], grants[4], grants[1], grants[2], grants[0]):
        desk.world.lake.grants.add(each)
        if each is not grants[2]:
            desk.look()
            desk.at += timedelta(hours=1)
    shown = findings_for(desk.person(OPAL), findings=desk.findings, standings=desk.settler.standings)
    assert [(each.since, each.id) for each in shown] == sorted((each.since, each.id) for each in shown)
    assert [each.principal for each in shown][:3] == [grants[each].consumer for each in (3, 4, 1)]
    gone = next(each for each in shown if each.principal == grants[3].consumer)
    desk.world.lake.grants.discard(grants[3])
    desk.world.events.fail("announce_finding", TryAgain("busy"))
    desk.look()
    assert gone.id in [each.id for each in desk.findings.live()], "the world has not been told"
    assert gone.id not in [
        each.id for each in findings_for(desk.person(OPAL), findings=desk.findings, standings=desk.settler.standings)
    ]
    with pytest.raises(UnknownFinding):
        desk.settle(Action.REVOKE, OPAL, finding=gone)


@pytest.mark.parametrize("action", [Action.ASK_ANEW, Action.ADOPT])
def test_what_cannot_be_done(desk: Desk, action: Action) -> None:
    if action is Action.ASK_ANEW:
        desk.world.lake.grants.add(HAND)
    else:
        desk.world.lake.grants.clear()
    with pytest.raises(NotForLakeshare, match=f"got {action}"):
        desk.settle(action)


def test_data_without_an_owner_can_be_accepted_only(desk: Desk) -> None:
    desk.world.lake.grants.add(Grant("nowhere", "rain", STRANGER))
    for action in (Action.ADOPT, Action.REVOKE):
        with pytest.raises(NotForLakeshare, match="data_owner"):
            desk.settle(action, OPAL)
    assert desk.settle(Action.ACCEPT, OPAL).status is FindingStatus.ACCEPTED


def test_what_is_held_is_not_adopted_but_revoked(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    desk.world.ledger.put_hold(Hold("database", "weather", "rain"), HistoryEntry(iso(AT), "HoldPut"))
    with pytest.raises(NotForLakeshare, match="hold"):
        desk.settle(Action.ADOPT)
    desk.settle(Action.REVOKE)
    desk.take_back()
    assert HAND not in desk.world.lake.grants


def test_a_name_that_no_key_can_have_is_no_findings(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    finding = desk.one()
    desk.findings.calls.clear()
    with pytest.raises(UnknownFinding):
        desk.settle(Action.ADOPT, finding=replace(finding, id="x" * 1_025))
    assert desk.findings.count("find") == 0


RAIN_HELD = Hold("database", "weather", "rain")


def test_who_was_cut_off_adopts_nothing_that_was_held_meanwhile(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    finding = desk.one()
    desk.world.ledger.fail("apply", TryAgain("busy"))
    with pytest.raises(TryAgain):
        desk.settle(Action.ADOPT, finding=finding)
    desk.world.ledger.put_hold(RAIN_HELD, HistoryEntry(iso(AT), "HoldPut"))
    with pytest.raises(NotForLakeshare, match="hold"):
        desk.settle(Action.ADOPT, finding=finding)
    assert desk.adopted() == []
    desk.world.ledger.lift_hold(RAIN_HELD, HistoryEntry(iso(AT), "HoldLifted"))
    desk.settle(Action.ADOPT, finding=finding)
    assert [each.status for each in desk.adopted()] == [ShareStatus.ACTIVE]


def test_what_is_held_while_it_is_adopted_ends(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)

    def hold(when: str, method: str, _args: object, _result: object) -> None:
        if (when, method) == ("before", "apply"):
            desk.world.ledger.put_hold(RAIN_HELD, HistoryEntry(iso(AT), "HoldPut"))

    finding = desk.one()
    desk.world.ledger.watch = hold
    desk.settle(Action.ADOPT, finding=finding)
    (share,) = desk.adopted()
    assert (share.status, share.reason) == (ShareStatus.REVOKING, EndReason.HELD)
    desk.take_back()
    assert HAND not in desk.world.lake.grants


@pytest.mark.parametrize("reason", [EndReason.GIVEN_BACK, EndReason.EXPIRED, EndReason.REVOKED])
def test_what_has_ended_meanwhile_is_not_asked_anew(desk: Desk, reason: EndReason) -> None:
    desk.world.lake.grants.clear()
    finding = desk.one()
    desk.world.ledger.apply(CONSUMER, "r1:1", ending(reason, iso(AT), REQUESTER.email, "no need"))
    with pytest.raises(FindingChanged, match="ended"):
        desk.settle(Action.ASK_ANEW, finding=finding)
    assert not desk.world.workflow.started
    assert desk.findings.findings[finding.id] == finding


def test_who_was_cut_off_after_the_share_had_ended_asks_anew(desk: Desk) -> None:
    desk.world.lake.grants.clear()
    finding = desk.one()
    desk.world.workflow.fail("start", TryAgain("busy"))
    with pytest.raises(TryAgain):
        desk.settle(Action.ASK_ANEW, finding=finding)
    desk.settle(Action.ASK_ANEW, finding=finding)
    assert len(desk.world.workflow.started) == 1


def test_an_end_that_has_passed_adopts_nothing(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)
    desk.until = date(2026, 1, 1)
    with pytest.raises(NotForLakeshare, match="adoptedUntil"):
        desk.settle(Action.ADOPT)
    assert desk.one().status is FindingStatus.OPEN


@pytest.mark.parametrize("method", ["write_names", "apply"])
def test_who_is_cut_off_does_the_same_again(desk: Desk, method: str) -> None:
    desk.world.lake.grants |= {HAND, HAND._replace(table="*")}
    finding = desk.one()
    desk.world.ledger.fail(method, None, TryAgain("busy"))
    with pytest.raises(TryAgain):
        desk.settle(Action.REVOKE, finding=finding)
    desk.settle(Action.REVOKE, finding=finding)
    assert len(desk.adopted()) == 2
    desk.take_back()
    assert desk.world.lake.grants == {Grant("sales", "orders", CONSUMER)}


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.ADOPT, Action.REVOKE])
def test_a_write_whose_answer_was_lost_does_not_stand_in_its_own_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    desk.world.lake.grants.add(HAND)
    finding = desk.one()
    write = desk.findings.apply
    monkeypatch.setattr(desk.findings, "apply", lambda *step: (write(*step), write(*step))[1])
    after = desk.settle(action, finding=finding)
    assert (after.action, after.note) == (action, desk.settle(action, finding=finding).note)
    assert [entry.event for entry in after.history].count(after.history[-1].event) == 1
    assert len(desk.adopted()) == (action is not Action.ACCEPT)
    with pytest.raises(NotForLakeshare if action is Action.ACCEPT else FindingChanged):
        desk.settle(action, OPAL, finding=finding)


# --- what is posted -------------------------------------------------------------------------------------------------

GOOD = {"action": "adopt", "digest": "d" * 32, "reason": " Granted before. "}


def test_what_is_posted() -> None:
    assert parse_settlement("f1", GOOD) == Settlement("f1", Action.ADOPT, "d" * 32, "Granted before.")


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"action": "grant"}, "action", "accept, revoke, ask-anew, adopt"),
        ({"action": None}, "action", "got"),
        ({"digest": ""}, "digest", "got nothing"),
        ({"reason": " "}, "reason", "got nothing"),
        ({"reason": 1}, "reason", "string"),
        ({"until": "2027-01-01"}, "until", "until"),
    ],
)
def test_what_is_posted_and_is_refused(change: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says) as refused:
        parse_settlement("f1", {**GOOD, **change})
    assert [fault.field for fault in refused.value.faults] == [field]
    with pytest.raises(InvalidRequest, match="must be an object"):
        parse_settlement("f1", [])
