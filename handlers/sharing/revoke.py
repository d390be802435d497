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
from handlers.sharing.model.errors import InvalidInput, RevokeIncomplete
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.request import is_request_id
from handlers.sharing.model.revocation import Report, Revocation, Work, report_of
from handlers.sharing.model.share import EndReason, Share, ending
from handlers.sharing.ports import Events
from handlers.sharing.shares import covered_by
from handlers.sharing.stores import Ledger, Register

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
            by.ledger.lift_hold(wish.held, entry)
            # Also if it stands no more: who lifted it may have died before it came to this.
            by.events.announce_hold("HoldLifted", wish.held, run)
        return Plan(Next.DONE)
    if wish.dry_run:
        return Plan(
            Next.DONE, reports=[_report(each, by.ledger) for each in islice(_reached(wish, began, by), MOST_AT_ONCE)]
        )
    if wish.hold and wish.held and look is Look.START:
        by.ledger.put_hold(wish.held, entry)
    reason = EndReason.HELD if wish.hold else EndReason.REVOKED
    work: list[Work] = []
    ended = 0
    reached = (each for each in _reached(wish, began, by) if each.id not in failed)
    for share in islice(reached, MOST_AT_ONCE):
        _, taken = by.ledger.apply(share.consumer, share.id, ending(reason, iso(at), note=wish.reason))
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


def _reached(wish: Revocation, began: str, by: Revoker) -> Iterator[Share]:
    """The live shares that a wish reaches, as they stand now."""
    if wish.share is not None:
        share = _one(wish.share, by)
        return iter([share] if share.live else ())
    if wish.consumer is not None:
        return (each for each in by.ledger.live(wish.consumer) if wish.reaches(each, began))
    listed: Iterable[Share] = ()
    if wish.owner is not None:
        listed = by.ledger.of_owner(wish.owner)
    elif wish.source is not None:
        listed = by.ledger.of_database(wish.source.database)
    there = (by.ledger.find(each.consumer, each.id) for each in listed if wish.reaches(each, began))
    return (each for each in there if each is not None and each.live)


def _one(share_id: str, by: Revoker) -> Share:
    request_id = share_id.rpartition(":")[0]
    request = by.register.find(request_id) if is_request_id(request_id) else None
    share = by.ledger.find(request.consumer, share_id) if request is not None and request.consumer else None
    if share is None:
        raise InvalidInput("There is no share of this id: it is the request's id, ':' and a number.", "share")
    return share


def _report(share: Share, ledger: Ledger) -> Report:
    others = {each.id: covered_by(each, ledger) for each in ledger.live(share.consumer) if each.holds and each != share}
    return report_of(share, covered_by(share, ledger), others)
