"""A finding, as the API shows it. Schema, with an example: docs/openapi.yaml."""

from typing import Any, Final

from handlers.sharing.model.finding import Finding

MOST_SHOWN: Final = 500
"""So many findings a list shows, the oldest first: whoever has more settles them by the dozen."""
_MOST_THINGS: Final = 20


def finding(found: Finding) -> dict[str, Any]:
    """A finding for those who may know of it."""
    return {
        "id": found.id,
        "kind": found.kind.value,
        "status": found.status.value,
        "principal": found.principal,
        "database": found.database or None,
        "share_id": found.share,
        "owner_account": found.owner,
        "message": found.says,
        "things": list(found.things[:_MOST_THINGS]),
        "things_total": found.things_total,
        "since": found.since,
        "digest": found.digest,
        "actions": [action.value for action in found.actions],
        "settled_at": found.settled_at,
        "settled_by": found.settled_by,
        "action": found.action.value if found.action else None,
        "note": found.note,
        "history": [
            {"at": each.at, "event": each.event, "by": each.by, "detail": each.detail} for each in found.history
        ],
    }
