"""Personal data: the owner of the data is mailed, and decides on a page."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.workflow.deciding import nothing_happened
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Asked, Mesh, wait_until

PERSONAL = ["c_salutation", "c_first_name", "c_last_name", "c_birth_day", "c_birth_month", "c_birth_year"]
PERSONAL += ["c_birth_country", "c_login", "c_email_address"]


def test_the_owners_approver_gets_one_mail_that_names_the_personal_columns(
    mesh: Mesh, asked: Asked, account: str
) -> None:
    mail = mesh.only_mail(asked.arn)
    assert (mail["to"], mail["account_id"]) == (OLGA, RETAIL)
    assert mail["topic_arn"] == f"arn:aws:sns:us-east-1:{RETAIL}:DataLakeSharingApproval"
    assert mail["subject"] == f"Data access request: retail.customer for account {account}"
    for name in PERSONAL:
        assert name in mail["body"]
    assert "c_customer_sk" not in mail["body"]
    assert mesh.description["api_url"] in asked.approve
    assert asked.approve.partition("?")[0].endswith("/workflow/update-state")
    types = ["RequestReceived", "ApprovalRequested"]
    wait_until(lambda: mesh.event_types(asked.arn) == types, what="the event that the mail is out")


def test_a_hundred_opens_of_both_links_change_nothing(mesh: Mesh, asked: Asked, account: str) -> None:
    def state() -> object:
        return mesh.register_item(asked.arn), mesh.approval_item(asked.arn)

    wait_until(lambda: "owed_events" not in mesh.register_item(asked.arn), what="telling of it")
    before = state()
    opens = [(open_page, link) for _ in range(25) for open_page in (mesh.get, mesh.head) for link in asked_links(asked)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda each: each[0](each[1]), opens))
    assert len(replies) == 100
    assert {reply.status for reply in replies} == {200}
    assert {reply.title for reply in replies} == {
        "",
        "Approve access to retail.customer?",
        "Deny access to retail.customer?",
    }
    assert state() == before
    assert nothing_happened(mesh, asked, account)


def asked_links(asked: Asked) -> tuple[str, str]:
    return asked.approve, asked.deny


def test_the_page_is_one_form_without_script_that_nothing_can_embed_or_keep(mesh: Mesh, asked: Asked) -> None:
    reply = mesh.get(asked.approve)
    assert len(re.findall("<form", reply.body)) == 1
    assert re.findall(r'<input type="(\w+)"', reply.body) == ["email", "date"]
    assert len(re.findall("<textarea", reply.body)) == len(re.findall("<button", reply.body)) == 1
    assert "<script" not in reply.body
    assert 'type="hidden"' not in reply.body
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["x-content-type-options"] == "nosniff"
    policy = reply.headers["content-security-policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert directive in policy
    assert mesh.head(asked.approve).headers["content-length"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"email": ""}, 400),
        ({"email": "olga"}, 400),
        ({"email": "mallory@example.org"}, 403),
        ({"email": OLGA, "comment": "x" * 2001}, 400),
    ],
)
def test_a_form_without_a_right_address_changes_nothing(
    mesh: Mesh, asked: Asked, account: str, fields: dict[str, str], status: int
) -> None:
    for link in asked_links(asked):
        reply = mesh.post(link, **fields)
        assert reply.status == status
        assert "Please check." in reply.text
    assert nothing_happened(mesh, asked, account)


def test_an_approval_shares_and_stands_in_the_register(mesh: Mesh, asked: Asked, account: str) -> None:
    reply = mesh.post(asked.approve, source="127.0.0.7", email=f" {OLGA.title()} ", comment="For the audit\nof 2026")
    assert (reply.status, reply.title) == (200, "Thank you. You approved this request.")
    finished = mesh.finish(asked.arn)
    assert finished.status == "SUCCEEDED"
    assert finished.end == ("SHARED", None)
    assert mesh.grants(account) == {"retail.customer": SELECT_AND_DESCRIBE}
    item = mesh.register_item(asked.arn)
    assert item["status"] == "SHARED"
    assert "reason" not in item
    decision = item["decision"]
    assert decision["action"] == "approve"
    assert decision["approver"].lower() == OLGA
    assert decision["decided_by"] == "mailbox"
    assert decision["comment"] == "For the audit\nof 2026"
    assert decision["ip"] == "127.0.0.7"
    assert item["granted"] == {"tables": 1, "names": ["customer"], "database": False, "wildcard": False}
    assert mesh.history(asked.arn) == ["Received", "Classified", "ApprovalRequested", "Approved", "Shared"]
    types = ["RequestReceived", "ApprovalRequested", "RequestShared"]
    assert mesh.event_types(asked.arn) == types


def test_the_task_token_is_forgotten_once_the_request_is_closed(mesh: Mesh, asked: Asked) -> None:
    assert mesh.approval_item(asked.arn)["token"]
    mesh.post(asked.deny, email=OLGA)
    mesh.finish(asked.arn)
    assert "token" not in mesh.approval_item(asked.arn)


def test_output_and_events_carry_no_address_no_comment_and_no_key(mesh: Mesh, asked: Asked) -> None:
    mesh.post(asked.approve, email=OLGA, comment="Ask Beatrice first")
    finished = mesh.finish(asked.arn)
    said = str(finished.output) + str(mesh.events(asked.arn))
    for secret in (OLGA, "Beatrice", mesh.links(asked.mail).key):
        assert secret not in said


@pytest.mark.parametrize("again", ["approve", "deny"])
def test_a_second_decision_is_told_who_decided_and_when(mesh: Mesh, asked: Asked, again: str) -> None:
    mesh.post(asked.approve, email=OLGA, comment="Only once")
    mesh.finish(asked.arn)
    decided_at = mesh.register_item(asked.arn)["decision"]["at"]
    link = getattr(asked, again)
    for fields, shown, hidden in [
        ({"email": OLGA}, [OLGA, "Only once"], []),
        ({"email": "mallory@example.org"}, ["o…@example.org"], [OLGA, "Only once"]),
    ]:
        reply = mesh.post(link, **fields)
        assert (reply.status, reply.title) == (409, "This request was already approved.")
        assert all(text in reply.text for text in shown)
        assert not any(text in reply.text for text in hidden)
        assert str(int(decided_at[8:10])) in reply.text
        assert decided_at[11:16] in reply.text
    page = mesh.get(link)
    assert page.status == 409
    assert OLGA not in page.body
    assert mesh.register_item(asked.arn)["status"] == "SHARED"


def test_a_denial_shares_nothing_and_keeps_the_comment(mesh: Mesh, asked: Asked, account: str) -> None:
    reply = mesh.post(asked.deny, email=OLGA, comment="Not without a contract")
    assert (reply.status, reply.title) == (200, "Thank you. You denied this request.")
    finished = mesh.finish(asked.arn)
    assert finished.status == "SUCCEEDED"
    assert finished.end == ("DENIED", "Denied")
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("DENIED", "Denied")
    assert item["decision"]["comment"] == "Not without a contract"
    assert item["history"][-1]["by"] == OLGA
    assert mesh.grants(account) == {}
    assert mesh.event_types(asked.arn) == ["RequestReceived", "ApprovalRequested", "RequestDenied"]
    assert mesh.post(asked.approve, email=OLGA).title == "This request was already denied."


def test_of_many_decisions_at_once_one_counts_and_all_are_told_which(mesh: Mesh, asked: Asked, account: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda link: mesh.post(link, email=OLGA), [*asked_links(asked)] * 4))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    won = next(reply for reply in replies if reply.status == 200)
    action = "approved" if "approved" in won.title else "denied"
    assert {reply.title for reply in replies if reply is not won} == {f"This request was already {action}."}
    finished = mesh.finish(asked.arn)
    assert finished.output["status"] == {"approved": "SHARED", "denied": "DENIED"}[action]
    assert bool(mesh.grants(account)) is (action == "approved")


def test_the_requests_own_events_say_who_owns_and_until_when(mesh: Mesh, asked: Asked) -> None:
    requested = wait_until(lambda: mesh.events(asked.arn)[1:], what="the event that the mail is out")[0]
    detail = requested["detail"]
    assert (requested["source"], requested["detail-type"]) == ("lakeshare", "ApprovalRequested")
    assert detail["owner_account"] == RETAIL
    assert detail["approvers"] == 1
    assert detail["expires_at"] == mesh.register_item(asked.arn)["expires_at"]
