"""Links and forms that nobody was given: each gets a page that says so, and none decides anything."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from handlers.sharing.model.keys import WRONG_TRIES_A_KEY
from tests.workflow.deciding import nothing_happened
from tests.workflow.driver import OLGA, Asked, Mesh, request_id, wait_until
from tests.workflow.http_client import send

FORM = "application/x-www-form-urlencoded"


def test_links_that_are_none_decide_nothing(mesh: Mesh, asked: Asked, account: str) -> None:
    key = mesh.links(asked.mail).key
    base = asked.approve.partition("?")[0]
    request = request_id(asked.arn)
    for query, status in [
        (f"action=approve&request={request}&key={'x' * len(key)}", 404),
        (f"action=approve&request={request}x&key={key}", 404),
        (f"action=approve&request=nobody&key={key}", 404),
        (f"action=approve&request={request}&key={key[:-1]}", 404),
        (f"action=approve&request={request}&key=%00%ff%C3%A9", 404),
        (f"action=approve&request={request}", 400),
        (f"action=approve&key={key}", 400),
        (f"action=destroy&request={request}&key={key}", 400),
        ("", 400),
        ("action=approve&token=AQCEAAAA", 410),
    ]:
        for reply in (mesh.get(f"{base}?{query}"), mesh.post(f"{base}?{query}", email=OLGA)):
            assert reply.status == status, query
            assert reply.title
    assert nothing_happened(mesh, asked, account)


def test_a_link_in_which_a_mail_program_wrote_out_the_ampersands_decides(mesh: Mesh, asked: Asked) -> None:
    written_out = asked.approve.replace("&", "&amp;")
    assert mesh.get(written_out).status == 200
    assert mesh.post(written_out, email=OLGA).status == 200
    assert mesh.finish(asked.arn).output["status"] == "SHARED"


def test_ten_wrong_addresses_an_hour_from_one_place_and_no_more(mesh: Mesh, asked: Asked) -> None:
    guesses = [mesh.post(asked.approve, source="127.0.0.66", email=f"guess{n}@example.org").status for n in range(12)]
    assert guesses == [403] * 10 + [429] * 2
    assert mesh.post(asked.approve, source="127.0.0.67", email="guess@example.org").status == 403
    assert mesh.event_types(asked.arn).count("ApproverGuessing") == 1
    assert mesh.post(asked.approve, source="127.0.0.66", email=OLGA).status == 200
    assert mesh.finish(asked.arn).output["status"] == "SHARED"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"email", FORM),
        (b"&&&===&&&", FORM),
        (b"email=%ff%fe", FORM),
        (b"\xff\xfe\x00email=olga.marin@example.org", FORM),
        (b"email=" + b"x" * 200_000, FORM),
        (b"&".join([b"email=olga.marin%40example.org"] * 50), FORM),
        (b'{"email": "olga.marin@example.org"}', "application/json"),
        (b"email: olga.marin@example.org", "text/plain"),
        (
            b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nolga@x.org\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_forms_that_no_page_of_ours_sends_decide_nothing(
    mesh: Mesh, asked: Asked, account: str, body: bytes, content_type: str
) -> None:
    reply = send("POST", asked.approve, body=body, headers={"Content-Type": content_type})
    assert reply.status == 400
    assert reply.title
    assert nothing_happened(mesh, asked, account)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_lead_nowhere(mesh: Mesh, asked: Asked, account: str, method: str) -> None:
    assert send(method, asked.approve, body=b"email=olga.marin%40example.org").status == 404
    assert nothing_happened(mesh, asked, account)


def test_the_request_and_key_are_taken_from_the_link_alone(mesh: Mesh, asked: Asked, account: str) -> None:
    links = mesh.links(asked.mail)
    bare = asked.approve.partition("?")[0]
    fields = {"email": OLGA, "request": links.request, "key": links.key, "action": "approve"}
    assert mesh.post(bare, **fields).status == 400
    assert mesh.post(f"{bare}?action=approve&request={links.request}", **fields).status == 400
    assert nothing_happened(mesh, asked, account)


def test_the_register_holds_no_key_and_no_address_in_the_clear(mesh: Mesh, asked: Asked) -> None:
    about = [str(item) for key, item in mesh.raw_items().items() if request_id(asked.arn) in key]
    assert len(about) == 2
    for secret in (mesh.links(asked.mail).key, OLGA):
        assert not any(secret in item for item in about)


def test_no_index_shows_a_token(mesh: Mesh, asked: Asked) -> None:
    token = mesh.approval_item(asked.arn)["token"]
    described = mesh.client("dynamodb").describe_table(TableName=mesh.table)["Table"]
    for index in described["GlobalSecondaryIndexes"]:
        pages = (
            mesh.client("dynamodb").get_paginator("scan").paginate(TableName=mesh.table, IndexName=index["IndexName"])
        )
        items = [item for page in pages for item in page["Items"]]
        assert not any(token in str(item) or item["pk"]["S"].startswith("approval#") for item in items)


def test_a_hundred_wrong_addresses_kill_the_key_of_one_mail_and_not_the_request(mesh: Mesh, asked: Asked) -> None:
    wrong = [
        mesh.post(asked.approve, source=f"127.0.1.{n // 5}", email=f"guess{n}@example.org").status
        for n in range(WRONG_TRIES_A_KEY)
    ]
    assert set(wrong) == {403}
    for reply in (mesh.get(asked.deny), mesh.post(asked.deny, email=OLGA)):
        assert (reply.status, reply.title) == (410, "This link does not work any more.")
    # A new key comes by itself, and an operator can have one more mailed; all live keys lead to the one decision.
    second = mesh.links(mesh.mail_about(asked.arn, number=2))
    assert mesh.history(asked.arn)[-2:] == ["KeyDied", "ApprovalRequested"]
    said = mesh.client("lambda").invoke(
        FunctionName=next(name for name in mesh.control("GET", "/functions") if "notify-function" in name),
        Payload=json.dumps({"request_id": request_id(asked.arn), "again": True}).encode(),
    )
    assert json.loads(said["Payload"].read()) == {
        "request_id": request_id(asked.arn),
        "status": "WAITING",
        "mail_due_at": None,
    }
    third = mesh.links(mesh.mail_about(asked.arn, number=3))
    assert len({mesh.links(asked.mail).key, second.key, third.key}) == 3
    assert mesh.get(third.deny).status == 200
    assert mesh.post(second.approve, email=OLGA).status == 200
    assert mesh.finish(asked.arn).output["status"] == "SHARED"
    assert mesh.get(third.deny).status == 409


def test_what_notify_sends_at_once_and_what_its_schedule_sends_later(mesh: Mesh, account: str) -> None:
    with mesh.fault("lambda", "Invoke", "ServiceException", http_status=500, role="request-approval"):
        arn = mesh.start("retail", "customer", account)
        wait_until(lambda: mesh.register_item(arn).get("mail_due_at"), what="a mail that is owed")
    due = datetime.fromisoformat(str(mesh.register_item(arn)["mail_due_at"]))
    assert mesh.mails(about=arn) == []
    time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
    assert mesh.control("POST", "/schedules/run", rule="mails")["ran"]
    mail = mesh.mail_about(arn)
    assert "mail_due_at" not in mesh.register_item(arn)
    assert mesh.post(mesh.links(mail).deny, email=OLGA).status == 200
    assert mesh.finish(arn).output["status"] == "DENIED"
