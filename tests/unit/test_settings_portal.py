"""The portal's settings: what they may say, and every fault by the name of its key."""

from __future__ import annotations

import pytest

from settings import CentralSettings, ConfigError
from settings.portal import OidcProvider, PortalAddress, PortalSettings, PortalUser, SamlProvider
from tests.unit.configured import central, faults, loaded, producer

OIDC = {"name": "Corp", "oidcIssuer": "https://id.example.org/realm", "clientId": "abc", "clientSecret": "s3cret"}
SAML = {"name": "Corp", "samlMetadataUrl": "https://id.example.org/metadata.xml?x=1"}
ADDRESS = {"hostName": "data.example.org", "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a-1b"}
ALEX = {"username": "alex", "email": "alex@example.org"}

PREFIX = (
    "the prefix of the sign-in pages' address, unique in the region: 1 to 63 lower-case letters, digits and hyphens, "
    "without aws, amazon or cognito in it"
)
NAME = "a user's name: 1 to 128 lower-case letters, digits or characters of ._@-"
MAIL = 'a mail address, such as "data.owner@example.org"'
GROUP = "a group's name: 1 to 128 letters, digits or characters of _.-"
PROVIDER = "a provider's name: 3 to 32 letters, digits or characters of ._-, not COGNITO"
URL = "an address that begins with https://"
HOST = 'a host name in lower case, such as "data.example.org"'
CERTIFICATE = "the ARN of a certificate in us-east-1 (arn:…:acm:us-east-1:…:certificate/…)"
TEXT = "printable text of 1 to 256 characters"
BOOLEAN = "true or false (without quotes)"
ENTRY = "a map with username, email and, if need be, auditor"
OTHER_NAME = "a field of another name"
ONCE = "every item once"


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
        portalUsers=[ALEX, {"username": "a.b-c_d@example.org", "email": "b@example.org", "auditor": True}],
        portalAuditorsGroup="Data_auditors.1",
        portalMfa="off",
        portalIdentityProvider={**OIDC, "trustEmail": True},
        portalAddress=ADDRESS,
        portalOtherPages=["https://data.example.org", "http://localhost:5173"],
        portalIdentityPool="true",
        portalDirectStart="true",
    ) == PortalSettings(
        domain_prefix="data",
        users=(
            PortalUser(username="alex", email="alex@example.org"),
            PortalUser(username="a.b-c_d@example.org", email="b@example.org", auditor=True),
        ),
        auditors_group="Data_auditors.1",
        mfa=False,
        identity_provider=OidcProvider(
            name="Corp",
            issuer="https://id.example.org/realm",
            client_id="abc",
            client_secret="s3cret",
            trust_email=True,
        ),
        address=PortalAddress(host_name="data.example.org", certificate_arn=ADDRESS["certificateArn"]),
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


def test_a_key_of_the_portal_may_hold_its_default_in_a_producers_stack() -> None:
    assert loaded(producer(portal=False, portalMfa="optional", portalUsers=[])) == loaded(producer())


USER = "portalUsers[0]"
ORIGIN = "https:// and a host, or http://localhost, with a port if need be and nothing after it"
IDP = "portalIdentityProvider"
NINE = "at most 9 tags with portal: true (S3 takes 10 on an object, Lakeshare adds its own)"

WRONG: list[tuple[dict[str, object], str, str, str]] = [
    (central(portal=True), "portalDomainPrefix", PREFIX, "nothing"),
    (central(portal="on"), "portal", "true or false", '"on"'),
    (portal(portalDirectStart="1"), "portalDirectStart", "true or false", '"1"'),
    (
        portal(portalDirectStart=True),
        "portalDirectStart",
        "portalIdentityPool: true beside it, whose role it is about",
        "false",
    ),
    (portal(portalIdentityPool="1"), "portalIdentityPool", "true or false", '"1"'),
    (portal(portalOtherPages=["https://x.example/"]), "portalOtherPages[0]", ORIGIN, '"https://x.example/"'),
    (portal(portalOtherPages=["http://x.example"]), "portalOtherPages[0]", ORIGIN, '"http://x.example"'),
    (portal(portalOtherPages=[7]), "portalOtherPages[0]", ORIGIN, "7"),
    (portal(portalOtherPages=["https://x.example"] * 2), "portalOtherPages[1]", ONCE, '"https://x.example"'),
    (portal(portalMfa="required"), "portalMfa", "off or optional", '"required"'),
    (portal(portalMfa=""), "portalMfa", "off or optional", "nothing"),
    (portal(portalAuditorsGroup="the auditors"), "portalAuditorsGroup", GROUP, '"the auditors"'),
    (portal(portalUsers={}), "portalUsers", "a list", '"{}"'),
    (portal(portalUsers=["alex"]), USER, ENTRY, '"alex"'),
    (portal(portalUsers=[{**ALEX, "name": "Alex"}]), f"{USER}.name", "one of username, email, auditor", OTHER_NAME),
    (portal(portalUsers=[{**ALEX, "username": "Alex"}]), f"{USER}.username", NAME, '"Alex"'),
    (portal(portalUsers=[{**ALEX, "username": ""}]), f"{USER}.username", NAME, "nothing"),
    (portal(portalUsers=[{"username": "alex"}]), f"{USER}.email", MAIL, "nothing"),
    (portal(portalUsers=[{**ALEX, "auditor": "yes"}]), f"{USER}.auditor", BOOLEAN, '"yes"'),
    (
        portal(portalUsers=[{**ALEX, "auditor": True}]),
        f"{USER}.auditor",
        "a group for auditors, portalAuditorsGroup",
        "none",
    ),
    (portal(portalUsers=[ALEX, ALEX]), "portalUsers[1].username", "a name that is not listed above", '"alex"'),
    (portal(tags={f"t{n}": "" for n in range(10)}), "tags", NINE, "10 tags"),
    (
        portal(portalIdentityProvider={"name": "Corp"}),
        IDP,
        "either oidcIssuer or samlMetadataUrl, beside name",
        "neither",
    ),
    (portal(portalIdentityProvider={**OIDC, "name": "x"}), f"{IDP}.name", PROVIDER, '"x"'),
    (portal(portalIdentityProvider={**OIDC, "name": "Cognito"}), f"{IDP}.name", PROVIDER, '"Cognito"'),
    (portal(portalIdentityProvider={**OIDC, "oidcIssuer": "http://x"}), f"{IDP}.oidcIssuer", URL, '"http://x"'),
    (portal(portalIdentityProvider={**OIDC, "clientId": ""}), f"{IDP}.clientId", TEXT, "nothing"),
    (
        portal(portalIdentityProvider={**OIDC, "clientSecret": "s3cret\n"}),
        f"{IDP}.clientSecret",
        TEXT,
        "a secret, not shown",
    ),
    (portal(portalIdentityProvider={**OIDC, "trustEmail": 1}), f"{IDP}.trustEmail", BOOLEAN, "1"),
    (
        portal(portalIdentityProvider={**SAML, "clientId": "x"}),
        f"{IDP}.clientId",
        "one of name, samlMetadataUrl",
        OTHER_NAME,
    ),
    (portal(portalIdentityProvider={**SAML, "samlMetadataUrl": "x"}), f"{IDP}.samlMetadataUrl", URL, '"x"'),
    (
        portal(portalAddress={**ADDRESS, "hostName": "https://x.org"}),
        "portalAddress.hostName",
        HOST,
        '"https://x.org"',
    ),
    (
        portal(portalAddress={"hostName": "x.org", "certificateArn": "arn:aws:acm:eu-central-1:123456789012:x/y"}),
        "portalAddress.certificateArn",
        CERTIFICATE,
        '"arn:aws:acm:eu-central-1:123456789012:x/y"',
    ),
    (producer(portal=True), "portal", "nothing: a producer stack does not take it", "true"),
]


@pytest.mark.parametrize(("config", "key", "expected", "got"), WRONG, ids=[case[1] for case in WRONG])
def test_what_is_wrong_is_named(config: dict[str, object], key: str, expected: str, got: str) -> None:
    assert faults(config) == {f"lakeshare:{key}": (expected, got)}


@pytest.mark.parametrize("prefix", ["My-data", "-data", "data-", "x" * 64, "aws-data", "my-amazon", "cognito1", "a.b"])
def test_a_prefix_is_what_cognito_takes(prefix: str) -> None:
    assert set(faults(central(portal=True, portalDomainPrefix=prefix))) == {"lakeshare:portalDomainPrefix"}


def test_faults_are_told_while_it_is_off_too() -> None:
    assert set(faults(central(portalMfa="always", portalUsers=[{}]))) == {
        "lakeshare:portalMfa",
        "lakeshare:portalUsers[0].username",
        "lakeshare:portalUsers[0].email",
    }


def test_the_providers_secret_is_never_shown() -> None:
    read = settings(portalIdentityProvider=OIDC)
    assert "s3cret" not in repr(read)
    for config in ({**OIDC, "clientSecret": "s3cret\n"}, {**OIDC, "name": "s3cret!"}):
        with pytest.raises(ConfigError) as raised:
            loaded(portal(portalIdentityProvider=config), secret=("portalIdentityProvider",))
        assert "s3cret" not in str(raised.value)
