"""Gives back what an account was granted: the one end of a share that its own people bring about."""

from datetime import datetime
from typing import Final

from handlers.sharing.approvers import Standings
from handlers.sharing.model.access import Deed, Thing
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import ShareNotActive
from handlers.sharing.model.person import Person
from handlers.sharing.model.runs import run_name
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.share_steps import given_back
from handlers.sharing.own import find_share
from handlers.sharing.ports import Revokes
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Register

_WHY: Final = "The account gave it back."
"""For whoever looks at the run. What they say of it themselves stands in the ledger."""
_BEING_ENDED: Final = (ShareStatus.REVOKING, ShareStatus.REVOKED)


def give_back(
    share_id: str,
    reason: str,
    person: Person,
    *,
    register: Register,
    ledger: Ledger,
    standings: Standings,
    revokes: Revokes,
    at: datetime,
) -> Share:
    """End a share that its account does not need any more, and have it taken back.

    Safe to repeat: a share that has ended or is being taken back stays as it is.

    Args:
        share_id: which; its requester and the account's people may give it back.
        reason: what they say of it.
        person: who asks.
        register, ledger, revokes: ports.
        standings: finds out what they are.
        at: the present.

    Returns:
        The share as it now stands.

    Raises:
        UnknownShare: there is none of that id, or they may not know of it.
        NotAllowed: they may not give it back.
        SignInEnded, EmailNotVerified: who asks is not verified.
        ShareNotActive: it is being granted still.
        TryAgain: an outage; calling again is safe.
    """
    share = find_share(share_id, register, ledger)
    standings.check_acting(person, Deed.GIVE_BACK, Thing.of_share(share))
    email = standings.people.email_of(person.id, person.username)
    after, _ = ledger.apply(share.consumer, share.id, given_back(iso(at), email, reason))
    if after is None or after.status not in _BEING_ENDED:
        raise ShareNotActive(
            "This share is being granted just now, and can be given back once that is done. Try again in a minute."
        )
    if after.status is ShareStatus.REVOKING:
        # Also if it was marked before: what marked it may have died before it came to this. One run, however often it
        # is asked for; Sweep starts further ones.
        revokes.start(run_name("given-back", share.id), share.id, _WHY)
    return after
