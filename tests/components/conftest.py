"""The programs that most tests here look at, run once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from components import built_page
from tests.components.program import CENTRAL_ACCOUNT, Program, run

CENTRAL = {
    "role": "central",
    "accountId": CENTRAL_ACCOUNT,
    "producers": [
        {"accountId": "111111111111", "externalId": "one-secret", "name": "Retail", "databases": ["retail", "r_*"]},
        {"accountId": "222222222222", "region": "us-east-1", "legacyKit": True},
    ],
    "consumerAccounts": ["999999999999"],
    "databases": ["retail"],
    "catalogKmsKeyArn": f"arn:aws:kms:eu-central-1:{CENTRAL_ACCOUNT}:key/0a1b",
    "opsTopicArn": f"arn:aws:sns:eu-central-1:{CENTRAL_ACCOUNT}:ops",
    "tags": {"cost-centre": "42"},
}

PORTAL = {
    **CENTRAL,
    "portal": True,
    "portalDomainPrefix": "example-data",
    "portalUsers": [
        {"username": "alex", "email": "alex@consumer.example"},
        {"username": "audit", "email": "audit@example.org", "auditor": True},
    ],
    "portalAuditorsGroup": "auditors",
}

PAGE = (
    "index.html",
    "favicon.svg",
    "config.json",
    "assets/index-Ab_1.js",
    "assets/index-ab_1.js",
    "assets/index-Cd-2.css",
)
"""The files of a page, as Vite would build one."""

PRODUCER = {
    "role": "producer",
    "accountId": "111111111111",
    "centralAccountId": CENTRAL_ACCOUNT,
    "externalId": "one-secret",
    "approverEmails": ["jane@example.org", "Joe@example.org"],
}


@pytest.fixture(scope="session", autouse=True)
def _built_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A page of a few small files, whatever lies in portal/dist."""
    folder = tmp_path_factory.mktemp("dist")
    for name in PAGE:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(built_page, "DIST", folder)
        yield


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
def portal() -> Program:
    return run(PORTAL)


@pytest.fixture(scope="session", params=["central", "granting", "producer", "portal"])
def any_program(request: pytest.FixtureRequest) -> Program:
    return request.getfixturevalue(request.param)
