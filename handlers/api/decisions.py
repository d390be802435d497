"""What approvers see who are signed in: what waits, and one request. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from handlers.api.shapes import detail, part_in_brief, summary
from handlers.sharing.decide_signed_in import Question, Waiting
from handlers.sharing.model.part import InBrief
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Decision, RequestRecord
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import NO_END, latest_of

_SHOWN: Final = ("purpose", "term", "expires_at", "remains", "classification", "decision")
"""What of a request is shown as its requester sees it, beside what lists show."""


def waiting_list(waiting: Waiting) -> dict[str, Any]:
    """What waits for somebody, requests for the same data together; the data first that has waited the longest."""
    first: dict[Source | None, int] = {}
    for place, (record, _) in enumerate(waiting.requests):
        first.setdefault(record.source, place)
    together = sorted(waiting.requests, key=lambda each: first[each[0].source])
    return {
        "data": [
            _of_same_data(list(group), waiting.parts)
            for _, group in groupby(together, key=lambda each: first[each[0].source])
        ],
        "more": waiting.more,
        "unknown": list(waiting.unknown),
    }


def _of_same_data(group: list[tuple[RequestRecord, str | None]], parts: Mapping[str, InBrief]) -> dict[str, Any]:
    shown = summary(group[0][0])
    return {
        "source": shown["source"],
        "owner": shown["owner"],
        "requests": [
            {
                **{name: summary(record)[name] for name in ("id", "target", "requester", "received_at")},
                **part_in_brief(parts.get(record.id)),
                "expires_at": expires_at,
            }
            for record, expires_at in group
        ],
    }


def question(of: Question, person: Person, group: str, at: datetime) -> dict[str, Any]:
    """All that somebody is shown who decides on a request.

    Args:
        of: what the decision is about.
        person: who looks.
        group: whose members answer for the data, beside those who get the mail; empty: there is none.
        at: the present.
    """
    record = of.record
    shown = detail(record, None, None, person)
    return {
        **{name: shown[name] for name in (*summary(record), *_SHOWN)},
        "round": record.round,
        "renews": record.renews,
        "latest_day": latest_of(record.term or NO_END, at).isoformat(),
        "description": (record.classification.description or None) if record.classification else None,
        "asked": [line for line in shown["history"] if line["event"] == "ApprovalRequested"],
        "approvers_group": group or None,
        "has": None if of.has is None else [_has(share) for share in of.has],
        "gains": {"tables": of.gains, "names": list(of.names)},
    }


def decided(record: RequestRecord, decision: Decision | None, person: Person) -> dict[str, Any]:
    """The decision that stands, which the request itself may not know yet."""
    return {"id": record.id, "decision": detail(replace(record, decision=decision), None, None, person)["decision"]}


def _has(share: Share) -> dict[str, Any]:
    return {
        "source": {"database": share.source.database, "table": share.source.table},
        "scope": share.scope.value,
        "tables": share.tables,
        "since": share.active_at or share.since,
        "until": share.until,
        "request_id": share.request_id,
        "approved": share.approver is not None,
    }
