"""Shares, holds and what has changed as the API's lists show them. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from handlers.api.shapes import UNREADABLE, effective_fields, entry_fields, owner_fields, part_fields, part_in_brief
from handlers.api.shapes import share as share_fields
from handlers.sharing.end_shares import Outcome
from handlers.sharing.model.effective import Effective
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.listed_shares import Change, ListedShare, PutHold
from handlers.sharing.model.part import InBrief
from handlers.sharing.model.revocation import MOST_NAMED, Report
from handlers.sharing.model.share import Share

MOST_NAMES: Final = 1_000
"""So many tables of a share are named."""


def listed_share(listed: ListedShare) -> dict[str, Any]:
    """What a list shows of a share, also of one that cannot be read."""
    if isinstance(listed, Share):
        return {**_of(listed), "message": None}
    return {
        **dict.fromkeys(_NOTHING_KNOWN),
        "id": listed.id,
        "request_id": listed.id.rpartition(":")[0],
        "account_id": listed.consumer,
        "status": UNREADABLE,
        "since": listed.since or None,
        "message": str(listed.error),
    }


def one_share(share: Share, names: Sequence[str], read: Effective | None = None) -> dict[str, Any]:
    """All that people see of a share who may.

    Args:
        share: the share.
        names: the tables that it covers by name.
        read: what the account can read with other shares, as far as whoever looks may know of these.
    """
    return {
        **listed_share(share),
        "names": list(names[:MOST_NAMES]),
        "names_total": len(names),
        **_granted_part(share),
        **({"roles": list(share.roles)} if share.roles else {}),
        **effective_fields(read),
        "history": [entry_fields(each) for each in share.history],
    }


def outcome(of: Outcome, names: Sequence[str] = ()) -> dict[str, Any]:
    """What would end, or what was begun."""
    return {
        "dry_run": of.dry_run,
        "shares": [_report(each) for each in of.reports],
        "shares_total": of.total,
        "share": one_share(of.share, names) if of.share else None,
        "run": of.run,
    }


def put_hold(put: PutHold) -> dict[str, Any]:
    """A hold that stands."""
    last = put.history[-1] if put.history else None
    return {
        **hold_fields(put.hold),
        "owners": sorted(put.owners),
        "since": last.at if last else None,
        "by": last.by if last else None,
        "reason": last.detail if last else None,
    }


def change(of: Change) -> dict[str, Any]:
    """One thing that happened."""
    share = of.of if isinstance(of.of, Share) else None
    return {
        "at": of.entry.at,
        "event": of.entry.event,
        "by": of.entry.by,
        "detail": of.entry.detail,
        "share": {name: _of(share)[name] for name in _OF_CHANGED} if share else None,
        "hold": hold_fields(of.of) if isinstance(of.of, Hold) else None,
    }


def hold_fields(hold: Hold) -> dict[str, Any]:
    """What a hold is on, in the words in which it is put and lifted."""
    is_data = hold.kind == "database"
    return {
        "consumer": hold.name if hold.kind == "consumer" else None,
        "owner": hold.name if hold.kind == "owner" else None,
        "source": {"database": hold.name, "table": hold.table} if is_data else None,
        "text": str(hold),
    }


def _granted_part(share: Share) -> dict[str, Any]:
    """What is granted of a part; nothing where whole tables are. Of a database's tables each has its own filter."""
    if share.cells is None:
        return part_fields(share.part)
    rows, name = share.row_filter, share.cells.name
    extent = {"columns": list(share.columns), "row_filter": rows, "data_cells_filter": name}
    return {**part_fields(share.part), "extent": extent}


_NOTHING_KNOWN: Final = (
    *("source", "scope", "tables", "owner", "active_at", "until", "requester", "purpose", "approver", "warned"),
    *("renewed_by", "ended_at", "reason", "ended_by", "note"),
)
_OF_CHANGED: Final = ("id", "request_id", "account_id", "source", "owner", "status", "until")


def _of(share: Share) -> Mapping[str, Any]:
    life = {name: value for name, value in share_fields(share).items() if name != "history"}
    return {
        **life,
        "request_id": share.request_id,
        "account_id": share.consumer,
        "source": {"database": share.source.database, "table": share.source.table},
        "scope": share.scope.value,
        **part_in_brief(InBrief(share.part, share.columns, share.columns_total, share.columns_in)),
        "tables": share.tables,
        "owner": owner_fields(share.owner),
        "active_at": share.active_at,
        "requester": {"email": share.requester.email} if share.requester else None,
        "purpose": share.purpose,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "id": report.share,
        "account_id": report.consumer,
        "ends": [str(each) for each in report.ends[:MOST_NAMED]],
        "ends_total": len(report.ends),
        "stays": [
            {"what": str(each), "through": list(through)} for each, through in list(report.stays.items())[:MOST_NAMED]
        ],
        "stays_total": len(report.stays),
        "summary": str(report),
    }
