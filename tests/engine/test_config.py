"""Wrong configuration on the real engine: refused before anything is made, each key with what was expected and came."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi import automation as auto

from .engine import ROOT, Engine

Faults = dict[str, dict[str, tuple[str, str]]]

NOBODY = "aws:1"  # no provider answers there: whoever called it would be told so, rather than of the configuration
ID = "an account id: twelve digits in quotes"
ADDRESS = 'a mail address, such as "data.owner@example.org"'
ONE = {"accountId": "111111111111"}

OF_CENTRAL: dict[str, object] = {
    "producers": [ONE],
    "consumerAccounts": ["999999999999"],
    "consumerKits": ["999999999999"],
    "approvalTimeout": "8d",
    "decisions": "signed-in",
    "directRequests": "refuse",
    "wildcardOnApproval": True,
    "manageLakeFormationGrants": True,
    "defaultShare": "30d",
    "longestShare": "90d",
    "databases": ["retail"],
    "catalogKmsKeyArn": "x",
    "logRetentionDays": 30,
    "deletionProtection": False,
    "opsTopicArn": "x",
    "sweepEvery": "5m",
    "drift": True,
    "onNewPersonalData": "revoke",
    "adoptedUntil": "2099-12-31",
    "portal": True,
    "portalOtherPages": ["http://data.example.org"],
    "portalIdentityPool": True,
    "portalDirectStart": True,
    "portalOperatorsGroup": "operators",
    "portalAccountGroups": True,
}
"""What a producer stack may not set, nor a consumer stack but for two."""

# For each stack: its keys, wrong; for each key what the refusal says of it.
WRONG: dict[str, tuple[dict[str, Any], dict[str, tuple[str, str]]]] = {
    "central": (
        {
            "role": "central",
            "accountId": "12345678901",
            "tags": {"aws:team": "data"},
            "producers": [
                {**ONE, "databases": ["retail"]},
                ONE,
                {"accountId": "222222222222", "databases": ["retail"]},
                {"accountId": "11", "externalId": "x", "region": "here", "name": "", "legacyKit": "no", "owner": 1},
            ],
            "consumerAccounts": ["999"],
            "consumerKits": ["111111111111", "22"],
            "approvalTimeout": "a week",
            "decisions": "mail",
            "directRequests": "never",
            "defaultShare": "90",
            "longestShare": "36h",
            "databases": ["retail_*"],
            "catalogKmsKeyArn": "alias/catalogue",
            "logRetentionDays": 91,
            "opsTopicArn": "ops",
            "sweepEvery": "90s",
            "drift": True,
            "onNewPersonalData": "ignore",
            "adoptedUntil": "tomorrow",
            "sensitiveTags": {"pii": []},
            "reservedConcurrency": {"clasify": 1},
            "accountConcurrency": 0,
            "portalWebAclArn": "mine",
            "portal": True,
            "portalDomainPrefix": "my-aws-data",
            "portalUsers": [{"username": "Jane", "email": "jane", "auditor": True}],
            "portalAuditorsGroup": "the auditors",
            "portalOperatorsGroup": "account-operators",
            "portalMfa": "on",
            "portalIdentityProvider": {"name": "Corporate"},
            "portalAddress": {"hostName": "Data", "certificateArn": "mine"},
            "portalOtherPages": ["http://data.example.org"],
            "portalDirectStart": True,
            "centralAccountId": "123456789012",
            "externalId": "a-secret-one",
            "approverEmails": ["jane@example.org"],
            "adopt": True,
            "approvalTimeOut": "7d",
        },
        {
            "accountId": (ID, '"12345678901"'),
            "tags.aws:team": ("a tag's key", '"aws:team"'),
            "producers[1].accountId": ("an account that is not listed above", '"111111111111"'),
            "producers[2].databases": ("databases that no other producer owns", '"retail"'),
            "producers[3].accountId": (ID, '"11"'),
            "producers[3].externalId": ("2 to 1224 letters", "a secret, not shown"),
            "producers[3].region": ("the name of an AWS region", '"here"'),
            "producers[3].name": ("printable text", "nothing"),
            "producers[3].legacyKit": ("true or false", '"no"'),
            "producers[3].owner": ("one of accountId, externalId", "a field of another name"),
            "consumerAccounts[0]": (ID, '"999"'),
            "consumerKits[0]": ("one of consumerAccounts", '"111111111111"'),
            "consumerKits[1]": (ID, '"22"'),
            "approvalTimeout": ("a whole number with a unit", '"a week"'),
            "decisions": ("link or signed-in", '"mail"'),
            "directRequests": ("allow or automatic or refuse", '"never"'),
            "defaultShare": ("a whole number with a unit", '"90"'),
            "longestShare": ("a duration of whole days", '"36h"'),
            "databases[0]": ("the exact name of a database", '"retail_*"'),
            "catalogKmsKeyArn": ("the ARN of a KMS key", '"alias/catalogue"'),
            "logRetentionDays": ("one of 1, 3, 5", "91"),
            "opsTopicArn": ("the ARN of an SNS topic", '"ops"'),
            "sweepEvery": ("a duration of whole minutes", '"90s"'),
            "onNewPersonalData": ("report or revoke", '"ignore"'),
            "adoptedUntil": ("a day", '"tomorrow"'),
            "sensitiveTags.pii": ("a list of the tag's values, or any", "[]"),
            "reservedConcurrency.clasify": ("one of the stack's functions", "a function that it does not have"),
            "accountConcurrency": ("a whole number from 1 on", "0"),
            "portalWebAclArn": ("the ARN of a web ACL", '"mine"'),
            "portalDomainPrefix": ("the prefix of the sign-in pages' address", '"my-aws-data"'),
            "portalUsers[0].username": ("a user's name", '"Jane"'),
            "portalUsers[0].email": (ADDRESS, '"jane"'),
            "portalUsers[0].auditor": ("a group for auditors", "none"),
            "portalAuditorsGroup": ("a group's name", '"the auditors"'),
            "portalOperatorsGroup": ("a group's name", '"account-operators"'),
            "portalMfa": ("off or optional", '"on"'),
            "portalIdentityProvider": ("either oidcIssuer or samlMetadataUrl", "neither"),
            "portalAddress.hostName": ("a host name in lower case", '"Data"'),
            "portalAddress.certificateArn": ("the ARN of a certificate", '"mine"'),
            "portalOtherPages[0]": ("https:// and a host, or http://localhost", '"http://data.example.org"'),
            "portalDirectStart": ("portalIdentityPool: true beside it", "false"),
            "centralAccountId": ("nothing: a central stack", '"123456789012"'),
            "externalId": ("nothing: a central stack", "a secret, not shown"),
            "approverEmails": ("nothing: a central stack", '["jane@example.org"]'),
            "adopt": ("nothing: a central stack", "true"),
            "approvalTimeOut": ("one of the keys that Pulumi.yaml describes (did you mean approvalTimeout?)", "a key"),
        },
    ),
    "producer": (
        {
            "role": "producer",
            "accountId": "<id of this producer account>",
            "centralAccountId": "1234567890123",
            "externalId": "with space",
            "approverEmails": ["jane@example.org", "nobody", "Jane@example.org"],
            "allowedDatabases": ["*"],
            "allowedRoles": ["analyst"],
            "linkDatabase": "links",
            **OF_CENTRAL,
        },
        {
            "accountId": ("the id of your AWS account", '"<id of this producer account>"'),
            "centralAccountId": (ID, '"1234567890123"'),
            "externalId": ("2 to 1224 letters", "a secret, not shown"),
            "approverEmails[1]": (ADDRESS, '"nobody"'),
            "approverEmails[2]": ("every item once", '"Jane@example.org"'),
            "allowedDatabases": ("nothing: a producer stack", '["*"]'),
            "allowedRoles": ("nothing: a producer stack", '["analyst"]'),
            "linkDatabase": ("nothing: a producer stack", '"links"'),
            **{key: ("nothing: a producer stack", json.dumps(value)) for key, value in OF_CENTRAL.items()},
        },
    ),
    "consumer": (
        {
            "role": "consumer",
            "accountId": "123456789012",
            "centralAccountId": "123456789012",
            "allowedDatabases": ["retail", "Sales", "retail"],
            "allowedRoles": ["arn:aws:iam::123456789012:role/analyst"],
            "linkDatabase": "My-Links",
            "externalId": "a-secret-one",
            "approverEmails": ["jane@example.org"],
            **{key: value for key, value in OF_CENTRAL.items() if key not in {"logRetentionDays", "catalogKmsKeyArn"}},
            "logRetentionDays": 91,
            "catalogKmsKeyArn": "alias/catalogue",
        },
        {
            "centralAccountId": ("an account other than the stack's own", '"123456789012"'),
            "allowedDatabases[1]": ("the name of a database or a pattern", '"Sales"'),
            "allowedDatabases[2]": ("every item once", '"retail"'),
            "allowedRoles[0]": ("the name of a role", '"arn:aws:iam::123456789012:role/analyst"'),
            "linkDatabase": ("a name of 1 to 64 lower-case letters", '"My-Links"'),
            "externalId": ("nothing: a consumer stack", "a secret, not shown"),
            "approverEmails": ("nothing: a consumer stack", '["jane@example.org"]'),
            **{
                key: ("nothing: a consumer stack", json.dumps(value))
                for key, value in OF_CENTRAL.items()
                if key not in {"logRetentionDays", "catalogKmsKeyArn"}
            },
            "logRetentionDays": ("one of 1, 3, 5", "91"),
            "catalogKmsKeyArn": ("the ARN of a KMS key", '"alias/catalogue"'),
        },
    ),
    "unknown": (
        {"role": "reader", "accountId": 123},
        {"role": ("central, producer or consumer", '"reader"'), "accountId": (ID, '"123"')},
    ),
    "bare": (
        {"role": "central", "accountId": "123456789012"},
        {"consumerAccounts": ("the accounts that may be granted access", "nothing")},
    ),
    "missing": ({}, {"role": ("central, producer or consumer", "nothing"), "accountId": (ID, "nothing")}),
}
CASES = [(stack, key) for stack, (_, faults) in WRONG.items() for key in faults]


@pytest.fixture(scope="module")
def engine(cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine(cli, tmp_path_factory.mktemp("config") / "pulumi")


@pytest.fixture(scope="module")
def refused(engine: Engine) -> Faults:
    """What is said of each stack's keys by the one refusal that it gets."""
    found: Faults = {}
    for name, (config, _) in WRONG.items():
        stack = engine.stack(name, config, None, NOBODY)
        with pytest.raises(auto.CommandError) as fault:
            stack.up()
        said = re.findall(r"- (?:lakeshare:)?(\S+): expected (.*), got (.*)", str(fault.value))
        found[name] = {key: (expected, got) for key, expected, got in said}
        assert [resource for resource in stack.resources() if resource["type"].startswith("aws:")] == []
    return found


@pytest.mark.parametrize(("stack", "key"), CASES, ids=[f"{stack}: {key}" for stack, key in CASES])
def test_what_is_wrong_is_named(refused: Faults, stack: str, key: str) -> None:
    expected, got = refused[stack][key]
    wanted, came = WRONG[stack][1][key]
    assert expected.startswith(wanted)
    assert got.startswith(came)


@pytest.mark.parametrize("stack", WRONG)
def test_nothing_else_is(refused: Faults, stack: str) -> None:
    assert set(refused[stack]) == set(WRONG[stack][1])


def test_a_stack_that_a_dashboard_cannot_be_called_after(engine: Engine) -> None:
    config = {"role": "central", "accountId": "123456789012", "consumerAccounts": "any"}
    stack = engine.stack("prod.eu", config, None, NOBODY)
    with pytest.raises(auto.CommandError, match=r'- stack: expected a name of 1 to 100 letters.*, got "prod\.eu"'):
        stack.preview()


def test_every_key_is_here() -> None:
    keys = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert {re.split(r"[.\[]", key)[0] for _, key in CASES} >= set(keys)


@pytest.mark.parametrize(
    ("key", "value", "type_"), [("producers", ["111111111111"], "array"), ("tags", "data", "object")]
)
def test_a_value_of_another_type_is_refused_by_the_cli(engine: Engine, key: str, value: Any, type_: str) -> None:
    stack = engine.stack(f"type-{key}", {"role": "central", "accountId": "123456789012", key: value}, None, NOBODY)
    with pytest.raises(auto.CommandError, match=f"with configuration key '{key}' must be of type '{type_}"):
        stack.up()
    assert stack.resources() == []
