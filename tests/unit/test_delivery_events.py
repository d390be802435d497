"""What the world is told of deliveries: the documented fields, under one id however often, and no role."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.aws import eventbridge, kits
from handlers.aws.eventbridge import EventBridge
from handlers.consumer.refusals import KitRefusal
from handlers.sharing import deliver
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.delivery import Delivery, DeliveryStatus, Failure, Outcome, came
from handlers.sharing.model.errors import AccessRefused, KitMayBeAtWork, TryAgain

AT = moment("2026-11-30T10:00:00.000Z")
ROLE = "arn:aws:iam::999999999999:role/analyst"
WAITING = Delivery("999999999999", "r1:1", DeliveryStatus.WAITING, iso(AT), (ROLE,), due_at=iso(AT), live=True)
OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")


def told(monkeypatch: pytest.MonkeyPatch, outcome: Outcome, at: Any = AT) -> tuple[str, dict[str, Any]]:
    put: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(eventbridge, "_put", lambda kind, detail: put.append((kind, detail)))
    (announcement,) = [came(WAITING, outcome, at).announces]
    assert announcement is not None
    EventBridge().announce_delivery(announcement, WAITING)
    (only,) = put
    return only


@pytest.mark.parametrize(
    ("failures", "reasons"),
    [
        ((), None),
        (
            (Failure(ROLE, "RoleNotThere", f"There is no {ROLE}."), Failure("", "NotGranted", "x")),
            "NotGranted, RoleNotThere",
        ),
    ],
)
def test_it_says_how_far_it_came_and_what_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch, failures: tuple[Failure, ...], reasons: str | None
) -> None:
    kind, detail = told(monkeypatch, Outcome(DeliveryStatus.LINKED, "lakeshare.retail__customer", failures))
    assert (kind, detail["status"], detail["reasons"], detail["changed_at"]) == (
        "DeliveryChanged",
        "LINKED",
        reasons,
        iso(AT),
    )
    assert (detail["share_id"], detail["target"]) == ("r1:1", {"account_id": "999999999999"})
    assert "analyst" not in str(detail)
    (row,) = re.findall(rf"^\| `{kind}` \|.*$", DOCUMENT, re.M)
    assert {*detail} - {"version", "event_id"} == set(re.findall(r"`(\w+)`", row.rpartition(" | ")[2]))


def test_the_same_change_has_one_id_and_another_another(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = Outcome(DeliveryStatus.READY, "lakeshare.retail__customer")
    ids = [told(monkeypatch, ready, at)[1]["event_id"] for at in (AT, AT, AT + timedelta(days=1))]
    assert ids[0] == ids[1] != ids[2]


REASONS = sorted(
    {
        *(each.__name__ for each in KitRefusal.__subclasses__()),
        # What Deliver says of a kit, and what passes or AWS denies.
        *re.findall(r'"(No?Kit\w*|Kit[A-Z]\w+)",', "".join(inspect.getsource(each) for each in (kits, deliver))),
        *(each.__name__ for each in (TryAgain, KitMayBeAtWork, AccessRefused)),
    }
)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_documented_with_what_to_do(reason: str) -> None:
    section = OPERATIONS.partition("\n### The kit\n")[2].partition("\n### ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    assert sum(f"`{reason}`" in row.split(" | ")[0] for row in rows) == 1


def test_no_reason_is_missed() -> None:
    assert {"NoKit", "KitNotThere", "KitFailed", "KitUnreadable", "RoleNotThere"} <= {*REASONS}
