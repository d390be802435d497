"""What CloudFront does of its own accord, from a distribution as moto holds it: behaviours, functions, headers.

The two functions are JavaScript, and there is no JavaScript here: `rewritten` does what they do. A test runs both on
the same paths, and a function that is neither is an error.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from localmesh.aws import moto
from localmesh.aws.policy import Verdict, parse, verdict
from localmesh.web import Response

_COMPONENTS = Path(__file__).resolve().parents[2] / "components"
_FILES = re.compile(r"^var FILES = (\[.*\]);$", re.MULTILINE)
_API_PATH = re.compile(r"/api/(catalogue|executions|requests)(/|$)")
_API_REFUSAL = re.compile(r"^ *body: '(.*)',$", re.MULTILINE)
_BUCKET = re.compile(r"([a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


class NotServedError(Exception):
    """The distribution does something that the local mesh cannot do."""


@dataclass(frozen=True)
class Distribution:
    """A distribution, as far as the mesh serves it.

    Attributes:
        account: whose it is.
        arn: its ARN.
        hosts: the names that it answers to on AWS.
        config: as moto holds it.
    """

    account: str
    arn: str
    hosts: tuple[str, ...]
    config: Any

    def behaviour(self, path: str) -> Any:
        """The behaviour that a path falls under."""
        for each in self.config.CacheBehaviors.get("Items") or ():
            if fnmatchcase(path, each.path_pattern) or fnmatchcase(path, "/" + each.path_pattern.lstrip("/")):
                return each
        return self.config.DefaultCacheBehavior

    def origin(self, behaviour: Any) -> Any:
        """Where a behaviour fetches what it serves."""
        return next(each for each in self.config.Origins["Items"] if each.id == behaviour.target_origin_id)

    def function(self, behaviour: Any) -> str:
        """The code that sees a viewer's request before anything else does; empty if there is none."""
        for each in behaviour.function_associations.get("Items") or ():
            if each["EventType"] == "viewer-request":
                for function in _backend(self.account).functions.values():
                    if function.arn == each["FunctionARN"]:
                        code: bytes | str = function.live[1]
                        return code if isinstance(code, str) else code.decode()
        return ""

    def headers(self, behaviour: Any) -> Mapping[str, tuple[str, bool]]:
        """The headers of a behaviour's policy, and whether each takes the place of the origin's."""
        policies: Mapping[str, Any] = getattr(_backend(self.account), "response_headers_policies", {})
        policy = policies.get(behaviour.response_headers_policy_id or "")
        return dict(_policy_headers(policy["ResponseHeadersPolicyConfig"])) if policy else {}


def distributions() -> list[Distribution]:
    """Every distribution that is there and enabled, of any account."""
    backends: Any = moto.module("moto.backends").get_backend("cloudfront")
    return [
        Distribution(
            account,
            each.arn,
            (each.domain_name, *(each.distribution_config.Aliases.get("Items") or ())),
            each.distribution_config,
        )
        for account in list(backends)
        for each in list(_backend(account).distributions.values())
        if str(each.distribution_config.Enabled).lower() == "true"
    ]


def stored(distribution: Distribution, origin: Any, path: str) -> Any | None:
    """The object of a bucket that a path stands for, as moto holds it, if the distribution may read it.

    None: it may not, or there is none: without the permission to list a bucket the two look the same, as on AWS.
    """
    match = _BUCKET.fullmatch(origin.domain_name)
    if match is None or not getattr(origin, "origin_access_control_id", ""):
        return None
    backend = moto.module("moto.backends").get_backend("s3")[distribution.account][moto.PARTITION]
    bucket = backend.buckets.get(match[1])
    if bucket is None or not bucket.policy:
        return None
    policy = [each for each in parse(bucket.policy.decode()) if each.names({"cloudfront.amazonaws.com"})]
    arn = f"arn:{moto.PARTITION}:s3:::{bucket.name}{path}"
    context = {"aws:sourcearn": distribution.arn, "aws:securetransport": "true"}
    if verdict([tuple(policy)], "s3:GetObject", arn, context) is not Verdict.ALLOWED:
        return None
    return bucket.keys.get(path.lstrip("/"))


def rewritten(code: str, path: str) -> str | Response:
    """What a function makes of a viewer's path: another path, or an answer.

    Raises:
        NotServedError: it is neither of the two that the program deploys.
    """
    if not code:
        return path
    files = _FILES.search(code)
    if files and _source("page").replace("${Files}", files[1]) == code:
        return path if path.startswith("/assets/") or path in json.loads(files[1]) else "/index.html"
    if code == _source("api"):
        if _API_PATH.match(path):
            return path.removeprefix("/api")
        body = _API_REFUSAL.search(code)
        headers = {
            "Cache-Control": "no-store",
            "Content-Type": "application/problem+json",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(404, tuple(headers.items()), body[1].encode() if body else b"")
    raise NotServedError("the distribution has a function that the local mesh does not know")


def _source(short: str) -> str:
    return (_COMPONENTS / f"{short}_request.js").read_text(encoding="utf-8")


def _backend(account: str) -> Any:
    return moto.module("moto.backends").get_backend("cloudfront")[account][moto.PARTITION]


def _policy_headers(config: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, bool]]]:
    security: Mapping[str, Any] = config.get("SecurityHeadersConfig") or {}
    for kind, header, field in (
        ("ContentSecurityPolicy", "Content-Security-Policy", "ContentSecurityPolicy"),
        ("ContentTypeOptions", "X-Content-Type-Options", ""),
        ("FrameOptions", "X-Frame-Options", "FrameOption"),
        ("ReferrerPolicy", "Referrer-Policy", "ReferrerPolicy"),
        ("StrictTransportSecurity", "Strict-Transport-Security", "AccessControlMaxAgeSec"),
    ):
        if kind in security:
            value = str(security[kind][field]) if field else "nosniff"
            if kind == "StrictTransportSecurity":
                value = f"max-age={value}"
            yield header, (value, _true(security[kind].get("Override")))
    custom: Mapping[str, Any] = config.get("CustomHeadersConfig") or {}
    for item in custom.get("Items") or ():
        yield item["Header"], (item["Value"], _true(item.get("Override")))


def _true(value: object) -> bool:
    return str(value).lower() == "true"
