"""What the domain needs from outside, as Protocols. `handlers.aws` has each on AWS; tests have them in memory.

Every method may raise `TryAgain` for outages and `AccessRefused` where AWS denies Lakeshare's own role.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.sharing.model.announcement import Announcement
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.record import Action, Decision, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.transition import Applied, Rejected, Transition


class Catalogue(Protocol):
    """Reads the central account's catalogue. Names are given and come back in lower case.

    Every method raises `ResourceLink` for what belongs to another account or answers under another name,
    `CatalogueUnreadable` for an entry without what every entry has, and `CatalogueKeyUnavailable` if the
    catalogue is encrypted with a key out of reach.
    """

    def database(self, name: str) -> Database:
        """Read one database; raises `DatabaseNotFound`."""
        ...

    def table(self, database: str, name: str) -> Table:
        """Read one table; raises `TableNotFound`."""
        ...

    def tables(self, database: str) -> Iterable[Table]:
        """Read all tables of a database, page by page; raises `DatabaseNotFound`."""
        ...


@dataclass(frozen=True, slots=True)
class GrantFailure:
    """One table of a batch that was not granted, and why; a `TryAgain` may pass, every other error is final."""

    table: str
    error: LakeshareError


class Lake(Protocol):
    """Grants in Lake Formation, SELECT and DESCRIBE with grant option. Granting what is granted is success.

    The three single grants raise `OpenToIamPrincipals`, `ShareLimitReached`, `CatalogueKeyUnavailable`,
    `TableNotFound` or `GrantRefused`.
    """

    def cross_account_version(self) -> int:
        """The account's cross-account version; 0 if it cannot be read."""
        ...

    def grant_database(self, database: str, consumer: str) -> None:
        """DESCRIBE on the database itself, without which the consumer cannot link it."""
        ...

    def grant_table(self, database: str, table: str, consumer: str) -> None:
        """One table."""
        ...

    def grant_all_tables(self, database: str, consumer: str) -> None:
        """The wildcard: all tables of the database, those added later too."""
        ...

    def grant_tables(self, database: str, tables: Sequence[str], consumer: str) -> list[GrantFailure]:
        """At most `TABLES_A_BATCH` tables in one call; says which of them failed."""
        ...


class ProducerAccount(Protocol):
    """A producer's account, reached through its `ProducerWorkflowRole`."""

    def approvers(self) -> list[str] | None:
        """Addresses of the topic's confirmed email subscribers; `None`: the role may not list them.

        Raises:
            CannotListApprovers: the list failed for any other reason that will not pass.
        """
        ...

    def publish(self, subject: str, body: str) -> None:
        """Send a mail to all subscribers. Raises `CannotReachProducer`."""
        ...


class Producers(Protocol):
    """The producers' accounts."""

    def reach(self, producer: Producer, request_id: str) -> ProducerAccount:
        """Assume the producer's role. Raises `CannotReachProducer`."""
        ...


class Workflow(Protocol):
    """The executions of the state machine."""

    def start(self, request_id: str, request: ShareRequest) -> None:
        """Start the execution of this name; one that has been started is success, whatever became of it."""
        ...

    def send_decision(self, token: str, action: Action, decision_id: str) -> bool:
        """Complete the waiting task. `False`: it is not waiting any more (decided, expired or aborted)."""
        ...

    def running(self) -> frozenset[str]:
        """ARNs of the executions that run. The list may lag behind by some seconds."""
        ...

    def died(self, since: datetime) -> Sequence[str]:
        """ARNs of the executions that failed, were stopped or timed out since then, the latest thousand of each."""
        ...

    def how_it_ended(self, execution_arn: str) -> str | None:
        """Status of an execution that is over (`ABORTED`…, `GONE` if unknown); `None` while it runs."""
        ...


class Closer(Protocol):
    """The Close function, as one calls it who may not write to the register."""

    def close(self, request_id: str, started_at: str | None, execution_status: str) -> None:
        """Have a request closed whose execution ended so; see `handlers.sharing.close`.

        Raises:
            CloseFailed: it was called, and failed.
        """
        ...


class Events(Protocol):
    """Tells the world what happened, as EventBridge events. Schemas: docs/events.md."""

    def announce(self, announcement: Announcement, record: RequestRecord) -> None:
        """Tell the world this of a request."""
        ...


class Register(Protocol):
    """The register of requests. What a transition sets, and when, is said in `handlers.sharing.model.transition`."""

    def find(self, request_id: str) -> RequestRecord | None:
        """Read a request, consistently; `None` if there is none. Raises `RegisterUnreadable`."""
        ...

    def load(self, request_id: str) -> RequestRecord:
        """Read a request, consistently. Raises `RegisterUnreadable` if it is absent or cannot be read."""
        ...

    def apply(self, request_id: str, transition: Transition) -> Applied | Rejected:
        """Take a request one step on, in one conditional write; says what stands there now, or stood in the way."""
        ...


@dataclass(frozen=True, slots=True)
class RequestList:
    """A list of requests: all with `value` as their `kind`."""

    kind: Literal["requester", "consumer", "status"]
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
    """Many requests at once, as the register's indexes show them: what lists show, a moment late."""

    def page(
        self, requests: RequestList, limit: int, after: Position | None
    ) -> tuple[list[RequestRecord], Position | None]:
        """At most `limit` requests of a list, newest first, and where to go on."""
        ...

    def made_since(self, requester_id: str, since: str, most: int) -> int:
        """How many requests a person has made since then, counted up to `most`."""
        ...

    def unfinished(self) -> Iterable[RequestRecord]:
        """All requests that have not ended, or whose end is not announced."""
        ...

    def absent(self, request_ids: Iterable[str]) -> Sequence[str]:
        """Those of these requests that are not in the register, read consistently."""
        ...


class Vault(Protocol):
    """What nobody may be shown: what guards a decision, and decisions until the request has adopted them."""

    def approval(self, request_id: str) -> Approval | None:
        """Read what guards the decision on a request; `None` if no mail was ever prepared."""
        ...

    def prepare_approval(self, request_id: str, approval: Approval, key: SentKey) -> None:
        """Store the live token and the approvers' hashes, and add the key to those that may have been mailed."""
        ...

    def count_try(self, request_id: str, who: str) -> tuple[int, int]:
        """Count one more address typed by `who` before it is compared; returns the tries of `who` and of all."""
        ...

    def forgive_try(self, request_id: str, who: str) -> None:
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


class People(Protocol):
    """Those who may sign in."""

    def email_of(self, person_id: str, username: str) -> str:
        """The address that the pool has verified.

        Raises:
            SignInEnded: there is no such user any more, it is disabled, or the name belongs to somebody else now.
            EmailNotVerified: its address is not verified.
        """
        ...
