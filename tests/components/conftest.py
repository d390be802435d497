"""The programs that most tests here look at, run once."""

from __future__ import annotations

import pytest

from tests.components.program import CENTRAL_ACCOUNT, Program, run

CENTRAL = {
    "role": "central",
    "accountId": CENTRAL_ACCOUNT,
    "producers": [
        {
            "accountId": "111111111111",
            "externalId": "one-secret",
            "name": "Retail",
            "databases": ["retail", "r_*"],
            "defaultShare": "7d",
            "longestShare": "30d",
        },
        {"accountId": "222222222222", "region": "us-east-1", "legacyKit": True},
    ],
    "consumerAccounts": ["999999999999"],
    "longestShare": "90d",
    "databases": ["retail"],
    "catalogKmsKeyArn": f"arn:aws:kms:eu-central-1:{CENTRAL_ACCOUNT}:key/0a1b",
    "opsTopicArn": f"arn:aws:sns:eu-central-1:{CENTRAL_ACCOUNT}:ops",
    "tags": {"cost-centre": "42"},
}

PORTAL = {
    **CENTRAL,
    "drift": True,
    "onNewPersonalData": "revoke",
    "portal": True,
    "portalDomainPrefix": "example-data",
    "portalUsers": [
        {"username": "alex", "email": "alex@consumer.example"},
        {"username": "audit", "email": "audit@example.org", "auditor": True},
    ],
    "portalAuditorsGroup": "auditors",
}

KITS = {**PORTAL, "consumerKits": ["999999999999"]}

PRODUCER = {
    "role": "producer",
    "accountId": "111111111111",
    "centralAccountId": CENTRAL_ACCOUNT,
    "externalId": "one-secret",
    "approverEmails": ["jane@example.org", "Joe@example.org"],
}


CONSUMER = {
    "role": "consumer",
    "accountId": "999999999999",
    "centralAccountId": CENTRAL_ACCOUNT,
    "allowedDatabases": ["retail", "sales_*"],
    "allowedRoles": ["analyst", "teams/reader"],
}


@pytest.fixture(scope="session")
def central() -> Program:
    return run(CENTRAL)


@pytest.fixture(scope="session")
def granting() -> Program:
    return run({**CENTRAL, "manageLakeFormationGrants": True, "databases": ["retail", "amazon"]})


@pytest.fixture(scope="session")
def producer() -> Program:
    return run(PRODUCER)


@pytest.fixture(scope="session")
def consumer() -> Program:
    return run(CONSUMER)


@pytest.fixture(scope="session")
def portal() -> Program:
    return run(PORTAL)


@pytest.fixture(scope="session")
def kits() -> Program:
    return run(KITS)


@pytest.fixture(scope="session")
def pool() -> Program:
    return run({**PORTAL, "portalIdentityPool": True})


@pytest.fixture(scope="session")
def direct() -> Program:
    return run({**PORTAL, "portalIdentityPool": True, "portalDirectStart": True})


@pytest.fixture(scope="session", params=["central", "granting", "producer", "consumer", "portal", "kits"])
def any_program(request: pytest.FixtureRequest) -> Program:
    return request.getfixturevalue(request.param)
