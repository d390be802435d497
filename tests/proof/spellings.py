"""How a text may be written so that a search for it would not find it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus


def spellings(text: str) -> set[str]:
    """A text as it is, and as it stands in addresses, in JSON, in HTML, in hexadecimal digits and inside base64."""
    plain = {
        text,
        text.lower(),
        text.upper(),
        quote(text, safe=""),
        quote_plus(text),
        quote(quote(text, safe=""), safe=""),
        json.dumps(text)[1:-1],
        json.dumps(json.dumps(text))[3:-3],
        html.escape(text),
        text.encode().hex(),
        text[::-1],
    }
    return plain | set(_inside_base64(text.encode()))


def _inside_base64(data: bytes) -> Iterator[str]:
    """What stays the same wherever the text begins within what was encoded, and whatever follows it."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        # Six bits a letter: those that hold bits of what is before or after are left out.
        first = (0, 2, 3)[before]
        last = (before + len(data)) * 8 // 6
        yield encoded[first:last]
        yield encoded[first:last].replace("+", "-").replace("/", "_")
