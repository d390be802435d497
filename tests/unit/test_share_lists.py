"""Lists of shares and holds: the same from DynamoDB and from memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.changes import Item
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.share_lists import DynamoShareLists
from handlers.aws.dynamodb.store import Table
from handlers.sharing.approvers import Standings
from handlers.sharing.list_shares import BATCH, Only, SharesWanted, list_shares
from handlers.sharing.model import share_steps as steps
from handlers.sharing.model.access import Groups
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.hold import Hold, holds_on
from handlers.sharing.model.listed_shares import PutHold, ShareList, SharePlace, UnreadableShare
from handlers.sharing.model.parties import Owner, Parties
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Announcement, HistoryEntry, Requester
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import EndReason, Share
from handlers.sharing.share_stores import Ledger, ShareLists
from tests.fakes.ledger import MemoryLedger
from tests.fakes.people import MemoryApproverFinder, MemoryPeople
from tests.fakes.table import LEDGER, make_tables, put_ledger_item
from tests.unit.test_ledger import SHARE

OTHER = "888888888888"


@pytest.fixture(params=["memory", "dynamodb"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Ledger, ShareLists]]:
    if request.param == "memory":
        made = MemoryLedger()
        yield made, made
        return
    with mock_aws():
        make_tables()
        yield DynamoLedger(LEDGER), DynamoShareLists(LEDGER)


def at(hour: int) -> str:
    return f"2026-11-24T{hour:02}:00:00.000Z"


def grant(ledger: Ledger, name: str, hour: int, **more: object) -> Share:
    share = replace(SHARE, id=f"{name}:1", since=at(hour), **more)
    holds = holds_on(share.source, share.consumer, share.owner)
    assert ledger.apply_unless_held(share, steps.granting(share, at(hour), None), holds, at(hour))
    ledger.apply(share.consumer, share.id, steps.active(share, at(hour)))
    return share


def end(ledger: Ledger, gone: Share, hour: int) -> None:
    ledger.apply(gone.consumer, gone.id, steps.ending(EndReason.EXPIRED, at(hour - 1)))
    ledger.apply(gone.consumer, gone.id, steps.revoked(at(hour), "All of it.", Announcement("ShareEnded")))


def fill(ledger: Ledger) -> None:
    grant(ledger, "a", 1)
    grant(ledger, "b", 2, consumer=OTHER)
    grant(ledger, "c", 3, owner=Owner("222222222222"), requester=Requester("p2", "kim@consumer.example"))
    grant(ledger, "d", 4, source=Source("weather", "*"), requester=None)
    end(ledger, grant(ledger, "e", 5), 7)


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        (ShareList("all"), "dcba"),
        (ShareList("requester", "p1"), "gfeba"),
        (ShareList("requester", "p3"), ""),
        (ShareList("consumer", SHARE.consumer), "gfedca"),
        (ShareList("consumer", OTHER), "b"),
        (ShareList("owner", SHARE.owner.account_id), "dba"),
        (ShareList("owner", "222222222222"), "c"),
        (ShareList("ended", SHARE.owner.account_id, at(0)), "fe"),
        (ShareList("ended", SHARE.owner.account_id, at(8)), "f"),
        (ShareList("ended", "222222222222", at(0)), "g"),
        (ShareList("database", "sales"), "cba"),
        (ShareList("database", "weather"), "d"),
    ],
)
@pytest.mark.parametrize("batch", [1, 100])
def test_each_list_newest_first_from_any_place(
    both: tuple[Ledger, ShareLists], shares: ShareList, found: str, batch: int
) -> None:
    ledger, lists = both
    fill(ledger)
    end(ledger, grant(ledger, "f", 5), 9)
    end(ledger, grant(ledger, "g", 5, owner=Owner("222222222222")), 8)
    everything = list(lists.newest(shares, None, batch))
    assert "".join(each.id[0] for each in everything) == found
    for place, each in enumerate(everything):
        behind = lists.newest(shares, SharePlace.behind(each, shares.kind), batch)
        assert list(behind) == everything[place + 1 :]


def test_a_page_begins_at_no_place_that_the_days_have_passed(
    both: tuple[Ledger, ShareLists], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB, other than moto, refuses a place outside of what is asked for."""
    ledger, lists = both
    fill(ledger)
    end(ledger, grant(ledger, "f", 5), 9)
    read = Table.backwards

    def strict(self: Table, *of: str, **more: Any) -> Iterator[Item]:
        since, after = more["since"], more["after"]
        assert since is None or after is None or after[since[0]] >= since[1], "outside of what is asked for"
        return read(self, *of, **more)

    monkeypatch.setattr(Table, "backwards", strict)
    owner = SHARE.owner.account_id
    last = SharePlace.behind(next(iter(lists.newest(ShareList("ended", owner, at(8)), None, 1))), "ended")
    assert [each.id for each in lists.newest(ShareList("ended", owner, at(6)), last, 1)] == ["e:1"]
    assert list(lists.newest(ShareList("ended", owner, at(9)), last, 1)) == []
    assert list(lists.newest(ShareList("ended", owner, at(10)), last, 1)) == []


@pytest.mark.parametrize(
    ("shares", "only", "read"),
    [
        (ShareList("all"), Only(), 8),
        (ShareList("all"), Only(database="sales"), BATCH),
        (ShareList("ended", SHARE.owner.account_id, at(0)), Only(), BATCH),
        (ShareList("ended", SHARE.owner.account_id, at(0)), Only(live=False), BATCH),
    ],
)
def test_no_more_is_read_than_is_shown_where_all_of_it_is_wanted(shares: ShareList, only: Only, read: int) -> None:
    lists = MemoryLedger()
    audrey = Person("sub-audrey", "audrey", frozenset({"auditors"}))
    standings = Standings(Groups("auditors"), Parties({}), MemoryPeople({}), MemoryApproverFinder({}))
    wanted = SharesWanted(shares, only, 7, None, everybodys=True)
    assert list_shares(wanted, audrey, standings=standings, lists=lists) == ([], None)
    assert lists.calls == [("newest", (shares, None, read))]


def test_what_has_changed(both: tuple[Ledger, ShareLists]) -> None:
    ledger, lists = both
    fill(ledger)
    # Who goes on granting, and what is no line of the history, changes nothing.
    ledger.apply(SHARE.consumer, "a:1", steps.rested(at(1), None))
    assert [each.id for each in lists.changed(at(0))] == ["e:1", "d:1", "c:1", "b:1", "a:1"]
    assert [each.id for each in lists.changed(at(4))] == ["e:1", "d:1"]
    ledger.apply(SHARE.consumer, "a:1", steps.given_back(at(9), "anna", "no need"))
    assert [each.id for each in lists.changed(at(5))] == ["a:1", "e:1"]
    assert list(lists.changed(at(10))) == []


def test_holds_with_who_put_and_lifted_them(both: tuple[Ledger, ShareLists]) -> None:
    ledger, lists = both
    people, orders, owner = (
        Hold("database", "sales", "people"),
        Hold("database", "sales", "orders"),
        Hold("owner", OTHER),
    )
    assert list(lists.put_holds()) == []
    assert ledger.find_hold(people) is None
    put = [HistoryEntry(at(hour), "HoldPut", "jane", "a leak") for hour in (1, 2, 3)]
    lifted = HistoryEntry(at(4), "HoldLifted", "kim", "none")
    ledger.put_hold(people, put[0], ["111111111111"])
    ledger.put_hold(orders, put[1], ["222222222222"])
    ledger.put_hold(owner, put[2])
    assert ledger.lift_hold(people, lifted)
    assert not ledger.lift_hold(people, lifted)
    wanted = {
        PutHold(people, stands=False, owners=frozenset({"111111111111"}), history=(put[0], lifted)),
        PutHold(orders, stands=True, owners=frozenset({"222222222222"}), history=(put[1],)),
        PutHold(owner, stands=True, owners=frozenset(), history=(put[2],)),
    }
    assert set(lists.put_holds()) == wanted
    assert {ledger.find_hold(each.hold) for each in wanted} == wanted


def test_a_share_that_cannot_be_read_stands_among_the_others() -> None:
    with mock_aws():
        make_tables()
        ledger, lists = DynamoLedger(LEDGER), DynamoShareLists(LEDGER)
        fill(ledger)
        put_ledger_item(
            {
                "pk": OTHER,
                "entry": "share#x:1",
                "since": at(2),
                "version": 99,
                "live": "LIVE",
                "live_database": "sales",
                "live_owner": "111111111111",
                "changes": "share",
                "changed_at": at(8),
            }
        )
        unreadable = UnreadableShare("x:1", OTHER, at(2))
        for shares in (ShareList("all"), ShareList("consumer", OTHER), ShareList("database", "sales")):
            assert unreadable in list(lists.newest(shares, None, 100))
        assert next(iter(lists.changed(at(0)))) == unreadable
        assert "x:1" in str(unreadable.error)


@pytest.mark.parametrize("item", [{"version": 99}, {"version": 1}, {"version": 1, "history": [{"at": "x"}]}])
def test_a_hold_that_cannot_be_read_is_said_to_be(item: dict[str, object]) -> None:
    with mock_aws():
        make_tables()
        put_ledger_item({"pk": "hold#owner#1", "entry": "hold", "changes": "hold", "changed_at": at(1), **item})
        with pytest.raises(RegisterUnreadable):
            list(DynamoShareLists(LEDGER).put_holds())
