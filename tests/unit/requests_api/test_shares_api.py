"""The shares API: who sees which shares, holds and changes, and what owners end and hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers import shares_api
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.stepfunctions import RevokeRuns
from handlers.sharing.model import share_steps as steps
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.request import Source
from handlers.sharing.model.revocation import IN_THE_PORTAL
from handlers.sharing.model.share import ShareStatus
from tests.fakes.table import LEDGER, put_ledger_item
from tests.unit.requests_api.calls import Answered, Caller
from tests.unit.requests_api.shares import CONSUMER, OTHER, OTHER_OWNER, OWNER, Shares, at, end, grant
from tests.unit.requests_api.world import AUDITORS, OPERATORS, breaking
from tests.unit.test_ledger import SHARE

WHY = {"reason": "The contract has ended."}


@pytest.fixture
def alex(shares: Shares) -> Caller:
    return shares.user("alex")


@pytest.fixture
def lake(alex: Caller) -> None:
    """Six shares: of alex, of others of the account, of another account, of another owner; ended; of a database."""
    grant("a", 1, by=alex)
    grant("b", 2)
    grant("c", 3, consumer=OTHER)
    grant("d", 4, owner=Owner(OTHER_OWNER, "Weather"), source=Source("weather", "daily"))
    end(grant("e", 5, by=alex), 6)
    grant("f", 7, consumer=OTHER, source=Source("sales", "orders"))


def ids(answer: Answered) -> str:
    assert answer.status == 200, answer.body
    return "".join(each["id"][0] for each in answer.body["shares"])


# --- who sees what ------------------------------------------------------------------------------------------------

PEOPLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "alex": ((), ()),
    "bound": ((f"account-{CONSUMER}",), ()),
    "owner": ((), (OWNER,)),
    "auditor": ((AUDITORS,), ()),
    "operator": ((OPERATORS,), ()),
    "stranger": ((f"account-{OTHER_OWNER}",), (OTHER_OWNER,)),
}
LISTS: list[tuple[dict[str, str], dict[str, str]]] = [
    ({}, {"alex": "ea", **dict.fromkeys(("bound", "owner", "auditor", "operator", "stranger"), "")}),
    ({"state": "live"}, {"alex": "a"}),
    ({"view": "mine", "state": "ended"}, {"alex": "e"}),
    ({"view": "account", "account_id": CONSUMER}, dict.fromkeys(("bound", "auditor", "operator"), "edba")),
    (
        {"view": "account", "account_id": CONSUMER, "state": "live", "database": "sales"},
        dict.fromkeys(("bound", "auditor", "operator"), "ba"),
    ),
    ({"view": "owner", "owner": OWNER}, dict.fromkeys(("owner", "auditor", "operator"), "fcba")),
    ({"view": "owner", "owner": OWNER, "account_id": OTHER}, dict.fromkeys(("owner", "auditor", "operator"), "fc")),
    ({"view": "owner", "owner": OWNER, "state": "ended"}, dict.fromkeys(("owner", "auditor", "operator"), "e")),
    (
        {"view": "owner", "owner": OWNER, "state": "ended", "database": "weather"},
        dict.fromkeys(("owner", "auditor", "operator"), ""),
    ),
    (
        {"view": "owner", "owner": OTHER_OWNER, "state": "ended"},
        dict.fromkeys(("stranger", "auditor", "operator"), ""),
    ),
    ({"view": "all"}, dict.fromkeys(("auditor", "operator"), "fdcba")),
    ({"view": "all", "account_id": CONSUMER}, dict.fromkeys(("auditor", "operator"), "dba")),
    ({"view": "all", "owner": OTHER_OWNER}, dict.fromkeys(("auditor", "operator"), "d")),
    ({"view": "all", "database": "sales", "account_id": OTHER}, dict.fromkeys(("auditor", "operator"), "fc")),
]


@pytest.mark.usefixtures("lake")
def test_who_sees_which_list(shares: Shares, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares_api, "now", lambda: steps.moment(at(12)))
    people = {
        name: alex if name == "alex" else shares.user(name, *groups, owns=owns)
        for name, (groups, owns) in PEOPLE.items()
    }
    for query, seen in LISTS:
        for name, caller in people.items():
            answer = shares("GET /shares", caller, **query)
            if name in seen:
                assert ids(answer) == seen[name], (name, query)
            elif query.get("view", "mine") == "mine":
                assert ids(answer) == "", (name, query)
            else:
                assert (answer.status, answer.reason) == (403, "AuditorsOnly"), (name, query)
    for name, caller in people.items():
        seen = {each for each in "abcdef" if shares("GET /shares/{id}", caller, id=f"{each}:1").status == 200}
        assert seen == set({"alex": "ae", "bound": "abde", "owner": "abcef", "stranger": "d"}.get(name, "abcdef")), name
    forged = replace(people["stranger"], more={"accounts": CONSUMER, "custom:accounts": CONSUMER, "groups": AUDITORS})
    assert shares("GET /shares", forged, view="account", account_id=CONSUMER).status == 403
    assert shares("GET /shares/{id}", forged, id="a:1").reason == "UnknownShare"


@pytest.mark.usefixtures("lake")
def test_lists_come_in_pages(shares: Shares) -> None:
    audit = shares.user("audit", AUDITORS)
    for query in ({}, {"account_id": CONSUMER}, {"database": "sales"}, {"owner": OWNER}):
        whole = ids(shares("GET /shares", audit, view="all", **query))
        found, place = "", None
        while place != "":
            more = {} if place is None else {"next": place}
            page = shares("GET /shares", audit, view="all", limit="2", **query, **more)
            found, place = found + ids(page), page.body["next"] or ""
        assert found == whole
    place = shares("GET /shares", audit, view="all", limit="1").body["next"]
    for query in ({"view": "all", "owner": OWNER}, {"view": "mine"}, {"view": "owner", "owner": OWNER}):
        answer = shares("GET /shares", audit, **query, next=place)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next")


def test_what_has_ended_of_an_owner_comes_in_pages_of_ninety_days(
    shares: Shares, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate("abcdef"):
        end(grant(name, number, owner=Owner(OTHER_OWNER if name == "c" else OWNER, "")), 20 - number)
    # Of what cannot be read nobody knows whose it is.
    put_ledger_item({"pk": OTHER, "entry": "share#x:1", "version": 99, "changes": "share", "changed_at": at(21)})
    owner, of = shares.user("owner", owns=(OWNER,)), {"view": "owner", "owner": OWNER, "state": "ended", "limit": "2"}

    def read(day: str) -> list[str]:
        monkeypatch.setattr(shares_api, "now", lambda: steps.moment(f"{day}T16:30:00.000Z"))
        pages, place = [], None
        while place != "":
            page = shares("GET /shares", owner, **of, **({} if place is None else {"next": place}))
            pages.append(ids(page))
            place = page.body["next"] or ""
        return pages

    assert read("2026-12-24") == ["ab", "de", "f"]
    # Ninety days before half past four on the day on which all of them ended.
    assert read("2027-02-22") == ["ab", "d"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"view": "yours"}, "view"),
        ({"view": "account"}, "account_id"),
        ({"view": "owner"}, "owner"),
        ({"view": "all", "account_id": "12"}, "account_id"),
        ({"view": "owner", "owner": "x"}, "owner"),
        ({"view": "all", "state": "ended"}, "state"),
        ({"state": "gone"}, "state"),
        ({"database": ""}, "database"),
        ({"limit": "0"}, "limit"),
        ({"next": "x"}, "next"),
        ({"person": "alex"}, "person"),
    ],
)
def test_what_is_wrong_with_a_query_is_said_by_name(shares: Shares, query: dict[str, str], field: str) -> None:
    answer = shares("GET /shares", shares.user("audit", AUDITORS), **query)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


def test_an_owner_who_does_not_say(shares: Shares) -> None:
    grant("a", 1)
    owner = shares.user("owner", owns=(OWNER,))
    shares.silent.add(OWNER)
    answers = [
        shares("GET /shares", owner, view="owner", owner=OWNER),
        shares("GET /holds", owner, owner=OWNER),
        shares("GET /shares/{id}", owner, id="a:1"),
        shares("POST /shares/{id}/revoke", owner, WHY, id="a:1"),
        shares("POST /holds", owner, {"owner": OWNER, **WHY}),
    ]
    assert {(answer.status, answer.reason) for answer in answers} == {(503, "ApproversUnknown")}


def test_one_share_in_full_and_one_that_cannot_be_read(shares: Shares) -> None:
    ledger = DynamoLedger(LEDGER)
    whole = replace(SHARE, id="a:1", source=Source("sales", "*"), scope=Scope.TABLES_BY_NAME, tables=2)
    names = ledger.write_names(whole, ["orders", "people"])
    grant("a", 1, source=whole.source, scope=whole.scope, tables=2, parts=names)
    audit = shares.user("audit", AUDITORS)
    shown = shares("GET /shares/{id}", audit, id="a:1").body
    assert (shown["names"], shown["names_total"], shown["tables"]) == (["orders", "people"], 2, 2)
    assert [each["event"] for each in shown["history"]] == ["Granting", "Active"]
    put_ledger_item({"pk": OTHER, "entry": "share#x:1", "since": at(9), "version": 99, "live": "LIVE"})
    first = shares("GET /shares", audit, view="all").body["shares"][0]
    assert (first["id"], first["status"], first["account_id"], first["since"]) == ("x:1", "UNREADABLE", OTHER, at(9))


def test_a_share_of_a_part_says_what_its_account_reads_with_its_others(shares: Shares, alex: Caller) -> None:
    part: dict[str, Any] = {"source": Source("sales", "people"), "scope": Scope.FILTERED, "tables": 1}
    grant("a", 1, by=alex, columns=("id", "mail"), row_filter="id > 7", part=Part(False, ("id", "mail"), "eu"), **part)
    grant("b", 2, columns=("id", "city"), part=Part(columns=("city", "id")), **part)
    people = {
        "alex": alex,
        "owner": shares.user("owner", owns=(OWNER,)),
        "bound": shares.user("b", PEOPLE["bound"][0][0]),
    }
    shown = {name: shares("GET /shares/{id}", caller, id="a:1").body for name, caller in people.items()}
    assert "effective" not in shown["alex"]
    for name in ("owner", "bound"):
        assert shown[name]["effective"]["text"] == (
            "The account has another part of this table. With this one, it can read: id, city: in all rows; mail: in "
            "rows where id > 7. In a row that several parts let through, their columns can be read side by side: no "
            "part alone does that."
        )
    put_ledger_item({"pk": CONSUMER, "entry": "share#x:1", "since": at(9), "version": 99, "live": "LIVE"})
    assert "effective" not in shares("GET /shares/{id}", people["owner"], id="a:1").body


# --- revoking -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lake")
def test_who_may_revoke(shares: Shares, alex: Caller) -> None:
    for dry_run in (True, False):
        for name, (groups, owns) in PEOPLE.items():
            caller = alex if name == "alex" else shares.user(f"{name}{dry_run}", *groups, owns=owns)
            answer = shares("POST /shares/{id}/revoke", caller, {**WHY, "dry_run": dry_run}, id="a:1")
            expected = {"owner": 200, "operator": 200, "stranger": 404}.get(name, 403)
            assert (answer.status, name) == (expected, name)
    others = [shares("GET /shares/{id}", alex, id=each).body["status"] for each in ("a:1", "e:1")]
    assert others == ["REVOKING", "REVOKED"]
    assert [each.status for each in DynamoLedger(LEDGER).live(OTHER)] == [ShareStatus.ACTIVE] * 2
    assert shares("POST /shares/{id}/revoke", shares.user("who", OPERATORS), WHY, id="a:2").reason == "UnknownShare"


@pytest.mark.usefixtures("lake")
def test_a_dry_run_says_what_would_end_and_stay_and_changes_nothing(shares: Shares) -> None:
    owner = shares.user("owner", owns=(OWNER,))
    said = shares("POST /shares/{id}/revoke", owner, {**WHY, "dry_run": True}, id="a:1").body
    assert (said["dry_run"], said["shares_total"], said["run"]) == (True, 1, None)
    (report,) = said["shares"]
    assert (report["ends"], report["ends_total"]) == ([], 0)
    assert report["stays"] == [{"what": "sales.people", "through": ["b:1"]}]
    assert shares("GET /shares/{id}", owner, id="a:1").body["status"] == "ACTIVE"
    assert shares("POST /shares/{id}/revoke", owner, {**WHY, "dry_run": True}, id="e:1").body["shares_total"] == 0
    held = shares("POST /shares/{id}/revoke", owner, {**WHY, "dry_run": True, "hold": True}, id="a:1").body
    assert ([each["id"] for each in held["shares"]], held["shares_total"]) == (["a:1", "b:1", "c:1"], 3)
    assert (shares.api.revokes(), DynamoLedger(LEDGER).held([Hold("database", "sales")])) == ({}, [])


@pytest.mark.usefixtures("lake")
def test_an_owner_revokes_with_their_name_and_reason_once(shares: Shares, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = shares.user("owner", owns=(OWNER,))
    with monkeypatch.context() as broken:
        breaking(broken, RevokeRuns, "start", TryAgain("Step Functions was busy."))
        assert shares("POST /shares/{id}/revoke", owner, WHY, id="a:1").status == 503
    answers = [shares("POST /shares/{id}/revoke", owner, WHY, id="a:1") for _ in range(2)]
    assert answers[0].body == answers[1].body
    share = answers[0].body["share"]
    assert (share["status"], share["reason"], share["ended_by"], share["note"]) == (
        *("REVOKING", "Revoked", "owner@consumer.example", WHY["reason"]),
    )
    (started,) = shares.api.revokes().values()
    assert started["share"] == "a:1"
    assert "owner@" not in str(started), "an execution's input is read by others"
    ended = shares("POST /shares/{id}/revoke", owner, WHY, id="e:1").body["share"]
    assert (ended["status"], ended["reason"]) == ("REVOKED", "Expired")
    grant("g", 8, done=False)
    assert shares("POST /shares/{id}/revoke", owner, WHY, id="g:1").body["share"]["status"] == "REVOKING"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "two\nlines"}, "reason"),
        ({**WHY, "dry_run": "yes"}, "dry_run"),
        ({**WHY, "hold": 1}, "hold"),
        ({**WHY, "share": "b:1"}, "share"),
        ({**WHY, "by": "somebody"}, "by"),
    ],
)
def test_what_is_wrong_with_a_revoke(shares: Shares, body: Any, field: str) -> None:
    grant("a", 1)
    answer = shares("POST /shares/{id}/revoke", shares.user("who", OPERATORS), body, id="a:1")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)
    assert shares.api.revokes() == {}


# --- holds --------------------------------------------------------------------------------------------------------

SALES = {"source": {"database": "sales", "table": "*"}}
HOLDS: list[tuple[dict[str, Any], set[str]]] = [
    (SALES, {"owner", "operator"}),
    ({"source": {"database": "sales", "table": "people"}}, {"owner", "operator"}),
    ({"source": {"database": "weather", "table": "daily"}}, {"stranger", "operator"}),
    # Nobody has any of it, and no producer's list names it: whose it is nobody can say.
    ({"source": {"database": "archive", "table": "*"}}, {"operator"}),
    ({"owner": OWNER}, {"owner", "operator"}),
    ({"owner": "777777777777"}, {"operator"}),
    ({"consumer": CONSUMER}, {"operator"}),
]


@pytest.mark.usefixtures("lake")
def test_who_may_hold_and_lift_what(shares: Shares, alex: Caller) -> None:
    people = {
        name: alex if name == "alex" else shares.user(name, *groups, owns=owns)
        for name, (groups, owns) in PEOPLE.items()
    }
    for on, may in HOLDS:
        for name, caller in people.items():
            answer = shares("POST /holds", caller, {**on, **WHY, "dry_run": True})
            assert (answer.status, name, on) == (200 if name in may else 403, name, on)
            lifted = shares("POST /holds/lift", caller, {**on, **WHY})
            assert (lifted.status, name, on) == (404 if name in may else 403, name, on)
    assert shares.api.revokes() == {}


@pytest.mark.usefixtures("lake")
def test_an_owner_holds_data_and_lifts_that(shares: Shares) -> None:
    owner, stranger = shares.user("owner", owns=(OWNER,)), shares.user("stranger", owns=(OTHER_OWNER,))
    on = {"source": {"database": "Sales", "table": "people"}}
    held = shares("POST /holds", owner, {**on, **WHY})
    assert (held.status, held.body["dry_run"]) == (202, False)
    source = {"database": "sales", "table": "people"}
    assert shares.api.revokes() == {held.body["run"]: {"source": source, "reason": IN_THE_PORTAL, "hold": True}}
    assert DynamoLedger(LEDGER).held([Hold("database", "sales", "people")]), "at once"
    (listed,) = shares("GET /holds", owner, owner=OWNER).body["holds"]
    assert (listed["source"], listed["owners"], listed["by"], listed["reason"]) == (
        *(source, [OWNER], "owner@consumer.example", WHY["reason"]),
    )
    assert listed["text"] == "table sales.people"
    # All of its shares end. Whose it was is known all the same.
    for share, consumer in (("a:1", CONSUMER), ("b:1", CONSUMER), ("c:1", OTHER)):
        end(replace(SHARE, id=share, consumer=consumer), 9)
    assert shares("POST /holds/lift", stranger, {**on, **WHY}).status == 403
    assert shares("GET /holds", stranger, owner=OWNER).status == 403
    assert shares("GET /holds", stranger, owner=OTHER_OWNER).body == {"holds": []}
    lifted = shares("POST /holds/lift", owner, {**on, "reason": "It was none."})
    assert (lifted.status, shares("GET /holds", owner, owner=OWNER).body) == (202, {"holds": []})
    assert shares.api.revokes()[lifted.body["run"]] == {"source": source, "reason": IN_THE_PORTAL, "hold": False}
    again = shares("POST /holds/lift", owner, {**on, **WHY})
    assert again.status == 202, "the world may not have heard of it"


@pytest.mark.usefixtures("lake")
def test_data_of_several_owners_are_held_by_those_who_answer_for_all(shares: Shares) -> None:
    grant("g", 8, owner=Owner(OTHER_OWNER), source=Source("sales", "mixed"))
    both = shares.user("both", owns=(OWNER, OTHER_OWNER))
    for caller, status in ((shares.user("owner", owns=(OWNER,)), 403), (both, 200)):
        assert shares("POST /holds", caller, {**SALES, **WHY, "dry_run": True}).status == status
    # With the revoke of one of them the whole table's data are held: here only one owner's.
    assert shares("POST /shares/{id}/revoke", both, {**WHY, "hold": True}, id="a:1").status == 202
    assert DynamoLedger(LEDGER).held([Hold("database", "sales", "people")])
    assert not DynamoLedger(LEDGER).held([Hold("database", "sales", "mixed")])


def test_what_no_share_tells_config_does(shares: Shares) -> None:
    owner = shares.user("owner", owns=(OWNER,))
    assert shares("POST /holds", owner, {**SALES, **WHY}).status == 202
    assert [each["text"] for each in shares("GET /holds", owner, owner=OWNER).body["holds"]] == ["database sales"]


def test_everybodys_holds_are_for_those_who_watch(shares: Shares) -> None:
    DynamoLedger(LEDGER).put_hold(Hold("consumer", CONSUMER), HistoryEntry(at(1), "HoldPut", None, "incident 7"))
    for name, groups in (("audit", AUDITORS), ("operator", OPERATORS)):
        (listed,) = shares("GET /holds", shares.user(name, groups)).body["holds"]
        assert (listed["consumer"], listed["by"], listed["reason"]) == (CONSUMER, None, "incident 7")
    DynamoLedger(LEDGER).put_hold(Hold("owner", OWNER), HistoryEntry(at(2), "HoldPut", None, "incident 8"))
    owner = shares.user("owner", owns=(OWNER,))
    assert [each["text"] for each in shares("GET /holds", owner, owner=OWNER).body["holds"]] == [
        f"all data of account {OWNER}"
    ]
    assert shares("GET /holds", owner).reason == "AuditorsOnly"
    assert shares("GET /holds", shares.user("x", AUDITORS), owner=OTHER_OWNER).body == {"holds": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        (WHY, ""),
        ({"owner": OWNER, "consumer": CONSUMER, **WHY}, ""),
        ({"owner": "12", **WHY}, "owner"),
        ({"owner": OWNER}, "reason"),
        ({"source": {"database": "*", "table": "*"}, **WHY}, "source.database"),
        ({"source": {"database": "a", "table": "b", "column": "c"}, **WHY}, "source.column"),
        ({"share": "a:1", **WHY}, "share"),
        ({"owner": OWNER, "hold": False, **WHY}, "hold"),
    ],
)
def test_what_is_wrong_with_a_hold(shares: Shares, body: Any, field: str) -> None:
    caller = shares.user("who", OPERATORS)
    for route in ("POST /holds", "POST /holds/lift"):
        answer = shares(route, caller, body)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)
    assert shares.api.revokes() == {}


# --- what has changed ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lake")
def test_what_has_changed_newest_first_in_pages(shares: Shares, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares_api, "now", lambda: moment("2026-11-25T12:00:00.000Z"))
    DynamoLedger(LEDGER).put_hold(Hold("owner", OWNER), HistoryEntry(at(8), "HoldPut", "jane", "a leak"))
    audit = shares.user("audit", AUDITORS)
    everything = shares("GET /changes", audit, limit="100").body["changes"]
    said = [(each["at"], each["event"], (each["share"] or {"id": "-"})["id"][0]) for each in everything]
    assert said[:5] == [
        (at(8), "HoldPut", "-"),
        *((at(7), event, "f") for event in ("Active", "Granting")),
        *((at(6), event, "e") for event in ("Ended", "Expired")),
    ]
    assert (len(said), everything[0]["hold"]["owner"], everything[0]["by"]) == (15, OWNER, "jane")
    found, place = [], None
    while place != "":
        page = shares("GET /changes", audit, limit="4", **({} if place is None else {"next": place})).body
        found, place = found + page["changes"], page["next"] or ""
    assert found == everything
    monkeypatch.setattr(shares_api, "now", lambda: moment("2026-11-25T06:30:00.000Z"))
    assert {each["at"] for each in shares("GET /changes", audit, days="1").body["changes"]} == {at(7), at(8)}
    of_one = shares("GET /changes", audit, database="weather").body["changes"]
    assert {each["share"]["id"] for each in of_one} == {"d:1"}
    for number in (1, 2):
        unreadable = {"pk": OTHER, "entry": f"share#x{number}:1", "version": 99, "changes": "share"}
        put_ledger_item({**unreadable, "changed_at": at(9)})
        assert shares("GET /changes", audit).body["unreadable"] == number


def test_changes_are_for_those_who_watch(shares: Shares) -> None:
    for name, (groups, owns) in PEOPLE.items():
        answer = shares("GET /changes", shares.user(f"{name}2", *groups, owns=owns))
        assert answer.status == (200 if name in {"auditor", "operator"} else 403)
    audit = shares.user("audit", AUDITORS)
    for query, wrong in (
        ({"days": "91"}, "days"),
        ({"days": "0"}, "days"),
        ({"next": "x"}, "next"),
        ({"owner": "1"}, "owner"),
    ):
        answer = shares("GET /changes", audit, **query)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, wrong)


def test_a_request_is_no_share(shares: Shares) -> None:
    """Nothing of the register's other items is reached by an id that somebody makes up."""
    audit = shares.user("audit", AUDITORS)
    for made_up in ("flags#x:1", "claim#x:1", ":1", "a", "a:1:1"):
        assert shares("GET /shares/{id}", audit, id=made_up).reason == "UnknownShare"
