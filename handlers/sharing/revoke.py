"""Ends shares at an operator's wish, and holds what must not be shared. `take_back` takes back what they were granted.

All that this knows stands in the ledger, so it can stop anywhere and be started anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import InvalidInput, RevokeIncomplete, UnknownShare
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.revocation import IN_THE_PORTAL, Report, Revocation, Work, report_of
from handlers.sharing.model.share import EndReason, Share
from handlers.sharing.model.share_steps import ending
from handlers.sharing.own import find_share
from handlers.sharing.ports import Events
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import covered_by
from handlers.sharing.stores import Register

MOST_AT_ONCE: Final = 100
"""So many shares are ended before they are worked through, and the next are looked for."""


@dataclass(frozen=True, slots=True)
class Revoker:
    """The ports."""

    register: Register
    ledger: Ledger
    events: Events


class Look(StrEnum):
    """What came before a look at what is to be ended."""

    START = "start"
    REVOKED = "revoked"
    SETTLED = "settled"


class Next(StrEnum):
    """What comes after a look at what is to be ended."""

    REVOKE = "revoke"
    SETTLE = "settle"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done next, with which shares; of a dry run what would become of them."""

    next: Next
    work: Sequence[Work] = ()
    reports: Sequence[Report] = ()
    ended: int = 0


def plan(
    wish: Revocation, run: str, began: str, look: Look, failed: Mapping[str, str], *, by: Revoker, at: datetime
) -> Plan:
    """Put or lift a hold, and end the shares that a wish reaches, up to `MOST_AT_ONCE`.

    Args:
        wish: what is wanted.
        run: the name of the execution.
        began: when it began: what was shared later is no part of the wish, unless it holds.
        look: what came before. Lists over all accounts are a moment late, so the last look follows a wait.
        failed: the shares that could not be taken back, and why: they are left alone now.
        by: ports.
        at: the present.

    Raises:
        InvalidInput: there is no such share.
        RevokeIncomplete: all is done but what `failed`.
        RegisterUnreadable: one of the shares cannot be read.
        TryAgain: an outage; planning again goes on.
    """
    entry = HistoryEntry(iso(at), "HoldPut" if wish.hold else "HoldLifted", detail=wish.reason)
    if wish.hold is False:
        if wish.held and not wish.dry_run:
            if wish.reason != IN_THE_PORTAL:
                by.ledger.lift_hold(wish.held, entry)
            # Also if it stands no more: who lifted it may have died before it came to this.
            by.events.announce_hold("HoldLifted", wish.held, run)
        return Plan(Next.DONE)
    if wish.dry_run:
        reached = islice(reached_by(wish, began, by.register, by.ledger), MOST_AT_ONCE)
        return Plan(Next.DONE, reports=foreseen(reached, wish, began, by.ledger))
    put = _put(wish, entry, look, by.ledger)
    if put is None and wish.reason == IN_THE_PORTAL and wish.hold:
        # It was lifted before this came to it: nothing is held, so nothing ends.
        return Plan(Next.DONE)
    reason = EndReason.HELD if wish.hold else EndReason.REVOKED
    work: list[Work] = []
    ended = 0
    reached = (each for each in reached_by(wish, began, by.register, by.ledger) if each.id not in failed)
    for share in islice(reached, MOST_AT_ONCE):
        who, why = (put.by, put.detail or wish.reason) if put else (None, wish.reason)
        _, taken = by.ledger.apply(share.consumer, share.id, ending(reason, iso(at), who, why))
        ended += taken
        work.append(Work(share.consumer, share.id))
    if work:
        return Plan(Next.REVOKE, work, ended=ended)
    if look is not Look.SETTLED and (wish.owner or wish.source):
        return Plan(Next.SETTLE)
    if wish.hold and wish.held:
        # Last: nothing waits for it.
        by.events.announce_hold("HoldPut", wish.held, run)
    if failed:
        first = next(iter(failed.items()))
        raise RevokeIncomplete(f"{len(failed)} share(s) could not be taken back, {first[0]} for one ({first[1]}).")
    return Plan(Next.DONE)


def _put(wish: Revocation, entry: HistoryEntry, look: Look, ledger: Ledger) -> HistoryEntry | None:
    """Put the hold that is wanted, unless it stands with just these words, or was put in the portal.

    Returns:
        Its line, which says who put it, and why; `None`: nothing is held.
    """
    if not wish.hold or wish.held is None:
        return None
    put = ledger.find_hold(wish.held)
    last = put.history[-1] if put is not None and put.stands and put.history else None
    if wish.reason == IN_THE_PORTAL:
        return last
    if look is Look.START and (last is None or last.detail != wish.reason):
        ledger.put_hold(wish.held, entry, owners_reached(wish, ledger))
        return entry
    return last


def reached_by(wish: Revocation, began: str, register: Register, ledger: Ledger) -> Iterator[Share]:
    """The live shares that a wish reaches which `began` then, as they stand now.

    Raises:
        InvalidInput: there is no such share.
    """
    if wish.share is not None:
        share = _one(wish.share, register, ledger)
        return iter([share] if share.live else ())
    if wish.consumer is not None:
        return (each for each in ledger.live(wish.consumer) if wish.reaches(each, began))
    listed: Iterable[Share] = ()
    if wish.owner is not None:
        listed = ledger.of_owner(wish.owner)
    elif wish.source is not None:
        listed = ledger.of_database(wish.source.database)
    there = (ledger.find(each.consumer, each.id) for each in listed if wish.reaches(each, began))
    return (each for each in there if each is not None and each.live)


def owners_reached(wish: Revocation, ledger: Ledger) -> frozenset[str]:
    """Whose data a wish reaches that names data, by the live shares of it."""
    if wish.source is None:
        return frozenset()
    listed = ledger.of_database(wish.source.database)
    return frozenset(each.owner.account_id for each in listed if wish.names(each.source))


def foreseen(shares: Iterable[Share], wish: Revocation, began: str, ledger: Ledger) -> list[Report]:
    """What the end of each of these shares would take away, and what would stay once all has ended that a wish reaches.

    `began`: when it did, as `reached_by` has it.
    """
    stays: dict[str, dict[str, frozenset[Resource]]] = {}
    reports: list[Report] = []
    for share in shares:
        if share.consumer not in stays:
            left = (each for each in ledger.live(share.consumer) if each.holds and not wish.reaches(each, began))
            stays[share.consumer] = {each.id: covered_by(each, ledger) for each in left}
        others = {other: theirs for other, theirs in stays[share.consumer].items() if other != share.id}
        reports.append(report_of(share, covered_by(share, ledger), others))
    return reports


def _one(share_id: str, register: Register, ledger: Ledger) -> Share:
    try:
        return find_share(share_id, register, ledger)
    except UnknownShare as unknown:
        raise InvalidInput(
            "There is no share of this id: it is the request's id, ':' and a number.", "share"
        ) from unknown
