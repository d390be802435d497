"""The preview says what the workflow would do, and leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers import catalogue_api
from handlers.aws.parties import load_parties
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.errors import AccessRefused, CatalogueUnreadable, Refused, TryAgain
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import Ending, Requester, Status
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import Lengths
from tests.fakes.pace import MemoryPace
from tests.fakes.world import (
    CENTRAL,
    CONSUMER,
    OWNER,
    SharedAlready,
    World,
    input_of,
    pii_table,
    plain_table,
)
from tests.unit.requests_api.calls import Answered, Caller, call

ALEX = Caller("sub-alex", "alex")
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PEOPLE = input_of("sales", "people")


@pytest.fixture
def pace() -> MemoryPace:
    return MemoryPace()


@pytest.fixture
def asked(world: World, pace: MemoryPace, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("VAULT_TABLE", "vault")
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("BINDS_ACCOUNTS", "false")
    monkeypatch.setenv("REGISTER_TABLE", "register")
    monkeypatch.setenv("CENTRAL_ACCOUNT_ID", CENTRAL)
    monkeypatch.setenv("WILDCARD_ON_APPROVAL", "true")
    monkeypatch.setenv("INDEX_BUCKET", "index")
    monkeypatch.setattr(catalogue_api, "open_catalogue", lambda _account, _tags: world.catalogue)
    monkeypatch.setattr(catalogue_api, "DynamoMemory", lambda _: world.memory)
    monkeypatch.setattr(catalogue_api, "DynamoLedger", lambda _: world.ledger)
    monkeypatch.setattr(catalogue_api, "LakeFormation", lambda: world.lake)
    monkeypatch.setattr(catalogue_api, "load_parties", lambda: world.parties)
    monkeypatch.setattr(catalogue_api, "DynamoPace", lambda _: pace)

    def ask(body: object, **more: Any) -> Answered:
        return call(catalogue_api.handler, "POST /requests/preview", more.pop("caller", ALEX), body=body, **more)

    return ask


def test_what_is_shared_at_once(asked: Any) -> None:
    assert asked(input_of("sales", "orders")).body == {
        "outcome": "grant",
        "reason": None,
        "message": "This is shared at once. Nothing in it is personal data: 2 columns and partition keys in 1 table "
        "were read.",
        "owner": {"account_id": OWNER, "name": None},
        "grounds": [],
        "grounds_total": 0,
        "tables_total": 1,
        "columns_total": 2,
        "scope": "table",
        "warnings": [],
        "term": {"until": None, "days": None, "text": "without an end"},
        "latest_day": None,
        "already": None,
    }


def test_until_when_one_may_ask_for_it(asked: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_api, "now", lambda: AT)
    world.parties = Parties(world.parties.producers, lengths=Lengths(30, 90))
    body = asked(input_of("sales", "orders")).body
    assert (body["term"], body["latest_day"]) == (
        {"until": None, "days": 30, "text": "for 30 days"},
        "2027-02-22",
    )
    assert asked({**PEOPLE, "until": "2026-12-24"}).body["latest_day"] == "2027-02-22"


def test_what_goes_to_its_owner(asked: Any, world: World) -> None:
    world.catalogue.put(Database("crm", owner=OWNER, owner_name="Sales"), pii_table(registered=False), plain_table())
    body = asked(input_of("crm", "*")).body
    assert body["outcome"] == "needs_approval"
    assert body["message"] == f"This goes to Sales (account {OWNER}) for approval. Personal data: people.email."
    assert body["owner"] == {"account_id": OWNER, "name": "Sales"}
    assert body["grounds"] == [
        {"rule": "ColumnFlagged", "table": "people", "column": "email", "text": "people.email"},
    ]
    assert (body["scope"], body["tables_total"]) == ("wildcard", 2)
    assert len(body["warnings"]) == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (input_of("nothing"), "DatabaseNotFound"),
        (input_of("sales", "nothing"), "TableNotFound"),
        (input_of(consumer=CENTRAL), "TargetIsCentral"),
        (input_of(consumer="777777777777"), "ConsumerNotAllowed"),
        (input_of("orphans", "*"), "OwnerMissing"),
    ],
)
def test_what_would_be_refused(asked: Any, world: World, document: dict[str, Any], reason: str) -> None:
    world.parties = Parties(world.parties.producers, frozenset({CONSUMER, CENTRAL}))
    world.catalogue.put(Database("orphans"), plain_table())
    answer = asked(document)
    assert (answer.status, answer.body["outcome"], answer.body["reason"]) == (200, "refused", reason)
    with pytest.raises(Refused) as raised:
        world.classify(document=document)
    assert (answer.body["reason"], answer.body["message"]) == (raised.value.reason, str(raised.value))


def test_a_catalogue_that_cannot_be_read_is_a_refusal_too(asked: Any, world: World) -> None:
    world.catalogue.fail("database", CatalogueUnreadable("Database 'sales' has a table without a name."))
    assert asked(input_of()).body["reason"] == "CatalogueUnreadable"


@pytest.mark.parametrize(
    ("error", "status"), [(TryAgain("AWS was busy."), 503), (AccessRefused("AWS denied arn:aws:iam::1:role/x"), 500)]
)
def test_what_breaks_is_a_problem(asked: Any, world: World, error: Exception, status: int) -> None:
    world.catalogue.fail("database", error)
    answer = asked(input_of())
    assert (answer.status, "arn:" in str(answer.body)) == (status, False)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ([], ""),
        ({}, "source"),
        ({**input_of(), "source": {"database": "", "table": "x"}}, "source.database"),
        (input_of(consumer="12"), "target.account_id"),
        ({**input_of(), "source": {"database": "sales", "table": "orders", "columns": ["id"]}}, "source.columns"),
        ({**input_of(), "reason": "x"}, "reason"),
        ({**input_of(), "renews": 7}, "renews"),
        ({**input_of(), "renews": "x"}, "renews"),
    ],
)
def test_what_is_no_question_is_named(asked: Any, document: object, field: str) -> None:
    answer = asked(document)
    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (422, [field])


def test_a_request_can_be_asked_about_as_it_would_be_posted(asked: Any) -> None:
    assert asked({"client_token": "token-0001", **input_of(), "purpose": "x"}).status == 200


def test_only_access_tokens_count(asked: Any) -> None:
    assert asked(input_of(), caller=replace(ALEX, more={"token_use": "id"})).status == 401


def test_one_person_looks_thirty_times_a_minute(asked: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_api, "now", lambda: AT)
    assert [asked(input_of()).status for _ in range(32)] == [200] * 30 + [429] * 2
    answer = asked(input_of())
    assert (answer.body["reason"], answer.headers["retry-after"]) == ("TooManyPreviews", "60")
    assert answer.body["detail"] == (
        "You have looked 30 times within a minute at what would become of a request, and no more is shown. Go on in a "
        "minute; a request can be sent without it."
    )
    assert len(world.catalogue.calls) == 2 * 30, "a look that is not taken reads nothing"
    assert asked(input_of(), caller=Caller("sub-ben", "ben")).status == 200
    monkeypatch.setattr(catalogue_api, "now", lambda: AT + timedelta(minutes=1))
    assert asked(input_of()).status == 200


def test_what_is_no_question_is_not_counted(asked: Any, pace: MemoryPace) -> None:
    asked({})
    assert pace.calls == []


@pytest.mark.parametrize(
    ("error", "status"), [(TryAgain("AWS was busy."), 503), (AccessRefused("AWS denied it."), 500)]
)
def test_where_looks_cannot_be_counted_none_is_taken(
    asked: Any, world: World, pace: MemoryPace, error: Exception, status: int
) -> None:
    pace.fail("step", error)
    assert asked(input_of()).status == status
    assert world.catalogue.calls == []


@pytest.fixture
def mine(world: World) -> Share:
    """A share by which the account can read `sales.people`, of a request of Alex's that its owner approved."""
    world.classify(document=PEOPLE)
    world.grant(decision_id=world.decided(world.request_approval()).id)
    world.close(Ending(Status.SHARED, None, "shared"))
    share = replace(
        world.ledger.shares["r1:1"],
        requester=Requester(ALEX.sub, "alex@consumer.example"),
        active_at="2026-11-24T12:00:00.000Z",
        until="2030-01-02T00:00:00.000Z",
    )
    world.ledger.shares["r1:1"] = share
    world.lake.calls.clear()
    return share


def test_what_the_account_has_by_ones_own_request_is_said(asked: Any, world: World, mine: Share) -> None:
    body = asked({**PEOPLE, "until": "2030-01-01"}).body
    assert (body["outcome"], body["reason"], body["already"]) == (
        "shared",
        None,
        {
            "account_id": CONSUMER,
            "request_id": "r1",
            "since": mine.active_at,
            "until": mine.until,
            "approved": True,
        },
    )
    assert body["message"] == (
        f"Account {CONSUMER} can read table sales.people already, since 24 November 2026, until 2 January 2030, 00:00 "
        "UTC. The owner of the data approved that. It is as it was then: a request would grant nothing new, and ask "
        "nobody."
    )
    assert "@" not in str(body)
    assert body["term"] == {"until": "2030-01-01", "days": None, "text": "until the end of 1 January 2030 (UTC)"}
    # The same rule as that of a request.
    with pytest.raises(SharedAlready):
        world.classify("r2", {**PEOPLE, "until": "2030-01-01"})
    world.ledger.shares["r1:1"] = replace(mine, until=None, approver=None)
    body = asked(PEOPLE).body
    assert (body["already"]["until"], body["already"]["approved"]) == (None, False)
    assert "since 24 November 2026. No approval was needed." in body["message"]


def test_people_bound_to_an_account_hear_what_it_has_whoever_asked(
    asked: Any, world: World, mine: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINDS_ACCOUNTS", "true")
    world.ledger.shares["r1:1"] = replace(mine, requester=Requester("sub-ben", "ben@consumer.example"))
    body = asked(PEOPLE | {"until": "2030-01-01"}, caller=replace(ALEX, groups=f"[account-{CONSUMER}]")).body
    assert (body["outcome"], body["already"]["request_id"]) == ("shared", None), "and not of whose request it came"
    world.ledger.shares["r1:1"] = mine
    body = asked(PEOPLE | {"until": "2030-01-01"}, caller=replace(ALEX, groups=f"[account-{CONSUMER}]")).body
    assert body["already"]["request_id"] == "r1"
    answer = asked(PEOPLE, caller=replace(ALEX, groups="[account-888888888888]"))
    assert (answer.status, answer.reason) == (403, "AccountNotYours")


@pytest.mark.parametrize(
    ("requester", "until", "granted"),
    [
        (Requester("sub-ben", "ben@consumer.example"), "2030-01-02T00:00:00.000Z", True),
        (None, "2030-01-02T00:00:00.000Z", True),
        (Requester(ALEX.sub, "alex@consumer.example"), "2029-01-02T00:00:00.000Z", True),
        (Requester(ALEX.sub, "alex@consumer.example"), "2030-01-02T00:00:00.000Z", False),
    ],
    ids=["somebody else's", "a direct request's", "one that ends before", "one that is granted no more"],
)
def test_what_others_asked_for_and_what_does_not_cover_it_is_not_said(
    asked: Any, world: World, mine: Share, requester: Requester | None, until: str, *, granted: bool
) -> None:
    world.ledger.shares["r1:1"] = replace(mine, requester=requester, until=until)
    if not granted:
        world.lake.grants.clear()
    body = asked({**PEOPLE, "until": "2030-01-01"}).body
    assert (body["outcome"], body["already"]) == ("needs_approval", None)
    looked = [each for each in world.lake.calls if each[0] == "holds"]
    assert bool(looked) == (not granted), "what others asked for is not even looked at, or it could be timed"


def test_it_writes_nothing_down_and_starts_nothing(asked: Any, world: World) -> None:
    asked(input_of("sales", "people"))
    assert world.register.calls == world.events.calls == world.workflow.calls == world.producers.calls == []


def test_the_parties_are_those_of_the_archive() -> None:
    assert catalogue_api.load_parties is load_parties
