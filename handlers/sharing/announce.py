"""Tells the world what happened to a request, or to a share. An event that cannot be put stays owed and fails nothing.

A step notes what it announces in the same write (`Transition.announces`). What is owed is put in order, at least once,
and crossed out after that; what stays is put by the next step, or by Sweep, which has Close do it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from handlers.sharing.model.announcement import as_told
from handlers.sharing.model.applied import Applied
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.delivery import Delivery
from handlers.sharing.model.delivery import told as told_of_delivery
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.finding import told as told_of_finding
from handlers.sharing.model.record import Announcement, RequestRecord
from handlers.sharing.model.share import Share
from handlers.sharing.model.share_steps import told as told_of_share
from handlers.sharing.model.transition import told
from handlers.sharing.ports import Events
from handlers.sharing.share_stores import Deliveries, Findings, Ledger
from handlers.sharing.stores import Register


def announce(record: RequestRecord, *, register: Register, events: Events) -> RequestRecord:
    """Put the events that are owed of a request, the oldest first, as far as that goes.

    Returns:
        The request as it now stands: its `owed_events` are those that are left.
    """
    put = _put(record.owed_events, lambda owed: events.announce(as_told(owed, record), record))
    if not record.to_announce or (record.owed_events and not put):
        return record
    with suppress(LakeshareError):
        # Refused if another step has announced or put something meanwhile: told twice is better than not at all.
        outcome = register.apply(record.id, told(record, put, iso(now())))
        return outcome.record if isinstance(outcome, Applied) else outcome.there or record
    return record


def announce_share(share: Share, *, ledger: Ledger, events: Events) -> Share:
    """Put the events that are owed of a share, in the same way; returns the share as it now stands."""
    put = _put(share.owed_events, lambda owed: events.announce_share(owed, share))
    if not put:
        return share
    with suppress(LakeshareError):
        there, _ = ledger.apply(share.consumer, share.id, told_of_share(share, put))
        return there or share
    return share


def announce_finding(finding: Finding, *, findings: Findings, events: Events) -> None:
    """Put the events that are owed of a finding, in the same way."""
    put = _put(finding.owed_events, lambda owed: events.announce_finding(owed, finding))
    if put:
        with suppress(LakeshareError):
            findings.apply(finding.id, told_of_finding(finding, put))


def announce_delivery(delivery: Delivery, *, deliveries: Deliveries, events: Events) -> None:
    """Put the events that are owed of a delivery, in the same way."""
    put = _put(delivery.owed_events, lambda owed: events.announce_delivery(owed, delivery))
    if put:
        with suppress(LakeshareError):
            deliveries.apply(delivery.consumer, delivery.share, told_of_delivery(delivery, put))


def _put(owed: Sequence[Announcement], put: Callable[[Announcement], None]) -> int:
    """Put the oldest events first, as far as that goes; says how many are out."""
    done = 0
    with suppress(LakeshareError):
        for each in owed:
            put(each)
            done += 1
    return done
