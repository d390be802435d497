"""Requests as the API shows them. Schemas, with examples: docs/openapi.yaml."""

from typing import Any

from handlers.sharing.model.classification import Classification, Ground
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Decision, Granted, HistoryEntry, RequestRecord
from handlers.sharing.preview import Preview


def summary(record: RequestRecord) -> dict[str, Any]:
    """What a list shows of a request."""
    return {
        "id": record.id,
        "status": record.status.value,
        "reason": record.reason,
        "message": record.message,
        "source": {"database": record.source.database, "table": record.source.table} if record.source else None,
        "target": {"account_id": record.consumer} if record.consumer else None,
        "requester": {"email": record.requester.email} if record.requester else None,
        "owner": _owner(record.owner),
        "received_at": record.received_at,
        "closed_at": record.closed_at,
    }


def detail(record: RequestRecord) -> dict[str, Any]:
    """All that its requester and auditors see of a request: neither key nor token, neither IP nor browser."""
    return {
        **summary(record),
        "purpose": record.purpose,
        "expires_at": record.expires_at,
        "classification": _classification(record.classification) if record.classification else None,
        "decision": _decision(record.decision) if record.decision else None,
        "granted": _granted(record.granted) if record.granted else None,
        "history": [_entry(each) for each in record.history],
        "execution_arn": record.execution_arn,
    }


def prospect(preview: Preview) -> dict[str, Any]:
    """What would become of a request."""
    classification = preview.classification
    return {
        "outcome": preview.prospect.value,
        "reason": preview.reason,
        "message": preview.message,
        "owner": _owner(classification.owner) if classification else None,
        "grounds": [_ground(each) for each in classification.grounds] if classification else [],
        "grounds_total": classification.grounds_total if classification else 0,
        "tables_total": classification.tables_total if classification else 0,
        "columns_total": classification.columns_total if classification else 0,
        "scope": classification.scope.value if classification else None,
        "warnings": [classification.warning] if classification and classification.warning else [],
    }


def _owner(owner: Owner | None) -> dict[str, Any] | None:
    return {"account_id": owner.account_id, "name": owner.name or None} if owner else None


def _ground(ground: Ground) -> dict[str, Any]:
    where = {"table": ground.table, "column": ground.column}
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
        "unregistered": list(classification.unregistered),
        "unregistered_total": classification.unregistered_total,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "action": decision.action,
        "at": decision.at,
        "comment": decision.comment,
        "approver": decision.approver,
        "approver_verified": decision.approver_verified,
    }


def _granted(granted: Granted) -> dict[str, Any]:
    return {
        "tables": granted.tables,
        "names": list(granted.names),
        "database": granted.database,
        "wildcard": granted.wildcard,
    }


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    more = {"by": entry.by, "detail": entry.detail}
    return {
        "at": entry.at,
        "event": entry.event,
        **{name: value for name, value in more.items() if value is not None},
    }
