"""The OpenAPI document: sound, complete, and of the same mind as the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from handlers.api import answers, lists
from handlers.api.access import DEEDS
from handlers.api.calls import LONGEST_BODY, PARAMETERS
from handlers.sharing.model.checks import LONGEST_COMMENT, LONGEST_NAME, LONGEST_PURPOSE
from handlers.sharing.model.classification import Rule, Scope
from handlers.sharing.model.new_request import OF_END, OF_NEW
from handlers.sharing.model.parties import Decisions
from handlers.sharing.model.record import Status
from handlers.sharing.model.request import FIELDS
from handlers.sharing.model.share import EndReason, ShareStatus
from handlers.sharing.preview import Prospect
from tests.unit.requests_api.calls import document, validator


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def schema(name: str) -> dict[str, Any]:
    return document()["components"]["schemas"][name]


def test_it_is_sound() -> None:
    validate(document())


def test_it_has_every_route() -> None:
    assert {f"{method} {path}" for method, path, _ in operations()} == set(DEEDS)


def test_every_route_wants_a_token() -> None:
    assert document()["security"] == [{"accessToken": []}]
    assert not [operation for _, _, operation in operations() if "security" in operation]


def test_every_problem_that_the_code_tells_is_described() -> None:
    for method, path, operation in operations():
        told = {401, 422, 429, 500, 503}
        if method == "POST":
            told |= {400, 413, 415}
        assert {str(status) for status in told} <= set(operation["responses"]), path
    described = {int(status) for _, _, operation in operations() for status in operation["responses"]}
    assert set(answers._STATUSES.values()) <= described


def test_names_are_the_codes_own() -> None:
    assert schema("Status")["enum"] == [status.value for status in Status]
    assert schema("Scope")["enum"] == [scope.value for scope in Scope]
    assert schema("Rule")["enum"] == [rule.value for rule in Rule]
    decisions = schema("Me")["properties"]["owner_of"]["items"]["properties"]["decisions"]
    assert decisions["enum"] == [each.value for each in Decisions]
    share = schema("Share")["properties"]
    assert share["status"]["enum"] == [status.value for status in ShareStatus]
    assert share["reason"]["enum"] == [*(reason.value for reason in EndReason), None]
    assert {reason.value for reason in EndReason} < set(share["history"]["items"]["properties"]["event"]["enum"])
    assert schema("Preview")["properties"]["outcome"]["enum"] == [prospect.value for prospect in Prospect]


def test_parameters_and_fields_are_the_codes_own() -> None:
    queries = {
        f"{method} {path}": tuple(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")
        for method, path, operation in operations()
    }
    assert {route: names for route, names in queries.items() if names} == PARAMETERS
    for name, fields in {"AskedSource": FIELDS["source"], "AskedTarget": FIELDS["target"]}.items():
        assert (schema(name)["additionalProperties"], tuple(schema(name)["properties"])) == (False, fields)
    for name in ("NewRequest", "Question"):
        assert (schema(name)["additionalProperties"], set(schema(name)["properties"])) == (False, {*FIELDS, *OF_NEW})
    assert (schema("End")["additionalProperties"], tuple(schema("End")["properties"])) == (False, OF_END)


def test_limits_are_the_codes_own() -> None:
    limit = next(each for each in document()["paths"]["/requests"]["get"]["parameters"] if each["name"] == "limit")
    assert limit["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": lists.LARGEST_LIMIT,
        "default": lists.USUAL_LIMIT,
    }
    assert schema("NewRequest")["properties"]["purpose"]["maxLength"] == LONGEST_PURPOSE
    assert schema("End")["properties"]["reason"]["maxLength"] == LONGEST_PURPOSE
    assert schema("NewDecision")["properties"]["comment"]["maxLength"] == LONGEST_COMMENT
    assert {each["maxLength"] for each in schema("AskedSource")["properties"].values()} == {LONGEST_NAME}
    posts = [operation["requestBody"]["description"] for method, _, operation in operations() if method == "POST"]
    assert set(posts) == {f"At most {LONGEST_BODY:,} bytes."}


def examples(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every example with the schema that it is of."""
    if isinstance(node, dict):
        if "schema" in node:
            given = [node["example"]] if "example" in node else []
            given += [each["value"] for each in node.get("examples", {}).values()]
            yield from ((node["schema"], each) for each in given)
        for each in node.values():
            yield from examples(each)
    elif isinstance(node, list):
        for each in node:
            yield from examples(each)


@pytest.mark.parametrize(("of", "example"), list(examples(document())))
def test_examples_are_what_they_are_examples_of(of: dict[str, Any], example: Any) -> None:
    assert not list(validator(of).iter_errors(example))
