"""A search as the API answers it. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from handlers.api.catalogue import LONGEST_OWNER
from handlers.sharing.model.catalogue import Table
from handlers.sharing.model.new_request import FieldFault, InvalidRequest
from handlers.sharing.search import Found, Hit

LONGEST_QUERY: Final = 200
LONGEST_DESCRIPTION: Final = 300
"""Characters: a result is a line or two; its page has all of it."""


def findings(query: Mapping[str, str], find: Callable[[str], Found]) -> Mapping[str, Any]:
    """What was searched for is found.

    Raises:
        InvalidRequest: nothing was searched for, or too much.
    """
    text = query.get("q", "")
    if not text.strip() or len(text) > LONGEST_QUERY:
        came = f"{len(text)} characters" if text.strip() else "nothing"
        raise InvalidRequest((FieldFault("q", f"q must be 1 to {LONGEST_QUERY} characters, got {came}."),))
    found = find(text)
    return {
        "results": [_result(each) for each in found.hits],
        "more": found.more,
        "indexed_at": found.indexed_at,
        "unread_databases": found.unread,
    }


def _result(hit: Hit) -> Mapping[str, Any]:
    is_table = isinstance(hit.entry, Table)
    return {
        "database": hit.database,
        "table": hit.entry.name if is_table else None,
        "description": hit.entry.description[:LONGEST_DESCRIPTION],
        "owner": None
        if hit.owner is None
        else {"account_id": hit.owner[0][:LONGEST_OWNER], "name": hit.owner[1][:LONGEST_OWNER] or None},
        "columns": list(hit.columns),
    }
