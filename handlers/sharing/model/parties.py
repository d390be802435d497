"""Who may answer for data, and who may get it: the producers and consumers that the stack's config registers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from handlers.sharing.model.checks import shown
from handlers.sharing.model.errors import (
    DirectRequestsRefused,
    OwnerMalformed,
    OwnerMissing,
    OwnerNotOfDatabase,
    OwnerNotRegistered,
    OwnersMixed,
)
from handlers.sharing.model.request import is_account_id
from handlers.sharing.model.term import NO_LENGTHS, Lengths

LONGEST_OWNER_NAME = 255


class DirectRequests(StrEnum):
    """What requests may do whose requester nobody verified: executions that somebody started directly.

    `AUTOMATIC`: only what asks nobody, as who starts an execution cannot be told from who approves it.
    """

    ALLOW = "allow"
    AUTOMATIC = "automatic"
    REFUSE = "refuse"


class Decisions(StrEnum):
    """How a producer's approvers decide: by a mailed link and a typed address, or signed in to the portal only."""

    LINK = "link"
    SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for the data: a registered producer account. `name` is for people, and may be empty."""

    account_id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} (account {self.account_id})" if self.name else f"account {self.account_id}"


@dataclass(frozen=True, slots=True)
class Producer:
    """A producer account that the stack registers.

    `databases`: names or patterns of those that it owns; `None`: no list. `region` of `None`: the stack's own.
    `legacy_kit`: it still runs the old producer kit, whose role may not list the topic's subscribers. `lengths`: how
    long its data is shared, where that is shorter than everybody's. `approvers_group`: those in this group of the user
    pool answer for its data too; empty: there is none. `decisions`: how they decide.
    `safe_subset`: columns of which no flag says anything may be asked for by that.
    """

    account_id: str
    external_id: str | None = None
    region: str | None = None
    name: str | None = None
    databases: tuple[str, ...] | None = None
    legacy_kit: bool = False
    lengths: Lengths = NO_LENGTHS
    approvers_group: str = ""
    decisions: Decisions = Decisions.LINK
    safe_subset: bool = False

    def names(self, database: str) -> bool:
        """Whether the producer's list has just this name."""
        return any(database == pattern.lower() for pattern in self.databases or ())

    def matches(self, database: str) -> bool:
        """Whether a pattern of the producer's list covers `database`."""
        return any(fnmatchcase(database, pattern.lower()) for pattern in self.databases or ())


@dataclass(frozen=True, slots=True)
class Parties:
    """All producers by account id, the consumers (`None`: any account), and how long anything is shared.

    `kits`: the consumers whose stack takes up by itself what is shared.
    """

    producers: Mapping[str, Producer]
    consumers: frozenset[str] | None = None
    lengths: Lengths = NO_LENGTHS
    kits: frozenset[str] = frozenset()

    def decides_signed_in(self, account_id: str) -> bool:
        """Whether requests for the data of this owner are decided in the portal only."""
        producer = self.producers.get(account_id)
        return producer is not None and producer.decisions is Decisions.SIGNED_IN

    def lengths_of(self, owner: Owner) -> Lengths:
        """How long the data of this owner is shared."""
        producer = self.producers.get(owner.account_id)
        return self.lengths if producer is None else producer.lengths.within(self.lengths)

    def may_own(self, producer: Producer, database: str) -> bool:
        """Whether `producer` may be named as the owner of `database`.

        A database that some producer lists belongs to no other: a list's exact name outweighs another's pattern, and
        either outweighs a producer without a list.
        """
        for listed in (Producer.names, Producer.matches):
            owners = [each for each in self.producers.values() if listed(each, database)]
            if owners:
                return producer in owners
        return producer.databases is None

    def listed_owners(self, database: str) -> frozenset[str]:
        """The producers that may own `database` because config says so by its name; none where no list has it."""
        listed = (each for each in self.producers.values() if each.databases is not None)
        return frozenset(each.account_id for each in listed if self.may_own(each, database))


@dataclass(frozen=True, slots=True)
class Rules:
    """What the stack's config says on who may share what with whom.

    `central_account` holds the catalogue; `wildcard_on_approval`: a database that a person approves is shared with all
    its tables, those added later too.
    """

    central_account: str
    parties: Parties
    wildcard_on_approval: bool


def check_direct(allowed: DirectRequests, *, asks: bool) -> None:
    """Check that a request whose requester nobody verified may go on; `asks`: somebody would have to approve it.

    Raises:
        DirectRequestsRefused: the stack does not let it.
    """
    if allowed is DirectRequests.REFUSE:
        raise DirectRequestsRefused(
            "This data lake takes requests from people who are signed in only (config directRequests: refuse). Ask in "
            "the portal."
        )
    if allowed is DirectRequests.AUTOMATIC and asks:
        raise DirectRequestsRefused(
            "Somebody has to approve this, and this data lake asks on behalf of people who are signed in only (config "
            "directRequests: automatic). Ask in the portal."
        )


def owner_of_all(owners: Mapping[tuple[str | None, str | None], str], database: str, parties: Parties) -> Owner:
    """The one owner of everything asked for.

    Args:
        owners: raw `data_owner` and `data_owner_name` as found, each with a table that it was found on.
        database: name of the database.
        parties: the registered producers.

    Raises:
        OwnerMissing, OwnerMalformed, OwnerNotRegistered, OwnerNotOfDatabase, OwnersMixed: nobody can answer for it.
    """
    accounts = {account for account, _ in owners}
    if len(accounts) > 1:
        examples = ", ".join(
            f"{table} ({shown(account or 'none')})" for (account, _), table in list(owners.items())[:3]
        )
        raise OwnersMixed(
            f"The tables of '{database}' name different owners: {examples}. Ask for its tables one by one."
        )
    (account_id,) = accounts
    if account_id is None:
        raise OwnerMissing(f"Neither the table nor the database '{database}' has the parameter data_owner.")
    if not is_account_id(account_id):
        raise OwnerMalformed(f"The parameter data_owner must be 12 digits, got {shown(account_id)}.")
    producer = parties.producers.get(account_id)
    if producer is None:
        raise OwnerNotRegistered(
            f"The data owner, account {account_id}, is not registered. The platform team can add it to the config "
            "key producers."
        )
    if not parties.may_own(producer, database):
        raise OwnerNotOfDatabase(
            f"Account {account_id} is named as the owner of '{database}', but the platform's register of producers "
            "gives that database to somebody else, or this producer other ones. The platform team can look into it."
        )
    name = next((name for _, name in owners if name), None) or producer.name or ""
    # A catalogue parameter may hold half a megabyte, more than an item of the register.
    return Owner(account_id, name[:LONGEST_OWNER_NAME])
