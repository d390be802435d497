"""What the shares API shows of deliveries, and who has a share delivered again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers import shares_api
from handlers.api.deliveries import query_of
from handlers.aws.dynamodb.deliveries import DynamoDeliveries
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.sharing.model import share_steps as steps
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import moment
from handlers.sharing.model.delivery import (
    Delivery,
    DeliveryStatus,
    Failure,
    Outcome,
    came,
    wanted,
    withdrawing,
    withdrawn,
)
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import EndReason, Share
from tests.fakes.table import LEDGER, put_ledger_item
from tests.unit.requests_api.calls import Answered, Caller
from tests.unit.requests_api.shares import CONSUMER, OTHER, OWNER, Shares, at, grant
from tests.unit.requests_api.world import AUDITORS, Api, breaking
from tests.unit.test_ledger import SHARE

ROLE = f"arn:aws:iam::{CONSUMER}:role/analyst"
LINK = "lakeshare.sales__people"
MISSING = Failure(ROLE, "RoleNotThere", f"There is no role {ROLE}.")


@pytest.fixture(autouse=True)
def kits(shares: Shares, monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    """The accounts with a kit."""
    del shares  # whose stack has none
    made = frozenset({CONSUMER})
    parties = Parties({OWNER: Producer(OWNER, databases=("sales",))}, None, kits=made)
    monkeypatch.setattr(shares_api, "load_parties", lambda: parties)
    monkeypatch.setattr(shares_api, "now", lambda: moment(at(12)))
    return made


@pytest.fixture
def alex(shares: Shares) -> Caller:
    return shares.user("alex")


def deliver(share: Share, *outcomes: Outcome, roles: tuple[str, ...] = (ROLE,)) -> Delivery:
    """A share's delivery, after what its kit has made of it."""
    deliveries = DynamoDeliveries(LEDGER)
    made, _ = deliveries.apply(share.consumer, share.id, wanted(roles, moment(share.since)))
    for hour, outcome in enumerate(outcomes, 5):
        assert made is not None
        made, taken = deliveries.apply(share.consumer, share.id, came(made, outcome, moment(at(hour))))
        assert taken
    assert made is not None
    return made


def again(shares: Shares, caller: Caller, share: str = "a:1", body: object = None) -> Answered:
    return shares("POST /shares/{id}/deliver", caller, {} if body is None else body, id=share)


def shown(shares: Shares, caller: Caller, share: str = "a:1") -> dict[str, Any]:
    return shares("GET /shares/{id}", caller, id=share).body


# --- what is shown ------------------------------------------------------------------------------------------------


def test_all_who_see_a_share_see_its_delivery(shares: Shares, alex: Caller) -> None:
    deliver(grant("a", 1, by=alex), Outcome(DeliveryStatus.LINKED, LINK, (MISSING,)))
    people = [alex, shares.user("bound", f"account-{CONSUMER}"), shares.user("audit", AUDITORS)]
    seen = [shown(shares, each) for each in (*people, shares.user("owner", owns=(OWNER,)))]
    assert [(each["kit"], each["delivery"]) for each in seen] == [
        (
            True,
            {
                "status": "LINKED",
                "link": LINK,
                "query": 'SELECT * FROM "lakeshare"."sales__people" LIMIT 10;',
                "since": at(1),
                "tried_at": at(5),
                "ready_at": None,
                "due_at": "2026-11-24T05:02:00.000Z",
                "roles": [ROLE],
                "tried_as": [],
                "failures": [{"role": ROLE, "reason": "RoleNotThere", "message": MISSING.message}],
                "history": [
                    {"at": at(1), "event": "DeliveryWanted"},
                    {"at": at(5), "event": "Linked", "detail": f"RoleNotThere: {MISSING.message}"},
                ],
                "message": None,
            },
        )
    ] * 4


def test_what_is_ready_and_what_the_kit_has_not_been_told_yet(shares: Shares, alex: Caller) -> None:
    deliver(grant("a", 1, by=alex), Outcome(DeliveryStatus.READY, LINK, tried_as=(ROLE, "of nobody's request")))
    deliver(grant("b", 1, by=alex), roles=())
    ready, waiting = (shown(shares, alex, f"{each}:1")["delivery"] for each in "ab")
    assert (ready["status"], ready["ready_at"], ready["failures"]) == ("READY", at(5), [])
    assert ready["tried_as"] == [ROLE]
    assert [waiting[each] for each in ("status", "link", "query", "tried_at", "roles")] == [
        "WAITING",
        None,
        None,
        None,
        [],
    ]


def test_nothing_is_delivered_without_a_kit_and_before_somebody_wants_it(shares: Shares, alex: Caller) -> None:
    grant("a", 1, by=alex)
    grant("b", 1, by=alex, consumer=OTHER)
    seen = [shown(shares, alex, f"{each}:1") for each in "ab"]
    assert [(each["kit"], each["delivery"]) for each in seen] == [(True, None), (False, None)]


def test_a_delivery_that_cannot_be_read_keeps_nobody_from_its_share(shares: Shares, alex: Caller) -> None:
    grant("a", 1, by=alex)
    put_ledger_item({"pk": f"delivery#{CONSUMER}", "entry": "a:1", "version": 99, "status": "READY", "link": LINK})
    seen = shown(shares, alex)
    assert (seen["status"], seen["delivery"]["status"], seen["delivery"]["link"]) == ("ACTIVE", "UNREADABLE", None)
    assert "a:1" in seen["delivery"]["message"]


def test_lists_say_under_which_name_a_share_is(shares: Shares, alex: Caller) -> None:
    deliver(grant("a", 1, by=alex), Outcome(DeliveryStatus.READY, LINK))
    deliver(grant("b", 2, by=alex))
    grant("c", 3, by=alex, consumer=OTHER)
    listed = shares("GET /shares", alex).body["shares"]
    assert {each["id"]: each["link"] for each in listed} == {"a:1": LINK, "b:1": None, "c:1": None}


def test_a_stack_without_kits_says_nothing_of_any(
    shares: Shares, alex: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(grant("a", 1, by=alex), Outcome(DeliveryStatus.READY, LINK))
    monkeypatch.setattr(shares_api, "load_parties", lambda: Parties({OWNER: Producer(OWNER)}, None))
    breaking(monkeypatch, DynamoDeliveries, "find", AssertionError("asked"))
    breaking(monkeypatch, DynamoDeliveries, "links", AssertionError("asked"))
    assert not {"kit", "delivery"} & set(shown(shares, alex))
    assert "link" not in shares("GET /shares", alex).body["shares"][0]


@pytest.mark.parametrize(
    ("link", "source", "names", "query"),
    [
        (LINK, ("sales", "people"), (), 'SELECT * FROM "lakeshare"."sales__people" LIMIT 10;'),
        ("lakeshare.s__a.b", ("s", "a.b"), (), 'SELECT * FROM "lakeshare"."s__a.b" LIMIT 10;'),
        ('l.s__a"b', ("s", 'a"b'), (), 'SELECT * FROM "l"."s__a""b" LIMIT 10;'),
        ("lakeshare_sales", ("sales", "*"), ("orders", "people"), 'SELECT * FROM "lakeshare_sales"."orders" LIMIT 10;'),
        ("lakeshare_a.b", ("a.b", "*"), ("t",), 'SELECT * FROM "lakeshare_a.b"."t" LIMIT 10;'),
        ("lakeshare_sales", ("sales", "*"), (), 'SELECT * FROM "lakeshare_sales"."TABLE_NAME" LIMIT 10;'),
    ],
)
def test_the_query_names_what_the_kit_has_made(
    link: str, source: tuple[str, str], names: tuple[str, ...], query: str
) -> None:
    share = replace(SHARE, source=Source(*source), scope=Scope.TABLE)
    assert query_of(link, share, names) == query


# --- delivered again ----------------------------------------------------------------------------------------------


def test_what_failed_is_due_again(shares: Shares, alex: Caller) -> None:
    failed = Outcome(DeliveryStatus.LINKED, LINK, (MISSING,))
    before = deliver(grant("a", 1, by=alex), *[failed] * 12)
    assert before.tries == 12
    assert before.due_at is not None
    assert before.due_at > at(12)
    answer = again(shares, alex)
    assert (answer.status, answer.body["id"]) == (202, "a:1")
    after = answer.body["delivery"]
    assert (after["status"], after["due_at"], after["failures"][0]["reason"]) == ("LINKED", at(12), "RoleNotThere")
    assert after["history"][-1] == {"at": at(12), "event": "DeliveryWantedAgain", "by": "alex@consumer.example"}
    assert list(DynamoDeliveries(LEDGER).due(at(12))) == [(CONSUMER, "a:1")]
    # However often somebody clicks before it is seen to, that says no more.
    assert again(shares, alex).body["delivery"] == after


def test_what_was_shared_before_there_was_a_kit_is_delivered_now(shares: Shares, alex: Caller) -> None:
    grant("a", 1, by=alex, roles=(ROLE,))
    answer = again(shares, alex)
    assert (answer.status, answer.body["delivery"]["status"], answer.body["delivery"]["due_at"]) == (
        202,
        "WAITING",
        at(12),
    )
    assert answer.body["roles"] == answer.body["delivery"]["roles"] == [ROLE]
    assert answer.body["delivery"]["history"] == [
        {"at": at(12), "event": "DeliveryWanted", "by": "alex@consumer.example"}
    ]
    assert list(DynamoDeliveries(LEDGER).due(at(12))) == [(CONSUMER, "a:1")]


def test_what_could_not_be_withdrawn_is_tried_again(shares: Shares, alex: Caller) -> None:
    share = grant("a", 1, by=alex)
    deliver(share, Outcome(DeliveryStatus.READY, LINK))
    DynamoLedger(LEDGER).apply(CONSUMER, share.id, steps.ending(EndReason.EXPIRED, at(6)))
    deliveries = DynamoDeliveries(LEDGER)
    made, _ = deliveries.apply(CONSUMER, share.id, withdrawing(moment(at(6))))
    assert made is not None
    left = Failure("", "KitNotThere", "The kit is not there.")
    deliveries.apply(
        CONSUMER, share.id, withdrawn(made, Outcome(None, failures=(left,)), moment("2026-11-24T11:59:00.000Z"))
    )
    answer = again(shares, alex)
    assert (answer.status, answer.body["delivery"]["status"], answer.body["delivery"]["due_at"]) == (
        202,
        "WITHDRAWING",
        at(12),
    )


def _over(share: Share) -> None:
    """A share has ended, and what it delivered is withdrawn."""
    deliver(share, Outcome(DeliveryStatus.READY, LINK))
    deliveries = DynamoDeliveries(LEDGER)
    made, _ = deliveries.apply(CONSUMER, share.id, withdrawing(moment(at(6))))
    assert made is not None
    deliveries.apply(CONSUMER, share.id, withdrawn(made, Outcome(DeliveryStatus.WITHDRAWN), moment(at(7))))


def test_there_is_nothing_to_deliver(shares: Shares, alex: Caller) -> None:
    _over(grant("a", 1, by=alex))
    grant("b", 1, by=alex, consumer=OTHER)
    grant("c", 1, by=alex, done=False)
    ended = grant("d", 1, by=alex)
    DynamoLedger(LEDGER).apply(CONSUMER, ended.id, steps.ending(EndReason.EXPIRED, at(2)))
    answers = {each: again(shares, alex, f"{each}:1") for each in "abcd"}
    assert {each: (answer.status, answer.reason) for each, answer in answers.items()} == {
        "a": (409, "NothingToDeliver"),
        "b": (409, "NothingToDeliver"),
        "c": (409, "ShareNotActive"),
        "d": (409, "NothingToDeliver"),
    }
    assert f"Account {OTHER} has no kit" in answers["b"].body["detail"]
    assert answers["c"].headers["retry-after"] == "60"
    assert list(DynamoDeliveries(LEDGER).due(at(12))) == [(CONSUMER, "a:1")]  # its end has to be told


def test_who_may_have_it_delivered(shares: Shares, alex: Caller) -> None:
    deliver(grant("a", 1, by=alex), Outcome(DeliveryStatus.READY, LINK))
    people = {
        "alex": alex,
        "bound": shares.user("bound", f"account-{CONSUMER}"),
        "owner": shares.user("owner", owns=(OWNER,)),
        "audit": shares.user("audit", AUDITORS),
        "elsewhere": shares.user("elsewhere", f"account-{OTHER}"),
    }
    got = {name: again(shares, caller).status for name, caller in people.items()}
    assert got == {"alex": 202, "bound": 202, "owner": 403, "audit": 403, "elsewhere": 404}


@pytest.mark.parametrize("body", [[], "again", {"roles": []}, {"again": True}])
def test_it_takes_nothing_but_an_empty_object(shares: Shares, alex: Caller, body: object) -> None:
    grant("a", 1, by=alex)
    assert again(shares, alex, body=body).status == 422
    assert DynamoDeliveries(LEDGER).find(CONSUMER, "a:1") is None


def test_whose_address_is_not_verified_has_nothing_delivered(shares: Shares, api: Api) -> None:
    eve = api.user("eve", verified="false")
    grant("a", 1, by=eve)
    assert (again(shares, eve).status, again(shares, eve).reason) == (403, "EmailNotVerified")
