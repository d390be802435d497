"""What the end of a request tells the world."""

from __future__ import annotations

import pytest

from handlers.sharing.model.announcement import Announcement, request_ended
from handlers.sharing.model.record import Granted, RequestRecord, Status


@pytest.mark.parametrize(
    ("granted", "tables", "wildcard"),
    [(None, None, None), (Granted(tables=3), 3, False), (Granted(wildcard=True), 0, True)],
)
def test_an_end_says_how_and_what_was_granted(
    granted: Granted | None, tables: int | None, wildcard: bool | None
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
            "wildcard": wildcard,
        },
    )
