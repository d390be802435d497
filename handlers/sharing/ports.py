"""What the domain needs from outside, as Protocols. `handlers.aws` has each on AWS; tests have them in memory.

Every method may raise `TryAgain` for outages and `AccessRefused` where AWS denies Lakeshare's own role.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.granted import Granted, Trouble
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.record import Action, Announcement, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.share import Share
from handlers.sharing.model.share_events import HoldEvent
from handlers.sharing.model.term import Term

ENTRIES_A_BATCH: Final = 20
"""Lake Formation's limit for grants and revokes in one call."""


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


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds on a resource, of all that a share grants."""

    resource: Resource
    permissions: tuple[str, ...]
    grantable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevokeFailure:
    """One resource of a batch that was not revoked, and why; a `TryAgain` may pass, every other error is final."""

    resource: Resource
    error: LakeshareError


class Grants(Protocol):
    """What is granted in Lake Formation, to be taken back. Revoking what is not there is success."""

    def revoke(self, what: Sequence[Held], consumer: str) -> Sequence[RevokeFailure]:
        """Take at most `ENTRIES_A_BATCH` back in one call; says which of them failed."""
        ...

    def held(self, resource: Resource, consumer: str) -> Held | None:
        """What an account holds on a resource still, as far as a share grants it; `None`: nothing."""
        ...

    def drop_filter(self, resource: Resource) -> None:
        """Delete a data cells filter if no account is granted it any more; so it opens nothing, if it has to stay."""
        ...


class LakeState(Protocol):
    """All that is granted in the central account's Lake Formation, and how RAM carries it over."""

    def check_sees_all(self) -> None:
        """Check that this function sees all grants. Raises `NotReadOnlyAdministrator`."""
        ...

    def everything(self) -> Iterable[Granted]:
        """All grants, as they are listed: of one principal and thing there may be several."""
        ...

    def filters(self, resources: Collection[Resource]) -> Mapping[Resource, CellsFilter | None]:
        """What these data cells filters let read; `None`: it is gone, or is on columns that it leaves out."""
        ...

    def troubles(self, arns: Collection[str]) -> Mapping[str, Sequence[Trouble]]:
        """What is wrong in these resource shares, by their ARNs."""
        ...


@dataclass(frozen=True, slots=True)
class GrantFailure:
    """One table of a batch that was not granted, and why; a `TryAgain` may pass, every other error is final."""

    table: str
    error: LakeshareError


class Lake(Protocol):
    """Grants in Lake Formation, SELECT and DESCRIBE with grant option. Granting what is granted is success.

    The three single grants raise `OpenToIamPrincipals`, `OrganizationForbids`, `ShareLimitReached`,
    `CatalogueKeyUnavailable`, `GlueAccessMissing`, `TableNotFound` or `GrantRefused`.
    """

    def cross_account_version(self) -> int:
        """The account's cross-account version; 0 if it cannot be read."""
        ...

    def in_hybrid_mode(self, location: str) -> bool:
        """Whether data at an S3 location (`s3://…`) are in hybrid access mode; no, if that cannot be read."""
        ...

    def holds(self, resource: Resource, consumer: str) -> bool:
        """Whether an account was granted this as a share grants it, as far as this function may see grants."""
        ...

    def grant_database(self, database: str, consumer: str) -> None:
        """DESCRIBE on the database itself, without which the consumer cannot link it."""
        ...

    def grant_table(self, database: str, table: str, consumer: str) -> None:
        """One table."""
        ...

    def grant_filter(self, cells: CellsFilter, consumer: str) -> None:
        """SELECT on a data cells filter, which is made if it is not there; nothing on its table.

        Raises:
            FilterForeign: one of that name has another body.
            FilterRefused: Lake Formation does not take it; in its words.
            FilterLimitReached: the account has as many of the table as there may be.
        """
        ...

    def grant_all_tables(self, database: str, consumer: str) -> None:
        """The wildcard: all tables of the database, those added later too."""
        ...

    def grant_tables(self, database: str, tables: Sequence[str], consumer: str) -> list[GrantFailure]:
        """At most `ENTRIES_A_BATCH` tables in one call; says which of them failed."""
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
