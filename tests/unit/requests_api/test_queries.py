"""A parameter that a route does not take is refused by name: what it was meant to narrow must not be shown whole."""

from __future__ import annotations

import pytest

from handlers import catalogue_api, requests_api
from handlers.api.calls import PARAMETERS
from tests.fakes.world import input_of
from tests.unit.requests_api.calls import Caller, call
from tests.unit.requests_api.test_openapi import operations
from tests.unit.requests_api.world import Api, wish

ROUTES = [f"{method} {path}" for method, path, _ in operations()]


@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize("route", ROUTES)
def test_unknown_parameters_are_refused(api: Api, alex: Caller, route: str) -> None:
    browsing = "catalogue" in route or route.endswith(("preview", "search"))
    handler = catalogue_api.handler if browsing else requests_api.handler
    body = (input_of() if browsing else wish()) if route.startswith("POST") else None
    known = ", ".join(PARAMETERS.get(route, ()))
    for name in ("Limit", "requester_id", "x" * 200):
        answer = call(handler, route, alex, body=body, query={name: "x"}, id="r1", name="r1")
        assert (answer.status, answer.reason, len(answer.body["errors"])) == (422, "UnknownField", 1)
        says = f"the query of this call has {f'{known} and no other field' if known else 'no fields'}."
        assert answer.body["detail"].endswith(says)
    assert api.started() == {}
