"""What people see when something does not work: sessions that end, an API that is away, AWS that says no."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Page, Route, expect

from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor

PURPOSE = "Churn model, until the end of the quarter."
FORM = "/databases/retail/tables/customer/request"


def type_request(visitor: Visitor, account: str) -> None:
    page = visitor.page
    page.get_by_label("Account that gets access").fill(account)
    page.get_by_label(re.compile("^Purpose")).fill(PURPOSE)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Goes to")


def typed(visitor: Visitor, account: str) -> None:
    expect(visitor.page.get_by_label("Account that gets access")).to_have_value(account)
    expect(visitor.page.get_by_label(re.compile("^Purpose"))).to_have_value(PURPOSE)


def let_tokens_run_out(page: Page) -> None:
    """What half an hour does to the page's tokens."""
    page.evaluate(
        """() => {
            const key = Object.keys(sessionStorage).find((each) => each.startsWith('oidc.user:'));
            const user = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.setItem(key, JSON.stringify({ ...user, expires_at: Math.floor(Date.now() / 1000) - 60 }));
        }"""
    )


def test_tokens_that_ran_out_are_renewed_without_a_word(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.sign_in(user, "/requests")
    let_tokens_run_out(visitor.page)
    exchanged: list[Any] = []
    visitor.page.on("response", lambda answer: exchanged.append(answer) if "/oauth2/token" in answer.url else None)
    visitor.page.get_by_role("link", name="Executions", exact=True).first.click()
    visitor.sees_heading("Executions of the workflow")
    visitor.page.get_by_role("link", name="Requests", exact=True).first.click()
    visitor.sees("You have not asked for anything yet")
    visitor.page.reload()
    visitor.sees("You have not asked for anything yet")
    assert [answer.status for answer in exchanged] in ([200], [200, 200])


def test_a_session_that_has_ended_costs_nothing_that_was_typed(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, FORM)
    type_request(visitor, account)
    portal.cognito.admin_user_global_sign_out(UserPoolId=portal.config["userPoolId"], Username=user.username)
    let_tokens_run_out(visitor.page)
    page = visitor.page
    page.get_by_role("button", name="Send the request").click()
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    typed(visitor, account)
    page.get_by_role("button", name="Sign in again").first.click()
    # The sign-in's own session still holds, so nothing has to be typed there.
    visitor.sees_heading("Ask for retail.customer")
    typed(visitor, account)
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("The owner has a mail and decides by")
    listed = json.loads(portal.call("GET", "/requests", user).body)["requests"]
    assert len(listed) == 1


def test_an_api_that_is_away_loses_nothing_and_asks_once(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, FORM)
    type_request(visitor, account)
    page = visitor.page
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("The request was not sent")
    visitor.sees("sending it again never asks twice")
    typed(visitor, account)
    page.unroute("**/api/**")

    # It arrives, but the answer is lost.
    swallowed: list[str] = []

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")
        swallowed.append(route.request.method)

    page.route("**/api/requests", swallow)
    page.get_by_role("button", name="Try again").click()
    # The page says the same as before, so its words do not tell that this answer is lost too.
    while not swallowed:
        page.wait_for_timeout(50)
    visitor.sees("The request was not sent")
    page.unroute("**/api/requests")
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("The owner has a mail and decides by")
    assert len(json.loads(portal.call("GET", "/requests", user).body)["requests"]) == 1


def test_lists_say_that_the_api_is_away_and_come_back(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user)
    page = visitor.page
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    page.get_by_role("link", name="Requests", exact=True).first.click()
    visitor.sees("The requests cannot be shown")
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    visitor.sees("You have not asked for anything yet")


def test_faults_behind_the_api_are_told(portal: Portal, visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, FORM)
    with portal.mesh.fault("glue", "GetTable", "AccessDeniedException"):
        visitor.page.get_by_label("Account that gets access").fill(portal.mesh.new_account())
        visitor.sees("This cannot be said just now")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_role("region", name="What will happen")).to_contain_text("Goes to")


def test_who_has_no_permission_is_told_whom_to_ask(portal: Portal, visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.expects_errors = True
    with portal.mesh.fault("glue", "GetDatabases", "AccessDeniedException"):
        visitor.sign_in(user)
        visitor.sees("The databases cannot be shown")
        visitor.sees("Your sign-in may not read the catalogue. The platform team can look into it.")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_role("link", name="retail", exact=True)).to_be_visible()


def test_what_is_not_there_is_said(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, "/databases/retail/tables/nothing")
    visitor.sees("Table nothing cannot be shown")
    visitor.open("/databases/nothing")
    visitor.sees("Database nothing cannot be shown")
    visitor.open("/executions/nothing")
    visitor.sees("The execution cannot be shown")


def test_aws_that_is_away_is_told_on_the_pages_that_need_it(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, "/requests")
    aws = visitor.portal.mesh.description["aws_endpoint_url"]
    visitor.page.route(f"{aws}/**", lambda route: route.abort("connectionrefused"))
    visitor.page.get_by_role("link", name="Catalogue", exact=True).first.click()
    visitor.sees("The databases cannot be shown")
    visitor.page.unroute(f"{aws}/**")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_role("link", name="retail", exact=True)).to_be_visible()


def test_a_sign_in_that_was_not_begun_here_is_refused(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/callback?code=stolen&state=unknown")
    expect(visitor.page.get_by_text("The sign-in did not work")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_browsers_keys_reach_nothing_but_what_the_page_needs(portal: Portal, visit: Visit, user: User) -> None:
    """Takes the page's own AWS credentials and tries what the page never does."""
    visitor = visit()
    visitor.expects_errors = True
    keys: list[dict[str, Any]] = []
    visitor.page.on(
        "response",
        lambda answer: (
            keys.append(answer.json()["Credentials"])
            if answer.request.headers.get("x-amz-target", "").endswith("GetCredentialsForIdentity")
            else None
        ),
    )
    visitor.sign_in(user)
    expect(visitor.page.get_by_role("link", name="retail", exact=True)).to_be_visible()

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=portal.mesh.description["aws_endpoint_url"],
            region_name="us-east-1",
            aws_access_key_id=keys[0]["AccessKeyId"],
            aws_secret_access_key=keys[0]["SecretKey"],
            aws_session_token=keys[0]["SessionToken"],
        )

    assert client("glue").get_databases()["DatabaseList"]
    machine = portal.config["stateMachineArn"]
    assert "executions" in client("stepfunctions").list_executions(stateMachineArn=machine)
    for service, operation, given in (
        ("stepfunctions", "start_execution", {"stateMachineArn": machine}),
        (
            "stepfunctions",
            "get_execution_history",
            {"executionArn": f"{machine}:x".replace("stateMachine", "execution")},
        ),
        ("dynamodb", "scan", {"TableName": portal.mesh.description["register_table"]}),
        ("glue", "delete_database", {"Name": "retail"}),
        ("cognito-idp", "list_users", {"UserPoolId": portal.config["userPoolId"]}),
        ("lakeformation", "list_permissions", {}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(client(service), operation)(**given)
