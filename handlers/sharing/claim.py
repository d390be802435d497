"""Takes claims for requests. A claim whose request has ended is free; nobody has to give it back."""

import time
from collections.abc import Callable
from datetime import datetime

from handlers.sharing.model.claim import WRITTEN_WITHIN, Claim
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import RegisterUnreadable, TryAgain
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.stores import Claims, Register

_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.0)


def take(key: str, request_id: str, *, claims: Claims, register: Register, at: datetime) -> Claim | RequestRecord:
    """Take a claim, in one conditional write, from nobody or from a request that has ended.

    Returns:
        The claim where this request holds it now, or where another one holds it that is just being written down; or
        the open request that holds it.
    """
    mine = Claim(request_id, iso(at))
    held = claims.take(key, mine, None)
    while held.holder != request_id:
        try:
            holder = register.find(held.holder)
        except RegisterUnreadable:
            # Nobody may be kept from asking by an item that nobody can read; at worst the same is asked twice.
            held = claims.take(key, mine, held)
            continue
        if holder is not None and holder.status.is_open:
            return holder
        if holder is None and at - moment(held.at) <= WRITTEN_WITHIN:
            return held
        # What has ended never opens again; and nobody but its present holder can lose it to us.
        held = claims.take(key, mine, held)
    return held


def take_or_find(
    key: str,
    request_id: str,
    *,
    claims: Claims,
    register: Register,
    at: datetime,
    pause: Callable[[float], None] = time.sleep,
) -> RequestRecord | None:
    """Take a claim, or wait a moment for the request to be written down that holds it.

    Returns:
        `None` where this request holds it now, otherwise the open request that does.

    Raises:
        TryAgain: that one is not written down yet.
    """
    for seconds in (0.0, *_PAUSES):
        pause(seconds)
        held = take(key, request_id, claims=claims, register=register, at=at)
        if isinstance(held, RequestRecord):
            return held
        if held.holder == request_id:
            return None
    raise TryAgain("The same has just been asked for, and is being written down. Try again in a moment.")
