"""A share: what a request granted, from before the first grant until the last one is taken back.

Every step that it can take is data, as those of a request are (`transition`); a ledger applies one in a conditional
write and has no rule of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import VERSION, Announcement, HistoryEntry, Requester
from handlers.sharing.model.request import Source
from handlers.sharing.model.transition import LONGEST_DETAIL, Transition, known

WARNINGS: Final = (14, 3, 1)
"""So many days before its end a share is warned of."""
TRIED_AGAIN_AFTER: Final = timedelta(hours=1)
"""What is being revoked and is not done by then is begun anew; two at it do no harm."""


ADOPTED: Final = "adopted"
"""Fingerprint of a share of what somebody else had granted: nobody knows what the data were then, so they are never as
they were."""


class ShareStatus(StrEnum):
    """Where a share stands. Until it is `REVOKED` its consumer may be able to read what it covers."""

    GRANTING = "GRANTING"
    ACTIVE = "ACTIVE"
    REVOKING = "REVOKING"
    REVOKED = "REVOKED"


HOLDING: Final = (ShareStatus.GRANTING, ShareStatus.ACTIVE)
"""The states in which a share keeps what it covers from being taken away with another share's end."""


class EndReason(StrEnum):
    """Why a share ends."""

    EXPIRED = "Expired"
    GIVEN_BACK = "GivenBack"
    REVOKED = "Revoked"
    HELD = "Held"
    NOT_SHARED = "NotShared"
    CATALOGUE_CHANGED = "CatalogueChanged"
    REPLACED = "Replaced"
    NEW_PERSONAL_DATA = "NewPersonalData"


@dataclass(frozen=True, slots=True)
class Share:
    """The ledger's item of a share. Times are ISO 8601 in UTC. `None`: not (yet) known, or none.

    Attributes:
        id: the request's id and the round in which it was granted, `<request id>:<round>`.
        consumer: the account that reads.
        status: where it stands.
        source: what was asked for; with `scope` and the names that the ledger keeps beside it, what is covered.
        scope: what of it is granted.
        owner: of the data.
        fingerprint: of the data as they were granted.
        since: when it was written down, just before the first grant.
        tables: how many tables it covered when it was granted.
        parts: into how many items its names are cut; 0 where nothing is granted by name.
        until: when it ends; `None`: it has no end.
        requester, purpose: of the request, as it knows them.
        approver: address of who approved it; `None`: nobody had to.
        active_at: when the last grant was made.
        busy_until: until then somebody may be granting for it.
        warned: the smallest number of days before its end that was warned of.
        renewed_by: the request that moved its end last, or whose share has replaced it.
        due_at: when Sweep has to look at it.
        ended_at, reason, ended_by, note: when it was ended, why, by whom (`None`: by itself), and what they said.
        live: whether it stands among the live ones: until it is `REVOKED`.
        owed_events: what the world has not been told yet, the oldest first.
        history: what happened to it.
        version: of the item.
    """

    id: str
    consumer: str
    status: ShareStatus
    source: Source
    scope: Scope
    owner: Owner
    fingerprint: str
    since: str
    tables: int = 0
    parts: int = 0
    until: str | None = None
    requester: Requester | None = None
    purpose: str | None = None
    approver: str | None = None
    active_at: str | None = None
    busy_until: str | None = None
    warned: int | None = None
    renewed_by: str | None = None
    due_at: str | None = None
    ended_at: str | None = None
    reason: EndReason | None = None
    ended_by: str | None = None
    note: str | None = None
    live: bool = False
    owed_events: tuple[Announcement, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    version: int = VERSION

    @property
    def request_id(self) -> str:
        """The request that it came of."""
        return self.id.rpartition(":")[0]

    @property
    def holds(self) -> bool:
        """Whether it keeps what it covers from being taken away with another share's end."""
        return self.status in HOLDING


def share_id(request_id: str, round_: int) -> str:
    """The id of the share that a request grants in this round. No execution's name has a `:`."""
    return f"{request_id}:{round_}"


_OF_A_NEW_ONE: Final = (
    *("version", "source", "scope", "owner", "fingerprint", "since", "tables", "parts", "until"),
    *("requester", "purpose", "approver"),
)


def busy_until(deadline: datetime, before: str | None) -> str:
    """Until when somebody may be granting for a share, if it was until `before`: later, so that each knows its own."""
    mine = iso(deadline)
    return mine if before is None or mine > before else iso(moment(before) + timedelta(milliseconds=1))


def granting(share: Share, until: str, before: str | None) -> Transition:
    """A share is written down before its first grant, or somebody goes on granting, until then at the latest.

    `before`: as `busy_until` has it of a share that is there.
    """
    return Transition(
        starts_from=(ShareStatus.GRANTING,),
        matches={"busy_until": before},
        creates=True,
        sets={"busy_until": until, "due_at": until},
        keeps=known({"status": ShareStatus.GRANTING, "live": True, **_fields(share, _OF_A_NEW_ONE)}),
        entry=HistoryEntry(share.since, "Granting"),
        first_entry_only=True,
    )


def active(share: Share, at: str) -> Transition:
    """All that it covers is granted."""
    ends = _ends(share.until, at)
    return Transition(
        starts_from=(ShareStatus.GRANTING,),
        sets={"status": ShareStatus.ACTIVE, "active_at": at, **ends.sets},
        removes=ends.removes,
        entry=HistoryEntry(at, "Active", detail=f"Until {share.until}." if share.until else None),
    )


def adopted(share: Share, by: str, note: str) -> Transition:
    """It covers what somebody granted past Lakeshare, since `share.since`; nothing is granted for it."""
    ends = _ends(share.until, share.since)
    return Transition(
        starts_from=(),
        creates=True,
        sets={
            **known({**_fields(share, _OF_A_NEW_ONE), "status": ShareStatus.ACTIVE, "live": True}),
            "active_at": share.since,
            **ends.sets,
        },
        entry=HistoryEntry(share.since, "Adopted", by, note[:LONGEST_DETAIL]),
    )


def renewed(share: Share, until: str | None, by: str, at: str, announcement: Announcement) -> Transition:
    """Its end moves, for the request `by`, if it stands as it did."""
    ends = _ends(until, at)
    return Transition(
        starts_from=(ShareStatus.ACTIVE,),
        matches={"until": share.until, "fingerprint": share.fingerprint},
        # Due until the world has been told.
        sets={**ends.sets, "renewed_by": by, "due_at": at},
        removes=tuple(name for name in ends.removes if name != "due_at"),
        entry=HistoryEntry(at, "Renewed", detail=f"Until {until}." if until else "Without an end."),
        announces=announcement,
    )


def rested(until: str, before: str | None) -> Transition:
    """Who was granting until then has stopped, and nobody has begun since; others may go on until `before`."""
    return Transition(
        starts_from=None,
        matches={"busy_until": until},
        sets=known({"busy_until": before}),
        removes=() if before else ("busy_until",),
    )


def ending(reason: EndReason, at: str, by: str | None = None, note: str | None = None) -> Transition:
    """It is to be taken back, from now on, and counts for nobody any more."""
    return Transition(
        starts_from=HOLDING,
        sets=known(
            {
                "status": ShareStatus.REVOKING,
                "reason": reason,
                "ended_at": at,
                "ended_by": by,
                "note": note,
                "due_at": at,
            }
        ),
        entry=HistoryEntry(at, reason.value, by, None if note is None else note[:LONGEST_DETAIL]),
    )


def replaced(by: str, at: str) -> Transition:
    """The share of the request `by`, which renews it, has taken its place."""
    step = ending(EndReason.REPLACED, at)
    return replace(step, sets={**step.sets, "renewed_by": by})


def given_back(at: str, by: str, note: str) -> Transition:
    """Its requester has no use for it any more."""
    return replace(ending(EndReason.GIVEN_BACK, at, by, note), starts_from=(ShareStatus.ACTIVE,))


def expired(until: str, at: str) -> Transition:
    """Its end has come, if that has not been moved."""
    step = ending(EndReason.EXPIRED, at)
    return Transition(starts_from=(ShareStatus.ACTIVE,), matches={"until": until}, sets=step.sets, entry=step.entry)


def tried(at: datetime) -> Transition:
    """Somebody begins to take it back; if that comes to nothing, it is due again later."""
    return Transition(starts_from=(ShareStatus.REVOKING,), sets={"due_at": iso(at + TRIED_AGAIN_AFTER)})


def revoked(at: str, report: str, announcement: Announcement) -> Transition:
    """Nothing of it is granted any more but what other shares cover, as the report says."""
    return Transition(
        starts_from=(ShareStatus.REVOKING,),
        # Due until the world has been told.
        sets={"status": ShareStatus.REVOKED, "due_at": at},
        removes=("live", "busy_until"),
        entry=HistoryEntry(at, "Ended", detail=report[:LONGEST_DETAIL]),
        announces=announcement,
    )


def warned(share: Share, days: int, at: str, announcement: Announcement) -> Transition:
    """Its end is so many days away, and the world is owed the word."""
    return Transition(
        starts_from=(ShareStatus.ACTIVE,),
        matches={"until": share.until, "warned": share.warned},
        sets={"warned": days, "due_at": at},
        entry=HistoryEntry(at, "Warned", detail=f"It ends {share.until}."),
        announces=announcement,
    )


def told(share: Share, put: int) -> Transition:
    """The first `put` of the events that it owes are out."""
    left = share.owed_events[put:]
    if left:
        return Transition(starts_from=None, matches={"owed_events": share.owed_events}, sets={"owed_events": left})
    due = due_of(share)
    return Transition(
        starts_from=(share.status,),
        matches={"owed_events": share.owed_events, "due_at": share.due_at},
        sets={"due_at": due} if due else {},
        removes=("owed_events",) if due else ("owed_events", "due_at"),
    )


def due_of(share: Share) -> str | None:
    """When Sweep has to look at a share of which nothing is owed."""
    match share.status:
        case ShareStatus.ACTIVE:
            return next_due(share.until, share.warned)
        case ShareStatus.GRANTING | ShareStatus.REVOKING:
            return share.due_at
        case ShareStatus.REVOKED:
            return None


def warning_due(share: Share, at: str) -> int | None:
    """Of how many days before its end a share is to be warned of by now; `None`: of none that is still to come."""
    if share.until is None:
        return None
    days = min((days for days in WARNINGS if _before(share.until, days) <= at), default=None)
    return days if days is not None and (share.warned is None or days < share.warned) else None


@dataclass(frozen=True, slots=True)
class _Ends:
    """What a step sets and removes so that a share ends then."""

    sets: Mapping[str, object]
    removes: tuple[str, ...]


def _ends(until: str | None, at: str) -> _Ends:
    if until is None:
        return _Ends({}, ("until", "warned", "due_at"))
    # Of what has passed nobody needs to be warned: who asks for two days knows.
    warned_of = min((days for days in WARNINGS if _before(until, days) <= at), default=None)
    sets = {"until": until, "due_at": next_due(until, warned_of)}
    return _Ends(sets, ("warned",)) if warned_of is None else _Ends({**sets, "warned": warned_of}, ())


def _before(until: str, days: int) -> str:
    return iso(moment(until) - timedelta(days=days))


def next_due(until: str | None, warned_of: int | None) -> str | None:
    """When the next warning of a share is due, or its end; `None`: it has none."""
    if until is None:
        return None
    days = next((days for days in WARNINGS if warned_of is None or days < warned_of), 0)
    return _before(until, days)


def _fields(share: Share, names: tuple[str, ...]) -> Mapping[str, object]:
    return {name: getattr(share, name) for name in names}
