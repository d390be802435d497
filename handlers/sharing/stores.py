"""What the domain keeps in register and vault, as Protocols: ports as those of `ports`.

Every method may raise `TryAgain` for outages and `AccessRefused` where AWS denies Lakeshare's own role.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.sharing.model.applied import Applied, Rejected
from handlers.sharing.model.catalogue import Counted, Marked, Place
from handlers.sharing.model.claim import Claim
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.part import InBrief
from handlers.sharing.model.record import Decision, Listed, RequestRecord
from handlers.sharing.model.search_index import SearchIndex
from handlers.sharing.model.transition import Transition


class Register(Protocol):
    """The register of requests. What a transition sets, and when, is said in `handlers.sharing.model.transition`."""

    def find(self, request_id: str) -> RequestRecord | None:
        """Read a request, consistently; `None` if there is none. Raises `RegisterUnreadable`."""
        ...

    def load_any(self, request_id: str) -> RequestRecord:
        """As `load`, of an item of any version: of one that a newer release wrote, what lists show and what is owed."""
        ...

    def load(self, request_id: str) -> RequestRecord:
        """Read a request, consistently. Raises `RegisterUnreadable` if it is absent or cannot be read."""
        ...

    def apply(self, request_id: str, transition: Transition) -> Applied | Rejected:
        """Take a request one step on, in one conditional write; says what stands there now, or stood in the way."""
        ...


class Claims(Protocol):
    """Who holds which claim; see `handlers.sharing.model.claim`."""

    def take(self, key: str, mine: Claim, over: Claim | None) -> Claim:
        """Take a claim that nobody holds, that `mine` holds, or that `over` holds still; says who holds it now."""
        ...

    def give_back(self, key: str, holder: str) -> None:
        """Give a claim back that this request holds."""
        ...


@dataclass(frozen=True, slots=True)
class RequestList:
    """A list of requests: all with `value` as their `kind`."""

    kind: Literal["requester", "consumer", "owner", "status"]
    value: str

    def is_of(self, person_id: str) -> bool:
        """Whether it is a person's own list."""
        return self.kind == "requester" and self.value == person_id


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list, behind the request that was received then and bears this id."""

    received_at: str
    request_id: str


class RequestLists(Protocol):
    """Many requests at once, as the register's indexes show them: what lists show, a moment late.

    An item that cannot be read stands among the others as an `UnreadableRecord`.
    """

    def page(self, requests: RequestList, limit: int, after: Position | None) -> tuple[list[Listed], Position | None]:
        """At most `limit` requests of a list, newest first, and where to go on."""
        ...

    def made_since(self, requester_id: str, since: str, most: int) -> int:
        """How many requests a person has made since then, counted up to `most`."""
        ...

    def unfinished(self) -> Iterable[Listed]:
        """All requests that have not ended, or of which an event is owed; one may come twice."""
        ...

    def waiting(self) -> Iterable[Listed]:
        """All requests that wait for a decision, oldest first."""
        ...

    def waits_until(self, request_ids: Sequence[str]) -> Mapping[str, str]:
        """Until when these requests wait, as far as they do, read consistently."""
        ...

    def parts(self, request_ids: Sequence[str]) -> Mapping[str, InBrief]:
        """Which part of a table each of these requests is for, of those that are for one and can be read."""
        ...

    def mails_due(self, at: str) -> Iterable[str]:
        """Ids of the requests that are owed a mail by `at` or before, the longest owed first."""
        ...

    def some(self, request_ids: Iterable[str]) -> Sequence[Listed]:
        """Those of these requests that are in the register, in no order, read consistently."""
        ...

    def absent(self, request_ids: Iterable[str]) -> Sequence[str]:
        """Those of these requests that are not in the register, read consistently."""
        ...


class Memory(Protocol):
    """What was seen flagged, for good: a flag that is gone from the catalogue is still known here."""

    def recall(self, places: Sequence[Place]) -> Mapping[Place, Marked | None]:
        """What is remembered of some entries, read consistently: nothing of those that are left out.

        An entry's `None`: something is, and cannot be read.
        """
        ...

    def remember(self, database: str, flagged: Mapping[str | None, Marked]) -> None:
        """Add to what is remembered of a database's tables, or of itself (`None`).

        Raises `TryAgain` too where an entry became unreadable meanwhile.
        """
        ...

    def keep_count(self, database: str, counted: Counted) -> None:
        """Note what a survey found in a database, in place of what the one before it found."""
        ...

    def counted(self, databases: Sequence[str]) -> Mapping[str, Counted]:
        """What the last survey found in these databases, as far as it has read them, and this can be read."""
        ...

    def forget(self, database: str, withdrawn: Mapping[str | None, Marked]) -> None:
        """Take away from what is remembered; raises as `remember`."""
        ...


class Bookmark(Protocol):
    """Where a survey of the catalogue stopped."""

    def place(self) -> str | None:
        """The database to go on with; `None`: from the beginning."""
        ...

    def put(self, database: str | None) -> None:
        """Note where to go on; `None`: the survey came to its end."""
        ...


class Vault(Protocol):
    """What nobody may be shown: what guards a decision, and decisions until the request has adopted them."""

    def approval(self, request_id: str) -> Approval | None:
        """Read what guards the decision on a request; `None` if nobody ever had to decide."""
        ...

    def await_decision(self, request_id: str, token: str, expires_at: str) -> None:
        """Store the live token. Keys that were mailed before lead to it."""
        ...

    def add_key(self, request_id: str, salt: str, approvers: tuple[str, ...] | None, key: SentKey) -> None:
        """Store the approvers' hashes, and add a key to those that may have been mailed.

        Raises:
            RegisterUnreadable: nobody waits for a decision on this request, as far as the vault knows.
        """
        ...

    def close_links(self, request_id: str) -> None:
        """Let no link decide any more, whatever keys were mailed: no address is known until the next key is added.

        Raises:
            RegisterUnreadable: as in `add_key`.
        """
        ...

    def count_try(self, request_id: str, key: SentKey, who: str) -> tuple[int, int]:
        """Count one more address typed by `who` with `key` before it is compared; returns the tries of each."""
        ...

    def forgive_try(self, request_id: str, key: SentKey, who: str) -> None:
        """Take one counted try back: the address was right."""
        ...

    def save_decision(self, decision: Decision) -> None:
        """Store a decision's particulars under its random id, before the workflow hears of it."""
        ...

    def decision(self, decision_id: str) -> Decision | None:
        """Read a decision's particulars; `None` if there are none of that id."""
        ...

    def forget_token(self, request_id: str) -> None:
        """Forget the task token, if there is one: nobody waits with it any more."""
        ...


class Pace(Protocol):
    """How often somebody does something."""

    def step(self, who: str, most: int, at: datetime, seconds: int = 60) -> bool:
        """Count one more step of `who` within this span of time, a minute unless told otherwise.

        `False` if `most` have been counted, and then none is.
        """
        ...


class SearchIndexes(Protocol):
    """The index of the catalogue's words: one, which a later one replaces."""

    def latest(self) -> SearchIndex:
        """The index, as it was a few seconds ago; raises `SearchNotReady`."""
        ...

    def put(self, index: SearchIndex) -> None:
        """Replace it."""
        ...
