"""Lake Formation's data cells filters: what is kept of them. What is asked of them is in `lf_filter_api`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from localmesh.aws.lf_grants import Place, Resource

Key = tuple[str, str, str]
"""Database, table and name; the first two in lower case."""


@dataclass(frozen=True)
class Filter:
    """A data cells filter.

    Attributes:
        owner: account and region of the catalogue with its table.
        database: the table's.
        table: its name.
        name: as it was given; whether AWS tells case apart is not written, here it is.
        body: its columns and rows, as the API gives them.
        by: who made it, a role's ARN; None for an administrator of the account.
        version: another one after each update.
    """

    owner: Place
    database: str
    table: str
    name: str
    body: Mapping[str, Any]
    by: str | None
    version: str

    @property
    def resource(self) -> Resource:
        """As grants name it."""
        named = {"DatabaseName": self.database, "TableName": self.table, "Name": self.name}
        return {"DataCellsFilter": {"TableCatalogId": self.owner[0], **named}}

    def entry(self) -> dict[str, Any]:
        """As `GetDataCellsFilter` shows it."""
        return {**self.resource["DataCellsFilter"], **self.body, "VersionId": self.version}


_held: dict[Place, dict[Key, Filter]] = {}


def keep(owner: Place, key: Key, body: Mapping[str, Any], by: str | None) -> None:
    """Keeps a filter, in the place of the one of that name if there is one."""
    _held.setdefault(owner, {})[key] = Filter(owner, *key, body, by, str(uuid4()))


def find(owner: Place, key: Key) -> Filter | None:
    """A filter; None if there is none of that name."""
    return _held.get(owner, {}).get(key)


def named_by(resource: Resource, region: str) -> Filter | None:
    """The filter that a resource in normal form is; None if there is none."""
    value = resource["DataCellsFilter"]
    return find((value["TableCatalogId"], region), (value["DatabaseName"], value["TableName"], value["Name"]))


def of(owner: Place, database: str | None = None, table: str | None = None) -> Iterator[Filter]:
    """Filters of a catalogue, of a database or of a table, by their names."""
    for key, found in sorted(_held.get(owner, {}).items()):
        if database in {None, key[0]} and table in {None, key[1]}:
            yield found


def forget(owner: Place, database: str, table: str | None = None, name: str | None = None) -> None:
    """Ends a filter, by its name, or all of a table or database."""
    held = _held.get(owner, {})
    if table is not None and name is not None:
        held.pop((database, table, name), None)
        return
    for key in [each for each in held if each[0] == database and table in {None, each[1]}]:
        del held[key]
