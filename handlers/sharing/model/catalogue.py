"""The catalogue as the rules see it: databases, tables, columns, each with its raw flags."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from handlers.sharing.model.errors import Refused

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Column:
    """A column or partition key. `flags`: every raw value of its `pii_flag`, often none."""

    name: str
    type: str
    flags: tuple[object, ...] = ()
    is_partition_key: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view.

    `columns` is `None` where they cannot be read (a view without a storage descriptor). `owner` is the raw
    `data_owner`, `None` if there is none. `location` is the storage location, `definition` a view's text.
    """

    name: str
    columns: tuple[Column, ...] | None
    flags: tuple[object, ...] = ()
    owner: str | None = None
    owner_name: str | None = None
    description: str = ""
    kind: str = ""
    location: str = ""
    definition: str = ""
    registered: bool = True


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the central account's catalogue. `owner` as in `Table`."""

    name: str
    flags: tuple[object, ...] = ()
    owner: str | None = None
    owner_name: str | None = None
    description: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Found(Generic[Entry]):
    """An entry as it was found. `refusal`: why a request for it would be refused, if the entry itself says so."""

    entry: Entry
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class Batch(Generic[Entry]):
    """Part of a list, and the token of the next part; `None`: there is none."""

    entries: tuple[Entry, ...]
    token: str | None
