"""The sensitive LF-Tags of databases, tables and columns, as Lake Formation tells them to this function's role.

Lake Formation leaves out tags that the role may not see, so absence says something only of tags that it may: each of
them is looked at by itself first. All names are in lower case, as Lake Formation keeps them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar, cast

from handlers.aws.clients import client, translated
from handlers.sharing.model.errors import AccessRefused

FRESH_SECONDS: Final = 60.0
"""How long an answer about all tables holds: a long share is read page by page, and so are its tags."""

_VALUES_A_CALL: Final = 50
"""The most values of a key that Lake Formation takes, or gives, in one call."""
_PAGE: Final = 100

T = TypeVar("T")
Ask = Callable[..., Mapping[str, Any]]
"""A call of Lake Formation."""

Sensitive = Mapping[str, Sequence[str] | None]
"""The keys that are flags, each with the values that are; `None`: any value."""


@dataclass(frozen=True, slots=True)
class TableTags:
    """The sensitive tags of a table and of its columns, each as `key=value`, inherited ones too."""

    table: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def and_also(self, other: TableTags) -> TableTags:
        """These and others of the same table."""
        names = {*self.columns, *other.columns}
        columns = {name: _both(self.columns.get(name, ()), other.columns.get(name, ())) for name in names}
        return TableTags(_both(self.table, other.table), columns)


class LfTags:
    """Reads tags. Each method answers `None` where they cannot be read, and raises `TryAgain` for outages."""

    def __init__(self, sensitive: Sensitive, clock: Callable[[], float] = time.monotonic) -> None:
        self._sensitive = sensitive
        self._clock = clock
        self._lake = client("lakeformation")
        self._seen: tuple[float, Mapping[str, Sequence[str]] | None] | None = None
        self._found: tuple[float, Mapping[tuple[str, str], TableTags] | None] | None = None

    def of_database(self, name: str) -> tuple[str, ...] | None:
        """The tags of one database."""
        answer = self._of({"Database": {"Name": name}})
        return None if answer is None else self._flags(answer.get("LFTagOnDatabase"))

    def of_table(self, database: str, name: str) -> TableTags | None:
        """The tags of one table and its columns."""
        answer = self._of({"Table": {"DatabaseName": database, "Name": name}})
        return None if answer is None else self._tags_of(answer)

    def of_databases(self) -> Mapping[str, tuple[str, ...]] | None:
        """The tags of all databases that have any."""
        entries = self._search("search_databases_by_lf_tags", "DatabaseList")
        if entries is None:
            return None
        found: dict[str, tuple[str, ...]] = {}
        for each in entries:
            name = str(each["Database"]["Name"])
            found[name] = _both(found.get(name, ()), self._flags(each.get("LFTags")))
        return found

    def of_tables(self) -> Mapping[tuple[str, str], TableTags] | None:
        """The tags of all tables that have any, by database and name; at most `FRESH_SECONDS` old."""
        if self._found is None or self._clock() - self._found[0] > FRESH_SECONDS:
            self._found = self._clock(), self._search_tables()
        return self._found[1]

    def _search_tables(self) -> Mapping[tuple[str, str], TableTags] | None:
        entries = self._search("search_tables_by_lf_tags", "TableList")
        if entries is None:
            return None
        found: dict[tuple[str, str], TableTags] = {}
        for each in entries:
            # The search for another key may find a table again.
            name = str(each["Table"]["DatabaseName"]), str(each["Table"]["Name"])
            found[name] = found.get(name, TableTags()).and_also(self._tags_of(each))
        return found

    def _tags_of(self, answer: Mapping[str, Any]) -> TableTags:
        listed: Sequence[Mapping[str, Any]] = answer.get("LFTagsOnColumns") or ()
        columns = {str(each["Name"]): self._flags(each.get("LFTags")) for each in listed}
        return TableTags(
            self._flags(answer.get("LFTagsOnTable")), {name: tags for name, tags in columns.items() if tags}
        )

    def _of(self, resource: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if self._visible() is None:
            return None
        ask: Ask = partial(self._lake.get_resource_lf_tags, Resource=resource, ShowAssignedLFTags=False)
        return _readable(ask)

    def _search(self, operation: str, listed: str) -> list[Mapping[str, Any]] | None:
        values = self._visible()
        if values is None:
            return None
        find: Ask = getattr(self._lake, operation)
        return _readable(
            lambda: [
                entry
                for key in self._sensitive
                for some in _parts(values[key])
                for entry in _all_pages(find, listed, [{"TagKey": key, "TagValues": list(some)}])
            ]
        )

    def _visible(self) -> Mapping[str, Sequence[str]] | None:
        """The sensitive values of each key, if all of them can be seen; at most `FRESH_SECONDS` old."""
        if self._seen is None or self._clock() - self._seen[0] > FRESH_SECONDS:
            self._seen = self._clock(), self._look()
        return self._seen[1]

    def _look(self) -> Mapping[str, Sequence[str]] | None:
        found: dict[str, Sequence[str]] = {}
        for key, wanted in self._sensitive.items():
            ask: Ask = partial(self._lake.get_lf_tag, TagKey=key)
            tag = _readable(ask)
            shown: Sequence[str] = () if tag is None else tag.get("TagValues", ())
            # Of a key with more values than one call gives, nobody knows them all.
            whole = wanted is not None or len(shown) < _VALUES_A_CALL
            if not shown or not whole or not set(wanted or ()) <= set(shown):
                return None
            found[key] = shown if wanted is None else wanted
        return found

    def _flags(self, pairs: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
        return tuple(sorted({tag for pair in pairs or () for tag in self._flags_of(pair)}))

    def _flags_of(self, pair: Mapping[str, Any]) -> Iterator[str]:
        key, values = str(pair["TagKey"]), cast("Sequence[str]", pair.get("TagValues") or ())
        if key in self._sensitive:
            wanted = self._sensitive[key]
            yield from (f"{key}={value}" for value in values if wanted is None or value in wanted)


def _readable(call: Callable[[], T]) -> T | None:
    """What a call answers; `None` where Lake Formation refuses it for good."""
    from botocore.exceptions import ClientError

    try:
        with translated("read LF-Tags"):
            return call()
    except (AccessRefused, ClientError):
        return None


def _all_pages(find: Ask, listed: str, expression: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = find(Expression=expression, MaxResults=_PAGE, **token)
        yield from page.get(listed) or ()
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _VALUES_A_CALL] for start in range(0, len(values), _VALUES_A_CALL))


def _both(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*some, *others}))
