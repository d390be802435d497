"""Whose a share is: it belongs to whoever made the request that it came of, who alone renews it or gives it back."""

from typing import Final

from handlers.sharing.model.errors import UnknownShare
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import is_share_id
from handlers.sharing.model.share import Share
from handlers.sharing.model.share import share_id as id_of_share
from handlers.sharing.stores import Ledger, Register

_NONE: Final = "There is no such share, or it is somebody else's."
"""The answer does not tell which."""


def share_of(record: RequestRecord, ledger: Ledger) -> Share | None:
    """The share that came of a request, of its last round; `None`: nothing has been granted in that."""
    if record.consumer is None or record.round == 0:
        return None
    return ledger.find(record.consumer, id_of_share(record.id, record.round))


def renewed_share(record: RequestRecord, ledger: Ledger) -> Share | None:
    """The share that a request renews, as it stands by now; `None`: it renews none, or there is none of that id."""
    if record.consumer is None or record.renews is None:
        return None
    return ledger.find(record.consumer, record.renews)


def own_share(share_id: str, person: Person, register: Register, ledger: Ledger) -> Share:
    """A share that came of a person's own request.

    Raises:
        UnknownShare: there is none of that id, or it is not theirs.
    """
    request_id = share_id.rpartition(":")[0]
    record = register.find(request_id) if is_share_id(share_id) else None
    if record is not None and record.consumer is not None and person.made(record):
        share = ledger.find(record.consumer, share_id)
        if share is not None:
            return share
    raise UnknownShare(_NONE)


def check_own(share_id: str, consumer: str, person_id: str, ledger: Ledger) -> None:
    """Check the same of a share of this account, where requests are out of reach: by what it says itself.

    Raises:
        UnknownShare: the account has none of that id, or it is not theirs.
    """
    share = ledger.find(consumer, share_id)
    if share is None or share.requester is None or share.requester.id != person_id:
        raise UnknownShare(_NONE)
