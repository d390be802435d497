"""Takes back in Lake Formation what ended shares were granted, as far as no other share of the same account covers it.

Who does has the consumer's lease, so nothing is granted to that account meanwhile. All that this knows stands in the
ledger: it can stop anywhere and be started anew, and two at once do no harm.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Final

from handlers.sharing.announce import announce_share
from handlers.sharing.filters import turn_at
from handlers.sharing.lake import ENTRIES_A_BATCH, Grants, Held, RevokeFailure
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.revocation import Report, Work, report_of
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.share_events import share_ended
from handlers.sharing.model.share_steps import revoked, tried
from handlers.sharing.ports import Events
from handlers.sharing.retry import tries
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import GRACE, covered_by

SECONDS_TO_SPARE: Final = 90.0
"""An invocation begins no further batch when less than this is left of it, and the next one goes on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of shares to be taken back. `left`: call again; `failed`: why some cannot be, by their ids."""

    left: Sequence[Work]
    failed: Mapping[str, str]


def take_back(
    work: Sequence[Work],
    *,
    ledger: Ledger,
    grants: Grants,
    events: Events,
    holder: str,
    seconds_left: Callable[[], float],
    pause: Callable[[float], None] = time.sleep,
) -> Taken:
    """Take back what these shares were granted. One that cannot be keeps no other waiting.

    Args:
        work: shares that are `REVOKING`; others are left alone.
        ledger, grants, events: ports.
        holder: of the leases that this takes; another one each time it is called.
        seconds_left: how much time the invocation has.
        pause: what to wait with.

    Raises:
        TryAgain: nothing could be done just now.
    """
    left: list[Work] = []
    failed: dict[str, str] = {}
    waits: list[TryAgain] = []
    begun = False
    for consumer, group in groupby(sorted(work, key=lambda each: each.consumer), key=lambda each: each.consumer):
        mine = {each.share: each for each in group}
        if begun and seconds_left() < SECONDS_TO_SPARE:
            left += mine.values()
            continue
        begun = True
        taking = _Taking(consumer, holder, mine, ledger, grants, events, seconds_left, pause)
        try:
            taking.run()
        except TryAgain as wait:
            waits.append(wait)
        except LakeshareError as error:
            failed |= dict.fromkeys(taking.left, _told(error))
            continue
        waits += taking.waits
        failed |= taking.failed
        left += taking.left.values()
    if waits and set(left) == set(work):
        raise waits[0]
    return Taken(left, failed)


def _told(error: LakeshareError) -> str:
    return f"{error.reason}: {error}"


@dataclass(slots=True)
class _Taking:
    """Takes back shares of one account. `left`: those that are not done; `waits`: why; `failed`: those that fail."""

    consumer: str
    holder: str
    left: dict[str, Work]
    ledger: Ledger
    grants: Grants
    events: Events
    seconds_left: Callable[[], float]
    pause: Callable[[float], None]
    waits: list[TryAgain] = field(default_factory=list[TryAgain])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    others: dict[str, frozenset[Resource]] = field(default_factory=dict[str, frozenset[Resource]])
    batches: int = 0

    def run(self) -> None:
        at, holder = now(), self.holder
        if not self.ledger.lease(self.consumer, holder, iso(at + self._time_left() + GRACE), iso(at)):
            raise TryAgain(f"Somebody else is revoking shares of account {self.consumer}.")
        try:
            # Read with the lease: whoever begins to grant from now on is refused.
            live = {each.id: each for each in self.ledger.live(self.consumer)}
            self.others = {each.id: covered_by(each, self.ledger) for each in live.values() if each.holds}
            for work in list(self.left.values()):
                try:
                    done = self._take_back(work, live.get(work.share))
                except TryAgain as wait:
                    self.waits.append(wait)
                    continue
                except LakeshareError as error:
                    self.failed[work.share] = _told(error)
                    done = True
                if done:
                    del self.left[work.share]
        finally:
            self.ledger.give_back_lease(self.consumer, holder)

    def _time_left(self) -> timedelta:
        return timedelta(seconds=self.seconds_left())

    def _take_back(self, work: Work, share: Share | None) -> bool:
        """Take one share back; `False`: there was no time for all of it."""
        if share is None or share.status is not ShareStatus.REVOKING:
            return True
        at = now()
        if share.busy_until is not None and share.busy_until >= iso(at):
            raise TryAgain(f"Share {share.id} is being granted until {share.busy_until} at the latest.")
        self.ledger.apply(share.consumer, share.id, tried(at))
        report = report_of(share, covered_by(share, self.ledger), self.others)
        if not self._revoke_all(work, report.ends):
            return False
        self._note(share, report)
        return True

    def _note(self, share: Share, report: Report) -> None:
        announcement = share_ended(share, len(report.ends), len({each.carrier for each in report.stays if each.table}))
        there, _ = self.ledger.apply(share.consumer, share.id, revoked(iso(now()), str(report), announcement))
        if there is not None:
            announce_share(there, ledger=self.ledger, events=self.events)

    def _revoke_all(self, work: Work, ends: Sequence[Resource]) -> bool:
        """Revoke in batches what an earlier invocation has not come to, and look whether it is gone."""
        todo = [each for each in ends if work.after is None or each.table > work.after]
        for start in range(0, len(todo), ENTRIES_A_BATCH):
            # One batch at least, or it would go round for nothing.
            if self.batches and self.seconds_left() < SECONDS_TO_SPARE:
                return False
            batch = todo[start : start + ENTRIES_A_BATCH]
            self.batches += 1
            self._revoke_batch(batch)
            self._drop_filters([each for each in batch if each.filter])
            self.left[work.share] = Work(work.consumer, work.share, batch[-1].table)
        return True

    def _revoke_batch(self, batch: Sequence[Resource]) -> None:
        """Revoke, and look whether it is gone; what was granted in part is revoked as it is found."""
        self._retried([Held(each, each.permissions, each.permissions) for each in batch])
        if left := self._held(batch):
            self._retried(left)
            if left := self._held(batch):
                raise TryAgain(f"{left[0].resource} was revoked, and account {self.consumer} has it still.")

    def _drop_filters(self, batch: Sequence[Resource]) -> None:
        """Delete filters, unless others have them; somebody may just be granting one."""
        if not batch:
            return
        names = [each.filter for each in batch]
        with turn_at(names, self.holder, self._time_left() + GRACE, self.ledger, self.pause):
            for each in batch:
                self.grants.drop_filter(each)

    def _held(self, batch: Sequence[Resource]) -> Sequence[Held]:
        found = (self.grants.held(each, self.consumer) for each in batch)
        return [each for each in found if each is not None]

    def _retried(self, what: Sequence[Held]) -> None:
        by_resource: Mapping[Resource, Held] = {each.resource: each for each in what}
        left = list(what)
        failures: Sequence[RevokeFailure] = []
        for _ in tries(self.pause, lambda: self.seconds_left() >= SECONDS_TO_SPARE):
            failures = self.grants.revoke(left, self.consumer)
            final = next((each.error for each in failures if not isinstance(each.error, TryAgain)), None)
            if final is not None:
                raise final
            if not failures:
                return
            left = [by_resource[each] for each in dict.fromkeys(failure.resource for failure in failures)]
        raise failures[0].error
