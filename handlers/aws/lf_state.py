"""All that is granted in the central account's Lake Formation, and what RAM says of how it is carried over."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from handlers.aws.clients import answer_unless, client, translated
from handlers.aws.lf_cells import list_filters, read_filter
from handlers.aws.lf_listed import ALL_TABLES, list_permissions
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import NotReadOnlyAdministrator
from handlers.sharing.model.granted import Granted, Trouble
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE

_ADMINISTRATORS: Final = ("ReadOnlyAdmins", "DataLakeAdmins")
_READ_ONE_BY_ONE: Final = 100
"""So many filters are read by themselves; more of them, with all others, hundred a call."""
_UNKNOWN_SHARE: Final = frozenset({"UnknownResourceException"})
_BROKEN: Final = frozenset({"FAILED", "DISASSOCIATED", "DISASSOCIATING", "RESTORING", "SUSPENDED", "SUSPENDING"})
"""States of an association in which what it is of does not reach the other account. `ASSOCIATING` is one that waits,
for an invitation to be accepted say: it fails by itself once that has run out."""
_GONE: Final = Trouble(None, "There is no such resource share any more.")


class LakeFormationState:
    """`LakeState` on Lake Formation and RAM.

    Args:
        central_account: the account of the catalogue.
    """

    def __init__(self, central_account: str) -> None:
        self._central = central_account
        self._lake = client("lakeformation")

    def check_sees_all(self) -> None:
        """Check that this function's role is an administrator, if only for reading."""
        with translated("ask for its own name"):
            session: str = client("sts").get_caller_identity()["Arn"]
        with translated("read the data lake settings"):
            settings: Mapping[str, Any] = self._lake.get_data_lake_settings()["DataLakeSettings"]
        # `arn:aws:sts::<account>:assumed-role/<role>/<session>`; the roles of the stack have no path.
        partition, name = session.split(":")[1], session.split("/")[1]
        role = f"arn:{partition}:iam::{self._central}:role/{name}"
        named = {each["DataLakePrincipalIdentifier"] for kind in _ADMINISTRATORS for each in settings.get(kind) or ()}
        if role not in named:
            raise NotReadOnlyAdministrator(
                f"{role} is no read-only administrator of the data lake, so it does not see all grants. A data lake "
                "administrator can make it one: the stack's output DriftAdministratorCommand has the command."
            )

    def everything(self) -> Iterator[Granted]:
        """All grants, as they are listed."""
        return map(self._granted, list_permissions(self._lake))

    def filters(self, resources: Collection[Resource]) -> Mapping[Resource, CellsFilter | None]:
        """What these data cells filters let read. Of many, all that there are are listed, and the others read."""
        listed = dict(list_filters(self._lake)) if len(resources) > _READ_ONE_BY_ONE else {}
        return {each: listed.get(each) or read_filter(self._lake, self._central, each) for each in sorted(resources)}

    def troubles(self, arns: Collection[str]) -> Mapping[str, Sequence[Trouble]]:
        """What is wrong in these resource shares."""
        found = {arn: list(self._troubles_of(arn)) for arn in sorted(arns)}
        return {arn: troubles for arn, troubles in found.items() if troubles}

    def _troubles_of(self, arn: str) -> Iterator[Trouble]:
        for kind in ("PRINCIPAL", "RESOURCE"):
            more: dict[str, str] = {}
            while True:
                ask = partial(
                    client("ram").get_resource_share_associations,
                    associationType=kind,
                    resourceShareArns=[arn],
                    **more,
                )
                page = answer_unless(_UNKNOWN_SHARE, ask, "look at a resource share")
                if page is None:
                    yield _GONE
                    return
                for each in page["resourceShareAssociations"]:
                    if each["status"] in _BROKEN:
                        yield Trouble(_resource_of(each["associatedEntity"]), _told(each))
                if not page.get("nextToken"):
                    break
                more = {"nextToken": page["nextToken"]}

    def _granted(self, entry: Mapping[str, Any]) -> Granted:
        what, database, resource = self._on(entry["Resource"])
        details: Mapping[str, Any] = entry.get("AdditionalDetails") or {}
        return Granted(
            principal=entry["Principal"]["DataLakePrincipalIdentifier"],
            what=what,
            database=database,
            resource=resource,
            permissions=frozenset(entry["Permissions"]),
            grantable=frozenset(entry["PermissionsWithGrantOption"]),
            ram=frozenset(details.get("ResourceShare") or ()),
        )

    def _on(self, listed: Mapping[str, Any]) -> tuple[str, str, Resource | None]:
        """What a grant is on: its name for people, the database that it is in, and what a share could cover of it."""
        nothing: tuple[str, Mapping[str, Any]] = ("nothing that is known", {})
        kind, on = next(iter(listed.items()), nothing)
        foreign = on.get("CatalogId", self._central) != self._central
        match kind:
            case "Database" if not foreign:
                return f"database {on['Name']}", on["Name"], Resource(on["Name"])
            case "Table" | "TableWithColumns" if not foreign and not _is_part(on):
                every = "TableWildcard" in on or on.get("Name") == ALL_TABLES
                resource = Resource(on["DatabaseName"], WHOLE_DATABASE if every else on["Name"])
                return (f"all tables of {on['DatabaseName']}" if every else f"{resource}"), resource.database, resource
            case "TableWithColumns" if not foreign:
                return f"{_columns(on)} of {on['DatabaseName']}.{on['Name']}", on["DatabaseName"], None
            case "DataCellsFilter" if on.get("TableCatalogId", self._central) == self._central:
                resource = Resource(on["DatabaseName"], on["TableName"], on["Name"])
                return f"the filter {on['Name']} of {resource.carrier}", on["DatabaseName"], resource
            case _:
                # Tags, locations, catalogues: no share covers these.
                return f"{kind} {json.dumps(on, sort_keys=True)}", "", None


def _is_part(on: Mapping[str, Any]) -> bool:
    """Whether a grant is on some columns only: SELECT on a table is listed as one on all of its columns."""
    wildcard: Mapping[str, Any] = on.get("ColumnWildcard") or {}
    return "ColumnNames" in on or bool(wildcard.get("ExcludedColumnNames"))


def _columns(on: Mapping[str, Any]) -> str:
    if "ColumnNames" in on:
        return f"columns {', '.join(on['ColumnNames'])}"
    return f"all columns but {', '.join(on['ColumnWildcard']['ExcludedColumnNames'])}"


def _resource_of(entity: str) -> Resource | None:
    """What a share of ours covers of what RAM carries; `None`: the account, or the whole catalogue."""
    kind, _, name = entity.rpartition(":")[2].partition("/")
    match kind:
        case "database":
            return Resource(name)
        case "table":
            return Resource(*name.split("/", 1))
        case _:
            return None


def _told(association: Mapping[str, Any]) -> str:
    """What is to be said of an association: RAM's own words, where it has any."""
    says = association.get("statusMessage") or "RAM does not say why."
    of = "resource" if association["associationType"] == "RESOURCE" else "account"
    return f"The {of}'s association is {association['status']}: {says}"
