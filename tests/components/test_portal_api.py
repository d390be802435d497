"""The routes of the portal's API: every one of them wants a token."""

from __future__ import annotations

import json

from demo import edge
from handlers.api.access import DEEDS
from tests.components.program import Program
from tests.workflow.running import ROOT

DELIVER = "POST /shares/{id}/deliver"


def keys_of(program: Program) -> set[str]:
    """The routes of the portal's API, by their keys."""
    routes = {made.inputs["routeKey"] for made in program.of("aws:apigatewayv2/route:Route")}
    return {route for route in routes if not route.endswith(" /workflow/update-state")}


def test_every_route_of_the_api_wants_a_token_of_this_page(portal: Program) -> None:
    authorizer = portal.one("aws:apigatewayv2/authorizer:Authorizer")
    assert authorizer.inputs == {
        "apiId": "lakeshare-api-http-id",
        "authorizerType": "JWT",
        "identitySources": ["$request.header.Authorization"],
        "jwtConfiguration": {
            "audiences": ["lakeshare-portal-sign-in-page-id"],
            "issuer": "https://cognito-idp.eu-central-1.amazonaws.com/lakeshare-portal-sign-in-users-id",
        },
    }
    routes = {made.inputs["routeKey"]: made.inputs for made in portal.of("aws:apigatewayv2/route:Route")}
    integrations = {
        f"integrations/{made.name}-id": made.inputs["integrationUri"].rsplit(":", 1)[1]
        for made in portal.of("aws:apigatewayv2/integration:Integration")
    }
    open_to_all = {f"{method} /workflow/update-state" for method in ("GET", "HEAD", "POST")}
    assert {key: integrations[routes[key]["target"]] for key in routes.keys() - open_to_all} == {
        "GET /me": "lakeshare-portal-requests-api-function",
        "GET /requests": "lakeshare-portal-requests-api-function",
        "GET /requests/{id}": "lakeshare-portal-requests-api-function",
        "POST /requests": "lakeshare-portal-requests-api-function",
        "POST /shares/{id}/give-back": "lakeshare-portal-requests-api-function",
        **dict.fromkeys(
            (
                *("GET /shares", "GET /shares/{id}", "POST /shares/{id}/revoke"),
                *("GET /holds", "POST /holds", "POST /holds/lift", "GET /changes"),
            ),
            "lakeshare-portal-shares-api-function",
        ),
        "GET /decisions": "lakeshare-portal-decide-signed-in-function",
        "GET /requests/{id}/decision": "lakeshare-portal-decide-signed-in-function",
        "POST /requests/{id}/decision": "lakeshare-portal-decide-signed-in-function",
        "GET /executions": "lakeshare-portal-requests-api-function",
        "GET /executions/{name}": "lakeshare-portal-requests-api-function",
        "GET /findings": "lakeshare-portal-findings-api-function",
        "POST /findings/{id}/settle": "lakeshare-portal-findings-api-function",
        "POST /findings/adopt": "lakeshare-portal-findings-api-function",
        "POST /requests/preview": "lakeshare-portal-catalogue-api-function",
        "GET /catalogue/databases": "lakeshare-portal-catalogue-api-function",
        "GET /catalogue/database": "lakeshare-portal-catalogue-api-function",
        "GET /catalogue/tables": "lakeshare-portal-catalogue-api-function",
        "GET /catalogue/table": "lakeshare-portal-catalogue-api-function",
        "GET /search": "lakeshare-portal-catalogue-api-function",
    }
    for key, route in routes.items():
        if key in open_to_all:
            assert not {"authorizationType", "authorizerId"} & set(route)
        else:
            assert (route["authorizationType"], route["authorizerId"]) == ("JWT", f"{authorizer.name}-id")


def test_the_table_of_who_may_do_what_has_every_route(portal: Program, kits: Program) -> None:
    assert set(DEEDS) == keys_of(kits)
    assert keys_of(kits) - keys_of(portal) == {DELIVER}


def test_the_shares_api_reaches_deliveries_where_accounts_have_kits(portal: Program, kits: Program) -> None:
    def of_deliveries(program: Program) -> list[list[str]]:
        made = program.one("aws:iam/rolePolicy:RolePolicy", "lakeshare-portal-shares-api-policy")
        statements = json.loads(made.inputs["policy"])["Statement"]
        return [each["Action"] for each in statements if "delivery#*" in json.dumps(each)]

    assert of_deliveries(portal) == []
    assert of_deliveries(kits) == [["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]]
    deliver = kits.one("aws:apigatewayv2/integration:Integration", "lakeshare-portal-requests-deliver-integration")
    assert deliver.inputs["integrationUri"].endswith(":lakeshare-portal-shares-api-function")
    route = kits.one("aws:apigatewayv2/route:Route", "lakeshare-portal-requests-deliver-post").inputs
    authorizer = kits.one("aws:apigatewayv2/authorizer:Authorizer")
    assert (route["authorizationType"], route["authorizerId"]) == ("JWT", f"{authorizer.name}-id")
    permission = kits.one("aws:lambda/permission:Permission", "lakeshare-portal-requests-deliver-permission").inputs
    assert (permission["principal"], permission["sourceArn"]) == (
        "apigateway.amazonaws.com",
        "arn:aws:execute-api:eu-central-1:123456789012:lakeshare-api-http/*/*/shares/*/deliver",
    )


def test_the_page_reaches_every_route_and_no_page_of_decisions() -> None:
    code = (ROOT / "components" / "api_request.js").read_text(encoding="utf-8")
    for route in DEEDS:
        path = route.partition(" ")[2]
        assert edge.viewer_request(code, f"/api{path}") == path
    assert edge.viewer_request(code, "/api/workflow/update-state") != "/workflow/update-state"


def test_the_api_calls_its_functions_on_their_paths_only(portal: Program) -> None:
    source = "arn:aws:execute-api:eu-central-1:123456789012:lakeshare-api-http/*/*"
    permissions = [made.inputs for made in portal.of("aws:lambda/permission:Permission")]
    own = [
        each
        for each in permissions
        if "portal" in each["function"]
        and each["sourceArn"] != "arn:aws:events:eu-central-1:123456789012:rule/lakeshare-portal-search-clock"
    ]
    assert {each.get("principal") for each in own} == {"apigateway.amazonaws.com"}
    assert {each["action"] for each in own} == {"lambda:InvokeFunction"}
    assert {(each["function"], each["sourceArn"]) for each in own} == {
        ("lakeshare-portal-requests-api-function", f"{source}/me"),
        ("lakeshare-portal-requests-api-function", f"{source}/requests"),
        ("lakeshare-portal-requests-api-function", f"{source}/requests/*"),
        ("lakeshare-portal-requests-api-function", f"{source}/executions"),
        ("lakeshare-portal-requests-api-function", f"{source}/shares/*/give-back"),
        ("lakeshare-portal-requests-api-function", f"{source}/executions/*"),
        *(
            ("lakeshare-portal-shares-api-function", f"{source}/{path}")
            for path in ("shares", "shares/*", "shares/*/revoke", "holds", "holds/lift", "changes")
        ),
        ("lakeshare-portal-decide-signed-in-function", f"{source}/decisions"),
        ("lakeshare-portal-decide-signed-in-function", f"{source}/requests/*/decision"),
        ("lakeshare-portal-findings-api-function", f"{source}/findings"),
        ("lakeshare-portal-findings-api-function", f"{source}/findings/*/settle"),
        ("lakeshare-portal-findings-api-function", f"{source}/findings/adopt"),
        ("lakeshare-portal-catalogue-api-function", f"{source}/requests/preview"),
        *(
            ("lakeshare-portal-catalogue-api-function", f"{source}/catalogue/{short}")
            for short in ("databases", "database", "tables", "table")
        ),
        ("lakeshare-portal-catalogue-api-function", f"{source}/search"),
    }
