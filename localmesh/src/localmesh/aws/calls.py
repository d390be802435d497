"""What an HTTP request to the AWS endpoint asks for: which service, which operation, by whom, with what parameters.

This is what access control, faults and the recorder of calls go by; moto works it out for itself once more.
"""

import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from localmesh.web import Request

DEFAULT_REGION = "us-east-1"

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_FUNCTION = re.compile(r"^/\d{4}-\d\d-\d\d/functions/([^/]+)(/.*)?$")
_HOSTS = {
    "states": "states",
    "monitoring": "monitoring",
    "execute-api": "apigateway",
    "cloudfront": "cloudfront",
}
_GLOBAL_HOSTS = {"cloudfront": "cloudfront.amazonaws.com", "budgets": "budgets.amazonaws.com"}
_LAMBDA_OPERATIONS = {
    ("POST", "/invocations"): "Invoke",
    ("GET", ""): "GetFunction",
    ("DELETE", ""): "DeleteFunction",
    ("GET", "/configuration"): "GetFunctionConfiguration",
    ("PUT", "/configuration"): "UpdateFunctionConfiguration",
    ("PUT", "/code"): "UpdateFunctionCode",
    ("POST", "/policy"): "AddPermission",
    ("GET", "/policy"): "GetPolicy",
}
_OBJECT_OPERATIONS = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "POST": "PutObject",
    "DELETE": "DeleteObject",
}
_PARTS_OF_OBJECTS = frozenset(
    {"acl", "attributes", "legal-hold", "restore", "retention", "select", "tagging", "torrent"}
)
_LISTING = frozenset(
    {"continuation-token", "delimiter", "encoding-type", "fetch-owner", "list-type", "marker", "max-keys", "prefix"}
) | {"start-after", "x-id"}


_RAM_OPERATIONS = {
    each.lower(): each
    for each in (
        *("GetResourceShares", "GetResourceShareAssociations", "GetResourceShareInvitations", "ListResources"),
        *("AcceptResourceShareInvitation", "RejectResourceShareInvitation", "ListPendingInvitationResources"),
        *("CreateResourceShare", "UpdateResourceShare", "DeleteResourceShare", "EnableSharingWithAwsOrganization"),
    )
}


@dataclass(frozen=True)
class Call:
    """One call of an AWS API.

    Attributes:
        service: as requests are signed for it: ``states``, ``glue``, ``lambda``, ``monitoring``…
        operation: as the API names it, such as ``GetTable``; for REST APIs that are not known here, method and path.
        region: where it is signed for.
        access_key: whose it is; empty if it is not signed.
        request: as it came.
    """

    service: str
    operation: str
    region: str
    access_key: str
    request: Request

    @property
    def host(self) -> str:
        """The name that AWS answers this service at, which is what moto goes by."""
        if self.service in _GLOBAL_HOSTS:
            return _GLOBAL_HOSTS[self.service]
        return f"{_HOSTS.get(self.service, self.service)}.{self.region}.amazonaws.com"

    @property
    def is_query(self) -> bool:
        """Whether it speaks the query protocol: a form in, XML out."""
        return self.request.header("Content-Type").startswith("application/x-www-form-urlencoded")

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """What was sent: the JSON object, or the form's fields."""
        if self.is_query:
            return dict(parse_qsl(self.request.body.decode(), keep_blank_values=True))
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError:
            return {}
        return cast("dict[str, Any]", body) if isinstance(body, dict) else {}

    @property
    def sdk_id(self) -> str:
        """The id that the caller's SDK gave the call; its retries of a call bear the same. Empty if it gave none."""
        return self.request.header("amz-sdk-invocation-id")

    @property
    def trace(self) -> str:
        """The trace that the call is part of: of calls that a function makes, the invocation's."""
        return self.request.header("X-Amzn-Trace-Id")

    @property
    def function_name(self) -> str:
        """For Lambda's API: the name or ARN in the path; empty if there is none."""
        match = _FUNCTION.match(self.request.path)
        return unquote(match[1]) if match else ""


current: ContextVar[Call | None] = ContextVar("current", default=None)
"""The call that this thread is answering: for corrections deep inside moto that must know who asks."""


def identify(request: Request) -> Call:
    """Reads service and operation off a request; S3 is what is left over, as on AWS."""
    access_key, region, service = "", DEFAULT_REGION, ""
    credential = _CREDENTIAL.search(request.header("Authorization"))
    if credential:
        access_key, region, service = credential[1], credential[2], credential[3].lower()
    target = request.header("X-Amz-Target")
    if not service:
        service, region = _unsigned(request, target, region)
    return Call(service, _operation(request, service, target), region, access_key, request)


def _unsigned(request: Request, target: str, region: str) -> tuple[str, str]:
    # Cognito's sign-in calls and its public keys need no signature.
    if target.startswith("AWSCognitoIdentityProviderService"):
        return "cognito-idp", region
    if target.startswith("AWSCognitoIdentityService"):
        return "cognito-identity", region
    if request.path.endswith(("/.well-known/jwks.json", "/.well-known/openid-configuration")):
        return "cognito-idp", request.path.strip("/").split("/")[0].rpartition("_")[0] or region
    if b"Action=AssumeRoleWith" in request.body[:4096]:
        return "sts", region
    if request.query.startswith("Action=ConfirmSubscription&"):  # the link in a mail
        return "sns", region
    return "s3", region


def _operation(request: Request, service: str, target: str) -> str:
    if target:
        return target.rpartition(".")[2]
    if service == "lambda":
        match = _FUNCTION.match(request.path)
        rest = (match[2] or "").rstrip("/") if match else None
        return _LAMBDA_OPERATIONS.get((request.method, rest or ""), f"{request.method} {request.path}")
    if service == "lakeformation":
        return request.path.strip("/")
    if service == "ram":
        return _RAM_OPERATIONS.get(request.path.strip("/"), f"{request.method} {request.path}")
    if service == "s3" and (name := _s3_operation(request)):
        return name
    if "/operation/" in request.path:  # RPC v2 CBOR, which CloudWatch speaks
        return request.path.rpartition("/")[2]
    fields = request.body if request.method == "POST" else request.query.encode()
    match = re.search(rb"(?:^|&)Action=(\w+)", fields)
    return match[1].decode() if match else f"{request.method} {request.path}"


def _s3_operation(request: Request) -> str:
    """What is done with an object, or that a bucket's are listed; empty for all else."""
    asked = {name for name, _ in parse_qsl(request.query, keep_blank_values=True)}
    _, bucket, *key = request.path.split("/", 2)
    if key and key[0]:
        return "" if asked & _PARTS_OF_OBJECTS else _OBJECT_OPERATIONS.get(request.method, "")
    return "ListObjects" if bucket and request.method == "GET" and asked <= _LISTING else ""
