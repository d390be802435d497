"""The shares of a request: written down before anything is granted, and ended if the request does not end as shared.

Several invocations of Grant may be at one share, if the connection to one was lost while it went on. What is granted is
taken back only once all of them are over, so the share always says until when that is the case at the latest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.model.classification import FILTERED, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.delivery import wanted
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.grants import NO_FILTERS, Resource, are_covered, covered
from handlers.sharing.model.hold import holds_on
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.share import EndReason, Share, ShareStatus, share_id
from handlers.sharing.model.share_steps import active, busy_until, ending, granting, replaced, rested
from handlers.sharing.model.transition import Transition
from handlers.sharing.share_stores import Deliveries, Ledger

GRACE: Final = timedelta(minutes=1)
"""What an invocation asked of AWS just before its deadline is done, or never will be, this long after it."""


@dataclass(frozen=True, slots=True)
class Granting:
    """One invocation that grants for a share.

    Attributes:
        share: what it grants for.
        ledger: where that stands.
        until: until when it may grant, at the latest.
        before: until when others may, as it stood there; `None`: nobody.
    """

    share: Share
    ledger: Ledger
    until: str
    before: str | None

    def done(self, deliveries: Deliveries | None) -> None:
        """All of the share is granted; holds as they are now may keep it from counting.

        Args:
            deliveries: where its account has a kit: what is active is delivered, so that is written down before.

        Raises:
            OnHold: there is a hold on what was granted.
            TryAgain: the share stands otherwise by now, its consumer's shares are being revoked, or an outage.
        """
        if deliveries is not None:
            deliveries.apply(self.share.consumer, self.share.id, wanted(self.share.roles, now()))
        at = iso(now())
        _take(self.share, active(self.share, at), self.ledger, at)

    def rest(self) -> None:
        """This invocation grants nothing more. If that cannot be noted, its deadline says so later."""
        try:
            self.ledger.apply(self.share.consumer, self.share.id, rested(self.until, self.before))
        except LakeshareError:
            return


def begin(
    share: Share,
    there: Share | None,
    names: Sequence[str],
    deadline: datetime,
    ledger: Ledger,
    *,
    filters: Sequence[str] = (),
) -> Granting:
    """Write a share down, or go on granting for it.

    Args:
        share: as it is to be written down.
        there: as it stands already, `GRANTING`; `None`: it does not.
        names: the tables it covers, where they are granted by name.
        deadline: of this invocation.
        ledger: port.
        filters: the filters of these tables, where such are granted, in the same order.

    Raises:
        OnHold: there is a hold on the consumer, the owner or the data.
        TryAgain: the share stands otherwise by now, its consumer's shares are being revoked, or an outage.
    """
    # Its names first: a share covers nothing that it does not name.
    share = there or replace(share, parts=ledger.write_names(share, names, filters))
    before = share.busy_until
    until = busy_until(deadline + GRACE, before)
    _take(share, granting(share, until, before), ledger, iso(now()))
    return Granting(share, ledger, until, before)


def _take(share: Share, step: Transition, ledger: Ledger, at: str) -> None:
    holds = holds_on(share.source, share.consumer, share.owner)
    if not ledger.apply_unless_held(share, step, holds, at):
        raise TryAgain(f"Share {share.id} was changed meanwhile.")


def covered_by(share: Share, ledger: Ledger) -> frozenset[Resource]:
    """All that a share covers, by what the ledger keeps of it."""
    if share.scope is Scope.FILTERED_TABLES:
        return covered(share.source, share.scope, (), ledger.filters(share))
    own = {share.cells.table: share.cells.name} if share.cells else NO_FILTERS
    return covered(share.source, share.scope, ledger.names(share), own)


def end(share_id_: str, consumer: str, reason: EndReason, ledger: Ledger) -> None:
    """Have a share taken back, if there is one that still holds."""
    ledger.apply(consumer, share_id_, ending(reason, iso(now())))


def end_all(record: RequestRecord, ledger: Ledger) -> None:
    """Have all shares of a request taken back that did not end as shared."""
    if record.status is Status.SHARED or record.consumer is None:
        return
    for round_ in range(1, record.round + 1):
        end(share_id(record.id, round_), record.consumer, EndReason.NOT_SHARED, ledger)


def end_parts(share: Share, ledger: Ledger) -> None:
    """End the parts of tables that their consumer has all of by this share, which is granted, for as long at least."""
    if share.scope in FILTERED:
        return
    covers = covered_by(share, ledger)
    for each in ledger.live(share.consumer):
        if each.status is not ShareStatus.ACTIVE or each.scope not in FILTERED or not _serves(share, each):
            continue
        if each.source.database == share.source.database and are_covered(covered_by(each, ledger), covers):
            ledger.apply(each.consumer, each.id, replaced(share.request_id, iso(now())))


def _serves(share: Share, other: Share) -> bool:
    """Whether a share lasts as long as another one, and is for its roles."""
    if not set(other.roles) <= set(share.roles):
        return False
    return share.until is None or (other.until is not None and other.until <= share.until)
