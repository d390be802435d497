"""What a stack file may get wrong: refused with the key, what was expected and what came, everything at once."""

from __future__ import annotations

import contextlib

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings import MAX_PRODUCERS, ConfigError, checks
from tests.unit.configured import CENTRAL, ONE, central, faults, loaded, one, producer

DIGITS = "an account id: twelve digits in quotes"
KMS = "the ARN of a KMS key (arn:…:kms:…:key/…; not of an alias)"
EXTERNAL = "2 to 1224 letters, digits or characters of _+=,.@:/-"
TIMEOUT = "a whole number with a unit, s, m, h or d, from 1s to 364d (such as 7d)"
MINUTES = "a whole number with a unit, s, m, h or d, from 1m to 1d (such as 7d)"
DATABASE = "the exact name of a database, in lower case, of 1 to 255 characters"
PATTERN = "the name of a database or a pattern (*, ?, [abc]), in lower case, of 1 to 255 characters"
ADDRESS = 'a mail address, such as "data.owner@example.org"'
TOPIC = "the ARN of an SNS topic (arn:…:sns:…)"
NUMBER = "twelve digits in quotes (without them YAML makes a number of it)"
HIDDEN = "a secret, not shown"
UNKNOWN = "a key that it does not"
DESCRIBED = "one of the keys that Pulumi.yaml describes"
TAG_KEY = "a tag's key: 1 to 128 letters, digits, spaces or characters of _.:/=+-@, not beginning with aws:"
TAG_VALUE = "a tag's value in quotes: at most 256 letters, digits, spaces or characters of _.:/=+-@"
ENTRY = "a map with accountId and, if need be, externalId, region, name, databases, legacyKit"
FIELDS = "one of accountId, externalId, region, name, databases, legacyKit"
NOT_CENTRAL = "nothing: a central stack does not take it"
NOT_PRODUCER = "nothing: a producer stack does not take it"
OTHERS = "accounts other than the central one"
ONCE = "every item once"
RETENTION = f"one of {', '.join(map(str, checks.LOG_RETENTION_DAYS))} (what CloudWatch Logs takes)"
ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/x"
REGION = 'the name of an AWS region, such as "eu-central-1"'
MANY_TAGS = "at most 45 tags (AWS takes 50, Lakeshare adds its own)"
LISTED = "an account that is not listed above"
OWN = "an account other than the producer's own"
TEXT = "printable text of 1 to 256 characters"
WIDE_DIGITS = "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10\uff11\uff12"
TWO = {"accountId": "222222222222"}

WRONG: list[tuple[dict[str, object], str, str, str]] = [
    # common
    ({"accountId": "123456789012"}, "role", "central or producer", "nothing"),
    (central(role="Central"), "role", "central or producer", '"Central"'),
    (central(accountId=""), "accountId", DIGITS, "nothing"),
    (central(accountId="12345678901"), "accountId", DIGITS, '"12345678901"'),
    (central(accountId="1234567890123"), "accountId", DIGITS, '"1234567890123"'),
    (central(accountId=" 123456789012"), "accountId", DIGITS, '" 123456789012"'),
    (central(accountId=WIDE_DIGITS), "accountId", DIGITS, f'"{WIDE_DIGITS}"'),
    (central(acountId="1"), "acountId", f"{DESCRIBED} (did you mean accountId?)", UNKNOWN),
    (central(xyz="1"), "xyz", DESCRIBED, UNKNOWN),
    (central(tags="x"), "tags", "a map of names to texts", '"x"'),
    (central(tags={"aws:x": "1"}), "tags.aws:x", TAG_KEY, '"aws:x"'),
    (central(tags={"team": 7}), "tags.team", TAG_VALUE, "7"),
    (central(tags={f"t{n}": "" for n in range(46)}), "tags", MANY_TAGS, "46 tags"),
    # central
    (central(producers="111111111111"), "producers", "a list", '"111111111111"'),
    (central(producers={"accountId": "1"}), "producers", "a list", '"{\\"accountId\\": \\"1\\"}"'),
    (central(producers=["111111111111"]), "producers[0]", ENTRY, '"111111111111"'),
    (central(producers=[{}]), "producers[0].accountId", DIGITS, "nothing"),
    (one(accountId=111111111111), "producers[0].accountId", NUMBER, "111111111111"),
    (one(accountid="x"), "producers[0].accountid", FIELDS, "a field of another name"),
    (one(externalId="x"), "producers[0].externalId", EXTERNAL, HIDDEN),
    (one(externalId="with space"), "producers[0].externalId", EXTERNAL, HIDDEN),
    (one(externalId="x" * 1225), "producers[0].externalId", EXTERNAL, HIDDEN),
    (one(externalId="ünicode"), "producers[0].externalId", EXTERNAL, HIDDEN),
    (one(region="Frankfurt"), "producers[0].region", REGION, '"Frankfurt"'),
    (one(name=""), "producers[0].name", TEXT, "nothing"),
    (one(name="a\nb"), "producers[0].name", TEXT, '"a\\nb"'),
    (one(databases="retail"), "producers[0].databases", "a list", '"retail"'),
    (one(databases=["Retail"]), "producers[0].databases[0]", PATTERN, '"Retail"'),
    (one(databases=["a", 1]), "producers[0].databases[1]", PATTERN, "1"),
    (one(databases=["a", "a"]), "producers[0].databases[1]", ONCE, '"a"'),
    (one(legacyKit="true"), "producers[0].legacyKit", "true or false (without quotes)", '"true"'),
    (one(legacyKit=1), "producers[0].legacyKit", "true or false (without quotes)", "1"),
    (central(producers=[ONE, TWO, ONE]), "producers[2].accountId", LISTED, '"111111111111"'),
    (one(accountId="123456789012"), "producers", OTHERS, '"123456789012"'),
    (
        central(producers=[{**ONE, "databases": ["a"]}, {**TWO, "databases": ["b", "a"]}]),
        "producers[1].databases",
        "databases that no other producer owns (producer 111111111111 does)",
        '"a"',
    ),
    (central(consumerAccounts=["1"]), "consumerAccounts[0]", DIGITS, '"1"'),
    (central(consumerAccounts=["9" * 12, "9" * 12]), "consumerAccounts[1]", ONCE, '"999999999999"'),
    (central(consumerAccounts=["123456789012"]), "consumerAccounts", OTHERS, '"123456789012"'),
    (central(approvalTimeout="7"), "approvalTimeout", TIMEOUT, '"7"'),
    (central(approvalTimeout="0s"), "approvalTimeout", TIMEOUT, '"0s"'),
    (central(approvalTimeout="365d"), "approvalTimeout", TIMEOUT, '"365d"'),
    (central(approvalTimeout="1w"), "approvalTimeout", TIMEOUT, '"1w"'),
    (central(approvalTimeout="1.5h"), "approvalTimeout", TIMEOUT, '"1.5h"'),
    (central(approvalTimeout="-1d"), "approvalTimeout", TIMEOUT, '"-1d"'),
    (central(wildcardOnApproval="yes"), "wildcardOnApproval", "true or false", '"yes"'),
    (central(manageLakeFormationGrants="1"), "manageLakeFormationGrants", "true or false", '"1"'),
    (central(deletionProtection="off"), "deletionProtection", "true or false", '"off"'),
    (central(databases=["r_*"]), "databases[0]", DATABASE, '"r_*"'),
    (central(databases=["x" * 256]), "databases[0]", DATABASE, '"' + "x" * 76 + "..."),
    (central(catalogKmsKeyArn="alias/x"), "catalogKmsKeyArn", KMS, '"alias/x"'),
    (central(catalogKmsKeyArn=ALIAS), "catalogKmsKeyArn", KMS, f'"{ALIAS}"'),
    (central(logRetentionDays="ninety"), "logRetentionDays", "a whole number", '"ninety"'),
    (central(logRetentionDays=91), "logRetentionDays", RETENTION, "91"),
    (central(opsTopicArn="ops"), "opsTopicArn", TOPIC, '"ops"'),
    (central(sweepEvery="30s"), "sweepEvery", MINUTES, '"30s"'),
    (central(sweepEvery="90s"), "sweepEvery", "a duration of whole minutes, from 1m to 1d (such as 15m)", '"90s"'),
    (central(approverEmails=["a@example.org"]), "approverEmails", NOT_CENTRAL, '["a@example.org"]'),
    (central(externalId="a-secret-one"), "externalId", NOT_CENTRAL, HIDDEN),
    # producer
    (producer(centralAccountId=""), "centralAccountId", DIGITS, "nothing"),
    (producer(centralAccountId="111111111111"), "centralAccountId", OWN, '"111111111111"'),
    (producer(externalId="x"), "externalId", EXTERNAL, HIDDEN),
    (producer(approverEmails="a@example.org"), "approverEmails", "a list", '"a@example.org"'),
    (producer(approverEmails=["nobody"]), "approverEmails[0]", ADDRESS, '"nobody"'),
    (producer(approverEmails=["a@b@example.org"]), "approverEmails[0]", ADDRESS, '"a@b@example.org"'),
    (producer(approverEmails=["a@example.org\n"]), "approverEmails[0]", ADDRESS, '"a@example.org\\n"'),
    (producer(approverEmails=["Jane <j@example.org>"]), "approverEmails[0]", ADDRESS, '"Jane <j@example.org>"'),
    (producer(approverEmails=["a@example.org", "A@example.org"]), "approverEmails[1]", ONCE, '"A@example.org"'),
    (producer(adopt="yes"), "adopt", "true or false", '"yes"'),
    (central(adopt=True), "adopt", NOT_CENTRAL, "true"),
    (producer(producers=[ONE]), "producers", NOT_PRODUCER, '[{"accountId": "111111111111"}]'),
    (producer(approvalTimeout="8d"), "approvalTimeout", NOT_PRODUCER, '"8d"'),
]


@pytest.mark.parametrize(("config", "key", "expected", "got"), WRONG, ids=[case[1] for case in WRONG])
def test_what_is_wrong_is_named(config: dict[str, object], key: str, expected: str, got: str) -> None:
    assert faults(config) == {f"lakeshare:{key}": (expected, got)}


@pytest.mark.parametrize("region", [None, "", "Frankfurt", "eu-central-1a"])
def test_the_region_is_checked_too(region: str | None) -> None:
    assert set(faults(CENTRAL, region=region)) == {"aws:region"}


@pytest.mark.parametrize("placeholder", ["<id of the central account>", "<x>"])
def test_a_samples_placeholder_says_what_to_put_there(placeholder: str) -> None:
    expected, got = faults(central(accountId=placeholder))["lakeshare:accountId"]
    assert "the id of your AWS account, twelve digits in quotes, in place of the sample's placeholder" in expected
    assert got == f'"{placeholder}"'


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        loaded(
            central(
                accountId="12",
                producers=[{"accountId": "1", "legacyKit": "no"}, 7],
                approvalTimeout="soon",
                sweepEvery="never",
                unknown="x",
            ),
            region="nowhere",
        )
    assert str(raised.value) == (
        "The configuration of stack 'test' has 8 faults:\n"
        "  - lakeshare:unknown: expected one of the keys that Pulumi.yaml describes, got a key that it does not\n"
        '  - lakeshare:accountId: expected an account id: twelve digits in quotes, got "12"\n'
        '  - aws:region: expected the name of an AWS region, such as "eu-central-1", got "nowhere"\n'
        '  - lakeshare:producers[0].accountId: expected an account id: twelve digits in quotes, got "1"\n'
        '  - lakeshare:producers[0].legacyKit: expected true or false (without quotes), got "no"\n'
        f"  - lakeshare:producers[1]: expected {ENTRY}, got 7\n"
        f'  - lakeshare:approvalTimeout: expected {TIMEOUT}, got "soon"\n'
        f'  - lakeshare:sweepEvery: expected {MINUTES}, got "never"'
    )


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
    assert faults(central(producers=producers)) == {
        "lakeshare:producers": (f"at most {MAX_PRODUCERS} producers", f"{MAX_PRODUCERS + 1} of them")
    }


SCALARS = st.none() | st.booleans() | st.integers() | st.text()
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@settings(deadline=None)
@given(ANYTHING)
def test_no_value_whatever_breaks_the_reader(value: object) -> None:
    for key in ("producers", "consumerAccounts", "tags", "databases", "approvalTimeout", "logRetentionDays", "role"):
        with contextlib.suppress(ConfigError):
            loaded(central(**{key: value}))
