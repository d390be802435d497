"""The steps that a share can take, and when somebody has to look at it next.

Each is data, as those of a request are (`transition`); a ledger applies one in a conditional write and has no rule of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.record import Announcement, HistoryEntry
from handlers.sharing.model.share import HOLDING, EndReason, Share, ShareStatus
from handlers.sharing.model.transition import LONGEST_DETAIL, Transition, known

WARNINGS: Final = (14, 3, 1)
"""So many days before its end a share is warned of."""

TRIED_AGAIN_AFTER: Final = timedelta(hours=1)
"""What is being revoked and is not done by then is begun anew; two at it do no harm."""

_OF_A_NEW_ONE: Final = (
    *("version", "source", "scope", "owner", "fingerprint", "since", "tables", "parts", "until"),
    *("requester", "purpose", "approver", "row_filter"),
)
_OF_A_PART: Final = ("part", "columns", "columns_total", "columns_in")


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
        keeps=known({"status": ShareStatus.GRANTING, "live": True, **_of_a_new_one(share)}),
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
            **known({**_of_a_new_one(share), "status": ShareStatus.ACTIVE, "live": True}),
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


def _of_a_new_one(share: Share) -> Mapping[str, object]:
    names = _OF_A_NEW_ONE if share.part.is_whole else (*_OF_A_NEW_ONE, *_OF_A_PART)
    names = (*names, "roles") if share.roles else names
    return {name: getattr(share, name) for name in names}
