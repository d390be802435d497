"""Adopts what was granted past Lakeshare by the hundred, a few findings a call; each is settled as if by itself.

Whoever does looks first: a dry run says what would become a share and what would not, and gives that a name. Only what
bears that name is adopted; each call names what is left.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.adopt import Adopter
from handlers.sharing.model.access import Deed, Thing
from handlers.sharing.model.drift import OF_SHARES, Kind
from handlers.sharing.model.errors import Declined, FindingChanged, NotForLakeshare, UnknownFinding
from handlers.sharing.model.finding import Action, Finding, FindingStatus
from handlers.sharing.model.person import Person
from handlers.sharing.model.settlement import Adoption, Settlement
from handlers.sharing.settle import Settler, settle

AT_ONCE: Final = 10
"""So many findings a call adopts at most."""
LONGEST: Final = timedelta(seconds=15)
"""So long it begins with another one: an HTTP API waits half a minute."""


@dataclass(frozen=True, slots=True)
class Adoptable:
    """A finding of which shares are made. `until`: when they end; `None`: they have no end."""

    finding: Finding
    until: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """A finding of which none are, and why not."""

    finding: Finding
    why: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of a call.

    Attributes:
        findings: what was adopted; of a dry run, what would be.
        left: what was not, or would not be.
        to_do: how many findings are left to adopt.
        seen: what those are called; `None`: there are none.
    """

    findings: Sequence[Adoptable]
    left: Sequence[Left]
    to_do: int
    seen: str | None


def adopt_many(wish: Adoption, person: Person, *, by: Settler, now: Callable[[], datetime]) -> Adopted:
    """Say what would be adopted, or adopt the first of it.

    Args:
        wish: of whose data, where, and what its maker saw.
        person: who.
        by: ports.
        now: the present.

    Raises:
        NotAllowed, ApproversUnknown: they may not settle findings of these data; of everybody's, operators may.
        FindingChanged: there is something else to adopt than they saw.
        SignInEnded, EmailNotVerified: who asks is not verified.
        TryAgain: an outage. What it cut off the same person can settle by itself, or a look finds it an hour later.
    """
    by.standings.check_acting(person, Deed.SETTLE_DRIFT, Thing(owner=wish.owner))
    began = now()
    can, left = _sorted_out(_granted_past(wish, by), by.adopter, began)
    if wish.seen is None:
        return Adopted(can, left, len(can), _name_of(can))
    if wish.seen != _name_of(can):
        raise FindingChanged("What there is to adopt is not what you saw. Look again, with dry_run.")
    done: list[Adoptable] = []
    while can and len(done) < AT_ONCE and now() - began < LONGEST:
        each = can.pop(0)
        try:
            settle(Settlement(each.finding.id, Action.ADOPT, each.finding.digest, wish.reason), person, by=by, at=now())
        except (FindingChanged, NotForLakeshare, UnknownFinding) as changed:
            left.append(Left(each.finding, _text(changed)))
        else:
            done.append(each)
    return Adopted(done, left, len(can), _name_of(can))


def _granted_past(wish: Adoption, by: Settler) -> list[Finding]:
    """What was granted that no share explains and nobody has settled, the oldest first."""
    found = (
        each
        for each in by.findings.live()
        if each.kind not in OF_SHARES
        and each.status in {FindingStatus.OPEN, FindingStatus.ACCEPTED}
        and wish.owner in {None, each.owner}
        and wish.database in {None, each.database}
    )
    return sorted(found, key=lambda each: (each.since, each.id))


def _sorted_out(findings: Iterable[Finding], adopter: Adopter, at: datetime) -> tuple[list[Adoptable], list[Left]]:
    can: list[Adoptable] = []
    left: list[Left] = []
    for each in findings:
        try:
            can.append(Adoptable(each, _until(each, adopter, at)))
        except NotForLakeshare as refused:
            left.append(Left(each, _text(refused)))
    return can, left


def _until(finding: Finding, adopter: Adopter, at: datetime) -> str | None:
    if Action.ADOPT not in finding.actions:
        raise NotForLakeshare("No share covers this: a data lake administrator can take it back.")
    if finding.status is FindingStatus.ACCEPTED:
        raise NotForLakeshare("Somebody accepted it as it is.")
    if finding.kind is Kind.WIDER:
        raise NotForLakeshare("The account has shares of this database, and more than these cover: look at this one.")
    return adopter.check(finding, at)


def _name_of(can: Sequence[Adoptable]) -> str | None:
    """What findings are called together, each as it looks; `None`: there are none."""
    looks = "|".join(f"{each.finding.id}:{each.finding.digest}" for each in can)
    return hashlib.sha256(looks.encode()).hexdigest()[:32] if can else None


def _text(error: Declined) -> str:
    return str(error)
