"""What calls need permission for that make, change and delete resources.

Beside the calls of functions: REST APIs, whose requests do not say the operation's name, services whose resources are
named in parameters of their own, and roles that are handed to a service (`iam:PassRole`). Actions and resources are
those of AWS's service authorization reference; what has no resource level there is on `*`.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from localmesh.aws import moto
from localmesh.aws.calls import Call
from localmesh.aws.policy import Need

_ANY = "*"


@dataclass(frozen=True)
class _Rest:
    """An operation of a REST API: `resource` is filled from the path, the body and the query, then made an ARN."""

    method: str
    path: re.Pattern[str]
    action: str
    resource: str


def _rest(method: str, path: str, action: str, resource: str) -> _Rest:
    return _Rest(method, re.compile(rf"/[\d-]+{path}/?"), action, resource)


_LAMBDA = (
    _rest("POST", "/functions", "CreateFunction", "function:{FunctionName}"),
    _rest("PUT", "/functions/(?P<name>[^/]+)/concurrency", "PutFunctionConcurrency", "function:{name}"),
    _rest("DELETE", "/functions/(?P<name>[^/]+)/concurrency", "DeleteFunctionConcurrency", "function:{name}"),
    _rest("GET", "/functions/(?P<name>[^/]+)/versions", "ListVersionsByFunction", "function:{name}"),
    _rest("GET", "/functions/(?P<name>[^/]+)/code-signing-config", "GetFunctionCodeSigningConfig", "function:{name}"),
    _rest("DELETE", "/functions/(?P<name>[^/]+)/policy/[^/]+", "RemovePermission", "function:{name}"),
    _rest("GET", "/tags/(?P<arn>.+)", "ListTags", "{arn}"),
    _rest("POST", "/tags/(?P<arn>.+)", "TagResource", "{arn}"),
    _rest("DELETE", "/tags/(?P<arn>.+)", "UntagResource", "{arn}"),
    _rest("POST", "/layers/(?P<name>[^/]+)/versions", "PublishLayerVersion", "layer:{name}"),
    _rest("GET", r"/layers/(?P<name>[^/]+)/versions/(?P<n>\d+)", "GetLayerVersion", "layer:{name}:{n}"),
    _rest("DELETE", r"/layers/(?P<name>[^/]+)/versions/(?P<n>\d+)", "DeleteLayerVersion", "layer:{name}:{n}"),
)


def _cloudfront_kind(path: str, noun: str, resource: str, created: str) -> tuple[_Rest, ...]:
    """What all kinds of CloudFront's can; of what has no name, creating is on any, or has no resource level."""
    one = f"/{path}/(?P<id>[^/]+)"
    return (
        _rest("POST", f"/{path}", f"Create{noun}", created),
        _rest("GET", one, f"Get{noun}", resource),
        _rest("GET", f"{one}/config", f"Get{noun}Config", resource),
        _rest("PUT", f"{one}(/config)?", f"Update{noun}", resource),
        _rest("DELETE", one, f"Delete{noun}", resource),
    )


_CLOUDFRONT = (
    *_cloudfront_kind("distribution", "Distribution", "distribution/{id}", "distribution/*"),
    *_cloudfront_kind(
        "response-headers-policy", "ResponseHeadersPolicy", "response-headers-policy/{id}", "response-headers-policy/*"
    ),
    *_cloudfront_kind("origin-access-control", "OriginAccessControl", "origin-access-control/{id}", _ANY),
    *_cloudfront_kind("function", "Function", "function/{id}", "function/{Name}"),
    _rest("GET", "/function/(?P<id>[^/]+)/describe", "DescribeFunction", "function/{id}"),
    _rest("POST", "/function/(?P<id>[^/]+)/publish", "PublishFunction", "function/{id}"),
    _rest("GET", "/tagging", "ListTagsForResource", "{Resource}"),
    _rest("POST", "/tagging", "TagResource", "{Resource}"),
)

_BUCKET = {
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
    ("HEAD", ""): "ListBucket",
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "policy"): "GetBucketPolicy",
    ("PUT", "policy"): "PutBucketPolicy",
    ("DELETE", "policy"): "DeleteBucketPolicy",
    ("GET", "tagging"): "GetBucketTagging",
    ("PUT", "tagging"): "PutBucketTagging",
    ("DELETE", "tagging"): "PutBucketTagging",
    ("GET", "ownershipControls"): "GetBucketOwnershipControls",
    ("PUT", "ownershipControls"): "PutBucketOwnershipControls",
    ("DELETE", "ownershipControls"): "PutBucketOwnershipControls",
    ("GET", "publicAccessBlock"): "GetBucketPublicAccessBlock",
    ("PUT", "publicAccessBlock"): "PutBucketPublicAccessBlock",
    ("DELETE", "publicAccessBlock"): "PutBucketPublicAccessBlock",
}
_OBJECT_TAGS = {"GET": "GetObjectTagging", "PUT": "PutObjectTagging", "DELETE": "DeleteObjectTagging"}


def needs(call: Call, account: str) -> Sequence[Need]:
    """The permissions that a call needs which makes, changes or deletes a resource; none of other calls."""
    finder = _FINDERS.get(call.service)
    return [*(finder(call, account) if finder is not None else ()), *_passed(call)]


def _arn(call: Call, account: str, rest: str, *, regional: bool = True) -> str:
    if rest == _ANY or rest.startswith("arn:"):
        return rest
    return f"arn:{moto.PARTITION}:{call.service}:{call.region if regional else ''}:{account}:{rest}"


def _of_table(operations: Sequence[_Rest], *, regional: bool) -> Callable[[Call, str], Sequence[Need]]:
    def find(call: Call, account: str) -> Sequence[Need]:
        for each in operations:
            match = each.path.fullmatch(call.request.path)
            if match is None or each.method != call.request.method:
                continue
            name = re.search(rb"<Name>([^<]+)</Name>", call.request.body)
            given: dict[str, Any] = {
                **{key: values[0] for key, values in parse_qs(call.request.query).items()},
                **({"Name": name[1].decode()} if name else {}),
                **call.parameters,
                **{key: unquote(value) for key, value in match.groupdict().items()},
            }
            resource = _arn(call, account, each.resource.format_map(given), regional=regional)
            action = each.action
            if action == "TagResource" and given.get("Operation") == "Untag":
                action = "UntagResource"
            found = [Need(f"{call.service}:{action}", resource)]
            if "WithTags" in call.request.query:  # a parameter of creating, not an operation of its own
                found.append(Need(f"{call.service}:TagResource", resource))
            return found
        return ()

    return find


def _apigateway(call: Call, account: str) -> Sequence[Need]:
    # Its actions are HTTP's methods, its resources the paths.
    del account
    path = call.request.path.removeprefix("/v2")
    return [Need(f"apigateway:{call.request.method}", f"arn:{moto.PARTITION}:apigateway:{call.region}::{path}")]


def _s3(call: Call, account: str) -> Sequence[Need]:
    del account
    _, bucket, *key = unquote(call.request.path).split("/", 2)
    asked = set(parse_qs(call.request.query, keep_blank_values=True))
    arn = f"arn:{moto.PARTITION}:s3:::{bucket}"
    if key and key[0]:
        if "tagging" in asked:
            return [Need(f"s3:{_OBJECT_TAGS[call.request.method]}", f"{arn}/{key[0]}")]
        return ()  # known by the operation's name
    if call.request.method == "POST" and "delete" in asked:
        keys = re.findall(rb"<Key>([^<]+)</Key>", call.request.body)
        versions = b"<VersionId>" in call.request.body
        actions = ("s3:DeleteObject", *(["s3:DeleteObjectVersion"] if versions else ()))
        return [Need(action, f"{arn}/{each.decode()}") for action in actions for each in keys]
    (kind,) = [each for each in asked if (call.request.method, each) in _BUCKET][:1] or [""]
    known = _BUCKET.get((call.request.method, kind))
    return [Need(f"s3:{known}", arn)] if known else ()


def _iam(call: Call, account: str) -> Sequence[Need]:
    given = call.parameters
    rest = str(given.get("PolicyArn", _ANY))
    if "RoleName" in given:
        rest = _role(str(given["RoleName"]), str(given.get("Path") or "/"), account)
    elif call.operation == "CreatePolicy":
        rest = f"policy/{given['PolicyName']}"
    return [Need(f"iam:{call.operation}", _arn(call, account, rest, regional=False))]


def _role(name: str, path: str, account: str) -> str:
    """A role with its path, which a call that names it does not say; one that is not there has what it is to get."""
    found = next((each for each in list(moto.backend("iam", account, "").roles.values()) if each.name == name), None)
    return f"role{found.path if found is not None else path}{name}"


def _monitoring(call: Call, account: str) -> Sequence[Need]:
    given = call.parameters or _cbor(call.request.body)
    alarms = [f"alarm:{name}" for name in [given.get("AlarmName"), *given.get("AlarmNames", ())] if name]
    boards = [f"dashboard/{name}" for name in [given.get("DashboardName"), *given.get("DashboardNames", ())] if name]
    found = [f"arn:{moto.PARTITION}:cloudwatch:{call.region}:{account}:{each}" for each in alarms]
    found += [f"arn:{moto.PARTITION}:cloudwatch::{account}:{each}" for each in boards]
    return [Need(f"cloudwatch:{call.operation}", arn) for arn in found or [str(given.get("ResourceARN", _ANY))]]


def _cbor(body: bytes) -> Mapping[str, Any]:
    parser: Any = moto.module("botocore.parsers").RpcV2CBORParser()
    return parser.parse_data_item(io.BufferedReader(io.BytesIO(body))) if body else {}  # pyright: ignore[reportArgumentType]


def _identity_pool(call: Call, account: str) -> Sequence[Need]:
    given = call.parameters
    pool = given.get("IdentityPoolId") if call.operation != "SetIdentityPoolRoles" else None
    resource = f"identitypool/{pool}" if pool else str(given.get("ResourceArn", _ANY))
    return [Need(f"cognito-identity:{call.operation}", _arn(call, account, resource))]


_FINDERS: Mapping[str, Callable[[Call, str], Sequence[Need]]] = {
    "lambda": _of_table(_LAMBDA, regional=True),
    "cloudfront": _of_table(_CLOUDFRONT, regional=False),
    "apigateway": _apigateway,
    "s3": _s3,
    "iam": _iam,
    "monitoring": _monitoring,
    "cognito-identity": _identity_pool,
}

_PASSED: Mapping[str, tuple[str, str]] = {
    "lambda": ("Role", "lambda.amazonaws.com"),
    "states": ("roleArn", "states.amazonaws.com"),
    "cognito-identity": ("Roles", "cognito-identity.amazonaws.com"),
}
"""By service: the parameter that hands it a role, and what the service is called."""


def _passed(call: Call) -> Sequence[Need]:
    parameter, service = _PASSED.get(call.service, ("", ""))
    given: Any = call.parameters.get(parameter) or ()
    roles: Sequence[str] = list(given.values()) if isinstance(given, dict) else [given] if given else []  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return [Need("iam:PassRole", role, {"iam:passedtoservice": service}) for role in roles]
