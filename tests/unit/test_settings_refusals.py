"""What a stack file may get wrong: refused with the key, what was expected and what came, everything at once.

The texts stand in `__snapshots__/test_settings_refusals.ambr`; `--snapshot-update` writes it anew.
"""

from __future__ import annotations

import contextlib

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from settings import MAX_PRODUCERS, ConfigError
from tests.unit.configured import CENTRAL, ONE, called, central, loaded, one, producer, texts

ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/x"
WIDE_DIGITS = "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10\uff11\uff12"
TWO = {"accountId": "222222222222"}

WRONG: list[dict[str, object]] = [
    # common
    {"accountId": "123456789012"},
    central(role="Central"),
    central(accountId=""),
    central(accountId="12345678901"),
    central(accountId="1234567890123"),
    central(accountId=" 123456789012"),
    central(accountId=WIDE_DIGITS),
    central(acountId="1"),
    central(xyz="1"),
    central(tags="x"),
    central(tags={"aws:x": "1"}),
    central(tags={"team": 7}),
    central(tags={f"t{n}": "" for n in range(46)}),
    # central
    central(producers="111111111111"),
    central(producers={"accountId": "1"}),
    central(producers=["111111111111"]),
    central(producers=[{}]),
    one(accountId=111111111111),
    one(accountid="x"),
    one(externalId="x"),
    one(externalId="with space"),
    one(externalId="x" * 1225),
    one(externalId="ünicode"),
    one(region="Frankfurt"),
    one(name=""),
    one(name="a\nb"),
    one(databases="retail"),
    one(databases=["Retail"]),
    one(databases=["a", 1]),
    one(databases=["a", "a"]),
    one(legacyKit="true"),
    one(legacyKit=1),
    central(producers=[ONE, TWO, ONE]),
    one(accountId="123456789012"),
    central(producers=[{**ONE, "databases": ["a"]}, {**TWO, "databases": ["b", "a"]}]),
    central(consumerAccounts=["1"]),
    central(consumerAccounts=["9" * 12, "9" * 12]),
    central(consumerAccounts=["123456789012"]),
    central(approvalTimeout="7"),
    central(approvalTimeout="0s"),
    central(approvalTimeout="365d"),
    central(approvalTimeout="1w"),
    central(approvalTimeout="1.5h"),
    central(approvalTimeout="-1d"),
    central(wildcardOnApproval="yes"),
    central(manageLakeFormationGrants="1"),
    central(deletionProtection="off"),
    central(databases=["r_*"]),
    central(databases=["x" * 256]),
    central(catalogKmsKeyArn="alias/x"),
    central(catalogKmsKeyArn=ALIAS),
    central(logRetentionDays="ninety"),
    central(logRetentionDays=91),
    central(opsTopicArn="ops"),
    central(sweepEvery="30s"),
    central(sweepEvery="90s"),
    central(approverEmails=["a@example.org"]),
    central(externalId="a-secret-one"),
    # producer
    producer(centralAccountId=""),
    producer(centralAccountId="111111111111"),
    producer(externalId="x"),
    producer(approverEmails="a@example.org"),
    producer(approverEmails=["nobody"]),
    producer(approverEmails=["a@b@example.org"]),
    producer(approverEmails=["a@example.org\n"]),
    producer(approverEmails=["Jane <j@example.org>"]),
    producer(approverEmails=["a@example.org", "A@example.org"]),
    producer(adopt="yes"),
    central(adopt=True),
    producer(producers=[ONE]),
    producer(approvalTimeout="8d"),
]


@pytest.mark.parametrize("config", WRONG, ids=called)
def test_what_is_wrong_is_named(snapshot: SnapshotAssertion, config: dict[str, object]) -> None:
    assert texts(config) == snapshot


@pytest.mark.parametrize("placeholder", ["<id of the central account>", "<x>"])
def test_a_samples_placeholder_says_what_to_put_there(snapshot: SnapshotAssertion, placeholder: str) -> None:
    assert texts(central(accountId=placeholder)) == snapshot


@pytest.mark.parametrize("region", [None, "", "Frankfurt", "eu-central-1a"])
def test_the_region_is_checked_too(snapshot: SnapshotAssertion, region: str | None) -> None:
    assert texts(CENTRAL, region=region) == snapshot


def test_everything_that_is_wrong_is_said_at_once(snapshot: SnapshotAssertion) -> None:
    config = central(
        accountId="12",
        producers=[{"accountId": "1", "legacyKit": "no"}, 7],
        approvalTimeout="soon",
        sweepEvery="never",
        unknown="x",
    )
    with pytest.raises(pulumi.RunError) as raised:
        loaded(config, region="nowhere")
    assert str(raised.value) == snapshot


def test_no_secret_is_ever_shown() -> None:
    for config, secret in (
        (producer(externalId="s3cret with space"), ()),
        (one(externalId="s3cret with space"), ()),
        (central(producers='{"s3cret": 1'), ("producers",)),
        (central(producers=[{"accountId": "s3cret"}]), ("producers",)),
        (producer(approverEmails=["s3cret"]), ("approverEmails",)),
        (central(externalId="s3cret"), ()),
    ):
        with pytest.raises(ConfigError) as raised:
            loaded(config, secret=secret)
        assert "s3cret" not in str(raised.value)
    assert "s3cret" not in repr(loaded(producer(externalId="s3cret"))) + repr(loaded(one(externalId="s3cret")))


def test_more_producers_than_a_role_can_name_are_refused() -> None:
    producers = [{"accountId": f"{number:012d}"} for number in range(MAX_PRODUCERS + 1)]
    expected = f"expected at most {MAX_PRODUCERS} producers, got {MAX_PRODUCERS + 1} of them"
    assert texts(central(producers=producers)) == [f"lakeshare:producers: {expected}"]


SCALARS = st.none() | st.booleans() | st.integers() | st.text()
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(deadline=None)
@given(ANYTHING)
def test_no_value_whatever_breaks_the_reader(value: object) -> None:
    for key in ("producers", "consumerAccounts", "tags", "databases", "approvalTimeout", "logRetentionDays", "role"):
        with contextlib.suppress(ConfigError):
            loaded(central(**{key: value}))
