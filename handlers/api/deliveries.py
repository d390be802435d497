"""What becomes of a share in its account, as people are shown it. Schema, with examples: docs/openapi.yaml."""

from collections.abc import Sequence
from typing import Any, Final

from handlers.api.shapes import UNREADABLE, entry_fields
from handlers.sharing.model.delivery import Delivery
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.share import Share

ANY_TABLE: Final = "TABLE_NAME"
"""What people put the name of a table in the place of, where no name is known."""
_ROWS: Final = 10


def delivery_fields(of: Delivery | RegisterUnreadable, share: Share, names: Sequence[str]) -> dict[str, Any]:
    """How far a delivery has come, how queries name what it brings, and what failed; `names`: as the share's.

    Of one that cannot be read there is a message, and nothing else.
    """
    if isinstance(of, RegisterUnreadable):
        nothing = dict.fromkeys(("link", "query", "since", "tried_at", "ready_at", "due_at"))
        return {
            "status": UNREADABLE,
            **nothing,
            "roles": [],
            "tried_as": [],
            "failures": [],
            "history": [],
            "message": str(of),
        }
    return {
        "status": of.status.value,
        "link": of.link or None,
        "query": query_of(of.link, share, names) if of.link else None,
        "since": of.since,
        "tried_at": of.tried_at,
        "ready_at": of.ready_at,
        "due_at": of.due_at,
        "roles": list(of.roles),
        "tried_as": list(of.tried_as),
        "failures": [
            {"role": each.role or None, "reason": each.reason, "message": each.message} for each in of.failures
        ],
        "history": [entry_fields(each) for each in of.history],
        "message": None,
    }


def query_of(link: str, share: Share, names: Sequence[str]) -> str:
    """A query for Athena that shows some rows of what is shared.

    Args:
        link: as the kit says it: `database.table`; of a whole database, the name of a database.
        share: what it leads to.
        names: the tables that the share covers by name, of which it takes the first.
    """
    if share.source.is_database:
        path = (link, names[0] if names else ANY_TABLE)
    else:
        database, _, table = link.partition(".")
        path = (database, table)
    quoted = ".".join('"{}"'.format(each.replace('"', '""')) for each in path)
    return f"SELECT * FROM {quoted} LIMIT {_ROWS};"  # noqa: S608 - only people run it
