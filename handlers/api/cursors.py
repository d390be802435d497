"""Cursors: a place in a list, and a mark that says which list; of lists that AWS keeps, its token and an offset."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import cast

from handlers.sharing.model.new_request import foreign_next

# AWS says of its tokens only that they are text; what is no plain text it answers with errors of their own.
_TOKEN = re.compile(r"[ -~]{1,5000}")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: AWS's token of a page (`None`: the first), and how many entries of it are behind."""

    token: str | None = None
    offset: int = 0


BEGIN = Place()


def write_cursor(listing: str, place: Place | None) -> str | None:
    """The cursor of a place in the list that is called so; `None` for the end."""
    if place is None:
        return None
    return encoded(listing, place.token, place.offset)


def read_cursor(listing: str, text: str | None) -> Place:
    """The place that a cursor stands for; `None`: the beginning.

    Raises:
        InvalidRequest: it is no cursor, or one of another list.
    """
    if text is None:
        return BEGIN
    match decoded(listing, text):
        case [None | str() as token, int(offset)] if 0 <= offset < 1_000_000:
            if token is None or _TOKEN.fullmatch(token):
                return Place(token, offset)
        case _:
            pass
    raise foreign_next()


def encoded(listing: str, *parts: object) -> str:
    """A cursor of the list that is called so, which stands for these parts."""
    text = json.dumps([_mark(listing), *parts])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(listing: str, text: str) -> list[object]:
    """The parts that a cursor stands for.

    Raises:
        InvalidRequest: it is no cursor, or one of another list.
    """
    try:
        document: object = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise foreign_next() from error
    match cast("list[object]", document) if isinstance(document, list) else []:
        case [mark, *parts] if mark == _mark(listing):
            return parts
        case _:
            raise foreign_next()


def _mark(listing: str) -> str:
    return hashlib.sha256(listing.encode("utf-8", "surrogatepass")).hexdigest()[:16]
