"""Keys, and addresses, as hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.keys import (
    Approval,
    SentKey,
    hash_address,
    hash_key,
    normal_address,
    same_mailbox,
)
from tests.fakes.world import APPROVER


def test_keys_in_an_approval() -> None:
    sent = [SentKey(hash_key(each), 1, "f") for each in ("one", "two")]
    approval = Approval("t", "salt", (hash_address(APPROVER, "salt"),), "x", tuple(sent))
    assert approval.key("two") == sent[1]
    assert approval.key("three") is None
    assert approval.key("") is None
    assert approval.key(sent[0].hash) is None


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (APPROVER, True),
        ("JANE@owner.EXAMPLE", True),
        (f"  {APPROVER}\t", True),
        ("jane@owner.example.", False),
        ("jane+x@owner.example", False),
        ("ja ne@owner.example", False),
        ("", False),
    ],
)
def test_addresses_are_compared_whatever_their_case(typed: str, *, known: bool) -> None:
    approval = Approval("t", "salt", (hash_address(APPROVER, "salt"),), "x")
    assert approval.knows(typed) == known
    assert not Approval("t", "pepper", (hash_address(APPROVER, "salt"),), "x").knows(typed)
    assert not Approval("t", "salt", None, "x").knows(typed)
    assert not Approval("t", "salt", (), "x").knows(typed)


@pytest.mark.parametrize(
    ("subscriber", "other"),
    [
        ("jane@strasse.example", "jane@straße.example"),
        ("fiona@owner.example", "\ufb01ona@owner.example"),
        ("kim@owner.example", "\u212aim@owner.example"),
        ("sam@owner.example", "\u017fam@owner.example"),
        ("jane@straße.example", "jane@STRASSE.example"),
    ],
)
def test_who_has_an_address_that_only_looks_alike_is_somebody_else(subscriber: str, other: str) -> None:
    approval = Approval("t", "salt", (hash_address(subscriber, "salt"),), "x")
    assert approval.knows(subscriber)
    assert not approval.knows(other)
    assert normal_address(subscriber) != normal_address(other)
    # Where it would be one's own request that one decides on, looking alike is enough.
    assert same_mailbox(subscriber, other)


@given(st.text(st.characters()), st.text(st.characters()))
def test_hashes_of_any_text(one: str, other: str) -> None:
    assert (hash_key(one) == hash_key(other)) == (one == other)
    assert hash_address(one, "a") != hash_address(one, "b")
    assert len(hash_address(f"\ud83d{one}", "salt")) == len(hash_key(f"\ud83d{one}")) == 64
