"""Owners and operators end shares in the portal, and hold what must not be shared: looked at first, then done.

What is done to a share or a hold is written down here, with who did it; the state machine that revokes does the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from handlers.sharing.approvers import Standings
from handlers.sharing.model.access import NOTHING, Deed, Thing, hidden
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import UnknownHold
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.revocation import Report, Revocation
from handlers.sharing.model.runs import run_name
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending
from handlers.sharing.own import find_share
from handlers.sharing.ports import Revokes
from handlers.sharing.revoke import foreseen, owners_reached, reached_by
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Register

MOST_FORESEEN: Final = 20
"""So many shares a dry run says everything of: it reads all that their accounts have."""
MOST_COUNTED: Final = 100
"""So far it counts the others."""
_WHY: Final = "Somebody who may revoked it in the portal."
"""For whoever looks at the run. Who that was, and what they say of it, stands in the ledger."""


@dataclass(frozen=True, slots=True)
class Ender:
    """The ports, and what finds out who may."""

    register: Register
    ledger: Ledger
    revokes: Revokes
    standings: Standings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would end, or what was begun.

    Attributes:
        dry_run: whether nothing was done.
        reports: of the first shares that would end, what each end takes away.
        total: how many would, up to `MOST_COUNTED`.
        share: the share as it now stands, where one was ended.
        run: the execution that goes on with a hold.
    """

    dry_run: bool
    reports: Sequence[Report] = ()
    total: int = 0
    share: Share | None = None
    run: str | None = None


def revoke_share(wish: Revocation, person: Person, *, by: Ender, at: datetime) -> Outcome:
    """End a share, and have it taken back; or hold all of its data, which ends every share of them.

    Safe to repeat: a share that has ended or is being taken back stays as it is.

    Args:
        wish: the share, why, whether to look only; `hold`: whether its data are to be held.
        person: who wants it.
        by: ports.
        at: the present.

    Raises:
        UnknownShare: there is none of that id, or they may not know of it.
        NotAllowed: they are no approver of the data, and no operator.
        ApproversUnknown: nobody can say now whether they are.
        SignInEnded, EmailNotVerified: who asks is not verified.
        TryAgain: an outage; calling again is safe.
    """
    share = find_share(wish.share or "", by.register, by.ledger)
    _check(Deed.REVOKE, [Thing.of_share(share)], person, by)
    if wish.hold:
        return put_hold(
            Revocation(wish.reason, source=share.source, dry_run=wish.dry_run, hold=True), person, by=by, at=at
        )
    if wish.dry_run:
        reports = foreseen([share] if share.live else [], wish, iso(at), by.ledger)
        return Outcome(dry_run=True, reports=reports, total=len(reports), share=share)
    email = by.standings.people.email_of(person.id, person.username)
    after, _ = by.ledger.apply(share.consumer, share.id, ending(EndReason.REVOKED, iso(at), email, wish.reason))
    if after is None:
        raise hidden(Deed.REVOKE)
    if after.status is ShareStatus.REVOKING:
        # Also if it was marked before: what marked it may have died before it came to this.
        by.revokes.start(run_name("revoked", share.id), share.id, _WHY)
    return Outcome(dry_run=False, share=after)


def put_hold(wish: Revocation, person: Person, *, by: Ender, at: datetime) -> Outcome:
    """Keep from being shared what a wish names, and have all shares of it ended; or say which these are.

    Of data, whose they are is told by the live shares of them, by an earlier hold, or by config. What none of these
    tells, operators alone may hold.

    Raises:
        NotAllowed: they do not approve for all owners of the data, and are no operator.
        ApproversUnknown, SignInEnded, EmailNotVerified, TryAgain: as `revoke_share`.
    """
    held = _held(wish)
    owners = _owners(wish, held, by)
    _check(Deed.HOLD, _things(held, owners), person, by)
    if wish.dry_run:
        reached = list(islice(reached_by(wish, iso(at), by.register, by.ledger), MOST_COUNTED))
        reports = foreseen(reached[:MOST_FORESEEN], wish, iso(at), by.ledger)
        return Outcome(dry_run=True, reports=reports, total=len(reached))
    email = by.standings.people.email_of(person.id, person.username)
    # At once: nothing more is granted from here on, whatever becomes of the run.
    by.ledger.put_hold(held, HistoryEntry(iso(at), "HoldPut", email, wish.reason), owners)
    return _begin(held, by, at, stands=True)


def lift_hold(wish: Revocation, person: Person, *, by: Ender, at: datetime) -> Outcome:
    """Let be shared again what was held. Grants nothing: people ask again.

    Raises:
        UnknownHold: there is no such hold, and never was.
        NotAllowed, ApproversUnknown, SignInEnded, EmailNotVerified, TryAgain: as `put_hold`.
    """
    held = _held(wish)
    _check(Deed.HOLD, _things(held, _owners(wish, held, by)), person, by)
    if by.ledger.find_hold(held) is None:
        raise UnknownHold(f"There is no hold on {held}.")
    email = by.standings.people.email_of(person.id, person.username)
    by.ledger.lift_hold(held, HistoryEntry(iso(at), "HoldLifted", email, wish.reason))
    # Also if it stood no more: the world may not have heard of it.
    return _begin(held, by, at, stands=False)


def _held(wish: Revocation) -> Hold:
    if wish.held is None:
        raise ValueError("A hold is on an account or on data, never on a share.")
    return wish.held


def _owners(wish: Revocation, held: Hold, by: Ender) -> frozenset[str]:
    """Whose data a hold is on that is on data."""
    if held.kind != "database":
        return frozenset()
    put = by.ledger.find_hold(held)
    seen = owners_reached(wish, by.ledger) | (frozenset[str]() if put is None else put.owners)
    return seen or by.standings.parties.listed_owners(held.name)


def _things(held: Hold, owners: Iterable[str]) -> list[Thing]:
    match held.kind:
        case "consumer":
            return [Thing(consumer=held.name)]
        case "owner":
            return [Thing(owner=held.name)]
        case "database":
            return [Thing(owner=each) for each in sorted(owners)] or [NOTHING]


def _check(deed: Deed, things: Sequence[Thing], person: Person, by: Ender) -> None:
    """Check that somebody may do this to all of these; the owners are asked only where nothing else lets them."""
    standing = by.standings.acting(person)
    if not all(standing.may(deed, each) for each in things):
        standing = by.standings.acting(person, [each.owner for each in things if each.owner is not None])
    for each in things:
        standing.check(deed, each)


def _begin(held: Hold, by: Ender, at: datetime, *, stands: bool) -> Outcome:
    run = run_name("held" if stands else "lifted", f"{held.kind}|{held.name}|{held.table}|{iso(at)}")
    by.revokes.hold(run, held, stands=stands)
    return Outcome(dry_run=False, run=run)
