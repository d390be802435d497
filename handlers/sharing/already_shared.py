"""Finds the share by which an account has already what is asked for, so that nobody is asked and nothing granted."""

from handlers.sharing.lake import Lake
from handlers.sharing.model.classification import FILTERED, Classification
from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.term import Term, day, ends_at, minute
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import covered_by

MOST_LOOKED_AT = 100
"""So many tables by name are looked at, one call each, before nothing is granted again; more are granted anew."""


def already_shared(
    request: ShareRequest,
    found: Classification,
    term: Term,
    *,
    ledger: Ledger,
    lake: Lake,
    requester_id: str | None = None,
) -> Share | None:
    """The share by which the account has just these data, as they are now and for as long, and is granted them.

    Args:
        request: what is asked for.
        found: how it was classified just now.
        term: when it would end.
        ledger, lake: ports.
        requester_id: only shares of this person's requests count, and nothing else of the account is looked at;
            `None`: anybody's.
    """
    end = ends_at(term, now(), shortened=None, longest=None)
    live = [
        share
        for share in ledger.live(request.consumer)
        if (share.status, share.source, share.fingerprint) == (ShareStatus.ACTIVE, request.source, found.fingerprint)
        and (share.until is None or (end is not None and iso(end) <= share.until))
        and (requester_id is None or (share.requester is not None and share.requester.id == requester_id))
    ]
    return next((share for share in live if _is_granted(share, ledger, lake)), None)


def _is_granted(share: Share, ledger: Ledger, lake: Lake) -> bool:
    """Whether all that a share covers is granted still, as far as that can be looked at.

    Grants on filters are not shown to who has no SELECT, so of these the ledger is believed.
    """
    if share.scope in FILTERED:
        return True
    if share.parts and share.tables > MOST_LOOKED_AT:
        return False
    whole = covered_by(share, ledger)
    return all(lake.holds(resource, share.consumer) for resource in sorted(whole))


def told_already(share: Share) -> str:
    """What people are told of a request whose data are shared already."""
    return (
        f"{share.in_words} has been shared with account {share.consumer} since {_since(share)}{_until(share)}. "
        f"{_why(share)} It is as it was then, so nothing new was granted, and nobody was asked."
    )


def told_before(share: Share) -> str:
    """What somebody is told who has not asked yet. No address of a person stands in it."""
    what = share.in_words
    return (
        f"Account {share.consumer} can read {what[:1].lower()}{what[1:]} already, since {_since(share)}"
        f"{_until(share, ',')}. {_why(share)} It is as it was then: a request would grant nothing new, and ask nobody."
    )


def _since(share: Share) -> str:
    return day(moment(share.active_at or share.since).date())


def _until(share: Share, comma: str = "") -> str:
    return f"{comma} until {minute(moment(share.until))}" if share.until else ""


def _why(share: Share) -> str:
    return "No approval was needed." if share.approver is None else "The owner of the data approved that."
