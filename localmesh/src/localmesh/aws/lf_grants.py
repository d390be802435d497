"""Lake Formation's grants: what is kept of them, in the shapes in which `ListPermissions` shows them.

A grant has no id: what one principal may do with one resource is one entry. SELECT on a table, or on all tables, is
kept apart from the rest, as SELECT on all of its columns: so AWS lists it, however it was granted (read off the filters
of Terraform's provider, ``internal/service/lakeformation/permissions.go``: "CREATE PERMS (in)", "LIST PERMS (out)").
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

ALL_TABLES = "ALL_TABLES"
"""The name that a wildcard over tables bears in lists."""
ANYBODY_BY_IAM = "IAM_ALLOWED_PRINCIPALS"
"""Everybody whom IAM lets in, as Lake Formation's principal; the console calls it IAMAllowedPrincipals."""
_OWNED = frozenset({"Database", "Table", "TableWithColumns", "DataLocation", "LFTag"})

Resource = dict[str, Any]
"""As in the API: ``{"Table": {"CatalogId": …, "DatabaseName": …, "Name": …}}``."""
Place = tuple[str, str]
"""Account and region: whose grants these are."""
_Key = TypeVar("_Key")


@dataclass
class Grant:
    """What a principal may do with a resource; both lists keep the order in which they were granted.

    Attributes:
        principal: an account, or an ARN.
        resource: in normal form, see `normal`.
        permissions: what it may do.
        grantable: what it may grant; the two lists are granted and revoked each by itself.
        updated: when it was last changed, seconds since 1970.
        by: who changed it last.
        shares: the resource shares of RAM that carry it to another account, that with the resource itself last.
    """

    principal: str
    resource: Resource
    permissions: list[str] = field(default_factory=list[str])
    grantable: list[str] = field(default_factory=list[str])
    updated: float = 0.0
    by: str = ""
    shares: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """As `ListPermissions` shows it."""
        shared = {"AdditionalDetails": {"ResourceShare": list(self.shares[-1:])}} if self.shares else {}
        return {
            "Principal": {"DataLakePrincipalIdentifier": self.principal},
            "Resource": self.resource,
            "Permissions": list(self.permissions),
            "PermissionsWithGrantOption": list(self.grantable),
            **shared,
            "LastUpdated": self.updated,
            "LastUpdatedBy": self.by,
        }


_held: dict[Place, dict[str, Grant]] = {}
_parts: dict[tuple[Place, str, str], dict[str, Grant]] = {}
"""Those of a principal on some columns or rows of a table: looked up at every grant, of ten thousand tables too."""
_about: dict[tuple[Place, str], dict[str, Grant]] = {}
"""Those on a table or on parts of it, or on something else, by what that is: looked up at every look at one of them."""


def of(place: Place) -> Mapping[str, Grant]:
    """All grants made in an account and region, by their keys."""
    return _held.get(place, {})


def about(place: Place, resource: Resource) -> Collection[Grant]:
    """All grants on a table and on parts of it, where the resource is one of these; else those on the resource."""
    return _about.get((place, _what(resource)), {}).values()


def on(place: Place, principal: str, resource: Mapping[str, Any]) -> Grant | None:
    """A principal's grant on exactly this resource, which is in normal form."""
    return of(place).get(key_of(principal, resource))


def covering(place: Place, principal: str, resource: Resource) -> Iterator[Grant]:
    """A principal's grants that reach a resource: on it, on all columns of it, and on all tables of its database."""
    for wider in (resource, *_wider(resource)):
        if (grant := on(place, principal, wider)) is not None:
            yield grant


def within(place: Place, principal: str, resource: Resource) -> Iterator[Grant]:
    """A principal's grants on some columns or rows of a table, where the resource is a table or columns of it."""
    if next(iter(resource)) in {"Table", "TableWithColumns"}:
        yield from parts_of(place, principal, resource)


def parts_of(place: Place, principal: str, resource: Resource) -> Collection[Grant]:
    """A principal's grants on some columns or rows of the table that a resource is, or is a part of."""
    return _parts.get(_table_key(place, principal, resource), {}).values()


def keep(place: Place, grant: Grant) -> Grant:
    """The entry that a grant goes into: the one that there is, or this one from now on."""
    key = key_of(grant.principal, grant.resource)
    kept = _held.setdefault(place, {}).setdefault(key, grant)
    _about.setdefault((place, _what(kept.resource)), {})[key] = kept
    if _is_part(kept.resource):
        _parts.setdefault(_table_key(place, kept.principal, kept.resource), {})[key] = kept
    return kept


def drop_empty(place: Place, grant: Grant) -> bool:
    """Ends a grant of which nothing is left; says whether it did."""
    gone = not grant.permissions and not grant.grantable
    if gone:
        _drop(place, key_of(grant.principal, grant.resource))
    return gone


def forget(owner: Place, database: str, table: str | None = None) -> list[Grant]:
    """Ends all grants on a database and what is in it, or on a table, those that other accounts handed on, too.

    Returns:
        The owner's grants that ended.
    """
    named = None if table is None else {"CatalogId": owner[0], "DatabaseName": database, "Name": table}
    within = None if named is None else {"Table": named}
    return _end(owner, lambda resource: _lies_in(resource, owner[0], database, table), within)


def forget_filter(owner: Place, resource: Resource) -> list[Grant]:
    """Ends all grants on a data cells filter; gives the owner's."""
    return _end(owner, lambda each: each == resource, resource)


def forget_tag(owner: Place, key: str) -> None:
    """Ends all grants on an LF-Tag."""
    _end(owner, lambda resource: _is_on_tag(resource, owner[0], key))


def _end(owner: Place, is_gone: Callable[[Resource], bool], within: Resource | None = None) -> list[Grant]:
    """Ends grants of all accounts on what is gone; gives the owner's. `within`: a table that all of it is, or is of."""
    ended: list[Grant] = []
    for place in [each for each in _held if each[1] == owner[1]]:
        held = of(place).values() if within is None else about(place, within)
        for grant in [each for each in held if is_gone(each.resource)]:
            _drop(place, key_of(grant.principal, grant.resource))
            if place == owner:
                ended.append(grant)
    return ended


def _drop(place: Place, key: str) -> None:
    grant = _held.get(place, {}).pop(key, None)
    if grant is None:
        return
    _leave(_about, (place, _what(grant.resource)), key)
    if _is_part(grant.resource):
        _leave(_parts, _table_key(place, grant.principal, grant.resource), key)


def _leave(index: dict[_Key, dict[str, Grant]], under: _Key, key: str) -> None:
    del index[under][key]
    if not index[under]:
        del index[under]


def _what(resource: Resource) -> str:
    """What a resource is, or is a part of."""
    return json.dumps(table_of(resource) or resource, sort_keys=True)


def _is_part(resource: Resource) -> bool:
    return next(iter(resource)) in {"TableWithColumns", "DataCellsFilter"}


def _table_key(place: Place, principal: str, resource: Resource) -> tuple[Place, str, str]:
    return place, principal, json.dumps(table_of(resource), sort_keys=True)


def _lies_in(resource: Resource, account: str, database: str, table: str | None) -> bool:
    kind, value = next(iter(resource.items()))
    if catalogue_of(resource) != account:
        return False
    if kind == "Database":
        return table is None and value.get("Name") == database
    named = table_of(resource)
    return named is not None and named["DatabaseName"] == database and table in {None, named["Name"]}


def _is_on_tag(resource: Resource, account: str, key: str) -> bool:
    kind, value = next(iter(resource.items()))
    return kind == "LFTag" and value.get("CatalogId") == account and str(value.get("TagKey")).lower() == key


def key_of(principal: str, resource: Mapping[str, Any]) -> str:
    """What tells one entry from all others."""
    return json.dumps([principal, resource], sort_keys=True)


def normal(resource: Mapping[str, Any], catalogue: str) -> Resource:
    """A resource as AWS shows it: the catalogue is always named, names are lower case, a wildcard is ALL_TABLES.

    Args:
        resource: as it was asked for; nothing but its first kind counts.
        catalogue: whose it is unless it says so.
    """
    for kind, value in resource.items():
        if value is None:
            continue
        lower = {"DatabaseName", "TableName" if kind == "DataCellsFilter" else "Name"}
        named: dict[str, Any] = {
            key: each.lower() if key in lower and isinstance(each, str) else each
            for key, each in cast("dict[str, Any]", value).items()
            if each is not None
        }
        if kind == "Table" and "TableWildcard" in named:
            named.setdefault("Name", ALL_TABLES)
        if kind == "TableWithColumns" and "ColumnNames" in named:
            named["ColumnNames"] = [str(name).lower() for name in named["ColumnNames"]]
        if kind == "DataCellsFilter":
            return {kind: {"TableCatalogId": catalogue, **named}}
        return {kind: {"CatalogId": catalogue, **named} if kind in _OWNED else named}
    return {"": {}}


def catalogue_of(resource: Resource) -> str | None:
    """The account of the catalogue that a resource is in; None for what is in none."""
    value = next(iter(resource.values()))
    return value.get("TableCatalogId") or value.get("CatalogId")


def table_of(resource: Resource) -> dict[str, str] | None:
    """The table, or all of a database, that a resource is or is a part of; None for what is no table's."""
    kind, value = next(iter(resource.items()))
    if kind == "DataCellsFilter":
        named = {"CatalogId": value["TableCatalogId"], "Name": value["TableName"]}
        return {**named, "DatabaseName": value["DatabaseName"]}
    if kind in {"Table", "TableWithColumns"}:
        return {key: value[key] for key in ("CatalogId", "DatabaseName", "Name")}
    return None


def all_columns(table: Resource) -> Resource:
    """SELECT on a table, or on all tables, in normal form."""
    value = table["Table"]
    return {
        "TableWithColumns": {**{key: value[key] for key in ("CatalogId", "DatabaseName", "Name")}, "ColumnWildcard": {}}
    }


def parts(
    resource: Resource, permissions: Sequence[str], grantable: Sequence[str]
) -> list[tuple[Resource, list[str], list[str]]]:
    """The entries that permissions on a resource are kept in: SELECT on a table has its own."""
    if "Table" not in resource:
        return [(resource, list(permissions), list(grantable))]
    split = [
        (
            resource,
            [each for each in permissions if each != "SELECT"],
            [each for each in grantable if each != "SELECT"],
        ),
        (
            all_columns(resource),
            [each for each in permissions if each == "SELECT"],
            [each for each in grantable if each == "SELECT"],
        ),
    ]
    return [(where, may, may_grant) for where, may, may_grant in split if may or may_grant]


def wildcard_over(resource: Resource) -> Resource | None:
    """All tables of the database that a table is in; None for all else."""
    kind, value = next(iter(resource.items()))
    if kind not in {"Table", "TableWithColumns"}:
        return None
    named = {key: value[key] for key in ("CatalogId", "DatabaseName")}
    return {"Table": {**named, "TableWildcard": {}, "Name": ALL_TABLES}}


def _wider(resource: Resource) -> list[Resource]:
    kind, value = next(iter(resource.items()))
    if kind == "DataCellsFilter":
        table: Resource = {"Table": table_of(resource)}
        return [all_columns(table), *_wider(all_columns(table))]
    over = wildcard_over(resource)
    if over is None:
        return []
    if kind == "Table":
        return [all_columns(resource), *([] if value["Name"] == ALL_TABLES else [over, all_columns(over)])]
    if value["Name"] == ALL_TABLES:
        return []
    every = {"TableWithColumns": {key: each for key, each in value.items() if key not in {"ColumnNames"}}}
    every["TableWithColumns"]["ColumnWildcard"] = {}
    return [*([] if every == resource else [every]), all_columns(over)]
