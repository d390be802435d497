"""Renewing: a request of an account for what it has, to have it longer.

Where the data are as they were when they were shared, and nobody has to be asked, the share's end moves. Otherwise the
owner is asked, and the request grants a share of its own, with which the one that it renews ends as replaced. Until
then that one goes on, to its own end: it waits for nobody.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from handlers.sharing.model.classification import Classified, Ground, Rule
from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import NotRenewable, TryAgain
from handlers.sharing.model.hold import holds_on
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.share_events import share_renewed
from handlers.sharing.model.share_steps import renewed
from handlers.sharing.model.term import minute
from handlers.sharing.share_stores import Ledger

_ASK_ANEW: Final = "Ask without renews, as for data that the account does not have."


def share_to_renew(share_id: str, request: ShareRequest, ledger: Ledger, at: datetime) -> Share:
    """The share that a request is to renew, if that is one of the same data and account, and has not ended.

    Raises:
        NotRenewable: it is not.
        TryAgain: an outage.
    """
    share = next((each for each in ledger.live(request.consumer) if each.id == share_id), None)
    if share is None:
        raise NotRenewable(f"Account {request.consumer} has no share {share_id} that has not ended. {_ASK_ANEW}")
    if share.source != request.source:
        raise NotRenewable(f"Share {share_id} is one of {share.source}, not of {request.source}. {_ASK_ANEW}")
    if share.part != request.part:
        raise NotRenewable(f"Share {share_id} is of another part of {share.source}. {_ASK_ANEW}")
    if share.roles != request.roles:
        raise NotRenewable(f"Share {share_id} is for other roles of account {request.consumer}. {_ASK_ANEW}")
    _check_lasts(share, at)
    return share


def _check_lasts(share: Share, at: datetime) -> None:
    if share.status is not ShareStatus.ACTIVE:
        raise NotRenewable(f"Share {share.id} is {share.status}, so there is nothing to renew. {_ASK_ANEW}")
    if share.until is not None and share.until <= iso(at):
        raise NotRenewable(f"Share {share.id} ended {minute(moment(share.until))}. {_ASK_ANEW}")


def as_renewal(found: Classified, share: Share) -> Classified:
    """A classification of a request that renews a share: the owner is asked if the data are not as they were."""
    classification = found.classification
    if classification.fingerprint == share.fingerprint:
        return found
    ground = Ground(Rule.CHANGED_SINCE_SHARED, None if share.source.is_database else share.source.table)
    grounds = (ground, *classification.grounds)
    return replace(
        found,
        classification=replace(classification, grounds=grounds, grounds_total=classification.grounds_total + 1),
    )


def move_end(share: Share, request_id: str, until: str | None, ledger: Ledger) -> Share:
    """Let a share end later, for this request; one that lasts as long already stays as it is. Safe to repeat.

    Returns:
        The share, with the end that it has now.

    Raises:
        NotRenewable: it has ended meanwhile.
        OnHold: there is a hold on what it covers.
        TryAgain: it was changed meanwhile, its consumer's shares are being revoked, or an outage.
    """
    if share.renewed_by == request_id:
        return share
    _check_lasts(share, now())
    if share.until is None or (until is not None and until <= share.until):
        return share
    at = iso(now())
    step = renewed(share, until, request_id, at, share_renewed(until, request_id))
    if not ledger.apply_unless_held(share, step, holds_on(share.source, share.consumer, share.owner), at):
        raise TryAgain(f"Share {share.id} was changed meanwhile.")
    return replace(share, until=until, renewed_by=request_id)
