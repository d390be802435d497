"""Calls of the requests API as API Gateway would make them, each answer held against the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
_URI = "urn:openapi"


@cache
def document() -> dict[str, Any]:
    return yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Caller:
    """Somebody with an access token, as the API's authorizer passes its claims on."""

    sub: str
    username: str
    groups: str | None = None
    more: dict[str, str] = field(default_factory=dict[str, str])

    def claims(self) -> dict[str, str]:
        groups = {} if self.groups is None else {"cognito:groups": self.groups}
        return {"sub": self.sub, "username": self.username, "token_use": "access", **groups, **self.more}


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def reason(self) -> str:
        return self.body["reason"]


def call(
    handler: Callable[[dict[str, Any], object], dict[str, Any]],
    route: str,
    caller: Caller,
    *,
    body: object = None,
    raw: str | None = None,
    kind: str | None = "application/json",
    query: dict[str, str] | None = None,
    **parameters: str,
) -> Answered:
    """Call a route; `raw` instead of `body` is sent as it is."""
    event: dict[str, Any] = {
        "routeKey": route,
        "headers": {} if kind is None else {"content-type": kind},
        "requestContext": {
            "authorizer": {"jwt": {"claims": caller.claims(), "scopes": None}},
            "http": {"method": route.split(" ", maxsplit=1)[0], "sourceIp": "192.0.2.1"},
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = query
    if parameters:
        event["pathParameters"] = parameters
    if raw is not None or route.startswith("POST"):
        event["body"] = json.dumps(body) if raw is None else raw
    answer = handler(event, None)
    answered = Answered(answer["statusCode"], answer["headers"], json.loads(answer["body"]))
    check(route, answered)
    return answered


def check(route: str, answered: Answered) -> None:
    """Hold an answer against the document: status, type, fields (all that it has, and no other), and headers."""
    method, path = route.split(" ")
    response = document()["paths"][path][method.lower()]["responses"][str(answered.status)]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    content = response["content"][answered.headers["content-type"]]
    errors = sorted(validator(content["schema"]).iter_errors(answered.body), key=str)
    assert not errors, errors[0]
    undocumented = set(_paths(answered.body)) - set(_documented(content["schema"]))
    assert not undocumented, undocumented
    assert set(response.get("headers", {})) <= set(answered.headers)
    kept = "cache-control" in response.get("headers", {})
    assert answered.headers["cache-control"] == ("private, max-age=60" if kept else "no-store")
    assert answered.headers["x-content-type-options"] == "nosniff"


def validator(schema: dict[str, Any]) -> Any:
    """A validator of one of the document's schemas."""
    registry = Registry().with_resource(_URI, Resource.from_contents({"$schema": _DIALECT, **document()}))
    return Draft202012Validator(_absolute(schema), registry=registry, format_checker=FormatChecker())


_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: _URI + value if key == "$ref" and value.startswith("#") else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(each) for each in schema] if isinstance(schema, list) else schema


def _paths(value: Any, prefix: str = "") -> list[str]:
    """Every field of an answer, such as `requests[].id`."""
    if isinstance(value, dict):
        return [path for key, each in value.items() for path in (f"{prefix}.{key}", *_paths(each, f"{prefix}.{key}"))]
    return [path for each in value for path in _paths(each, f"{prefix}[]")] if isinstance(value, list) else []


def _documented(schema: dict[str, Any], prefix: str = "") -> list[str]:
    """Every field that a schema names."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    parts = [*schema.get("allOf", []), *schema.get("oneOf", [])]
    found = [path for part in parts for path in _documented(part, prefix)]
    for key, each in schema.get("properties", {}).items():
        found += [f"{prefix}.{key}", *_documented(each, f"{prefix}.{key}")]
    return found + (_documented(schema["items"], f"{prefix}[]") if "items" in schema else [])
