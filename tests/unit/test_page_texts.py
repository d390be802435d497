"""What pages and mails say, whole, and the status of a page.

The texts stand in `__snapshots__/test_page_texts.ambr`; `--snapshot-update` writes it anew.
"""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.pages.decision import already_decided, decided, ended, form
from handlers.pages.mail import approval_mail, portal_mail
from handlers.sharing.model.classification import FILTERED, Scope
from handlers.sharing.model.record import Granted, HistoryEntry, RequestRecord, Status
from handlers.sharing.model.term import Term
from tests.unit.pages_samples import (
    APPROVE,
    AT,
    CLASSIFICATION,
    COLUMNS,
    DATABASE,
    DECISION,
    DENY,
    PORTAL,
    RECORD,
    RENEWAL,
    ROWS,
    SAFE,
    SAFE_DATABASE,
    Structure,
    all_pages,
)

PARTLY = replace(DATABASE, round=2, granted=Granted(20, database=True), history=(HistoryEntry("x", "Approved"),))
BEGUN = replace(PARTLY, granted=None, status=Status.DENIED)
NOBODY = replace(DATABASE, requester=None, purpose=None, term=Term(days=90))
BARE = RequestRecord("name", Status.REFUSED, "2025-05-01T09:30:00Z", message="source must be an object.")
IN_PART = "Part of table retail.customer is shared."
OF_PARTS = {"columns": COLUMNS, "rows": ROWS, "the safe subset": SAFE, "a safe database": SAFE_DATABASE}
PART_GRANTED = {"granted": Granted(1, ("customer",)), "history": (HistoryEntry("x", "Approved"),), "message": "Why."}
PAGES = {
    **all_pages(RECORD),
    "a later round": form(replace(RECORD, round=2), "approve", at=AT),
    "a renewal": form(RENEWAL, "approve", at=AT),
    "a database, by nobody": form(NOBODY, "deny", at=AT),
    "approved before, not verified": already_decided(
        RECORD, replace(DECISION, action="approve", decided_by="unverified", until="2025-05-31"), reveal=True
    ),
    "approvers that are not listed": form(RECORD, "approve", at=AT, unlisted=True),
    "failed": ended(replace(RECORD, status=Status.FAILED, reason="GrantRefused")),
    "refused": ended(replace(RECORD, status=Status.REFUSED, message="No such table.")),
    "unreadable": ended(BARE),
    "partly granted: to approve": form(PARTLY, "approve", at=AT),
    "partly granted: denied just now": decided(PARTLY, "deny", "jan.olsen@retail.example", None),
    **{
        f"partly granted: {status}": ended(replace(PARTLY, status=status, message="Why."))
        for status in Status
        if not status.is_open
    },
    "granting had begun: denied": ended(BEGUN),
    **{f"{name}: to approve": form(record, "approve", at=AT) for name, record in OF_PARTS.items()},
    "rows: to deny": form(ROWS, "deny", at=AT),
    "columns: approved": decided(COLUMNS, "approve", "jan.olsen@retail.example", replace(DECISION, action="approve")),
    "columns: shared": ended(replace(COLUMNS, status=Status.SHARED, message=IN_PART)),
    "rows: granted, and failed": ended(replace(ROWS, status=Status.FAILED, reason="GrantRefused", **PART_GRANTED)),
}
MAILS = {
    **OF_PARTS,
    "rows, granted in part, and changed": replace(ROWS, round=2, **PART_GRANTED),
    "a table": RECORD,
    "a later round": replace(RECORD, round=2),
    "a renewal": RENEWAL,
    "partly granted": PARTLY,
    "a database, by nobody": NOBODY,
    **{
        str(scope): replace(DATABASE, classification=replace(CLASSIFICATION, scope=scope, tables_total=4))
        for scope in Scope
        if scope not in FILTERED
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


@pytest.mark.parametrize("name", ["a table", "a later round", "a renewal", "rows"])
def test_mails_that_lead_to_the_portal(snapshot: SnapshotAssertion, name: str) -> None:
    mail = portal_mail(MAILS[name], portal_url=PORTAL)
    assert [mail.subject, *mail.body.splitlines()] == snapshot
