"""What is granted in the central account's Lake Formation, looked for by resource; of it what the caller may see."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, Final

from handlers.aws.clients import answer_unless
from handlers.sharing.lake import Held
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE

GONE: Final = frozenset({"EntityNotFoundException"})
"""The table or database is not there any more, and what was granted on it went with it."""
ALL_TABLES: Final = "ALL_TABLES"
"""The name under which Lake Formation lists what is granted on all tables."""


def held(lake: Any, resource: Resource, principal: str, catalogue: str = "") -> Held | None:
    """What a principal holds on a resource, of what a share grants; `None`: nothing. It is asked by the resource alone.

    With the principal, too, Lake Formation would tell what comes of wider grants as well.

    Args:
        lake: a client of Lake Formation.
        resource: what is looked at.
        principal: an account, or the ARN of a role.
        catalogue: the account whose the resource is; empty: it is the caller's own.
    """
    return _held_by_all(lake, resource, catalogue).get(principal)


def readers(lake: Any, resource: Resource, catalogue: str) -> Set[str]:
    """The principals that hold all that a share grants on a resource (arguments as of `held`)."""
    every = _held_by_all(lake, resource, catalogue)
    return {principal for principal, found in every.items() if found.permissions == resource.permissions}


def _held_by_all(lake: Any, resource: Resource, catalogue: str) -> Mapping[str, Held]:
    may: defaultdict[str, set[str]] = defaultdict(set)
    may_grant: defaultdict[str, set[str]] = defaultdict(set)
    for entry in list_permissions(lake, GONE, Resource=as_lake_formation(resource, catalogue)):
        if _is_on(entry, resource):
            principal = entry["Principal"]["DataLakePrincipalIdentifier"]
            may[principal].update(entry["Permissions"])
            may_grant[principal].update(entry["PermissionsWithGrantOption"])
    ours = resource.permissions
    every = {each: Held(resource, _of(ours, may[each]), _of(ours, may_grant[each])) for each in may}
    return {principal: found for principal, found in every.items() if found.permissions or found.grantable}


def as_lake_formation(resource: Resource, catalogue: str = "") -> Mapping[str, Any]:
    """A resource as Lake Formation's calls name it; `catalogue`: the account whose it is, if not the caller's own."""
    own = {"CatalogId": catalogue} if catalogue else {}
    if resource.filter:
        of = {"TableCatalogId": catalogue} if catalogue else {}
        named = {"DatabaseName": resource.database, "TableName": resource.table, "Name": resource.filter}
        return {"DataCellsFilter": {**of, **named}}
    if not resource.table:
        return {"Database": {**own, "Name": resource.database}}
    if resource.table == WHOLE_DATABASE:
        return {"Table": {**own, "DatabaseName": resource.database, "TableWildcard": {}}}
    return {"Table": {**own, "DatabaseName": resource.database, "Name": resource.table}}


def list_permissions(lake: Any, gone: frozenset[str] = frozenset(), **of: Any) -> Iterator[Mapping[str, Any]]:
    """All entries of `ListPermissions`, page by page.

    Args:
        lake: a client of Lake Formation.
        gone: the codes that mean that nothing is there any more to be granted anything on.
        of: what is looked at, as the call takes it; nothing: everything.
    """
    for page in pages(partial(lake.list_permissions, **of), gone, "list what is granted"):
        yield from page.get("PrincipalResourcePermissions", ())


def pages(listing: Callable[..., Any], gone: frozenset[str], doing: str) -> Iterator[Mapping[str, Any]]:
    """All answers of a call of Lake Formation that lists page by page; a code of `gone` ends the list."""
    more: dict[str, str] = {}
    while True:
        page: Mapping[str, Any] = answer_unless(gone, partial(listing, **more), doing) or {}
        yield page
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def _of(ours: Sequence[str], found: set[str]) -> tuple[str, ...]:
    return tuple(each for each in ours if each in found)


def _is_on(entry: Mapping[str, Any], resource: Resource) -> bool:
    """Whether a grant is on just this; of a table the SELECT on all columns is listed as one on columns."""
    listed: Mapping[str, Any] = entry["Resource"]
    if resource.filter:
        return "DataCellsFilter" in listed
    if not resource.table:
        return "Database" in listed
    columns: Mapping[str, Any] | None = listed.get("TableWithColumns")
    if columns is not None and columns.get("ColumnWildcard") != {}:
        return False
    table: Mapping[str, Any] = columns or listed.get("Table") or {}
    is_all = "TableWildcard" in table or table.get("Name") == ALL_TABLES
    return bool(table) and is_all == (resource.table == WHOLE_DATABASE)
