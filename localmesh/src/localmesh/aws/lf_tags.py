"""LF-Tags: defined, given to databases, tables and columns with one value a key, inherited, searched for, hidden.

moto replaces all tags of a resource by the latest ones, inherits nothing, cannot search, and shows them to everybody.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localmesh.aws import lf_calls, lf_grants, moto
from localmesh.aws.lf_calls import Maker

_PAGE = 100
_DATABASE, _TABLE = 1, 2
"""How many names the place of each has."""

Place = tuple[str, ...]
"""A database, a table of it, a column of that, by their names."""
MaySee = Callable[[str, str, str, str, str | None], bool]
"""Whether a principal may see a key, or one of its values: account, region, principal, key, value."""


@dataclass
class _Lake:
    """The tags of one account and region."""

    values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    given: dict[Place, dict[str, str]] = field(default_factory=dict[Place, dict[str, str]])


_lakes: dict[tuple[str, str], _Lake] = {}


def is_defined(account: str, region: str, key: str) -> bool:
    """Whether a key is."""
    return key in _lakes.get((account, region), _Lake()).values


def install(may_see: MaySee) -> None:
    """Corrects moto.

    Args:
        may_see: what Lake Formation's grants say.
    """
    response = moto.module("moto.lakeformation.responses").LakeFormationResponse

    def answering(act: Callable[["_Call"], dict[str, Any]]) -> Any:
        return lf_calls.answering(
            act, lambda account, region, wanted, error: _Call(account, region, wanted, error, may_see)
        )

    response.create_lf_tag = answering(_create)
    response.get_lf_tag = answering(_get)
    response.delete_lf_tag = answering(_delete)
    response.add_lf_tags_to_resource = answering(_add)
    response.remove_lf_tags_from_resource = answering(_remove)
    response.get_resource_lf_tags = answering(_tags_of)
    response.search_tables_by_lf_tags = answering(_search_tables)
    response.search_databases_by_lf_tags = answering(_search_databases)
    urls = moto.module("moto.lakeformation.urls")
    for operation in ("SearchTablesByLFTags", "SearchDatabasesByLFTags"):
        urls.url_paths[f"{{0}}/{operation}$"] = urls.response.dispatch


@dataclass(frozen=True)
class _Call:
    """A call, with who makes it."""

    account: str
    region: str
    wanted: Mapping[str, Any]
    error: Maker
    may_see: MaySee

    @property
    def lake(self) -> _Lake:
        return _lakes.setdefault((self.account, self.region), _Lake())

    @property
    def databases(self) -> Mapping[str, Any]:
        return moto.backend("glue", self.account, self.region).databases

    def sees(self, key: str, value: str | None = None) -> bool:
        """Whether the caller may see a tag: an administrator any, a role those that it was granted."""
        role = lf_calls.acting_role()
        return role is None or self.may_see(self.account, self.region, role, key, value)

    def pairs(self, tags: Mapping[str, str]) -> list[dict[str, Any]]:
        """Tags as AWS writes them, those that the caller may see."""
        return [
            {"CatalogId": self.account, "TagKey": key, "TagValues": [value]}
            for key, value in sorted(tags.items())
            if self.sees(key, value)
        ]

    def page(self, listed: str, found: list[dict[str, Any]]) -> dict[str, Any]:
        start = int(self.wanted.get("NextToken") or 0)
        end = start + min(int(self.wanted.get("MaxResults") or _PAGE), _PAGE)
        return {listed: found[start:end], **({"NextToken": str(end)} if end < len(found) else {})}


def _create(call: _Call) -> dict[str, Any]:
    key = str(call.wanted["TagKey"]).lower()
    if key in call.lake.values:
        raise call.error("InvalidInputException", "Tag key already exists")
    call.lake.values[key] = [str(value).lower() for value in call.wanted["TagValues"]]
    return {}


def _get(call: _Call) -> dict[str, Any]:
    key = str(call.wanted["TagKey"]).lower()
    if key not in call.lake.values:
        raise call.error("EntityNotFoundException", "Tag key does not exist")
    values = [value for value in call.lake.values[key] if call.sees(key, value)]
    if not values:
        raise call.error("AccessDeniedException", "Insufficient Lake Formation permission(s) on tag key")
    return {"CatalogId": call.account, "TagKey": key, "TagValues": values}


def _delete(call: _Call) -> dict[str, Any]:
    key = str(call.wanted["TagKey"]).lower()
    if call.lake.values.pop(key, None) is None:
        raise call.error("EntityNotFoundException", "Tag key does not exist")
    for tags in call.lake.given.values():
        tags.pop(key, None)
    lf_grants.forget_tag((call.account, call.region), key)
    return {}


def _add(call: _Call) -> dict[str, Any]:
    for place in _places(call):
        for tag in call.wanted["LFTags"]:
            key, values = str(tag["TagKey"]).lower(), [str(value).lower() for value in tag["TagValues"]]
            if len(values) != 1:
                raise call.error("InvalidInputException", f"A resource has one value of a tag, got {len(values)}")
            if values[0] not in call.lake.values.get(key, ()):
                return {"Failures": [_failure(tag, "EntityNotFoundException", "Tag or tag value does not exist.")]}
            call.lake.given.setdefault(place, {})[key] = values[0]
    return {"Failures": []}


def _remove(call: _Call) -> dict[str, Any]:
    for place in _places(call):
        for tag in call.wanted["LFTags"]:
            call.lake.given.get(place, {}).pop(str(tag["TagKey"]).lower(), None)
    return {"Failures": []}


def _tags_of(call: _Call) -> dict[str, Any]:
    (place, *_) = _places(call)
    return _told(call, place, assigned=bool(call.wanted.get("ShowAssignedLFTags")))


def _told(call: _Call, place: Place, *, assigned: bool = False) -> dict[str, Any]:
    """What is told of a database or a table: the tags of each level, inherited ones too unless only `assigned` ones."""

    def tags(of: Place) -> list[dict[str, Any]]:
        return call.pairs(call.lake.given.get(of, {}) if assigned else _effective(call.lake, of))

    told: dict[str, Any] = {}
    if on_database := tags(place[:_DATABASE]):
        told["LFTagOnDatabase"] = on_database
    if len(place) > _DATABASE:
        if on_table := tags(place[:_TABLE]):
            told["LFTagsOnTable"] = on_table
        columns = [{"Name": name, "LFTags": tags((*place[:_TABLE], name))} for name in _columns(call, place)]
        if on_columns := [each for each in columns if each["LFTags"]]:
            told["LFTagsOnColumns"] = on_columns
    return told


def _effective(lake: _Lake, place: Place) -> dict[str, str]:
    """A place's own tags, and those of what it is in; of a key that both have, its own value."""
    found: dict[str, str] = {}
    for length in range(1, len(place) + 1):
        found.update(lake.given.get(place[:length], {}))
    return found


def _search_tables(call: _Call) -> dict[str, Any]:
    """Tables that fit, or of which a column does."""
    found = [
        {"Table": {"CatalogId": call.account, "DatabaseName": database, "Name": name}, **_told(call, (database, name))}
        for database, entry in sorted(call.databases.items())
        for name in sorted(entry.tables)
        if any(
            _fits(call, place)
            for place in ((database, name), *((database, name, each) for each in _columns(call, (database, name))))
        )
    ]
    return call.page("TableList", found)


def _search_databases(call: _Call) -> dict[str, Any]:
    found = [
        {
            "Database": {"CatalogId": call.account, "Name": name},
            "LFTags": call.pairs(_effective(call.lake, (name,))),
        }
        for name in sorted(call.databases)
        if _fits(call, (name,))
    ]
    return call.page("DatabaseList", found)


def _fits(call: _Call, place: Place) -> bool:
    tags = _effective(call.lake, place)
    return all(
        tags.get(str(each["TagKey"]).lower()) in [str(value).lower() for value in each["TagValues"]]
        and call.sees(str(each["TagKey"]).lower(), tags[str(each["TagKey"]).lower()])
        for each in call.wanted["Expression"]
    )


def _columns(call: _Call, place: Place) -> Iterator[str]:
    table: dict[str, Any] = call.databases[place[0]].tables[place[1]].as_dict()
    storage: dict[str, Any] = table.get("StorageDescriptor") or {}
    for column in (*(storage.get("Columns") or ()), *(table.get("PartitionKeys") or ())):
        yield str(column["Name"]).lower()


def _places(call: _Call) -> list[Place]:
    """What a call is about: several columns of a table, or one thing."""
    kind, named = next((kind, value) for kind, value in call.wanted["Resource"].items() if value)
    name = str(named["Name"]).lower()
    names: Place = (name,) if kind == "Database" else (str(named["DatabaseName"]).lower(), name)
    database = call.databases.get(names[0])
    if database is None or (len(names) > _DATABASE and name not in database.tables):
        raise call.error("EntityNotFoundException", f"{kind} not found: {'.'.join(names)}")
    if kind != "TableWithColumns":
        return [names]
    wanted = [str(name).lower() for name in named.get("ColumnNames") or ()]
    if not wanted or not set(wanted) <= set(_columns(call, names)):
        raise call.error("EntityNotFoundException", f"Column not found: {', '.join(wanted)}")
    return [(*names, name) for name in wanted]


def _failure(tag: Mapping[str, Any], code: str, message: str) -> dict[str, Any]:
    return {"LFTag": tag, "Error": {"ErrorCode": code, "ErrorMessage": message}}
