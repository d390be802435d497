"""What a stack file may say, and what the program makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import checks
from settings.functions import FUNCTIONS, KIT_FUNCTIONS
from settings.stacks import CentralSettings, ConsumerSettings, ProducerSettings, RegisteredProducer
from tests.unit.configured import CENTRAL, CONSUMER, ONE, PRODUCER, central, loaded, producer, texts


def test_a_central_stack_with_nothing_but_an_account() -> None:
    assert loaded(CENTRAL) == CentralSettings(account_id="123456789012", region="eu-central-1", consumer_accounts=None)


def test_a_producer_stack_with_nothing_but_accounts() -> None:
    assert loaded(PRODUCER) == ProducerSettings(
        account_id="111111111111", region="eu-central-1", central_account_id="123456789012"
    )


def test_a_consumer_stack_with_nothing_but_what_it_takes_up() -> None:
    assert loaded(CONSUMER) == ConsumerSettings(
        account_id="999999999999",
        region="eu-central-1",
        central_account_id="123456789012",
        allowed_databases=("*",),
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"allowedDatabases": []}, "allowedDatabases: expected the databases to take up, a list of names or patterns"),
        ({"allowedDatabases": ["Retail"]}, "allowedDatabases[0]: expected the name of a database or a pattern"),
        ({"allowedDatabases": ["d" * 250] * 7}, "allowedDatabases[1]: expected every item once"),
        ({"allowedDatabases": [f"{n}{'d' * 250}" for n in range(7)]}, "allowedDatabases: expected at most 1500"),
        ({"allowedRoles": ["arn:aws:iam::999999999999:role/analyst"]}, "allowedRoles[0]: expected the name of a role"),
        ({"allowedRoles": ["an analyst"]}, "allowedRoles[0]: expected the name of a role"),
        ({"allowedRoles": [f"{n}{'r' * 60}" for n in range(25)]}, "allowedRoles: expected at most 1500 characters"),
        ({"linkDatabase": "Links"}, "linkDatabase: expected a name of 1 to 64 lower-case letters"),
        ({"linkDatabase": ""}, "linkDatabase: expected a name of 1 to 64 lower-case letters"),
        ({"centralAccountId": "999999999999"}, "centralAccountId: expected an account other than the stack's own"),
        ({"logRetentionDays": 2}, "logRetentionDays: expected one of 1, 3, 5"),
        ({"approverEmails": ["jane@example.org"]}, "approverEmails: expected nothing: a consumer stack"),
    ],
)
def test_what_a_consumer_stack_must_not_say(change: dict[str, object], fault: str) -> None:
    assert any(each.startswith(f"lakeshare:{fault}") for each in texts({**CONSUMER, **change}))


def test_roles_have_paths_if_they_have_any() -> None:
    settings = loaded({**CONSUMER, "allowedRoles": ["analyst", "teams/data/reader", "a+=,.@-_b"]})
    assert isinstance(settings, ConsumerSettings)
    assert settings.allowed_roles == ("analyst", "teams/data/reader", "a+=,.@-_b")


def test_a_central_stack_with_everything() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/mrk-0a"
    topic = "arn:aws:sns:eu-central-1:123456789012:ops-topic"
    settings = loaded(
        central(
            tags={"team": "data", "empty": ""},
            producers=[
                {
                    **ONE,
                    "externalId": "a.b@c:d/e-f_g=h,i+",
                    "region": "us-east-2",
                    "name": "Größe & Co",
                    "databases": ["retail", "r_[ab]*"],
                    "legacyKit": True,
                    "defaultShare": "24h",
                    "longestShare": "7d",
                },
                {"accountId": "222222222222", "databases": ["r_[ab]*"], "legacyKit": False},
                {"accountId": "000000000000", "name": None, "databases": None},
            ],
            consumerAccounts=["999999999999"],
            approvalTimeout="36h",
            directRequests="automatic",
            defaultShare="30d",
            longestShare="3660d",
            wildcardOnApproval="true",
            manageLakeFormationGrants=True,
            databases=["retail"],
            catalogKmsKeyArn=key,
            logRetentionDays=30,
            deletionProtection=False,
            opsTopicArn=topic,
            sweepEvery="120s",
            sensitiveTags={"pii": "any", "class of data": ["restricted", "top secret"]},
            reservedConcurrency={"decide": 50, "close": 850},
        ),
        secret=("producers",),
    )
    assert settings == CentralSettings(
        account_id="123456789012",
        region="eu-central-1",
        tags={"team": "data", "empty": ""},
        producers=(
            RegisteredProducer(
                account_id="111111111111",
                external_id="a.b@c:d/e-f_g=h,i+",
                region="us-east-2",
                name="Größe & Co",
                databases=("retail", "r_[ab]*"),
                legacy_kit=True,
                default_share_days=1,
                longest_share_days=7,
            ),
            RegisteredProducer(account_id="222222222222", databases=("r_[ab]*",)),
            RegisteredProducer(account_id="000000000000"),
        ),
        secret_producers=True,
        consumer_accounts=("999999999999",),
        approval_timeout_seconds=129_600,
        direct_requests="automatic",
        default_share_days=30,
        longest_share_days=3660,
        wildcard_on_approval=True,
        manage_lake_formation_grants=True,
        databases=("retail",),
        catalog_kms_key_arn=key,
        log_retention_days=30,
        deletion_protection=False,
        ops_topic_arn=topic,
        sweep_every_minutes=2,
        sensitive_tags={"pii": None, "class of data": ("restricted", "top secret")},
        reserved_concurrency={"decide": 50, "close": 850},
    )


def test_the_functions_are_those_that_there_are() -> None:
    modules = {path.stem for path in (Path(__file__).parents[2] / "handlers").glob("*.py")} - {"__init__"}
    assert {name.replace("-", "_") for name in (*FUNCTIONS, *KIT_FUNCTIONS)} == modules


def test_a_key_of_another_role_may_hold_its_default() -> None:
    # The CLI hands every default of Pulumi.yaml to every stack.
    assert loaded(producer(producers=[], approvalTimeout="7d", deletionProtection=True)) == loaded(PRODUCER)


@given(st.sampled_from("smhd"), st.integers(1, 364))
def test_durations_come_back_as_they_went(unit: str, count: int) -> None:
    seconds = checks.duration_seconds(f"{count}{unit}", 1, checks.MAX_APPROVAL_TIMEOUT)
    assert seconds == count * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    assert checks.duration_seconds(checks.duration(seconds), 1, seconds) == seconds


@given(st.integers(1, checks.MAX_APPROVAL_TIMEOUT))
def test_every_length_can_be_written(seconds: int) -> None:
    assert checks.duration_seconds(checks.duration(seconds), 1, checks.MAX_APPROVAL_TIMEOUT) == seconds


@given(st.text() | st.none() | st.integers() | st.booleans() | st.lists(st.text()))
def test_anything_else_is_refused_rather_than_misread(value: object) -> None:
    try:
        seconds = checks.duration_seconds(value, 1, 100)
    except checks.Unexpected:
        return
    assert isinstance(value, str)
    assert value.isascii()
    assert value[:-1].isdigit()
    assert value[-1] in "smhd"
    assert 1 <= seconds <= 100


@given(st.text(alphabet=st.characters(categories=["Nd"]), min_size=12, max_size=12))
def test_account_ids_are_ascii(value: str) -> None:
    if value.isascii():
        assert checks.account_id(value) == value
    else:
        with pytest.raises(checks.Unexpected):
            checks.account_id(value)
