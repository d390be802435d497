"""What the domain needs of Lake Formation, as Protocols: granting, taking back, and all that is granted."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.granted import Granted, Trouble
from handlers.sharing.model.grants import Resource

ENTRIES_A_BATCH: Final = 20
"""Lake Formation's limit for grants and revokes in one call."""
FILTERS_A_BATCH: Final = ENTRIES_A_BATCH // 2
"""Each is granted to the account, and to the role that deletes it."""


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

    The single grants raise `OpenToIamPrincipals`, `OrganizationForbids`, `ShareLimitReached`,
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

    def grant_filters(self, cells: Sequence[CellsFilter], consumer: str) -> list[GrantFailure]:
        """SELECT on at most `FILTERS_A_BATCH` data cells filters, each of another table, and nothing on the tables.

        A filter is made if it is not there. Says which of them failed, among others with:

        - `FilterForeign`: one of that name has another body.
        - `FilterRefused`: Lake Formation does not take it; in its words.
        - `FilterLimitReached`: the account has as many of the table as there may be.
        """
        ...

    def grant_all_tables(self, database: str, consumer: str) -> None:
        """The wildcard: all tables of the database, those added later too."""
        ...

    def grant_tables(self, database: str, tables: Sequence[str], consumer: str) -> list[GrantFailure]:
        """At most `ENTRIES_A_BATCH` tables in one call; says which of them failed."""
        ...
