"""Where people decide signed in only, and are bound to accounts: a share's whole life and drift in a real browser."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from boto3.dynamodb.types import TypeSerializer
from playwright.sync_api import expect

from demo.people import PRODUCERS
from handlers.aws.dynamodb.vault_items import write_key
from handlers.pages.addresses import by_link, in_portal
from handlers.sharing.model.clock import now
from handlers.sharing.model.keys import SentKey, hash_key
from tests.portal.axe import findings
from tests.portal.conftest import Visit, running, with_page
from tests.portal.life import ACCOUNT, ask, audit, decide, is_nobody_elses, renew, revoke
from tests.portal.portal import Portal, User, new_request
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, wait_until
from tests.workflow.running import Options
from tests.workflow.test_drift import BOTH, by_hand, let_drift_see, look

OWNERS = "retail-owners"
CONFIG = {
    "decisions": "signed-in",
    "drift": True,
    "portalUsers": [{"username": "mia", "email": "mia@consumer.example", "accounts": [ACCOUNT]}],
    "producers": [
        {"accountId": each.id, "name": each.name, "externalId": each.external_id, "approversGroup": OWNERS}
        for each in PRODUCERS
        if each.id == RETAIL
    ],
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A mesh of its own."""
    with_page()
    yield from running(Options(retry_seconds=0.2, config=CONFIG), tmp_path_factory)


@pytest.fixture(scope="module")
def mia(portal: Portal) -> User:
    """Bound to the account, by config."""
    return portal.user("mia")


@pytest.fixture
def jane(portal: Portal) -> User:
    """Answers for retail's data as a member of its group, and gets no mail."""
    user = portal.new_user()
    portal.join(user, OWNERS)
    return user


def test_the_mail_has_no_key_and_a_link_of_before_decides_nothing(portal: Portal, mia: User) -> None:
    mesh = portal.mesh
    request = portal.ask(mia, "retail", "customer_address", ACCOUNT)["id"]
    body = mesh.mail_about(request)["body"]
    (address,) = [line for line in body.splitlines() if "://" in line]
    assert (address, "key=" in body) == (in_portal(f"https://{urlsplit(address).netloc}", request), False)
    here = address.replace(f"https://{urlsplit(address).netloc}", mesh.description["portal_url"])
    assert f'<a href="{here}" ' in mesh.get(mesh.description["mailbox_url"]).body, "it can be followed on this machine"
    # One that was mailed while config still said `link`.
    key, record = secrets.token_urlsafe(32), mesh.register_item(request)
    mesh.kept.used[key] = "key"
    sent = SentKey(hash_key(key), record["round"], record["classification"]["fingerprint"])
    kept = {"keys": [write_key(sent)], "salt": "salt", "approvers": ["somebody"]}
    mesh.change_item(f"approval#{request}", **{name: TypeSerializer().serialize(kept[name]) for name in kept})
    for action in ("approve", "deny"):
        link = by_link(mesh.description["api_url"], action, request, key)
        seen, posted = mesh.get(link), mesh.post(link, email=OLGA)
        assert (seen.status, posted.status) == (200, 403)
        assert all(f'href="{address}"' in reply.body for reply in (seen, posted))
    assert portal.request(mia, request)["status"] == "WAITING"


def test_people_ask_for_the_accounts_they_are_bound_to_whatever_they_claim(portal: Portal, mia: User) -> None:
    other, nobody = portal.mesh.new_account(), portal.new_user()
    for who, account in ((mia, other), (nobody, ACCOUNT)):
        wish = new_request("retail", "date_dim", account)
        for path, body in (("", wish), ("/preview", {each: wish[each] for each in ("source", "target")})):
            assert reason(portal, who, f"/requests{path}", body) == (403, "AccountNotYours")
        group = f"account-{account}"
        for claim in ({"groups": [group]}, {"cognito:groups": [group]}, {"accounts": [account]}):
            assert reason(portal, who, "/requests", {**wish, **claim}) == (422, "UnknownField")
        claimed = {"X-Groups": group, "X-Amzn-Oidc-Data": group, "Cognito-Groups": group}
        assert portal.call("POST", "/requests", who, wish, claimed).status == 403
    # A token says for half an hour what its bearer was; the pool knows better.
    left, group = portal.new_user(auditor=True), f"account-{ACCOUNT}"
    portal.join(left, group)
    portal.tokens(left)
    portal.leave(left, group)
    assert reason(portal, left, "/requests", new_request("retail", "date_dim", ACCOUNT)) == (403, "AccountNotYours")
    asked = portal.ask(mia, "retail", "date_dim", ACCOUNT)
    portal.wait_for(mia, asked["id"], "SHARED")
    assert portal.call("GET", f"/shares/{asked['id']}:1", nobody).status == 404


def reason(portal: Portal, user: User, path: str, document: object) -> tuple[int, str]:
    reply = portal.call("POST", path, user, document)
    return reply.status, json.loads(reply.body).get("reason", "")


def test_an_approver_who_has_left_meanwhile_decides_nothing(
    portal: Portal, visit: Visit, mia: User, jane: User
) -> None:
    request = portal.ask(mia, "retail", "store", ACCOUNT)["id"]
    # Who has left the group: the page is open, and its token says for a while that they are in it.
    owner = visit()
    owner.expects_errors = True
    owner.sign_in(jane, f"/decisions/{request}")
    owner.page.get_by_role("radio", name="Approve").check()
    portal.leave(jane, OWNERS)
    owner.page.get_by_role("button", name="Approve access").click()
    owner.sees("Your decision was not taken")
    owner.sees("You do not answer for these data any more.")
    assert findings(owner.page) == []
    # Who gets no mails any more.
    olga, sns = portal.approver_of(RETAIL), portal.mesh.client("sns", RETAIL)
    assert portal.call("GET", f"/requests/{request}/decision", olga).status == 200
    topic = f"arn:aws:sns:us-east-1:{RETAIL}:DataLakeSharingApproval"
    (mails,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=mails["SubscriptionArn"])
    try:
        decision = {"action": "approve", "round": 1}
        assert reason(portal, olga, f"/requests/{request}/decision", decision) == (404, "UnknownRequest")
    finally:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=olga.email)
    assert portal.request(mia, request)["status"] == "WAITING"
    assert "retail.store" not in portal.mesh.grants(ACCOUNT)


def test_what_drift_found_is_explained_settled_and_gone(portal: Portal, visit: Visit, jane: User) -> None:
    mesh, account = portal.mesh, portal.mesh.new_account()
    let_drift_see(mesh)
    table = {"Table": {"DatabaseName": "retail", "Name": "customer"}}
    by_hand(mesh, "grant", account, table, BOTH)  # without grant option: less than any share gives, and no less gone
    look(mesh)
    owner = visit()
    page = owner.page
    owner.sign_in(jane)
    owner.tab_to(page.get_by_role("link", name="Drift", exact=True)).press("Enter")
    finding = page.get_by_role("region", name=f"Granted past Lakeshare: retail, {account}")
    expect(finding).to_contain_text("No share of Lakeshare's explains that.")
    assert findings(page) == []
    # By keyboard alone.
    owner.tab_to(finding.get_by_role("button", name="Revoke"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Revoke?")
    expect(dialog).to_contain_text("What was copied is not called back.")
    assert findings(page) == []
    owner.tab_to(dialog.get_by_label("Why?"))
    page.keyboard.type("Nobody of ours has granted this.")
    owner.tab_to(dialog.get_by_role("button", name="Revoke"))
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(finding).to_contain_text(f"Revoked by {jane.email}")
    expect(finding).to_contain_text("Nobody of ours has granted this.")
    assert findings(page) == []
    wait_until(lambda: not mesh.revoking() and mesh.grants(account) == {}, 60, "that it is taken back")
    look(mesh)
    page.reload()
    owner.sees("Nothing differs")
    assert findings(page) == []


def test_from_being_asked_for_to_the_audit(portal: Portal, visit: Visit, mia: User, jane: User, tmp_path: Path) -> None:
    mesh = portal.mesh
    first = ask(portal, visit, mia)
    decide(visit, jane, has="Nothing of this", until=(now() + timedelta(20)).date().isoformat())
    shared = portal.wait_for(mia, first, "SHARED")
    assert (shared["decision"]["decided_by"], shared["decision"]["approver"]) == ("signed-in", jane.email)
    assert mesh.grants(ACCOUNT)["retail.customer"] == SELECT_AND_DESCRIBE

    # Two weeks before its end it warns.
    assert any("sweep" in rule for rule in portal.clock("+7d"))
    (warning,) = wait_until(lambda: told(portal, "ShareEnds"), what="the warning")
    assert (warning["share_id"], warning["days"]) == (f"{first}:1", 14)
    requester = visit()
    second = renew(portal, requester, mia)
    decide(visit, jane, has="until")
    requester.sees("A share of its own has taken the place of the one that it renews.")
    requester.page.get_by_role("region", name="Renewal").get_by_role("link").click()
    requester.sees("A newer share has taken its place.")
    mesh.control("POST", "/schedules/run")
    expect(requester.page.get_by_role("region", name="Access")).to_contain_text("Ended on", timeout=60_000)
    assert findings(requester.page) == []
    assert mesh.grants(ACCOUNT)["retail.customer"] == SELECT_AND_DESCRIBE, "what both cover stays"

    revoke(portal, visit, jane)
    is_nobody_elses(portal, visit, [f"/requests/{second}", f"/shares/{second}:1", f"/decisions/{second}"])
    audit(portal, visit, jane, tmp_path)


def told(portal: Portal, kind: str) -> list[dict[str, object]]:
    return [each["detail"] for each in portal.mesh.told() if each["detail-type"] == kind]
