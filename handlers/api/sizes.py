"""How much goes into one answer: 1 MB at most, as bytes of its JSON, whatever a catalogue holds."""

import json
from collections.abc import Sequence
from typing import Any, Final

LARGEST_ANSWER: Final = 1_000_000
"""Bytes. Lambda would give six million, API Gateway ten; a page that waits for them is no page."""

ROOM_FOR_ROWS: Final = 850_000
"""What the rows of a list may take of it; the rest is for what stands around them."""

LONGEST_DOCUMENT: Final = 150_000
"""Characters of an execution's input or output. Both, escaped, fit with the cause of a failure."""


def how_many_fit(rows: Sequence[Any]) -> int:
    """How many of these rows fit into one answer, from the first; at least one, or no list would ever end."""
    left = ROOM_FOR_ROWS
    for count, row in enumerate(rows):
        left -= size_of(row) + len(", ")
        if left < 0 and count:
            return count
    return len(rows)


def size_of(document: object) -> int:
    """Bytes of a document in an answer."""
    return len(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def cut(text: str | None) -> tuple[str | None, bool]:
    """A document of an execution as it is shown, and whether that is only its beginning."""
    if text is None or len(text) <= LONGEST_DOCUMENT:
        return text, False
    return text[:LONGEST_DOCUMENT], True
