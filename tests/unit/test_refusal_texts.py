"""What people read about a refusal, to the letter: what was expected, what came, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from handlers.sharing.intake import MOST_ROUNDS

from handlers.sharing import intake
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.errors import DecisionMismatch, LakeshareError, RegisterUnreadable
from handlers.sharing.model.parties import Parties, Producer, owner_of_all
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import check_consumer, parse_request
from tests.fakes.world import CENTRAL, CONSUMER, OTHER_OWNER, OWNER, STRANGER, World, input_of, plain_table

Owners = dict[tuple[str | None, str | None], str]
CUSTOMER = input_of("sales", "people")


def text_of(refused: Callable[[], object]) -> str:
    with pytest.raises(LakeshareError) as raised:
        refused()
    return str(raised.value)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ([], "the input must be an object, got a list."),
        ({}, "source must be an object, got nothing."),
        ({"source": {}}, "target must be an object, got nothing."),
        (input_of(database=7), "source.database must be a string, got a number."),  # type: ignore[arg-type]
        (input_of(table=None), "source.table must be a string, got nothing."),  # type: ignore[arg-type]
        (input_of(database=""), "source.database must have 1 to 255 characters, got 0."),
        (input_of(table="x" * 256), "source.table must have 1 to 255 characters, got 256."),
        (
            input_of(table=" a"),
            "source.table must be a name without control characters or spaces around it, got ' a'.",
        ),
        (
            input_of(table="a\x1f"),
            r"source.table must be a name without control characters or spaces around it, got 'a\x1f'.",
        ),
        (input_of(database="\ud800"), r"source.database must be valid Unicode, got '\ud800'."),
        (input_of(database="*"), "source.database must be the name of one database, got '*'."),
        (
            input_of(consumer=7),  # type: ignore[arg-type]
            "target.account_id must be a string of 12 digits, got a number.",
        ),
        (input_of(consumer="1"), "target.account_id must be 12 digits with nothing around them, got '1'."),
    ],
)
def test_inputs_that_cannot_be_read(document: object, text: str) -> None:
    assert text_of(lambda: parse_request(document)) == text


def test_consumers() -> None:
    assert text_of(lambda: check_consumer(CENTRAL, CENTRAL, None)) == (
        "The target is the central account, which holds the catalogue already."
    )
    assert text_of(lambda: check_consumer(CONSUMER, CENTRAL, frozenset())) == (
        f"Account {CONSUMER} is not among the consumer accounts of this data lake (config consumerAccounts)."
    )


@pytest.mark.parametrize(
    ("owners", "text"),
    [
        ({(None, None): "a"}, "Neither the table nor the database 'sales' has the parameter data_owner."),
        ({("7", None): "a"}, "The parameter data_owner must be 12 digits, got '7'."),
        (
            {(STRANGER, None): "a"},
            f"The data owner, account {STRANGER}, is not registered. The platform team can add it to the config key "
            "producers.",
        ),
        (
            {(OTHER_OWNER, None): "a"},
            f"Account {OTHER_OWNER} is named as the owner of 'sales', but the platform's register of producers gives "
            "that database to somebody else, or this producer other ones. The platform team can look into it.",
        ),
        (
            {(OWNER, None): "a", (None, None): "b", ("", None): "c", (STRANGER, None): "d"},
            f"The tables of 'sales' name different owners: a ('{OWNER}'), b ('none'), c ('none'). Ask for its tables "
            "one by one.",
        ),
    ],
)
def test_owners(owners: Owners, text: str) -> None:
    known = Parties({OWNER: Producer(OWNER, databases=("sales",)), OTHER_OWNER: Producer(OTHER_OWNER)})
    assert text_of(lambda: owner_of_all(owners, "sales", known)) == text


def test_databases_of_several_owners_name_them_with_a_table_each(world: World) -> None:
    world.catalogue.put(Database("sales", owner=OWNER), plain_table("more", owner=STRANGER))
    assert text_of(lambda: world.take_in(document=input_of(table="*"))) == (
        f"The tables of 'sales' name different owners: orders ('{OWNER}'), more ('{STRANGER}'). Ask for its tables "
        "one by one."
    )


def test_databases_without_a_table(world: World) -> None:
    world.catalogue.put(Database("empty", owner=OWNER))
    assert text_of(lambda: world.take_in(document=input_of("empty", "*"))) == (
        "Database 'empty' has no table that Lakeshare can see. Either it is empty, or Lake Formation hides its tables: "
        "the platform team can grant Lakeshare's roles DESCRIBE on them."
    )


def test_more_tables_than_can_be_shared_by_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "TABLES_BY_NAME_BELOW_V5", 1)
    world.lake.version = 4
    assert text_of(lambda: world.take_in(document=input_of("weather", "*"))) == (
        "The database has 2 tables, and below cross-account version 5 AWS RAM shares at most 1 by name. The platform "
        "team can raise the version; or ask for tables."
    )


def test_data_that_keeps_changing(world: World) -> None:
    assert text_of(lambda: world.take_in(round_=MOST_ROUNDS + 1)) == (
        "The data changed 3 times while this request was under way. Ask again once it is settled."
    )


# --- what Grant does not grant ----------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["source", "consumer", "classification"])
@pytest.mark.parametrize("decision_id", [None, "d"])
def test_shares_of_what_the_register_does_not_know_in_full(world: World, missing: str, decision_id: str | None) -> None:
    world.take_in()
    world.register.records["r1"] = replace(world.register.records["r1"], **{missing: None})
    with pytest.raises(RegisterUnreadable) as raised:
        world.share(decision_id=decision_id)
    assert str(raised.value) == ("Request r1 is to be shared, but its register item lacks what is asked for.")
    assert world.lake.grants == set()


def test_shares_without_the_approval_of_just_this(world: World) -> None:
    world.take_in(document=CUSTOMER)
    decision = world.post(world.ask()).decision
    assert decision is not None
    world.register.decisions["other"] = replace(decision, request_id="r2")
    world.register.decisions["before"] = replace(decision, fingerprint="f")
    for decision_id, text in (
        (None, "This request needs an approval, and none came with it. Nothing was granted."),
        ("other", "The decision that arrived is no approval of this request. Nothing was granted."),
        ("unknown", "The decision that arrived is no approval of this request. Nothing was granted."),
        ("before", "The approval that arrived is of another state of the data. Nothing was granted."),
    ):
        with pytest.raises(DecisionMismatch) as raised:
            world.share(decision_id=decision_id)
        assert str(raised.value) == text
    assert world.lake.grants == set()


@pytest.mark.parametrize("status", [Status.DENIED, Status.EXPIRED])
def test_shares_of_what_has_ended(world: World, status: Status) -> None:
    world.register.records["r1"] = RequestRecord("r1", status, "2026-11-24T09:00:00.000Z")
    assert text_of(world.share) == f"Request r1 ended as {status}; ask again with a new request."
