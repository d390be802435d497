"""What Lakeshare tells the world of a request, fact by fact."""

from __future__ import annotations

import pytest

from handlers.sharing.model.announcement import (
    approval_requested,
    approver_guessing,
    request_ended,
    request_received,
)
from handlers.sharing.model.record import Announcement, Granted, RequestRecord, Status


def test_a_step_says_its_facts() -> None:
    assert request_received() == Announcement("RequestReceived", {"status": "RECEIVED"})
    assert approver_guessing(9) == Announcement("ApproverGuessing", {"wrong_addresses": 9})
    for approvers in (2, None):
        facts = {"status": "WAITING", "approvers": approvers, "expires_at": "then"}
        assert approval_requested(approvers, "then") == Announcement("ApprovalRequested", facts)


@pytest.mark.parametrize(
    ("granted", "tables", "database", "wildcard"),
    [
        (None, None, None, None),
        (Granted(tables=3), 3, False, False),
        (Granted(database=True), 0, True, False),
        (Granted(wildcard=True), 0, False, True),
    ],
)
def test_an_end_says_how_and_what_was_granted(
    granted: Granted | None, tables: int | None, database: bool | None, wildcard: bool | None
) -> None:
    record = RequestRecord(
        "r1", Status.FAILED, received_at="then", closed_at="now", reason="TryAgain", message="Later.", granted=granted
    )
    assert request_ended(record) == Announcement(
        "RequestFailed",
        {
            "reason": "TryAgain",
            "message": "Later.",
            "closed_at": "now",
            "tables_granted": tables,
            "database_granted": database,
            "wildcard": wildcard,
        },
    )
