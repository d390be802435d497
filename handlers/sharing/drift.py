"""Holds the ledger against the lake, and notes what differs as findings. Drift grants nothing and takes nothing back.

With `onNewPersonalData: revoke` it marks shares under which personal data appeared as over; Sweep sees to them as to
those whose end has come.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.announce import announce_finding
from handlers.sharing.lake import LakeState
from handlers.sharing.model.clock import iso
from handlers.sharing.model.drift import Difference, Kind, Picture, Standing, compare
from handlers.sharing.model.errors import DriftIncomplete, LakeshareError, RegisterUnreadable, TryAgain
from handlers.sharing.model.finding import Finding, FindingStatus, finding_id, gone, seen
from handlers.sharing.model.granted import Granted, is_outside, merged
from handlers.sharing.model.grounds import verdict
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.request import WHOLE_DATABASE, is_account_id
from handlers.sharing.model.sensitivity import Flag
from handlers.sharing.model.share import EndReason, ShareStatus
from handlers.sharing.model.share_steps import ending
from handlers.sharing.ports import Catalogue, Events
from handlers.sharing.share_stores import Findings, Ledger
from handlers.sharing.shares import GRACE, covered_by
from handlers.sharing.sources import Sources, owner_of, read_sources
from handlers.sharing.stores import Register

LONGEST_LOOK: Final = timedelta(minutes=15)
"""So long an invocation lives at most."""
MOST_LOOKS: Final = 5
"""So often one invocation looks, where changes keep coming."""
_OF_CATALOGUE: Final = (Kind.MISSING, Kind.SOURCE_CHANGED)
"""What is found by reading the catalogue, too."""


@dataclass(frozen=True, slots=True)
class Looker:
    """The ports, and the stack's rules. `revokes_new`: whether shares end under which personal data appeared."""

    rules: Rules
    findings: Findings
    ledger: Ledger
    register: Register
    catalogue: Catalogue
    lake: LakeState
    events: Events
    revokes_new: bool = False


@dataclass(slots=True)
class Looked:
    """What came of a look: how many findings are open; were found, or found again; are gone; how many shares ended."""

    open: int = 0
    found: int = 0
    gone: int = 0
    ended: int = 0


def look_when_wanted(holder: str, *, by: Looker, now: Callable[[], datetime]) -> Looked | None:
    """Look, and once more if something changed meanwhile; `None`: somebody else is at it, and will.

    Args:
        holder: who looks; the same one if it is called again because it failed.
        by: ports.
        now: the present.

    Raises:
        TryAgain: changes keep coming, or an outage.
        NotReadOnlyAdministrator, DriftIncomplete: as `look`.
    """
    by.findings.want_look(iso(now()))
    for _ in range(MOST_LOOKS):
        began = now()
        if not by.findings.begin_look(holder, iso(began + LONGEST_LOOK + GRACE), iso(began)):
            return None
        try:
            done = look(by=by, at=began)
        finally:
            by.findings.end_look(holder)
        # After others may look: who was kept from it has noted it before.
        if (by.findings.look_wanted() or "") <= iso(began):
            return done
    raise TryAgain("Grants keep changing while they are looked at.")


def look(*, by: Looker, at: datetime) -> Looked:
    """Compare once, and note what differs and what does not any more.

    Args:
        by: ports.
        at: the present.

    Raises:
        NotReadOnlyAdministrator: this role does not see all grants; nothing is noted.
        DriftIncomplete: part of it could not be read; all else is noted.
        TryAgain, AccessRefused: nothing could be compared.
    """
    by.lake.check_sees_all()
    unread = _Unread()
    before = _standings(by.ledger.consumers(), by.ledger, unread)
    granted = merged(by.lake.everything())
    outside = {each.principal for each in granted if is_outside(each.principal, by.rules.central_account)}
    accounts = {each.share.consumer for each in before.values()} | {each for each in outside if is_account_id(each)}
    after = _standings(accounts, by.ledger, unread)
    active = [each for each in after.values() if each.share.status is ShareStatus.ACTIVE]
    filters = by.lake.filters({resource for each in after.values() for resource in each.covers if resource.filter})
    sources = read_sources(active, filters, by.catalogue, by.register)
    unread.databases = sources.unread
    differences = [
        each if each.share is not None else replace(each, owner=_owner_of(each, by))
        for each in compare(_picture(by, granted, before, after, sources))
        if not unread.concerns(each.principal, each.database, each.kind)
    ]
    done = _note_all(differences, unread, by, iso(at))
    if by.revokes_new:
        done.ended = _end_changed(differences, sources, after, by.ledger, iso(at))
    unread.complain()
    return done


@dataclass(slots=True)
class _Unread:
    """What could not be read, and why: findings of it stay as they are."""

    accounts: dict[str, LakeshareError] = field(default_factory=dict[str, LakeshareError])
    databases: Mapping[str, LakeshareError] = field(default_factory=dict[str, LakeshareError])

    def concerns(self, principal: str, database: str, kind: Kind) -> bool:
        return principal in self.accounts or (kind in _OF_CATALOGUE and database in self.databases)

    def complain(self) -> None:
        left = [*self.accounts.items(), *self.databases.items()]
        if left:
            name, why = left[0]
            raise DriftIncomplete(f"{len(left)} account(s) or database(s) could not be read, {name} for one ({why}).")


def _standings(accounts: Iterable[str], ledger: Ledger, unread: _Unread) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for account in sorted(accounts):
        try:
            found |= {each.id: Standing(each, covered_by(each, ledger)) for each in ledger.live(account)}
        except RegisterUnreadable as error:
            unread.accounts[account] = error
    return found


def _picture(
    by: Looker,
    granted: Sequence[Granted],
    before: Mapping[str, Standing],
    after: Mapping[str, Standing],
    sources: Sources,
) -> Picture:
    covers = {(each.share.consumer, resource) for each in after.values() for resource in each.covers}
    carrying = {arn for each in granted if (each.principal, each.resource) in covers for arn in each.ram}
    return Picture(
        central=by.rules.central_account,
        granted=granted,
        before=before,
        after=after,
        troubles=by.lake.troubles(carrying),
        filters=sources.filters,
        gone=frozenset(sources.gone),
        appeared=sources.appeared,
    )


def _owner_of(difference: Difference, by: Looker) -> str | None:
    """Who answers for what no share explains: of what Lakeshare cannot settle, who would for the whole database."""
    if not difference.database:
        return None
    names = {each.table for each in difference.resources} or {WHOLE_DATABASE}
    owner = owner_of(difference.database, names, by.catalogue, by.rules.parties)
    return None if owner is None else owner.account_id


def _note_all(differences: Sequence[Difference], unread: _Unread, by: Looker, at: str) -> Looked:
    done = Looked()
    known = {each.id: each for each in by.findings.live()}
    left = dict(known)
    for each in differences:
        name = finding_id(each)
        there = left.pop(name, None) or by.findings.find(name)
        step = seen(each, there, at)
        if step is not None:
            there, taken = by.findings.apply(name, step)
            done.found += taken and step.announces is not None
        if there is not None:
            _tell(there, by)
            done.open += there.status is FindingStatus.OPEN
    for finding in left.values():
        there: Finding | None = finding
        is_over = finding.status is FindingStatus.CLOSED
        if not is_over and not unread.concerns(finding.principal, finding.database, finding.kind):
            there, taken = by.findings.apply(finding.id, gone(at))
            done.gone += taken
        if there is not None:
            _tell(there, by)
    return done


def _tell(finding: Finding, by: Looker) -> None:
    if finding.owed_events:
        announce_finding(finding, findings=by.findings, events=by.events)


def _end_changed(
    differences: Sequence[Difference], sources: Sources, after: Mapping[str, Standing], ledger: Ledger, at: str
) -> int:
    """End the shares under which something appeared that a flag says is personal data.

    What cannot be read is found, and nothing more: or one lost right of this role would end every share.
    """
    ended = 0
    for each in differences:
        if each.kind is not Kind.SOURCE_CHANGED or each.share is None:
            continue
        if verdict(sources.appeared[each.share]) is Flag.YES:
            step = ending(EndReason.NEW_PERSONAL_DATA, at, note=each.says)
            ended += ledger.apply(after[each.share].share.consumer, each.share, step)[1]
    return ended
