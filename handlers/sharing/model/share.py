"""A share: what a request granted, from before the first grant until the last one is taken back (`share_steps`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.part import WHOLE, Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import VERSION, Announcement, HistoryEntry, Requester
from handlers.sharing.model.request import Source, in_words

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
        part: which part of it was asked for.
        roles: of the consumer, which were asked for to read it.
        columns, row_filter: of a part, as they were granted: see `Classification`.
        columns_total: how many columns its table had then, or the database's tables; 0 of whole tables.
        columns_in: of a database's safe subset, of which no columns are kept, how many were in.
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
    part: Part = WHOLE
    roles: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    columns_total: int = 0
    columns_in: int = 0
    row_filter: str | None = None
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
    def cells(self) -> CellsFilter | None:
        """The one data cells filter that it is granted by; `None`: it is granted whole tables, or several filters."""
        if self.scope is not Scope.FILTERED:
            return None
        return CellsFilter(self.source.database, self.source.table, self.columns, self.row_filter)

    @property
    def in_words(self) -> str:
        """What it is of, with its name."""
        return in_words(self.source, self.part)

    @property
    def holds(self) -> bool:
        """Whether it keeps what it covers from being taken away with another share's end."""
        return self.status in HOLDING


def share_id(request_id: str, round_: int) -> str:
    """The id of the share that a request grants in this round. No execution's name has a `:`."""
    return f"{request_id}:{round_}"
