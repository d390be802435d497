"""What pages and mails say, whole, and the status of a page.

The texts stand in `__snapshots__/test_page_texts.ambr`; `--snapshot-update` writes it anew.
"""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.pages.decision import already_decided, ended, form
from handlers.pages.mail import approval_mail
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.record import RequestRecord, Status
from tests.unit.pages_samples import APPROVE, CLASSIFICATION, DATABASE, DECISION, DENY, RECORD, Structure, all_pages

NOBODY = replace(DATABASE, requester=None, purpose=None)
BARE = RequestRecord("name", Status.REFUSED, "2025-05-01T09:30:00Z", message="source must be an object.")
PAGES = {
    **all_pages(RECORD),
    "a later round": form(replace(RECORD, round=2), "approve"),
    "a database, by nobody": form(NOBODY, "deny"),
    "approved before, not verified": already_decided(
        RECORD, replace(DECISION, action="approve", approver_verified=False), reveal=True
    ),
    "failed": ended(replace(RECORD, status=Status.FAILED, reason="GrantRefused")),
    "refused": ended(replace(RECORD, status=Status.REFUSED, message="No such table.")),
    "unreadable": ended(BARE),
}
MAILS = {
    "a table": RECORD,
    "a later round": replace(RECORD, round=2),
    "a database, by nobody": NOBODY,
    **{
        str(scope): replace(DATABASE, classification=replace(CLASSIFICATION, scope=scope, tables_total=4))
        for scope in Scope
    },
}


@pytest.mark.parametrize("name", PAGES)
def test_pages(snapshot: SnapshotAssertion, name: str) -> None:
    page = PAGES[name]
    assert [page.status, *Structure(page.html).lines] == snapshot


def test_style(snapshot: SnapshotAssertion) -> None:
    (style,) = {Structure(page.html).style for page in PAGES.values()}
    assert style == snapshot


@pytest.mark.parametrize("name", MAILS)
def test_mails(snapshot: SnapshotAssertion, name: str) -> None:
    mail = approval_mail(MAILS[name], approve_url=APPROVE, deny_url=DENY)
    assert [mail.subject, *mail.body.splitlines()] == snapshot
