"""What a person does about a finding: accept it, have it taken back, adopt it, or have its data asked for anew.

The finding is marked first, for one of several who act at once. What it takes is safe to repeat: whoever was cut off
does the same again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handlers.sharing.adopt import Adopter, adopt
from handlers.sharing.approvers import Standings
from handlers.sharing.model.access import NOTHING, Deed, Thing
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import FindingChanged, NotForLakeshare, UnknownFinding
from handlers.sharing.model.finding import Action, Finding, FindingStatus, settled
from handlers.sharing.model.hold import holds_on
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import ShareRequest, is_request_id
from handlers.sharing.model.runs import run_name
from handlers.sharing.model.settlement import Settlement
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending
from handlers.sharing.model.term import NO_END
from handlers.sharing.model.transition import Transition, submitted
from handlers.sharing.ports import Revokes, Workflow
from handlers.sharing.share_stores import Findings

_WHY: Final = "Somebody settled what drift found."
"""For whoever looks at the run. What they say of it themselves stands in the ledger."""


@dataclass(frozen=True, slots=True)
class Settler:
    """The ports."""

    findings: Findings
    adopter: Adopter
    standings: Standings
    revokes: Revokes
    workflow: Workflow


def findings_for(person: Person, *, findings: Findings, standings: Standings) -> list[Finding]:
    """What stands, oldest first: all of it for those who watch, of their own data for owners.

    Raises:
        SignInEnded, TryAgain: as `Standings`.
    """
    live = sorted(
        (each for each in findings.live() if each.status is not FindingStatus.CLOSED),
        key=lambda each: (each.since, each.id),
    )
    if standings.looking(person).may(Deed.AUDIT, NOTHING):
        return live
    standing = standings.looking(person, sorted({each.owner for each in live if each.owner}))
    return [each for each in live if standing.may(Deed.SETTLE_DRIFT, Thing(owner=each.owner))]


def settle(wish: Settlement, person: Person, *, by: Settler, at: datetime) -> Finding:
    """Settle a finding.

    Args:
        wish: which, as whoever settles it saw it, and how.
        person: who.
        by: ports.
        at: the present.

    Returns:
        The finding as it now stands; that it is gone the next look says.

    Raises:
        UnknownFinding: there is none of that id, or they may not know of it.
        NotAllowed, ApproversUnknown: they may not settle it.
        FindingChanged: it is not what they saw, or somebody else was quicker.
        NotForLakeshare: this cannot be done about it.
        SignInEnded, EmailNotVerified: who asks is not verified.
        TryAgain: an outage; the same again is safe.
    """
    # No finding has a name that no request could have, and DynamoDB fails at longer keys.
    finding = by.findings.find(wish.finding) if is_request_id(wish.finding) else None
    if finding is None or not _is_shown(finding, person, by.standings):
        raise UnknownFinding("There is no such finding, or it is about somebody else's data.")
    by.standings.check_acting(person, Deed.SETTLE_DRIFT, Thing(owner=finding.owner))
    email = by.standings.people.email_of(person.id, person.username)
    settling = _Settling(wish, email, by, at)
    if not settling.is_written(finding):
        finding = settling.mark(finding)
    settling.do(finding)
    return finding


def _is_shown(finding: Finding, person: Person, standings: Standings) -> bool:
    """Whether a finding is among those that `findings_for` shows somebody."""
    if finding.status is FindingStatus.CLOSED:
        return False
    if standings.looking(person).may(Deed.AUDIT, NOTHING):
        return True
    owners = [finding.owner] if finding.owner else []
    return standings.looking(person, owners).may(Deed.SETTLE_DRIFT, Thing(owner=finding.owner))


@dataclass(frozen=True, slots=True)
class _Settling:
    """One wish, of whom it is, and what it takes."""

    wish: Settlement
    email: str
    by: Settler
    at: datetime

    def is_written(self, finding: Finding) -> bool:
        """Whether the same person said the same before: what was cut off then is done now."""
        said = (finding.action, finding.settled_by, finding.digest)
        is_settled = finding.status in {FindingStatus.SETTLED, FindingStatus.ACCEPTED}
        return is_settled and said == (self.wish.action, self.email, self.wish.digest)

    def mark(self, finding: Finding) -> Finding:
        wish = self.wish
        if finding.digest != wish.digest or finding.status is FindingStatus.SETTLED:
            raise FindingChanged(
                "This is not what you saw: it has changed, or somebody has settled it. Look at it again."
            )
        if wish.action not in finding.actions:
            can = ", ".join(finding.actions)
            raise NotForLakeshare(f"What can be done about this finding is: {can}; got {wish.action}.")
        if wish.action is Action.ADOPT:
            self.by.adopter.check(finding, self.at)
        elif wish.action is Action.REVOKE and finding.share is None:
            self.by.adopter.owner_of(finding)
        elif wish.action is Action.ASK_ANEW:
            self._check_lasts(finding)
        step = settled(finding, wish.action, self.email, wish.reason, iso(self.at))
        after, taken = self.by.findings.apply(finding.id, step)
        # A write whose answer was lost is written again, and then stands in its own way.
        if after is None or not (taken or self.is_written(after)):
            raise FindingChanged("Somebody else was quicker. Look at it again.")
        return after

    def do(self, finding: Finding) -> None:
        action = self.wish.action
        if action is Action.ACCEPT:
            return
        if finding.share is not None:
            share = self._end(finding.principal, finding.share)
            if action is Action.ASK_ANEW and share is not None:
                self._ask_anew(share, finding)
            return
        adopter = self.by.adopter
        owner = adopter.owner_of(finding)
        # Once more: whoever was cut off may come back after a hold was put.
        until = adopter.check(finding, self.at) if action is Action.ADOPT else None
        for each in adopt(finding, owner, until, self.email, self.wish.reason, adopter=adopter, at=self.at):
            if action is Action.REVOKE:
                self._end(each.consumer, each.id)
            elif adopter.ledger.held(holds_on(each.source, each.consumer, each.owner)):
                # It was put at the same time, and may not have seen this share.
                self._end(each.consumer, each.id, ending(EndReason.HELD, iso(self.at)))

    def _check_lasts(self, finding: Finding) -> None:
        """What has ended meanwhile nobody may want any more: whoever does asks for it."""
        share = self.by.adopter.ledger.find(finding.principal, finding.share or "")
        if share is None or not share.holds:
            raise FindingChanged("The share has ended meanwhile, so nothing is asked anew. Who needs it can ask.")

    def _end(self, consumer: str, share_id: str, step: Transition | None = None) -> Share | None:
        """Have a share taken back, as they say, or by another step that ends it."""
        mine = ending(EndReason.REVOKED, iso(self.at), by=self.email, note=self.wish.reason)
        after, _ = self.by.adopter.ledger.apply(consumer, share_id, step or mine)
        if after is not None and after.status is ShareStatus.REVOKING:
            self.by.revokes.start(run_name("settled", share_id), share_id, _WHY)
        return after

    def _ask_anew(self, share: Share, finding: Finding) -> None:
        """Ask for the same on behalf of whoever asked for it, or as an execution that somebody started directly."""
        before = self.by.adopter.register.find(share.request_id)
        asked = before.asked if before is not None and before.asked is not None else NO_END
        request_id = run_name("anew", f"{share.id}|{finding.settled_at}")
        if share.requester is not None:
            record = RequestRecord(
                id=request_id,
                status=Status.RECEIVED,
                received_at=iso(self.at),
                source=share.source,
                part=share.part,
                consumer=share.consumer,
                roles=share.roles,
                requester=share.requester,
                purpose=share.purpose,
                asked=asked,
            )
            self.by.adopter.register.apply(request_id, submitted(record))
        request = ShareRequest(share.source, share.consumer, share.part, share.roles)
        self.by.workflow.start(request_id, request, asked, None)
