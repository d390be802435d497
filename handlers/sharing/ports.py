"""What the domain needs from outside, as Protocols. `handlers.aws` has each on AWS; tests have them in memory.

Every method may raise `TryAgain` for outages and `AccessRefused` where AWS denies Lakeshare's own role.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.delivery import Delivery
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.record import Action, Announcement, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.share import Share
from handlers.sharing.model.share_events import HoldEvent
from handlers.sharing.model.term import Term


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

    def pages(self, database: str) -> Iterable[Sequence[Table]]:
        """Read all tables of a database, in pages of at most 100, each when it is asked for.

        Raises `DatabaseNotFound`.
        """
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

    def start(self, request_id: str, request: ShareRequest, term: Term, renews: str | None) -> None:
        """Start the execution of this name; one that has been started is success, whatever became of it."""
        ...

    def end_wait(self, token: str, reason: str, message: str) -> bool:
        """End the waiting task with an error of this name. `False`: it is not waiting any more."""
        ...

    def send_decision(self, token: str, action: Action, decision_id: str) -> bool:
        """Complete the waiting task. `False`: it is not waiting any more (decided, expired or aborted)."""
        ...

    def running(self) -> Mapping[str, datetime]:
        """The executions that run: since when (or since they were redriven), by ARN. May lag behind by some seconds."""
        ...

    def stop(self, execution_arn: str, error: str, cause: str) -> None:
        """Stop an execution; one that is over stays as it is. `error`, `cause`: what its description says."""
        ...

    def died(self, since: datetime) -> Sequence[str]:
        """ARNs of the executions that failed, were stopped or timed out since then, the latest thousand of each."""
        ...

    def how_it_ended(self, execution_arn: str) -> str | None:
        """Status of an execution that is over (`ABORTED`…, `GONE` if unknown); `None` while it runs.

        Raises:
            RegisterUnreadable: the register names what is no execution's ARN.
        """
        ...


class Closer(Protocol):
    """The Close function, as one calls it who may not write to the register."""

    def close(self, request_id: str, started_at: str | None, execution_status: str) -> None:
        """Have a request closed whose execution ended so; see `handlers.sharing.close`.

        Raises:
            CloseFailed: it was called, and failed.
        """
        ...

    def announce(self, request_id: str) -> None:
        """Have the events put that are owed of a request.

        Raises:
            CloseFailed: they could not be put yet.
        """
        ...


class Revokes(Protocol):
    """The runs of the state machine that takes back what is to be taken back."""

    def start(self, name: str, share_id: str, reason: str) -> None:
        """Start the run of this name for a share; one that has been started is success, whatever became of it."""
        ...

    def hold(self, name: str, hold: Hold, *, stands: bool) -> None:
        """Start the run of this name for a hold that the ledger has: it ends what is held, or tells of a lifting."""
        ...


class NotifyCaller(Protocol):
    """The Notify function, as one calls it who does not enter producers' accounts."""

    def notify(self, request_id: str) -> None:
        """Have it look at once at what is owed about a request; this does not wait for what comes of it."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Which producers somebody is an approver of, of those that were asked; `unknown`: those that did not say."""

    approves: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


class ApproverFinder(Protocol):
    """The Notify function, as those ask it who want to know who somebody answers for."""

    def find(self, email: str, accounts: Sequence[str], *, fresh: bool) -> Found:
        """Have the producers asked; `fresh`: now, and not a minute ago."""
        ...


class Events(Protocol):
    """Tells the world what happened, as EventBridge events. Schemas: docs/events.md."""

    def announce(self, announcement: Announcement, record: RequestRecord) -> None:
        """Tell the world this of a request."""
        ...

    def announce_share(self, announcement: Announcement, share: Share) -> None:
        """Tell the world this of a share."""
        ...

    def announce_finding(self, announcement: Announcement, finding: Finding) -> None:
        """Tell the world this of a finding."""
        ...

    def announce_delivery(self, announcement: Announcement, delivery: Delivery) -> None:
        """Tell the world this of a delivery."""
        ...

    def announce_hold(self, event: HoldEvent, hold: Hold, run: str) -> None:
        """Tell the world that a run of the state machine put or lifted a hold."""
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

    def groups_of(self, person_id: str, username: str) -> frozenset[str]:
        """The groups that they are in now, whatever their token says.

        Raises:
            SignInEnded: as above.
        """
        ...
