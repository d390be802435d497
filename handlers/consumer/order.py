"""What the central account asks of the kit, and its check.

An order is of one share. It names what the share covers, at most `MOST_RESOURCES` at a time, and the roles that are to
read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from handlers.consumer.refusals import DatabaseNotAllowed, OrderMalformed, RoleNotAllowed, StrangeSender
from handlers.sharing.model.checks import (
    as_object,
    came,
    checked_name,
    checked_object,
    is_list,
    kind_of,
    refuse_unknown,
    shown,
)
from handlers.sharing.model.errors import InvalidInput, UnknownField
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import MOST_ROLES, WHOLE_DATABASE, Source, account_of_role, is_share_id

VERSION: Final = 1
"""Of the contract: a kit carries out orders of this version and no other."""
MOST_RESOURCES: Final = 500

_FIELDS: Final = ("version", "central", "share", "deed", "source", "resources", "roles")
_FILTER: Final = re.compile(r"lakeshare-[0-9a-f]{40}")


class Deed(StrEnum):
    """What is to be done of a share.

    `DELIVER`: have it read by the roles; `WITHDRAW`: take the resources from them; `HIDE`: take from them the sight of
    its link; `UNLINK`: delete that.
    """

    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    HIDE = "hide"
    UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class Order:
    """A checked order.

    Attributes:
        central: the account that sends it, as it says.
        share: the share's id.
        deed: what is to be done.
        source: what was asked for: its link leads there.
        resources: of the central account's catalogue, all within `source`.
        roles: ARNs of roles.
    """

    central: str
    share: str
    deed: Deed
    source: Source
    resources: tuple[Resource, ...]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The kit's own config: what its account lets be done.

    Attributes:
        account: its own.
        central: the account that may order.
        databases: names or patterns of the central account's databases that it takes up.
        roles: names of roles of its own that may be let read; with their paths, if they have any.
        link_database: the database that its links to tables are in, and what its links to databases begin with.
    """

    account: str
    central: str
    databases: tuple[str, ...]
    roles: tuple[str, ...]
    link_database: str

    def takes(self, database: str) -> bool:
        """Whether a database of the central account is taken up."""
        return any(fnmatchcase(database, each) for each in self.databases)

    def check(self, order: Order) -> None:
        """Check that an order may be carried out; single roles are checked by themselves.

        What takes something back is of any database: the config may have let it be taken up once.

        Raises:
            StrangeSender: it names another central account.
            DatabaseNotAllowed: the config does not let this database be taken up.
        """
        if order.central != self.central:
            raise StrangeSender(
                f"This kit takes orders from account {self.central}, got one that says {shown(order.central)}."
            )
        if order.deed is Deed.DELIVER and not self.takes(order.source.database):
            raise DatabaseNotAllowed(
                f"Account {self.account} does not take up database {order.source.database}: its kit's config key "
                "allowedDatabases does not name it."
            )

    def is_own(self, arn: str) -> bool:
        """Whether a role is one of the account: no other was ever let read anything."""
        return account_of_role(arn) == self.account

    def check_role(self, arn: str) -> None:
        """Check that a role may be let read. Raises `RoleNotAllowed`."""
        if not self.is_own(arn) or arn.partition(":role/")[2] not in self.roles:
            raise RoleNotAllowed(
                f"Account {self.account} lets no role {shown(arn)} read what is shared: its kit's config key "
                "allowedRoles does not name it."
            )


def parse_order(document: object) -> Order:
    """Check what came. A field that is not known is refused: what it was meant to narrow must not be dropped.

    Raises:
        OrderMalformed: it is no order of this version; says what was expected and what came.
    """
    try:
        given = checked_object(document, _FIELDS, "an order")
        _check_version(given.get("version"))
        source, deed = _source(given.get("source")), _deed(_text(given, "deed"))
        return Order(
            central=_text(given, "central"),
            share=_share(_text(given, "share")),
            deed=deed,
            source=source,
            resources=_resources(given, source, deed),
            roles=tuple(_role(each) for each in _listed(given, "roles", MOST_ROLES)),
        )
    except (InvalidInput, UnknownField) as fault:
        raise OrderMalformed(str(fault)) from fault


def _check_version(given: object) -> None:
    if isinstance(given, bool) or given != VERSION:
        raise InvalidInput(f"version must be {VERSION}, got {came(given)}.", "version")


def _text(given: Mapping[str, object], field: str) -> str:
    value = given.get(field)
    if not isinstance(value, str):
        raise InvalidInput(f"{field} must be a string, got {kind_of(value)}.", field)
    return value


def _share(given: str) -> str:
    if not is_share_id(given):
        raise InvalidInput(f"share must be the id of a share, got {shown(given)}.", "share")
    return given


def _deed(given: str) -> Deed:
    if given not in set(Deed):
        raise InvalidInput(f"deed must be one of {', '.join(Deed)}, got {shown(given)}.", "deed")
    return Deed(given)


def _source(value: object) -> Source:
    given = as_object(value, "source")
    refuse_unknown([f"source.{name}" for name in given if name not in {"database", "table"}], (), "source")
    return Source(*(checked_name(given.get(each), f"source.{each}") for each in ("database", "table")))


def _listed(given: Mapping[str, object], field: str, most: int) -> list[object]:
    value = given.get(field)
    if not is_list(value):
        raise InvalidInput(f"{field} must be a list, got {kind_of(value)}.", field)
    if len(value) > most:
        raise InvalidInput(f"{field} must have at most {most} entries, got {len(value)}.", field)
    return value


def _resources(given: Mapping[str, object], source: Source, deed: Deed) -> tuple[Resource, ...]:
    listed = _listed(given, "resources", MOST_RESOURCES)
    if deed is Deed.DELIVER and not listed:
        raise InvalidInput("resources must not be empty where something is to be delivered.", "resources")
    return tuple(_resource(each, source) for each in listed)


def _resource(value: object, source: Source) -> Resource:
    """One that lies in what was asked for: `{"table": "" | "*" | name, "filter": "" | name}`."""
    given = as_object(value, "resources")
    refuse_unknown([f"resources.{name}" for name in given if name not in {"table", "filter"}], (), "a resource")
    table, cells = (given.get(each, "") for each in ("table", "filter"))
    name = "" if table == "" else checked_name(table, "resources.table")
    if not isinstance(cells, str) or (cells and (_FILTER.fullmatch(cells) is None or name in {"", WHOLE_DATABASE})):
        raise InvalidInput(
            "resources.filter must be the name of one of Lakeshare's filters, of one table.", "resources"
        )
    if not source.is_database and name != source.table:
        raise InvalidInput(f"resources.table must be {shown(source.table)}, got {shown(name)}.", "resources")
    return Resource(source.database, name, cells)


def _role(value: object) -> str:
    if not isinstance(value, str) or account_of_role(value) is None:
        raise InvalidInput("roles must be a list of ARNs of roles.", "roles")
    return value
