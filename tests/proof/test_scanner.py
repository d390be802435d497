"""Scanners of mail open links, run scripts and submit forms: nothing comes of it, and afterwards the person decides."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from handlers.sharing.decide import WRONG_TRIES_AN_HOUR
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY
from tests.portal.conftest import chromium
from tests.proof.conftest import Figure
from tests.proof.visitors.scanning import TRACKING, BrowserScanner, fetches, rewritten
from tests.proof.visitors.traces import State, asked, tries, used
from tests.proof.visitors.wire import Pace, send
from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Asked, Mesh, request_id
from tests.workflow.running import WITHOUT_PORTAL, Options

__all__ = ["chromium"]

OPTIONS = Options(config=WITHOUT_PORTAL)
RITA = "rita.requests@consumer.example"
FETCHES = 1000
# Addresses that stand on the page, and so are there for a scanner to try.
DATABASE, STEWARD, TEAM = "scanned", "dora.steward@example.org", "store-team@example.org"


@pytest.fixture(scope="module", autouse=True)
def people(mesh: Mesh) -> None:
    """A table whose page names people, with their addresses."""
    mesh.catalogue.add_database(DATABASE, RETAIL, Parameters={"data_owner_name": f"Store Team, {TEAM}"})
    mesh.catalogue.add_table(
        DATABASE, "people", [column("id"), column("mail", pii_flag="true")], Description=f"Steward: {STEWARD}"
    )


def ask(mesh: Mesh, name: str) -> tuple[Asked, str]:
    """A request that waits, by a requester whom the page names; and the account that it is for."""
    account = mesh.new_account()
    mesh.write_as_api(name, RITA, "For the campaign.", (DATABASE, "people", account))
    return asked(mesh, mesh.start(DATABASE, "people", account, name)), account


def both_links(*waiting: Asked) -> list[str]:
    return [link for each in waiting for link in (each.approve, each.deny)]


def decided_as(mesh: Mesh, waited: Asked, account: str, status: str) -> None:
    """Holds a request to having ended as its approver wanted."""
    assert mesh.finish(waited.arn, 60).output["status"] == status
    decision = mesh.register_item(waited.arn)["decision"]
    assert (decision["approver"], decision["decided_by"]) == (OLGA, "mailbox")
    assert mesh.grants(account) == ({f"{DATABASE}.people": SELECT_AND_DESCRIBE} if status == "SHARED" else {})


def test_a_thousand_fetches_change_nothing_and_then_the_person_decides(mesh: Mesh, figure: Figure) -> None:
    (to_approve, approved), (to_deny, denied) = ask(mesh, "fetched-1"), ask(mesh, "fetched-2")
    calls = list(fetches(both_links(to_approve, to_deny), FETCHES))
    before, pace = State.of(mesh), Pace()
    with used(mesh) as did, ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda call: pace.wait() or send(call), calls))
        done = did()
    assert State.of(mesh) == before

    answers = Counter((call.method, reply.status) for call, reply in zip(calls, replies, strict=True))
    assert set(answers) == {("GET", 200), ("HEAD", 200), ("OPTIONS", 404)}
    titles = Counter(reply.title for call, reply in zip(calls, replies, strict=True) if call.method == "GET")
    assert titles.keys() == {f"{verb} access to {DATABASE}.people?" for verb in ("Approve", "Deny")}
    # No role did anything but read the request and what guards it.
    opened = sum(count for (method, _), count in answers.items() if method != "OPTIONS")
    assert done == {"dynamodb:GetItem": 2 * opened}
    listed = (f"{count} {method} → {status}" for (method, status), count in sorted(answers.items()))
    figure("GET, HEAD, OPTIONS on both links of two waiting requests", ", ".join(listed))
    figure("state changes by them", 0)

    # The gateway may have rewritten the link that the person gets to see.
    link = rewritten(to_approve.approve, lambda query: f"{TRACKING}&{query}")
    assert mesh.post(link, source=calls[0].source, email=OLGA).title == "Thank you. You approved this request."
    decided_as(mesh, to_approve, approved, "SHARED")
    assert mesh.post(to_deny.deny, email=OLGA).title == "Thank you. You denied this request."
    decided_as(mesh, to_deny, denied, "DENIED")


@pytest.mark.timeout(600)
def test_a_browser_that_submits_every_form_changes_nothing_and_then_the_person_decides(
    mesh: Mesh, chromium: Browser, figure: Figure
) -> None:
    (to_approve, approved), (to_deny, denied) = ask(mesh, "scanned-1"), ask(mesh, "scanned-2")
    before = State.of(mesh)
    scanner = BrowserScanner(chromium)
    with used(mesh) as did:
        for link in both_links(to_approve, to_deny):
            scanner.scan(link)
        done = did()
    scanner.close()
    after = State.of(mesh)

    assert scanner.forms == 4
    assert {RITA, STEWARD, TEAM} <= scanner.typed
    assert OLGA not in scanner.typed
    mesh.kept.typed.update(scanner.typed - {RITA, STEWARD, TEAM})
    # Wrong addresses are counted (ADR 7), and that there are many is an event; nothing else is there that was not.
    assert scanner.answers.keys() == {400, 403, 429}
    wrong = scanner.answers[403] + scanner.answers[429]
    for each in (to_approve, to_deny):
        assert tries(after.register[f"approval#{request_id(each.arn)}"]) == wrong // 2
    assert WRONG_TRIES_AN_HOUR < wrong // 2 < WRONG_TRIES_A_KEY
    guessing = {(request_id(each.arn), "ApproverGuessing"): 1 for each in (to_approve, to_deny)}
    expected = replace(before, events={**before.events, **guessing})
    assert after.without_tries() == expected.without_tries()
    assert done.keys() == {"dynamodb:GetItem", "dynamodb:UpdateItem", "events:PutEvents"}
    # The event is owed before it is put, and no longer after.
    assert (done["dynamodb:UpdateItem"], done["events:PutEvents"]) == (wrong + 2 * len(guessing), len(guessing))
    figure("forms that a headless Chromium submitted, by answer", dict(sorted(scanner.answers.items())))
    figure("state changes by them, but for counted guesses and the event about them", 0)

    # The person sits behind the same address of the network as the scanner; the other one does not.
    page = chromium.new_context().new_page()
    page.goto(to_approve.approve)
    page.get_by_label("Your email address").fill(OLGA)
    page.get_by_role("button", name="Approve access").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. You approved this request.")
    page.context.close()
    mesh.kept.typed.add(OLGA)
    decided_as(mesh, to_approve, approved, "SHARED")
    assert mesh.post(to_deny.deny, source="127.0.0.77", email=OLGA).title == "Thank you. You denied this request."
    decided_as(mesh, to_deny, denied, "DENIED")
