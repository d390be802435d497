"""Claims: which open request stands for a person's wish, so that nobody asks the same twice at once."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from handlers.sharing.model.request import ShareRequest

MOST_OPEN: Final = 20
"""So many requests of one person may be open at a time."""
WRITTEN_WITHIN: Final = timedelta(minutes=1)
"""Who takes a claim writes its request down at once, or dies: the API's function lives for half a minute."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a claim: a request, since when. It counts for as long as that request is open."""

    holder: str
    at: str


def claim_of_request(person: str | None, request: ShareRequest) -> str:
    """The claim of whoever asks for this data for this account; all whom nobody verified (`None`) share one."""
    source = request.source
    part = () if request.part.is_whole else (request.part.fields,)
    roles = (list(request.roles),) if request.roles else ()
    return _key("request", person, source.database, source.table, request.consumer, *part, *roles)


def claim_of_place(person: str, number: int) -> str:
    """One of the places that a person has for open requests; `number` is below `MOST_OPEN`."""
    return _key("place", person, number)


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
