"""What somebody is, as the API tells themselves: what the portal's pages go by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers import requests_api
from handlers.aws import people
from handlers.sharing.model.parties import Decisions, Parties, Producer
from tests.fakes.people import MemoryApproverFinder
from tests.fakes.world import LEGACY_OWNER, OTHER_OWNER, OWNER
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.requests_api.world import Api

PARTIES = Parties(
    {
        each.account_id: each
        for each in (
            Producer(OWNER, name="Sales", approvers_group="sales-approvers", decisions=Decisions.SIGNED_IN),
            Producer(OTHER_OWNER, name="Finance"),
            Producer(LEGACY_OWNER, legacy_kit=True),
        )
    }
)


@pytest.fixture(autouse=True)
def finder(api: Api, monkeypatch: pytest.MonkeyPatch) -> MemoryApproverFinder:
    """What Notify says of the two producers that it can ask."""
    del api  # whose stack has other producers
    made = MemoryApproverFinder({OWNER: set(), OTHER_OWNER: {"alex@consumer.example"}})
    monkeypatch.setattr(people, "NotifyFunction", lambda _name: made)
    monkeypatch.setattr(requests_api, "load_parties", lambda: PARTIES)
    return made


def me(caller: Caller) -> Answered:
    return call(requests_api.handler, "GET /me", caller)


def test_somebody_who_is_nothing_in_particular(api: Api) -> None:
    assert me(api.user("kim")).body == {
        "username": "kim",
        "email": "kim@consumer.example",
        "accounts": None,
        "auditor": False,
        "operator": False,
        "owner_of": [],
    }


def test_somebody_who_is_everything(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in api.environment(binds="true").items():
        monkeypatch.setenv(name, value)
    groups = "[auditors account-999999999999 operators account-888888888888 sales-approvers account-x]"
    assert me(replace(alex, groups=groups)).body == {
        "username": "alex",
        "email": "alex@consumer.example",
        "accounts": ["888888888888", "999999999999"],
        "auditor": True,
        "operator": True,
        "owner_of": [
            {"account_id": OTHER_OWNER, "name": "Finance", "decisions": "link"},
            {"account_id": OWNER, "name": "Sales", "decisions": "signed-in"},
        ],
    }


def test_who_is_bound_to_nothing_where_others_are(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in api.environment(binds="true").items():
        monkeypatch.setenv(name, value)
    assert me(alex).body["accounts"] == []


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (None, ["888888888888", "999999999999"]),
        ("[account-999999999999 account-777777777777]", ["999999999999"]),
        ("[]", []),
    ],
)
def test_which_of_the_accounts_have_a_kit(
    api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch, groups: str | None, told: list[str]
) -> None:
    """Of those that somebody asks for: `None` where nobody is bound."""
    kits = frozenset({"999999999999", "888888888888"})
    monkeypatch.setattr(requests_api, "load_parties", lambda: replace(PARTIES, kits=kits))
    for name, value in api.environment(binds="true" if groups else "false").items():
        monkeypatch.setenv(name, value)
    assert me(replace(alex, groups=groups)).body["kits"] == told


def test_without_a_verified_address_there_is_none(api: Api, finder: MemoryApproverFinder) -> None:
    answer = me(api.user("eve", verified="false"))
    assert (answer.status, answer.body["email"], answer.body["owner_of"]) == (200, None, [])
    assert finder.asked == []


def test_whose_user_is_gone_hears_that_the_sign_in_has_ended(api: Api, alex: Caller) -> None:
    assert me(replace(alex, sub="somebody-else")).status == 401
