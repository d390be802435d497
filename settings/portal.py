"""What the portal is configured to be, and how the keys that begin with `portal` are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from settings import checks, portal_checks
from settings.keys import KeyReader

MAX_TAGS: Final = 9
"""S3 takes 10 tags on an object, and the page's files bear the stack's tags and Lakeshare's own."""

MFA: Final = ("off", "optional")

ACCOUNT_GROUP: Final = "account-"
"""How the names of the groups begin that bind people to accounts; the handlers' word, as a test says."""

_USER_FIELDS: Final = ("username", "email", "auditor", "operator", "accounts")
_ADDRESS_FIELDS: Final = ("hostName", "certificateArn")
_OIDC_FIELDS: Final = ("name", "oidcIssuer", "clientId", "clientSecret", "trustEmail")
_SAML_FIELDS: Final = ("name", "samlMetadataUrl")

_ORIGIN: Final = re.compile(r"(https://[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?|http://localhost)(:[0-9]{1,5})?")

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class PortalUser:
    """Somebody who may sign in.

    Attributes:
        username: the name to sign in with.
        email: where the invitation goes; counts as verified, as the platform team says so.
        auditor: whether they are in the group that reads everybody's requests.
        operator: whether they are in the group that runs the stack.
        accounts: the consumer accounts that they are bound to.
    """

    username: str
    email: str
    auditor: bool = False
    operator: bool = False
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OidcProvider:
    """An OpenID Connect provider that people sign in with.

    Attributes:
        name: what the sign-in page calls it.
        issuer: its address, `https://…`.
        client_id: what it knows the user pool as.
        client_secret: proves that.
        trust_email: whether its addresses count although it does not say that they are verified.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    trust_email: bool = False


@dataclass(frozen=True, kw_only=True)
class SamlProvider:
    """A SAML provider that people sign in with: an organization's directory, whose addresses count.

    Attributes:
        name: what the sign-in page calls it.
        metadata_url: where its metadata are.
    """

    name: str
    metadata_url: str


@dataclass(frozen=True, kw_only=True)
class PortalAddress:
    """An address of one's own for the portal, beside the one that CloudFront gives.

    Attributes:
        host_name: such as `data.example.org`; its DNS entry is made elsewhere.
        certificate_arn: of its certificate in ACM, in us-east-1 as CloudFront demands.
    """

    host_name: str
    certificate_arn: str


@dataclass(frozen=True, kw_only=True)
class PortalSettings:
    """The portal: see Pulumi.yaml for what each key means.

    Attributes:
        auditors_group: the group that reads everybody's requests; None: there is none.
        operators_group: the group that reads them too, revokes and holds; None: there is none.
        account_groups: whether groups that bind people to accounts are filled elsewhere too.
        mfa: whether people may protect their sign-in with an authenticator app.
        identity_provider: who else signs people in.
        web_acl_arn: the web ACL of AWS WAF that stands before the page and its API, if one does.
        other_pages: addresses of pages of one's own that sign people in as the portal does.
        identity_pool: whether there is an identity pool, for pages of one's own that call AWS themselves.
        direct_start: whether such pages may start executions themselves, with no verified requester.
    """

    domain_prefix: str
    users: tuple[PortalUser, ...] = ()
    auditors_group: str | None = None
    operators_group: str | None = None
    account_groups: bool = False
    mfa: bool = True
    identity_provider: OidcProvider | SamlProvider | None = None
    address: PortalAddress | None = None
    web_acl_arn: str | None = None
    other_pages: tuple[str, ...] = ()
    identity_pool: bool = False
    direct_start: bool = False

    @property
    def binds_accounts(self) -> bool:
        """Whether people are bound to accounts: then nobody asks for one that they are not bound to."""
        return self.account_groups or any(each.accounts for each in self.users)


class PortalReader(KeyReader):
    """Reads the portal's keys; all are checked, whether it is on or off."""

    def portal(self) -> PortalSettings | None:
        """The portal's settings, or None where it is off."""
        on: bool = self.values["portal"]
        auditors, operators = (
            self.optional(name, own_group) for name in ("portalAuditorsGroup", "portalOperatorsGroup")
        )
        if operators is not None and operators == auditors:
            self.fault("portalOperatorsGroup", "another group than portalAuditorsGroup", operators)
        prefix = self.optional("portalDomainPrefix", portal_checks.domain_prefix)
        if on and not self.values["portalDomainPrefix"]:
            self.checked("portalDomainPrefix", portal_checks.domain_prefix, "")
        if on and len(self.values["tags"]) > MAX_TAGS:
            expected = f"at most {MAX_TAGS} tags with portal: true (S3 takes 10 on an object, Lakeshare adds its own)"
            self.fault("tags", expected, got=f"{len(self.values['tags'])} tags")
        if self.values["portalDirectStart"] and not self.values["portalIdentityPool"]:
            self.fault("portalDirectStart", "portalIdentityPool: true beside it, whose role it is about", got="false")
        settings = PortalSettings(
            domain_prefix=prefix or "",
            users=self._users({"auditor": auditors, "operator": operators}),
            auditors_group=auditors,
            operators_group=operators,
            account_groups=self.values["portalAccountGroups"],
            mfa=self.checked("portalMfa", checks.one_of(MFA), "off") == "optional",
            identity_provider=self._identity_provider(),
            address=self._address(),
            web_acl_arn=self.optional("portalWebAclArn", portal_checks.web_acl_arn),
            other_pages=self.items("portalOtherPages", _origin),
            identity_pool=self.values["portalIdentityPool"],
            direct_start=self.values["portalDirectStart"],
        )
        return settings if on else None

    def _users(self, groups: Mapping[str, str | None]) -> tuple[PortalUser, ...]:
        users: list[PortalUser] = []
        seen: set[str] = set()
        for index, entry in enumerate(cast("list[object]", self.values["portalUsers"])):
            key = f"portalUsers[{index}]"
            if not isinstance(entry, dict):
                self.fault(key, f"a map with username, email and, if need be, {', '.join(_USER_FIELDS[2:])}", entry)
                continue
            given = self._fields(key, cast("dict[str, object]", entry), _USER_FIELDS)
            user = PortalUser(
                username=given("username", portal_checks.username, ""),
                email=given("email", checks.email, ""),
                auditor=given("auditor", checks.boolean, False, optional=True),
                operator=given("operator", checks.boolean, False, optional=True),
                accounts=self.listed(f"{key}.accounts", given.values.get("accounts"), checks.account_id),
            )
            if user.username and user.username in seen:
                self.fault(f"{key}.username", "a name that is not listed above", user.username)
            for field_name, group in groups.items():
                if getattr(user, field_name) and group is None:
                    wanted = f"a group for {field_name}s, portal{field_name.capitalize()}sGroup"
                    self.fault(f"{key}.{field_name}", wanted, got="none")
            seen.add(user.username)
            users.append(user)
        return tuple(users)

    def _identity_provider(self) -> OidcProvider | SamlProvider | None:
        key, entry = "portalIdentityProvider", cast("dict[str, object]", self.values["portalIdentityProvider"])
        if not entry:
            return None
        if "samlMetadataUrl" in entry:
            saml = self._fields(key, entry, _SAML_FIELDS)
            return SamlProvider(
                name=saml("name", portal_checks.provider_name, ""),
                metadata_url=saml("samlMetadataUrl", portal_checks.https_url, ""),
            )
        if "oidcIssuer" not in entry:
            self.fault(key, "either oidcIssuer or samlMetadataUrl, beside name", got="neither")
            return None
        oidc = self._fields(key, entry, _OIDC_FIELDS)
        return OidcProvider(
            name=oidc("name", portal_checks.provider_name, ""),
            issuer=oidc("oidcIssuer", portal_checks.https_url, ""),
            client_id=oidc("clientId", checks.text, ""),
            client_secret=oidc("clientSecret", checks.text, "", secret=True),
            trust_email=oidc("trustEmail", checks.boolean, False, optional=True),
        )

    def _address(self) -> PortalAddress | None:
        key, entry = "portalAddress", cast("dict[str, object]", self.values["portalAddress"])
        if not entry:
            return None
        given = self._fields(key, entry, _ADDRESS_FIELDS)
        return PortalAddress(
            host_name=given("hostName", portal_checks.host_name, ""),
            certificate_arn=given("certificateArn", portal_checks.certificate_arn, ""),
        )

    def _fields(self, key: str, values: dict[str, object], names: tuple[str, ...]) -> _Given:
        """What reads the fields of a map. Fields of other names are faults."""
        for name in values.keys() - set(names):
            self.fault(f"{key}.{name}", f"one of {', '.join(names)}", got="a field of another name")
        return _Given(self, key, values)


def own_group(value: object) -> str:
    """The name of a group of Lakeshare's own: none of those that bind people to accounts."""
    name = portal_checks.group_name(value)
    if name.startswith(ACCOUNT_GROUP):
        raise checks.Unexpected(
            f"a group's name that does not begin with {ACCOUNT_GROUP}: those bind people to accounts"
        )
    return name


def _origin(value: object) -> str:
    if isinstance(value, str) and _ORIGIN.fullmatch(value):
        return value
    raise checks.Unexpected("https:// and a host, or http://localhost, with a port if need be and nothing after it")


@dataclass(frozen=True)
class _Given:
    """The fields of one map of the configuration."""

    reader: KeyReader
    key: str
    values: dict[str, object]

    def __call__(
        self,
        name: str,
        check: Callable[[object], _T],
        fallback: _T,
        *,
        optional: bool = False,
        secret: bool = False,
    ) -> _T:
        value = self.values.get(name)
        if optional and value is None:
            return fallback
        return self.reader.check(f"{self.key}.{name}", value, check, fallback, secret=secret)
