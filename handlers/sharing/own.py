"""Which share a request, or its id, leads to; and who may renew it."""

from handlers.sharing.model.access import Deed, Standing, Thing, hidden
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import is_share_id
from handlers.sharing.model.share import Share
from handlers.sharing.model.share import share_id as id_of_share
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Register


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


def find_share(share_id: str, register: Register, ledger: Ledger) -> Share:
    """The share of this id, whoever may know of it.

    Raises:
        UnknownShare: there is none.
    """
    record = register.find(share_id.rpartition(":")[0]) if is_share_id(share_id) else None
    share = ledger.find(record.consumer, share_id) if record is not None and record.consumer is not None else None
    if share is None:
        raise hidden(Deed.SEE_SHARE)
    return share


def check_renews(share_id: str, consumer: str, standing: Standing, ledger: Ledger) -> None:
    """Check that somebody may renew a share of this account, where requests are out of reach.

    Raises:
        UnknownShare: the account has none of that id, or they may not know of it.
        NotAllowed: they may not.
    """
    share = ledger.find(consumer, share_id)
    if share is None:
        raise hidden(Deed.SEE_SHARE)
    standing.check(Deed.RENEW, Thing.of_share(share))
