"""Who answers for data: a registered producer, and only for databases that are its own."""

import pytest

from handlers.sharing.model.errors import (
    OwnerMalformed,
    OwnerMissing,
    OwnerNotOfDatabase,
    OwnerNotRegistered,
    OwnersMixed,
    Refused,
)
from handlers.sharing.model.parties import DirectRequests, Owner, Parties, Producer, owner_of_all
from settings import DIRECT_REQUESTS
from tests.fakes.world import OTHER_OWNER, OWNER, STRANGER


def test_the_words_of_config_are_the_handlers_own() -> None:
    assert tuple(DirectRequests) == DIRECT_REQUESTS


def parties(*producers: Producer) -> Parties:
    return Parties({each.account_id: each for each in producers})


FREE = parties(Producer(OWNER, name="Sales"), Producer(OTHER_OWNER))


@pytest.mark.parametrize(
    ("owner", "error"),
    [
        (None, OwnerMissing),
        ("", OwnerMalformed),
        (" 111111111111", OwnerMalformed),
        ("111111111111 ", OwnerMalformed),
        ("11111111111", OwnerMalformed),
        ("1111-1111-1111", OwnerMalformed),
        ("\u0661" * 12, OwnerMalformed),
        ("jane@owner.example", OwnerMalformed),
        ("x" * 500_000, OwnerMalformed),
        ("\ud800\x00\n", OwnerMalformed),
        (STRANGER, OwnerNotRegistered),
        ("*", OwnerMalformed),
    ],
)
def test_refused_owners(owner: str | None, error: type[Refused]) -> None:
    with pytest.raises(error) as raised:
        owner_of_all({(owner, "Some name"): "orders"}, "sales", FREE)
    assert len(str(raised.value)) < 400
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    "owners",
    [
        {(OWNER, None): "a", (OTHER_OWNER, None): "b"},
        {(OWNER, None): "a", (None, None): "b"},
        {(OWNER, None): "a", ("", None): "b"},
        {(OWNER, None): "a", (OWNER + " ", None): "b"},
    ],
)
def test_mixed_owners_are_refused_with_examples(owners: dict[tuple[str | None, str | None], str]) -> None:
    with pytest.raises(OwnersMixed, match=r"a \('111111111111'\), b \('"):
        owner_of_all(owners, "sales", FREE)


def test_the_name_is_the_catalogues_or_the_registers() -> None:
    assert owner_of_all({(OWNER, None): "a"}, "sales", FREE) == Owner(OWNER, "Sales")
    assert owner_of_all({(OWNER, ""): "a", (OWNER, "Shop"): "b"}, "sales", FREE) == Owner(OWNER, "Shop")
    assert owner_of_all({(OTHER_OWNER, None): "a"}, "sales", FREE) == Owner(OTHER_OWNER, "")
    assert str(Owner(OWNER, "Shop")) == "Shop (account 111111111111)"
    assert str(Owner(OWNER)) == "account 111111111111"


@pytest.mark.parametrize(
    ("lists", "other", "database", "allowed"),
    [
        (None, None, "sales", True),
        (("sales",), None, "sales", True),
        (("Sales",), None, "sales", True),
        (("s*",), None, "sales", True),
        (("sale?",), None, "sales", True),
        (("*",), None, "sales", True),
        (("weather",), None, "sales", False),
        (("sale",), None, "sales", False),
        ((), None, "sales", False),
        # What another one lists is not this one's, although it has no list of its own.
        (None, ("sales",), "sales", False),
        (None, ("SA*",), "sales", False),
        (None, ("weather",), "sales", True),
        (None, (), "sales", True),
        (("sales",), ("weather",), "weather", False),
        # A name outweighs a pattern; of two patterns neither does.
        (("sales",), ("*",), "sales", True),
        (("*",), ("sales",), "sales", False),
        (("*",), ("s*",), "sales", True),
    ],
)
def test_databases(
    lists: tuple[str, ...] | None, other: tuple[str, ...] | None, database: str, *, allowed: bool
) -> None:
    known = parties(Producer(OWNER, databases=lists), Producer(OTHER_OWNER, databases=other))
    if allowed:
        assert owner_of_all({(OWNER, None): "a"}, database, known).account_id == OWNER
    else:
        with pytest.raises(OwnerNotOfDatabase):
            owner_of_all({(OWNER, None): "a"}, database, known)
