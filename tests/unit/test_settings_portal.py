"""The portal's settings: what they may say, and every fault by the name of its key.

The texts stand in `__snapshots__/test_settings_portal.ambr`; `--snapshot-update` writes it anew.
"""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.sharing.model.parties import Decisions
from settings.keys import ConfigError
from settings.people import DECISIONS
from settings.portal import OidcProvider, PortalAddress, PortalSettings, PortalUser, SamlProvider
from settings.stacks import CentralSettings
from tests.unit.configured import called, central, loaded, producer, texts

OIDC = {"name": "Corp", "oidcIssuer": "https://id.example.org/realm", "clientId": "abc", "clientSecret": "s3cret"}
SAML = {"name": "Corp", "samlMetadataUrl": "https://id.example.org/metadata.xml?x=1"}
ADDRESS = {"hostName": "data.example.org", "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a-1b"}
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/Lakeshare_1/01234567-89ab-cdef-0123-456789abcdef"
ALEX = {"username": "alex", "email": "alex@example.org"}
EVERY = {"auditor": True, "operator": True, "accounts": ["999999999999", "888888888888"]}
ONE = {"accountId": "111111111111"}


def portal(**more: object) -> dict[str, object]:
    return central(portal=True, portalDomainPrefix="data", **more)


def settings(**more: object) -> PortalSettings | None:
    read = loaded(portal(**more))
    assert isinstance(read, CentralSettings)
    return read.portal


def test_a_portal_with_nothing_but_a_prefix() -> None:
    assert settings() == PortalSettings(domain_prefix="data")


def test_a_portal_with_everything() -> None:
    assert settings(
        portalUsers=[ALEX, {"username": "a.b-c_d@example.org", "email": "b@example.org", **EVERY}],
        portalAuditorsGroup="Data_auditors.1",
        portalOperatorsGroup="ops",
        portalAccountGroups=True,
        portalMfa="off",
        portalIdentityProvider={**OIDC, "trustEmail": True},
        portalAddress=ADDRESS,
        portalWebAclArn=WEB_ACL,
        portalOtherPages=["https://data.example.org", "http://localhost:5173"],
        portalIdentityPool="true",
        portalDirectStart="true",
    ) == PortalSettings(
        domain_prefix="data",
        users=(
            PortalUser(username="alex", email="alex@example.org"),
            PortalUser(
                username="a.b-c_d@example.org",
                email="b@example.org",
                auditor=True,
                operator=True,
                accounts=("999999999999", "888888888888"),
            ),
        ),
        auditors_group="Data_auditors.1",
        operators_group="ops",
        account_groups=True,
        mfa=False,
        identity_provider=OidcProvider(
            name="Corp",
            issuer="https://id.example.org/realm",
            client_id="abc",
            client_secret="s3cret",
            trust_email=True,
        ),
        address=PortalAddress(host_name="data.example.org", certificate_arn=ADDRESS["certificateArn"]),
        web_acl_arn=WEB_ACL,
        other_pages=("https://data.example.org", "http://localhost:5173"),
        identity_pool=True,
        direct_start=True,
    )


def test_a_saml_provider() -> None:
    read = settings(portalIdentityProvider=SAML)
    assert read is not None
    assert read.identity_provider == SamlProvider(name="Corp", metadata_url=SAML["samlMetadataUrl"])


def test_it_is_off_unless_told_otherwise() -> None:
    for config in (central(), central(portal=False, portalDomainPrefix="data", portalUsers=[ALEX])):
        read = loaded(config)
        assert isinstance(read, CentralSettings)
        assert read.portal is None


@pytest.mark.parametrize(
    ("config", "binds"),
    [
        ({}, False),
        ({"portalUsers": [{**ALEX, "accounts": []}]}, False),
        ({"portalUsers": [ALEX, {**ALEX, "username": "kim", "accounts": ["999999999999"]}]}, True),
        ({"portalAccountGroups": True}, True),
    ],
)
def test_whether_people_are_bound_to_accounts(config: dict[str, object], *, binds: bool) -> None:
    read = settings(**config)
    assert read is not None
    assert read.binds_accounts is binds


def test_who_decides_and_how() -> None:
    read = loaded(
        portal(
            decisions="signed-in",
            producers=[
                {**ONE, "approversGroup": "sales", "legacyKit": True},
                {"accountId": "222222222222", "decisions": "link", "legacyKit": True},
                {"accountId": "333333333333", "approversGroup": "sales"},
            ],
        )
    )
    assert isinstance(read, CentralSettings)
    assert read.decisions == "signed-in"
    assert [(each.approvers_group, each.decisions) for each in read.producers] == [
        ("sales", None),
        (None, "link"),
        ("sales", None),
    ]
    assert tuple(Decisions) == DECISIONS


def test_a_key_of_the_portal_may_hold_its_default_in_a_producers_stack() -> None:
    assert loaded(producer(portal=False, portalMfa="optional", portalUsers=[])) == loaded(producer())


WRONG: list[dict[str, object]] = [
    central(portal=True),
    central(portal="on"),
    portal(portalDirectStart="1"),
    portal(portalDirectStart=True),
    portal(portalIdentityPool="1"),
    portal(portalOtherPages=["https://x.example/"]),
    portal(portalOtherPages=["http://x.example"]),
    portal(portalOtherPages=[7]),
    portal(portalOtherPages=["https://x.example"] * 2),
    portal(portalMfa="required"),
    portal(portalMfa=""),
    portal(portalAuditorsGroup="the auditors"),
    portal(portalUsers={}),
    portal(portalUsers=["alex"]),
    portal(portalUsers=[{**ALEX, "name": "Alex"}]),
    portal(portalUsers=[{**ALEX, "username": "Alex"}]),
    portal(portalUsers=[{**ALEX, "username": ""}]),
    portal(portalUsers=[{"username": "alex"}]),
    portal(portalUsers=[{**ALEX, "auditor": "yes"}]),
    portal(portalUsers=[{**ALEX, "auditor": True}]),
    portal(portalUsers=[ALEX, ALEX]),
    portal(portalUsers=[{**ALEX, "operator": True}]),
    portal(portalUsers=[{**ALEX, "operator": 1}], portalOperatorsGroup="ops"),
    portal(portalUsers=[{**ALEX, "accounts": "999999999999"}]),
    portal(portalUsers=[{**ALEX, "accounts": [999999999999]}]),
    portal(portalUsers=[{**ALEX, "accounts": ["999999999999"] * 2}]),
    portal(portalUsers=[{**ALEX, "accounts": ["123456789012"]}]),
    portal(portalUsers=[{**ALEX, "accounts": ["888888888888"]}], consumerAccounts=["999999999999"]),
    portal(portalAccountGroups="yes"),
    portal(portalOperatorsGroup="the operators"),
    portal(portalOperatorsGroup="account-999999999999"),
    portal(portalAuditorsGroup="account-x"),
    portal(portalAuditorsGroup="all", portalOperatorsGroup="all"),
    portal(producers=[{**ONE, "approversGroup": "ops"}], portalOperatorsGroup="ops"),
    portal(producers=[{**ONE, "approversGroup": "all"}], portalAuditorsGroup="all"),
    portal(producers=[{**ONE, "approversGroup": "account-1"}]),
    portal(producers=[{**ONE, "decisions": "mail"}]),
    portal(producers=[{**ONE, "decisions": "signed-in", "legacyKit": True}]),
    portal(producers=[{**ONE, "legacyKit": True}], decisions="signed-in"),
    portal(decisions="mail"),
    central(decisions="signed-in"),
    central(producers=[{**ONE, "decisions": "signed-in"}]),
    central(producers=[{**ONE, "approversGroup": "sales"}]),
    portal(tags={f"t{n}": "" for n in range(10)}),
    portal(portalIdentityProvider={"name": "Corp"}),
    portal(portalIdentityProvider={**OIDC, "name": "x"}),
    portal(portalIdentityProvider={**OIDC, "name": "Cognito"}),
    portal(portalIdentityProvider={**OIDC, "name": "our_corp"}),
    portal(portalIdentityProvider={**OIDC, "oidcIssuer": "http://x"}),
    portal(portalIdentityProvider={**OIDC, "clientId": ""}),
    portal(portalIdentityProvider={**OIDC, "clientSecret": "s3cret\n"}),
    portal(portalIdentityProvider={**OIDC, "trustEmail": 1}),
    portal(portalIdentityProvider={**SAML, "clientId": "x"}),
    portal(portalIdentityProvider={**SAML, "samlMetadataUrl": "x"}),
    portal(portalAddress={**ADDRESS, "hostName": "https://x.org"}),
    portal(portalWebAclArn=WEB_ACL.replace("us-east-1", "eu-central-1").replace("global", "regional")),
    portal(portalAddress={"hostName": "x.org", "certificateArn": "arn:aws:acm:eu-central-1:123456789012:x/y"}),
    producer(portal=True),
]


@pytest.mark.parametrize("config", WRONG, ids=called)
def test_what_is_wrong_is_named(snapshot: SnapshotAssertion, config: dict[str, object]) -> None:
    assert texts(config) == snapshot


@pytest.mark.parametrize("prefix", ["My-data", "-data", "data-", "x" * 64, "aws-data", "my-amazon", "cognito1", "a.b"])
def test_a_prefix_is_what_cognito_takes(snapshot: SnapshotAssertion, prefix: str) -> None:
    assert texts(central(portal=True, portalDomainPrefix=prefix)) == snapshot


def test_faults_are_told_while_it_is_off_too(snapshot: SnapshotAssertion) -> None:
    assert texts(central(portalMfa="always", portalUsers=[{}])) == snapshot


def test_the_providers_secret_is_never_shown() -> None:
    read = settings(portalIdentityProvider=OIDC)
    assert "s3cret" not in repr(read)
    for config in ({**OIDC, "clientSecret": "s3cret\n"}, {**OIDC, "name": "s3cret!"}):
        with pytest.raises(ConfigError) as raised:
            loaded(portal(portalIdentityProvider=config), secret=("portalIdentityProvider",))
        assert "s3cret" not in str(raised.value)
