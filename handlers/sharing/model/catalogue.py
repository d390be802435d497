"""The catalogue as the rules see it: databases, tables, columns, each with its raw flags."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from handlers.sharing.model.errors import Refused

Entry = TypeVar("Entry")

Marked = frozenset[str | None]
"""What of an entry is marked: the whole of it (`None`), and columns by their names in lower case."""
Place = tuple[str, str | None]
"""Where an entry stands: the database and the table in it; `None`: the database itself. In lower case."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column or partition key.

    Attributes:
        flags: every raw value of its `pii_flag`, often none.
        tags: the sensitive LF-Tags that it has, its table's too, as `key=value`.
    """

    name: str
    type: str
    flags: tuple[object, ...] = ()
    is_partition_key: bool = False
    comment: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view.

    Attributes:
        columns: columns and partition keys; `()` if the catalogue has no list of them, `None` if it cannot be read.
        flags: every raw value of the table's own `pii_flag`.
        owner: the raw `data_owner`; `None` if there is none.
        owner_contact: the raw `data_owner_contact`; `None` if there is none.
        kind: Glue's `TableType`.
        location: the storage location.
        registered: whether Lake Formation knows the location.
        pii_columns: every raw value of `pii_columns`, often none.
        is_view: its definer's rights may reach data whose flags are elsewhere.
        schema_readable: whether the list of columns can be the whole schema; `False` for a placeholder, or where a
            schema kept elsewhere cannot be read.
        elsewhere: columns that a schema in the parameters has and the list lacks.
        tags: the sensitive LF-Tags that it has, its database's too, as `key=value`; `None` if they cannot be read.
        about: what else decides about which data is read (further locations, a view's text, …), as a text to compare.
        row_filters: the row filters that it offers: each one's name, in lower case, and the raw expression.
        once_flagged: what was seen flagged before; `None` if that cannot be read. Not of the catalogue: see `Memory`.
    """

    name: str
    columns: tuple[Column, ...] | None
    flags: tuple[object, ...] = ()
    owner: str | None = None
    owner_name: str | None = None
    description: str = ""
    kind: str = ""
    location: str = ""
    registered: bool = True
    pii_columns: tuple[object, ...] = ()
    is_view: bool = False
    schema_readable: bool = True
    elsewhere: tuple[Column, ...] = ()
    tags: tuple[str, ...] | None = ()
    about: str = ""
    once_flagged: Marked | None = frozenset()
    owner_contact: str | None = None
    row_filters: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the central account's catalogue. What it has in common with `Table` is as there."""

    name: str
    flags: tuple[object, ...] = ()
    owner: str | None = None
    owner_name: str | None = None
    description: str = ""
    location: str = ""
    tags: tuple[str, ...] | None = ()
    about: str = ""
    once_flagged: Marked | None = frozenset()
    owner_contact: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a survey found in a database: how many tables, and how many of these ask their owner."""

    tables: int
    asking: int


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


def pages_of(read: Callable[[str | None], Batch[Entry]]) -> Iterator[tuple[Entry, ...]]:
    """The pages of a list, one after the other."""
    token = None
    while True:
        batch = read(token)
        yield batch.entries
        token = batch.token
        if token is None:
            return
