"""A finding, as the API shows it, and what came of adopting many. Schema, with an example: docs/openapi.yaml."""

from typing import Any, Final

from handlers.sharing.adopt_many import Adopted
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


def adopted(came: Adopted) -> dict[str, Any]:
    """What was adopted and what was not, or would not be; as many of each as a list shows."""
    return {
        "findings": [{**_about(each.finding), "until": each.until} for each in came.findings[:MOST_SHOWN]],
        "left": [{**_about(each.finding), "why": each.why} for each in came.left[:MOST_SHOWN]],
        "left_total": len(came.left),
        "to_do": came.to_do,
        "seen": came.seen,
    }


def _about(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind.value,
        "principal": found.principal,
        "database": found.database or None,
        "owner_account": found.owner,
        "things_total": found.things_total,
    }
