"""Who asks the same again gets the open request, however many posts come at once: one request, one mail."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.portal.portal import Portal, User, new_request
from tests.workflow.driver import wait_until

AT_ONCE = 30


def test_thirty_posts_of_the_same_at_once_make_one_request(portal: Portal) -> None:
    user, mesh = portal.new_user(), portal.mesh
    body = new_request("retail", "customer", mesh.new_account())
    portal.tokens(user)

    def post(number: int) -> tuple[int, str]:
        posted = {**body, "client_token": f"at-once-{number:04d}"}
        reply = portal.call("POST", "/requests", user, posted)
        while reply.status in {429, 503}:
            reply = portal.call("POST", "/requests", user, posted)
        return reply.status, json.loads(reply.body)["id"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = list(pool.map(post, range(AT_ONCE)))
    assert sorted(status for status, _ in came) == [200] * (AT_ONCE - 1) + [201]
    (made,) = {request_id for _, request_id in came}
    wait_until(lambda: portal.request(user, made)["status"] == "WAITING", what="the request to wait")
    listed = json.loads(portal.call("GET", "/requests", user).body)["requests"]
    assert [each["id"] for each in listed] == [made]
    mesh.mail_about(made)
    assert len(mesh.mails(about=made)) == 1
    # Somebody else asks for themselves.
    assert portal.call("POST", "/requests", portal.new_user(), body).status == 201


def test_of_requests_that_nobody_signed_in_for_one_waits(portal: Portal) -> None:
    mesh = portal.mesh
    account = mesh.new_account()
    first = mesh.ask_owner("retail", "customer", account)
    again = mesh.start("retail", "customer", account)
    assert mesh.finish(again).end == ("REFUSED", "AlreadyAsked")
    assert mesh.mails(about=again) == []
    for _ in range(2):
        assert mesh.ask("transport", "yellow_tripdata", account)[1].output["status"] == "SHARED"
    links = mesh.links(first.mail)
    assert mesh.post(links.deny, email=first.mail["to"]).status == 200
    mesh.finish(first.arn)
    assert mesh.ask_owner("retail", "customer", account).mail


def test_what_came_of_ones_own_request_is_said_before_one_asks_again(portal: Portal) -> None:
    mesh = portal.mesh
    account, user = mesh.new_account(), portal.new_user()
    (role,) = [
        each["Arn"]
        for each in mesh.client("iam").list_roles()["Roles"]
        if each["RoleName"].startswith("lakeshare-portal-catalogue-api-role-")
    ]
    # What a role has itself it sees of others.
    mesh.client("lakeformation").grant_permissions(
        Principal={"DataLakePrincipalIdentifier": role},
        Resource={"Table": {"DatabaseName": "transport", "Name": "yellow_tripdata"}},
        Permissions=["DESCRIBE"],
    )
    wish = new_request("transport", "yellow_tripdata", account)

    def foreseen(by: User) -> dict[str, Any]:
        return dict(json.loads(portal.call("POST", "/requests/preview", by, wish).body))

    assert foreseen(user)["outcome"] == "grant"
    request_id = portal.ask(user, "transport", "yellow_tripdata", account)["id"]
    share = portal.wait_for(user, request_id, "SHARED")["share"]
    told = foreseen(user)
    assert told["outcome"] == "shared", told
    assert (told["outcome"], told["already"]["request_id"], told["already"]["until"]) == ("shared", request_id, None)
    assert told["already"]["since"] > share["since"]
    # Nobody learns of it but who asked.
    other = foreseen(portal.new_user())
    assert (other["outcome"], other["already"]) == ("grant", None)
