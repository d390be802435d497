"""Checks of single values of the portal's keys, as those of `checks`."""

from __future__ import annotations

import re

from settings.checks import ARN, Unexpected

_CERTIFICATE_ARN = re.compile(rf"{ARN}:acm:us-east-1:[0-9]{{12}}:certificate/[A-Za-z0-9-]{{1,128}}")
_WEB_ACL_ARN = re.compile(rf"{ARN}:wafv2:us-east-1:[0-9]{{12}}:global/webacl/[A-Za-z0-9_-]{{1,128}}/[0-9a-f-]{{36}}")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_DOMAIN_PREFIX = re.compile(r"(?!.*(?:aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,127}")
_GROUP_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_PROVIDER_NAME = re.compile(r"[A-Za-z0-9.-]{3,32}")
_HTTPS_URL = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[!-~]*)?")


def domain_prefix(value: object) -> str:
    """The prefix of a Cognito domain, which no other AWS customer in the region may have."""
    if isinstance(value, str) and _DOMAIN_PREFIX.fullmatch(value):
        return value
    raise Unexpected(
        "the prefix of the sign-in pages' address, unique in the region: 1 to 63 lower-case letters, digits and "
        "hyphens, without aws, amazon or cognito in it"
    )


def username(value: object) -> str:
    """A name to sign in with; Cognito tells no capitals from small letters here."""
    if isinstance(value, str) and _USERNAME.fullmatch(value):
        return value
    raise Unexpected("a user's name: 1 to 128 lower-case letters, digits or characters of ._@-")


def group_name(value: object) -> str:
    """The name of a group of users."""
    if isinstance(value, str) and _GROUP_NAME.fullmatch(value):
        return value
    raise Unexpected("a group's name: 1 to 128 letters, digits or characters of _.-")


def provider_name(value: object) -> str:
    """What Cognito takes as an identity provider's name."""
    if isinstance(value, str) and _PROVIDER_NAME.fullmatch(value) and value.lower() != "cognito":
        return value
    raise Unexpected("a provider's name: 3 to 32 letters, digits or characters of .-, not COGNITO")


def https_url(value: object) -> str:
    """An address on the web."""
    if isinstance(value, str) and len(value) <= 2048 and _HTTPS_URL.fullmatch(value):
        return value
    raise Unexpected("an address that begins with https://")


def host_name(value: object) -> str:
    """The name of a host on the web."""
    if isinstance(value, str) and _HOST_NAME.fullmatch(value):
        return value
    raise Unexpected('a host name in lower case, such as "data.example.org"')


def certificate_arn(value: object) -> str:
    """The ARN of a certificate that CloudFront can use."""
    if isinstance(value, str) and _CERTIFICATE_ARN.fullmatch(value):
        return value
    raise Unexpected("the ARN of a certificate in us-east-1 (arn:…:acm:us-east-1:…:certificate/…)")


def web_acl_arn(value: object) -> str:
    """The ARN of a web ACL that CloudFront can use."""
    if isinstance(value, str) and _WEB_ACL_ARN.fullmatch(value):
        return value
    raise Unexpected("the ARN of a web ACL of scope CLOUDFRONT (arn:…:wafv2:us-east-1:…:global/webacl/…/…)")
