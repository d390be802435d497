"""Has a share delivered again, or at last, because somebody wants it who has it."""

from collections.abc import Collection
from datetime import datetime

from handlers.sharing.approvers import Standings
from handlers.sharing.model.access import Deed, Thing
from handlers.sharing.model.clock import iso
from handlers.sharing.model.delivery import Delivery, DeliveryStatus, again, due_now, wanted
from handlers.sharing.model.errors import NothingToDeliver, ShareNotActive
from handlers.sharing.model.person import Person
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.own import find_share
from handlers.sharing.share_stores import Deliveries, Ledger
from handlers.sharing.stores import Register


def deliver_again(
    share_id: str,
    person: Person,
    *,
    register: Register,
    ledger: Ledger,
    deliveries: Deliveries,
    kits: Collection[str],
    standings: Standings,
    at: datetime,
) -> Delivery:
    """Have a share delivered within a minute: what failed is tried again, and what has come is looked at.

    A share that became `ACTIVE` before its account had a kit has no delivery yet; it gets one, as any other.

    Args:
        share_id: which; its requester and the account's people may want it.
        person: who asks.
        register, ledger, deliveries: ports.
        kits: the accounts that have one.
        standings: finds out what they are.
        at: the present.

    Returns:
        The delivery as it now stands, which Deliver sees to when it runs next.

    Raises:
        UnknownShare: there is none of that id, or they may not know of it.
        NotAllowed: they may not.
        SignInEnded, EmailNotVerified: who asks is not verified.
        ShareNotActive: it is being granted still.
        NothingToDeliver: its account has no kit, or it has ended and nothing of it is left there.
        TryAgain: an outage; calling again is safe.
    """
    share = find_share(share_id, register, ledger)
    standings.check_acting(person, Deed.DELIVER, Thing.of_share(share))
    email = standings.people.email_of(person.id, person.username)
    there = deliveries.find(share.consumer, share.id)
    if there is None:
        _check(share, kits)
        there, _ = deliveries.apply(share.consumer, share.id, wanted(share.roles, at, email))
    else:
        # However often somebody asks for it, their wish stands there once until it is seen to.
        is_due = there.due_at is not None and there.due_at <= iso(at)
        there, _ = deliveries.apply(share.consumer, share.id, due_now(at) if is_due else again(email, at))
    if there is None or there.status is DeliveryStatus.WITHDRAWN:
        raise NothingToDeliver(
            f"This share has ended, and nothing of it is left in account {share.consumer}. Ask again if you still need "
            "the data."
        )
    return there


def _check(share: Share, kits: Collection[str]) -> None:
    if share.consumer not in kits:
        raise NothingToDeliver(
            f"Account {share.consumer} has no kit that takes up what is shared. Its administrator does that by hand."
        )
    if share.status is ShareStatus.GRANTING:
        raise ShareNotActive("This share is being granted just now, and is delivered once that is done.")
    if share.status is not ShareStatus.ACTIVE:
        raise NothingToDeliver("This share has ended. Ask again if you still need the data.")
