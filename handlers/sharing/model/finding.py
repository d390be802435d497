"""A finding: a difference between the ledger and the lake, from when it was first seen until it is gone.

Its steps are data, as those of shares are. A finding never grants and never revokes: people settle it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from handlers.sharing.model.clock import moment
from handlers.sharing.model.drift import OF_SHARES, Difference, Kind
from handlers.sharing.model.excerpt import Excerpt
from handlers.sharing.model.record import VERSION, Announcement, HistoryEntry
from handlers.sharing.model.transition import LONGEST_DETAIL, Transition, known

MOST_TABLES: Final = 2_000
"""So many names a finding keeps. Who settles it settles these, and the next look finds the others."""
GIVEN: Final = timedelta(hours=1)
"""What was settled and is found after that has not been mended, and is open again."""


class FindingStatus(StrEnum):
    """Where a finding stands. `ACCEPTED`: it may stay; `SETTLED`: somebody did something about it."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    CLOSED = "CLOSED"


class Action(StrEnum):
    """What a person can do about a finding."""

    ACCEPT = "accept"
    REVOKE = "revoke"
    ASK_ANEW = "ask-anew"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class Finding:
    """The ledger's item of a finding. Times are ISO 8601 in UTC.

    Attributes:
        id: the same whenever this is found of these.
        status: where it stands.
        kind, principal, database, says, share, owner: as `Difference` has them.
        things: what it is about, as many as fit; `things_total` counts all.
        tables: of what Lakeshare can adopt or take back as `Resource.table`, up to `MOST_TABLES`.
        digest: of all of it: who settles a finding says which one they saw.
        since: when it was found, or found again.
        settled_at, settled_by, action, note: what somebody did about it last, and what they said.
        closed_at: when it was not found any more.
        live: whether it stands among those that lists show: until the world knows that it is gone.
        owed_events: what the world has not been told yet, the oldest first.
        history: what happened to it.
        version: of the item.
    """

    id: str
    status: FindingStatus
    kind: Kind
    principal: str
    database: str
    says: str
    things: tuple[str, ...]
    things_total: int
    digest: str
    since: str
    tables: tuple[str, ...] = ()
    share: str | None = None
    owner: str | None = None
    settled_at: str | None = None
    settled_by: str | None = None
    action: Action | None = None
    note: str | None = None
    closed_at: str | None = None
    live: bool = False
    owed_events: tuple[Announcement, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    version: int = VERSION

    @property
    def actions(self) -> tuple[Action, ...]:
        """What can be done about it, while it is open or accepted."""
        match self.status:
            case FindingStatus.CLOSED | FindingStatus.SETTLED:
                return ()
            case FindingStatus.OPEN:
                return _actions_of(self)
            case FindingStatus.ACCEPTED:
                return tuple(each for each in _actions_of(self) if each is not Action.ACCEPT)


def finding_id(difference: Difference) -> str:
    """The id of what is found: what it is about, and not what there is to say of it just now."""
    within_reach = "within reach" if difference.resources else ""
    parts = (difference.kind.value, difference.principal, difference.database, difference.share or "", within_reach)
    return _hash("|".join(parts))


def event_id_of_finding(event: str, finding: Finding) -> str:
    """The id of an event: the same however often this is told of it; found again, it is another finding."""
    return _hash("|".join((finding.id, finding.since, event)))


def seen(difference: Difference, there: Finding | None, at: str) -> Transition | None:
    """A difference is seen, of which this stands already; `None`: nothing is to be noted of it."""
    content = _content(difference)
    if there is None or there.status is FindingStatus.CLOSED:
        return Transition(
            starts_from=(FindingStatus.CLOSED,),
            creates=True,
            sets={**content, "status": FindingStatus.OPEN, "since": at, "live": True, "version": VERSION},
            removes=("settled_at", "settled_by", "action", "note", "closed_at", *_lacks(content)),
            entry=_entry(at, "Found", detail=difference.says),
            announces=Announcement("DriftFound"),
        )
    if there.status is FindingStatus.SETTLED:
        return _open_again(there, content, "StillThere", at) if _had_its_time(there, at) else None
    if content["digest"] == there.digest:
        return None
    if there.status is FindingStatus.ACCEPTED:
        # Who accepted some of it accepted less of it too, and no more.
        left = set(difference.things) <= set(there.things) and there.things_total == len(there.things)
        if not left:
            return _open_again(there, content, "MoreFound", at)
        if difference.owner == there.owner:
            return None
    return Transition(
        starts_from=(there.status,), matches={"digest": there.digest}, sets=content, removes=_lacks(content)
    )


def gone(at: str) -> Transition:
    """It is not found any more."""
    return Transition(
        starts_from=(FindingStatus.OPEN, FindingStatus.ACCEPTED, FindingStatus.SETTLED),
        sets={"status": FindingStatus.CLOSED, "closed_at": at},
        entry=_entry(at, "Gone"),
        announces=Announcement("DriftGone"),
    )


def settled(finding: Finding, action: Action, by: str, note: str, at: str) -> Transition:
    """Somebody does something about the finding that they saw, or accepts it as it is."""
    return Transition(
        starts_from=(finding.status,),
        matches={"digest": finding.digest, "settled_at": finding.settled_at},
        sets={
            "status": FindingStatus.ACCEPTED if action is Action.ACCEPT else FindingStatus.SETTLED,
            "settled_at": at,
            "settled_by": by,
            "action": action,
            "note": note,
        },
        entry=_entry(at, _EVENTS[action], by, note),
    )


def told(finding: Finding, put: int) -> Transition:
    """The first `put` of the events that it owes are out. Of a closed one nothing is to be done then."""
    left = finding.owed_events[put:]
    over = not left and finding.status is FindingStatus.CLOSED
    return Transition(
        starts_from=(finding.status,),
        matches={"owed_events": finding.owed_events},
        sets={"owed_events": left} if left else {},
        removes=() if left else ("owed_events", "live") if over else ("owed_events",),
    )


_EVENTS: Final[Mapping[Action, str]] = {
    Action.ACCEPT: "Accepted",
    Action.REVOKE: "Revoked",
    Action.ASK_ANEW: "AskedAnew",
    Action.ADOPT: "Adopted",
}


def _actions_of(finding: Finding) -> tuple[Action, ...]:
    if finding.kind in OF_SHARES:
        return (Action.REVOKE, Action.ASK_ANEW, Action.ACCEPT)
    # What Lakeshare can neither take back nor adopt somebody has to see to elsewhere.
    return (Action.REVOKE, Action.ADOPT, Action.ACCEPT) if finding.tables else (Action.ACCEPT,)


def _open_again(there: Finding, content: Mapping[str, object], event: str, at: str) -> Transition:
    return Transition(
        starts_from=(there.status,),
        matches={"settled_at": there.settled_at},
        sets={**content, "status": FindingStatus.OPEN, "since": at},
        removes=_lacks(content),
        entry=_entry(at, event, detail=str(content["says"])),
        announces=Announcement("DriftFound"),
    )


def _had_its_time(finding: Finding, at: str) -> bool:
    return finding.settled_at is None or moment(finding.settled_at) + GIVEN <= moment(at)


def _content(difference: Difference) -> dict[str, object]:
    tables = Excerpt[str](most_items=MOST_TABLES, bytes_left=100_000)
    for resource in difference.resources:
        tables.add(resource.table)
    fields = known(
        {
            "kind": difference.kind,
            "principal": difference.principal,
            "database": difference.database,
            "share": difference.share,
            "owner": difference.owner,
            "tables": tuple(tables.items),
        }
    )
    return {
        **fields,
        "says": difference.says,
        "things": Excerpt[str].of(difference.things),
        "things_total": len(difference.things),
        "digest": _hash("|".join((difference.says, difference.owner or "", *difference.things))),
    }


def _lacks(content: Mapping[str, object]) -> tuple[str, ...]:
    """What is not known any more: whose data they are is a matter of config."""
    return () if "owner" in content else ("owner",)


def _entry(at: str, event: str, by: str | None = None, detail: str | None = None) -> HistoryEntry:
    return HistoryEntry(at, event, by, None if detail is None else detail[:LONGEST_DETAIL])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
