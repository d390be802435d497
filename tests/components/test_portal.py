"""The portal as a whole: there or not there at all, what it tells the page, and what it is told itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components.built_page import PageNotBuiltError
from tests.components.conftest import CENTRAL, PORTAL
from tests.components.program import Made, Program, run
from tests.components.test_resources import counts


def test_without_the_portal_there_is_nothing_of_it(central: Program) -> None:
    text = json.dumps([(made.type, made.name, made.inputs) for made in central.resources], default=str).lower()
    assert not [trace for trace in ("cognito", "cloudfront", "aws:s3", "portal", "jwt", "/requests") if trace in text]
    assert not [name for name in central.outputs if name.startswith("Portal")]


def test_switched_off_its_settings_do_nothing(central: Program) -> None:
    drift = {"drift", "onNewPersonalData"}
    program = run({**{key: value for key, value in PORTAL.items() if key not in drift}, "portal": False})
    assert counts(program) == counts(central)


def test_what_a_stack_makes_without_it_stays_as_it_is(central: Program, portal: Program) -> None:
    """Switching it on changes the dashboard, the stage, which has limits for each route, and nothing else.

    But that Notify and Decide are told where it is: people can decide there.
    """
    with_portal = {(made.type, made.name): plain(made) for made in portal.resources}
    for made in central.resources:
        if made.type not in {"aws:cloudwatch/dashboard:Dashboard", "aws:apigatewayv2/stage:Stage"}:
            assert with_portal[made.type, made.name] == plain(made), made.name
    told = {made.name for made in portal.resources if "PORTAL_URL" in str(made.inputs.get("environment"))}
    assert told == {"lakeshare-notify-function", "lakeshare-decide-function"}


def plain(made: Made) -> str:
    text = json.dumps({**made.inputs, "code": None}, default=str, sort_keys=True)
    return text.replace('"PORTAL_URL": "https://d111111abcdef8.cloudfront.net", ', "")


def test_the_outputs(portal: Program, central: Program) -> None:
    assert {
        name: portal.outputs[name]
        for name in set(portal.outputs) - set(central.outputs) - {"DriftAdministratorCommand"}
    } == {
        "PortalUrl": "https://d111111abcdef8.cloudfront.net",
        "PortalUserPoolId": "lakeshare-portal-sign-in-users-id",
        "PortalClientId": "lakeshare-portal-sign-in-page-id",
    }


def test_the_page_is_told_which_stack_it_belongs_to(portal: Program) -> None:
    made = portal.one("aws:s3/bucketObjectv2:BucketObjectv2", "lakeshare-portal-files-config.json").inputs
    assert json.loads(made.pop("content")) == {
        "region": "eu-central-1",
        "userPoolId": "lakeshare-portal-sign-in-users-id",
        "clientId": "lakeshare-portal-sign-in-page-id",
        "issuer": "https://cognito-idp.eu-central-1.amazonaws.com/lakeshare-portal-sign-in-users-id",
        "signIn": {
            "authorizationEndpoint": "https://example-data.auth.eu-central-1.amazoncognito.com/oauth2/authorize",
            "tokenEndpoint": "https://example-data.auth.eu-central-1.amazoncognito.com/oauth2/token",
            "revocationEndpoint": "https://example-data.auth.eu-central-1.amazoncognito.com/oauth2/revoke",
            "logoutUrl": "https://example-data.auth.eu-central-1.amazoncognito.com/logout",
        },
        "centralAccount": "123456789012",
        "apiBase": "/api",
        "auditorsGroup": "auditors",
        "drift": True,
    }
    assert made == {
        "bucket": "lakeshare-portal-site-bucket-id",
        "cacheControl": "no-cache",
        "contentType": "application/json",
        "key": "config.json",
    }


def test_without_a_name_there_is_no_group_of_auditors() -> None:
    program = run({**PORTAL, "portalAuditorsGroup": "", "portalUsers": []})
    assert not program.of("aws:cognito/userGroup:UserGroup") + program.of("aws:cognito/user:User")
    assert told(program)["auditorsGroup"] is None
    variables = program.one("aws:lambda/function:Function", "lakeshare-portal-requests-api-function").inputs
    assert "AUDITORS_GROUP" not in variables["environment"]["variables"]


@pytest.mark.parametrize("stack", ["pool", "direct"])
def test_the_identity_pool_is_for_pages_of_ones_own(
    portal: Program, request: pytest.FixtureRequest, stack: str
) -> None:
    program: Program = request.getfixturevalue(stack)
    assert counts(program) - counts(portal) == {
        "aws:cognito/identityPool:IdentityPool": 1,
        "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
    }
    assert told(program) == {
        **told(portal),
        "identityPoolId": "lakeshare-portal-identity-pool-id",
        "stateMachineArn": portal.outputs["StateMachineArn"],
        "endpoints": {
            "glue": "https://glue.eu-central-1.amazonaws.com",
            "states": "https://states.eu-central-1.amazonaws.com",
            "cognitoIdentity": "https://cognito-identity.eu-central-1.amazonaws.com",
        },
        "directStart": stack == "direct",
    }
    # The portal's own page talks to AWS as little as before.
    headers = [
        one.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").inputs for one in (portal, program)
    ]
    assert headers[0] == headers[1]


def told(program: Program) -> dict[str, object]:
    """What the page is told of its stack."""
    made = program.one("aws:s3/bucketObjectv2:BucketObjectv2", "lakeshare-portal-files-config.json")
    return json.loads(made.inputs["content"])


def test_a_page_that_is_not_built_stops_everything_before_it_begins(tmp_path: Path) -> None:
    made: list[Made] = []
    with pytest.raises(PageNotBuiltError, match=r"expected .*index\.html, found none\. `make portal` builds it"):
        run(PORTAL, made=made, page=tmp_path)
    assert not [each for each in made if each.type.startswith("aws:")]
    assert run(CENTRAL, page=tmp_path).outputs, "nobody else needs it"
