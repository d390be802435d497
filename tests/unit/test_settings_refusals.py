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

from settings.keys import ConfigError
from settings.producers import MAX_PRODUCERS
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
    central(tags={"team": "a\tb"}),
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
    one(region="cn-north-1"),
    central(catalogKmsKeyArn="arn:aws-cn:kms:cn-north-1:123456789012:key/0a1b2c3d-1111-2222-3333-444455556666"),
    central(opsTopicArn="arn:aws-us-gov:sns:us-gov-west-1:123456789012:ops"),
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
    central(consumerAccounts=""),
    central(consumerAccounts=[]),
    central(consumerAccounts="Any"),
    central(consumerAccounts=["any"]),
    central(consumerAccounts="*"),
    central(consumerAccounts="999999999999"),
    central(consumerAccounts='["999999999999"'),
    central(consumerAccounts=999999999999),
    central(consumerAccounts={"any": True}),
    central(consumerAccounts=["1"]),
    central(consumerAccounts=["9" * 12, "9" * 12]),
    central(consumerAccounts=["123456789012"]),
    *(central(defaultShare=each) for each in ("90", "0d", "3661d", "25h", "for ever")),
    *(central(longestShare=each) for each in (90, "36h", "1.5d", "-1d")),
    central(defaultShare="91d", longestShare="90d"),
    central(defaultShare="x", longestShare="90d"),
    *(one(longestShare=each) for each in ("", "1h", 7)),
    one(defaultShare="8d", longestShare="7d"),
    central(producers=[{**ONE, "defaultShare": "31d", "longestShare": "91d"}], defaultShare="30d", longestShare="90d"),
    central(producers=[{**ONE, "defaultShare": "31d"}], longestShare="30d"),
    central(approvalTimeout="7"),
    central(approvalTimeout="0s"),
    central(approvalTimeout="365d"),
    central(approvalTimeout="1w"),
    central(approvalTimeout="1.5h"),
    central(approvalTimeout="-1d"),
    central(directRequests="never"),
    central(directRequests=""),
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
    central(opsTopicArn="arn:aws:sns:nowhere:123456789012:ops"),
    central(sweepEvery="30s"),
    central(sweepEvery="90s"),
    central(reservedConcurrency={"decide": 0}),
    central(reservedConcurrency={"decide": "5"}),
    central(reservedConcurrency={"clasify": 1}),
    central(reservedConcurrency={"requests-api": 5}),
    central(sensitiveTags={"PII": ["Yes", "no", "no"]}),
    central(sensitiveTags={"pii": [], "class": "secret", "": ["x"]}),
    central(sensitiveTags={"pii": None}),
    central(sensitiveTags=["pii"]),
    central(sensitiveTags={"pii": ["x" * 200, "y" * 200, "z" * 200, "a" * 200, "b" * 200]}),
    central(reservedConcurrency={"decide": 800, "classify": 101}),
    central(reservedConcurrency={"decide": 1}, accountConcurrency=100),
    central(reservedConcurrency=[5]),
    central(accountConcurrency=0),
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


@pytest.mark.parametrize("stack", ["prod.eu", "a b", "", "ümlaut", "x" * 101])
def test_a_stack_that_a_dashboard_cannot_be_called_after(stack: str) -> None:
    with pytest.raises(ConfigError) as raised:
        loaded(CENTRAL, stack=stack)
    (fault,) = raised.value.faults
    assert fault.key == "stack"
    assert fault.expected.startswith("a name of 1 to 100 letters, digits, hyphens and underscores")
    assert not stack or fault.got.startswith(chr(34) + stack[:50])
    # Nothing of a producer's stack is called after it.
    assert loaded(producer(), stack=stack)


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
