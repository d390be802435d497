"""Requests as the API shows them. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from handlers.sharing.model.classification import Classification, Ground, Scope
from handlers.sharing.model.effective import Effective
from handlers.sharing.model.part import SAFE, InBrief, Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import (
    Decision,
    Granted,
    HistoryEntry,
    Listed,
    RequestRecord,
    Status,
    UnreadableRecord,
)
from handlers.sharing.model.remains import outcome, remains
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import Term, fields_of
from handlers.sharing.preview import Preview

UNREADABLE: Final = "UNREADABLE"
"""What a list says in place of the status of a request whose item cannot be read."""
MOST_COLUMNS: Final = 20
"""So many columns of a part a list names."""


def row(listed: Listed, part: InBrief | None = None) -> dict[str, Any]:
    """What a list shows of a request, also of one that cannot be read; `part`: which part of a table it is for."""
    if not isinstance(listed, UnreadableRecord):
        return {**summary(listed), **part_in_brief(part)}
    nothing = dict.fromkeys(("source", "target", "requester", "owner", "closed_at"))
    error = listed.error
    return {
        "id": listed.id,
        "status": UNREADABLE,
        "reason": error.reason,
        "message": str(error),
        **nothing,
        "received_at": listed.received_at,
    }


def summary(record: RequestRecord) -> dict[str, Any]:
    """What a list shows of a request that can be read."""
    return {
        "id": record.id,
        "status": record.status.value,
        "reason": record.reason,
        "message": record.message,
        "source": {"database": record.source.database, "table": record.source.table} if record.source else None,
        "target": target_fields(record.consumer, record.roles) if record.consumer else None,
        "requester": {"email": record.requester.email} if record.requester else None,
        "owner": owner_fields(record.owner),
        **part_in_brief(record.in_brief),
        "received_at": record.received_at,
        "closed_at": record.closed_at,
    }


def detail(record: RequestRecord, came_of_it: Share | None, renewed: Share | None, person: Person) -> dict[str, Any]:
    """All that its requester and auditors see of a request: neither key nor token, neither IP nor browser.

    Args:
        record: the request.
        came_of_it, renewed: its own share, and the one that it renews; `None`: there is none.
        person: who looks.
    """
    return {
        **summary(record),
        "remains": remains(record) if record.status.is_open or record.status is Status.SHARED else outcome(record),
        "purpose": record.purpose,
        **part_fields(record.part),
        "asked": _term(record.asked),
        "term": _term(record.term),
        "expires_at": record.expires_at,
        "mail_due_at": record.mail_due_at,
        "classification": _classification(record.classification) if record.classification else None,
        "decision": _decision(record.decision) if record.decision else None,
        "granted": _granted(record.granted) if record.granted else None,
        "history": [entry_fields(each) for each in record.history],
        "execution_arn": record.execution_arn,
        "renews": _renewed(record.renews, renewed) if record.renews else None,
        "share": share(came_of_it) if came_of_it else None,
        "mine": person.made(record),
    }


def share(of: Share) -> dict[str, Any]:
    """A share, as it goes on after its request."""
    return {
        "id": of.id,
        "status": of.status.value,
        "since": of.since,
        "until": of.until,
        "approver": of.approver,
        "warned": of.warned,
        "renewed_by": of.renewed_by,
        "ended_at": of.ended_at,
        "reason": of.reason.value if of.reason else None,
        "ended_by": of.ended_by,
        "note": of.note,
        "history": [entry_fields(each) for each in of.history],
    }


def _renewed(share_id: str, of: Share | None) -> dict[str, Any]:
    return {"id": share_id, "status": of.status.value if of else None, "until": of.until if of else None}


def prospect(preview: Preview) -> dict[str, Any]:
    """What would become of a request."""
    classification = preview.classification
    return {
        "outcome": preview.prospect.value,
        "reason": preview.reason,
        "message": preview.message,
        "owner": owner_fields(classification.owner) if classification else None,
        "grounds": [_ground(each) for each in classification.grounds] if classification else [],
        "grounds_total": classification.grounds_total if classification else 0,
        "tables_total": classification.tables_total if classification else 0,
        "columns_total": classification.columns_total if classification else 0,
        "scope": classification.scope.value if classification else None,
        "warnings": classification.warnings if classification else [],
        **(_extent(classification) if classification else {}),
        "term": _term(preview.term),
        "latest_day": preview.latest_day.isoformat() if preview.latest_day else None,
        "already": _already(preview.already, preview.own) if preview.already else None,
    }


def _already(share: Share, own: bool) -> dict[str, Any]:
    return {
        "account_id": share.consumer,
        # A colleague's request is their own.
        "request_id": share.request_id if own else None,
        "since": share.active_at or share.since,
        "until": share.until,
        "approved": share.approver is not None,
    }


def target_fields(consumer: str, roles: Sequence[str]) -> dict[str, Any]:
    """Who gets data: an account, and those of its roles that are to read them, if any are named."""
    return {"account_id": consumer, **({"roles": list(roles)} if roles else {})}


def owner_fields(owner: Owner | None) -> dict[str, Any] | None:
    """Who answers for data."""
    return {"account_id": owner.account_id, "name": owner.name or None} if owner else None


def _term(term: Term | None) -> dict[str, Any] | None:
    return {"until": None, "days": None, **fields_of(term), "text": str(term)} if term else None


def _ground(ground: Ground) -> dict[str, Any]:
    where = {"table": ground.table, "column": ground.column, "tag": ground.tag}
    return {
        "rule": ground.rule.value,
        **{name: value for name, value in where.items() if value is not None},
        "text": str(ground),
    }


def _classification(classification: Classification) -> dict[str, Any]:
    return {
        "needs_approval": classification.needs_approval,
        "summary": classification.summary,
        "scope": classification.scope.value,
        "grounds": [_ground(each) for each in classification.grounds],
        "grounds_total": classification.grounds_total,
        "tables_total": classification.tables_total,
        "columns_total": classification.columns_total,
        "warnings": classification.warnings,
        **_extent(classification),
    }


def part_fields(part: Part) -> dict[str, Any]:
    """Which part of a table was asked for; nothing where all of it was."""
    return {} if part.is_whole else {"part": {"scope": None, "columns": None, "filter": None, **part.fields}}


def part_in_brief(of: InBrief | None) -> dict[str, Any]:
    """What a list says of a part of a table; nothing where all of it was asked for."""
    if of is None or of.part.is_whole:
        return {}
    brief = {
        "scope": SAFE if of.part.safe else None,
        "filter": of.part.filter,
        "columns": list(of.columns[:MOST_COLUMNS]),
        "columns_in": len(of.columns) or of.unnamed or None,
        "columns_total": of.total or None,
    }
    return {"in_brief": brief}


def _extent(classification: Classification) -> dict[str, Any]:
    """What is in of a part; nothing where all of the data are."""
    if classification.scope is Scope.FILTERED_TABLES:
        return {
            "safe_tables": {
                "columns_in": classification.columns_in,
                "left_out": [_ground(each) for each in classification.left_out],
                "left_out_total": classification.left_out_total,
                "omitted": [asdict(each) for each in classification.omitted],
                "omitted_total": classification.omitted_total,
            }
        }
    if classification.scope is not Scope.FILTERED:
        return {}
    return {
        "extent": {
            "columns": list(classification.columns),
            "left_out": [_ground(each) for each in classification.left_out],
            "left_out_total": classification.left_out_total,
            "row_filter": classification.row_filter,
        },
        **effective_fields(classification.effective),
    }


def effective_fields(effective: Effective | None) -> dict[str, Any]:
    """What can be read of a table with other parts of it; nothing where there are none."""
    if effective is None:
        return {}
    return {"effective": {**asdict(effective), "text": str(effective)}}


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "action": decision.action,
        "at": decision.at,
        "comment": decision.comment,
        "approver": decision.approver,
        "decided_by": decision.decided_by,
        "until": decision.until,
        **({"columns": list(decision.columns)} if decision.columns else {}),
    }


def _granted(granted: Granted) -> dict[str, Any]:
    return {
        "tables": granted.tables,
        "names": list(granted.names),
        "database": granted.database,
        "wildcard": granted.wildcard,
    }


def entry_fields(entry: HistoryEntry) -> dict[str, Any]:
    """A line of a history."""
    more = {"by": entry.by, "detail": entry.detail}
    return {
        "at": entry.at,
        "event": entry.event,
        **{name: value for name, value in more.items() if value is not None},
    }
