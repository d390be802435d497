"""Adopting many findings: what would become a share, what would not and why, and a few a call until nothing is left."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest

from handlers.sharing import adopt_many as adopting
from handlers.sharing.adopt_many import AT_ONCE, LONGEST, Adopted, adopt_many
from handlers.sharing.model.errors import (
    FindingChanged,
    LakeshareError,
    NotAllowed,
    NotForLakeshare,
    TryAgain,
    UnknownFinding,
)
from handlers.sharing.model.finding import Action, FindingStatus
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.new_request import InvalidRequest
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.settlement import Adoption, parse_adoption
from tests.fakes.lake import Grant
from tests.fakes.world import APPROVER, CONSUMER, OTHER_OWNER, OWNER, STRANGER
from tests.unit.test_settle import AT, AUDREY, HAND, JANE, JOE, OPAL, Desk

ACCOUNTS = [f"{number:012d}" for number in range(1, 2 * AT_ONCE + 3)]
END = "2027-07-01T00:00:00.000Z"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.people.addresses["jane"] = APPROVER
    desk.until = date(2027, 6, 30)
    return desk


def call(
    desk: Desk,
    seen: str | None = None,
    *,
    person: Person = JANE,
    owner: str | None = OWNER,
    database: str | None = None,
    now: Callable[[], datetime] = lambda: AT,
) -> Adopted:
    wish = Adoption("Granted before.", owner, database, seen)
    return adopt_many(wish, desk.person(person), by=desk.settler, now=now)


def by_hand(desk: Desk, *grants: Grant) -> None:
    """Somebody grants past Lakeshare, and it is found."""
    desk.world.lake.grants |= set(grants)
    desk.look()


def principals(came: Adopted) -> list[str]:
    return [each.finding.principal for each in came.findings]


def test_a_dry_run_says_what_would_be_and_does_nothing(desk: Desk) -> None:
    by_hand(desk, HAND, HAND._replace(consumer=STRANGER), HAND._replace(table="wind"))
    before = dict(desk.findings.findings)
    came = call(desk)
    assert sorted(principals(came)) == sorted([CONSUMER, STRANGER])
    assert {each.until for each in came.findings} == {END}
    assert (came.left, came.to_do, came.seen is None) == ([], 2, False)
    assert desk.findings.findings == before
    assert (desk.adopted(), set(desk.world.register.records)) == ([], {"r1"})


def test_all_of_it_becomes_shares_a_few_a_call(desk: Desk) -> None:
    by_hand(desk, *(HAND._replace(consumer=each) for each in ACCOUNTS))
    grants = set(desk.world.lake.grants)
    came, calls = call(desk), []
    while came.seen is not None:
        came = call(desk, came.seen)
        calls.append((len(came.findings), came.to_do))
    assert calls == [(AT_ONCE, AT_ONCE + 2), (AT_ONCE, 2), (2, 0)]
    assert sorted(each.consumer for each in desk.adopted()) == ACCOUNTS
    for share in desk.adopted():
        assert (share.until, share.history[0].by, share.history[0].detail) == (END, APPROVER, "Granted before.")
    for finding in desk.findings.findings.values():
        assert (finding.status, finding.history[-1].event, finding.history[-1].by) == (
            FindingStatus.SETTLED,
            "Adopted",
            APPROVER,
        )
    assert desk.world.lake.grants == grants, "nothing is granted"
    assert call(desk) == Adopted([], [], 0, None)
    desk.look()
    assert {each.status for each in desk.findings.findings.values()} == {FindingStatus.CLOSED}


@pytest.mark.parametrize("change", ["one more", "more of one", "nothing was there"])
def test_only_what_they_saw(desk: Desk, change: str) -> None:
    by_hand(desk, HAND)
    seen = call(desk).seen
    match change:
        case "one more":
            by_hand(desk, HAND._replace(consumer=STRANGER))
        case "more of one":
            by_hand(desk, HAND._replace(table="wind"))
        case _:
            desk.world.lake.grants.discard(HAND)
            desk.look()
    with pytest.raises(FindingChanged, match="dry_run"):
        call(desk, seen)
    assert desk.adopted() == []


def test_the_same_call_again_does_nothing_more(desk: Desk) -> None:
    by_hand(desk, HAND)
    seen = call(desk).seen
    call(desk, seen)
    with pytest.raises(FindingChanged):
        call(desk, seen)
    assert len(desk.adopted()) == 1


ROLE = "arn:aws:iam::888888888888:role/analyst"


@pytest.mark.parametrize(
    ("grant", "why"),
    [
        (Grant("sales", "people", CONSUMER), "shares of this database"),
        (HAND._replace(consumer=ROLE), "a data lake administrator"),
        (Grant("nowhere", "rain", STRANGER), "data_owner"),
    ],
    ids=["beside shares", "a role", "nobody's data"],
)
def test_what_is_only_reported(desk: Desk, grant: Grant, why: str) -> None:
    by_hand(desk, grant)
    came = call(desk, person=OPAL, owner=None)
    (left,) = came.left
    assert (left.finding.principal, came.findings, came.seen) == (grant.consumer, [], None)
    assert why in left.why


def test_what_is_held_or_accepted_is_only_reported(desk: Desk) -> None:
    other = HAND._replace(consumer=STRANGER)
    by_hand(desk, HAND)
    desk.settle(Action.ACCEPT)
    by_hand(desk, other)
    desk.world.ledger.put_hold(Hold("consumer", STRANGER), HistoryEntry("2026-11-24T09:00:00.000Z", "HoldPut"))
    came = call(desk)
    assert {each.finding.principal: each.why.split(".")[0] for each in came.left} == {
        CONSUMER: "Somebody accepted it as it is",
        STRANGER: f"There is a hold on consumer account {STRANGER}",
    }
    assert came.seen is None


def test_what_would_have_ended_by_now_is_only_reported(desk: Desk) -> None:
    by_hand(desk, HAND)
    desk.until = date(2026, 1, 1)
    (left,) = call(desk).left
    assert "adoptedUntil" in left.why


def test_what_is_missing_of_a_share_is_none_of_it(desk: Desk) -> None:
    desk.world.lake.grants.clear()
    desk.look()
    assert call(desk) == Adopted([], [], 0, None)


def test_of_one_owner_and_one_database(desk: Desk) -> None:
    by_hand(desk, HAND, Grant("sales", "orders", STRANGER), Grant("nowhere", "rain", STRANGER))
    databases = lambda came: sorted(each.finding.database for each in came.findings)  # noqa: E731
    assert databases(call(desk)) == ["sales", "weather"]
    assert databases(call(desk, database="weather")) == ["weather"]
    assert databases(call(desk, person=OPAL, owner=None, database="sales")) == ["sales"]
    assert call(desk, person=JOE, owner=OTHER_OWNER) == Adopted([], [], 0, None)


@pytest.mark.parametrize(
    ("person", "owner", "error"),
    [
        *((JANE, OWNER, None), (OPAL, OWNER, None), (OPAL, None, None), (JANE, None, NotAllowed)),
        *((JANE, OTHER_OWNER, NotAllowed), (JOE, OWNER, NotAllowed), (AUDREY, OWNER, NotAllowed)),
        (AUDREY, None, NotAllowed),
    ],
)
def test_who_may(desk: Desk, person: Person, owner: str | None, error: type[LakeshareError] | None) -> None:
    by_hand(desk, HAND)
    seen = call(desk, person=OPAL).seen
    for given in (None, seen):
        if error is None:
            call(desk, given, person=person, owner=owner)
        else:
            with pytest.raises(error):
                call(desk, given, person=person, owner=owner)
    assert len(desk.adopted()) == (error is None)


def test_who_left_adopts_nothing_though_the_token_still_says_so(desk: Desk) -> None:
    by_hand(desk, HAND)
    desk.people.groups = {}
    with pytest.raises(NotAllowed):
        call(desk, person=OPAL)


@pytest.mark.parametrize("error", [FindingChanged, NotForLakeshare, UnknownFinding])
def test_what_somebody_else_settles_meanwhile_stops_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    by_hand(desk, HAND, HAND._replace(consumer=STRANGER))
    seen, settle, first = call(desk).seen, adopting.settle, count()

    def quicker(*given: object, **more: object) -> object:
        if next(first) == 0:
            raise error("Somebody else was quicker.")
        return settle(*given, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(adopting, "settle", quicker)
    came = call(desk, seen)
    assert [each.why for each in came.left] == ["Somebody else was quicker."]
    assert (len(came.findings), came.to_do, came.seen) == (1, 0, None)


def test_an_outage_stops_it_and_the_rest_is_adopted_later(desk: Desk) -> None:
    by_hand(desk, *(HAND._replace(consumer=each) for each in ACCOUNTS[:3]))
    desk.world.ledger.fail("apply", None, TryAgain("busy"))
    with pytest.raises(TryAgain):
        call(desk, call(desk).seen)
    came = call(desk, call(desk).seen)
    assert came.seen is None
    # The one that was cut off is found again once it had its time.
    desk.at = AT + timedelta(hours=1)
    desk.look()
    assert call(desk, call(desk).seen).seen is None
    assert sorted(each.consumer for each in desk.adopted()) == ACCOUNTS[:3]


def test_a_call_ends_in_time(desk: Desk) -> None:
    by_hand(desk, *(HAND._replace(consumer=each) for each in ACCOUNTS[:4]))
    ticks = count()
    came = call(desk, call(desk).seen, now=lambda: AT + next(ticks) * LONGEST / 4)
    assert (len(came.findings), came.to_do) == (2, 2)
    ticks = count()
    # To the moment.
    came = call(desk, came.seen, now=lambda: AT + next(ticks) * LONGEST / 3)
    assert (len(came.findings), came.to_do) == (1, 1)
    assert call(desk, came.seen).to_do == 0


# --- what is posted -------------------------------------------------------------------------------------------------

GOOD: dict[str, object] = {"reason": " Granted before. ", "owner": OWNER, "database": "Sales", "dry_run": True}


def test_what_is_posted() -> None:
    dry = Adoption("Granted before.", OWNER, "sales")
    assert parse_adoption(GOOD) == dry
    assert parse_adoption({**GOOD, "dry_run": False, "seen": "s1"}) == replace(dry, seen="s1")
    assert parse_adoption({"reason": "Why.", "seen": "s1"}) == Adoption("Why.", seen="s1")


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"owner": "1"}, "owner", "12 digits, got '1'"),
        ({"owner": 111111111111}, "owner", "got a number"),
        ({"database": ""}, "database", "database"),
        ({"reason": " "}, "reason", "got nothing"),
        ({"dry_run": "yes"}, "dry_run", "true or false, got a string"),
        ({"seen": "s1"}, "seen", "must not be given"),
        ({"dry_run": False}, "seen", "looked first, got nothing"),
        ({"dry_run": None}, "seen", "looked first, got nothing"),
        ({"dry_run": False, "seen": ""}, "seen", "got nothing"),
        ({"dry_run": False, "seen": 1}, "seen", "got a number"),
        ({"until": "2027-01-01"}, "until", "until"),
    ],
)
def test_what_is_posted_and_is_refused(change: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says) as refused:
        parse_adoption({**GOOD, **change})
    assert [fault.field for fault in refused.value.faults] == [field]
    with pytest.raises(InvalidRequest, match="must be an object, got a list"):
        parse_adoption([])
