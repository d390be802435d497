"""Cursors of lists that AWS keeps: its own token, how far within its page, and a mark that says which list it is of."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import cast

from handlers.sharing.model.new_request import FieldFault, InvalidRequest

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
    text = json.dumps([_mark(listing), place.token, place.offset])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(listing: str, text: str | None) -> Place:
    """The place that a cursor stands for; `None`: the beginning.

    Raises:
        InvalidRequest: it is no cursor, or one of another list.
    """
    if text is None:
        return BEGIN
    try:
        document: object = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise foreign() from error
    parts = cast("list[object]", document) if isinstance(document, list) else []
    match parts:
        case [mark, None | str() as token, int(offset)] if mark == _mark(listing) and 0 <= offset < 1_000_000:
            if token is None or _TOKEN.fullmatch(token):
                return Place(token, offset)
        case _:
            pass
    raise foreign()


def foreign() -> InvalidRequest:
    """The refusal of a cursor that is not of this list."""
    return InvalidRequest((FieldFault("next", "next must be what the page before it gave, of the same list."),))


def _mark(listing: str) -> str:
    return hashlib.sha256(listing.encode("utf-8", "surrogatepass")).hexdigest()[:16]
