"""Which parts of a table can be asked for, for people who look at it: judged as a request for each would be."""

from dataclasses import dataclass

from handlers.sharing.filters import check_offered
from handlers.sharing.model.catalogue import Database, Found, Table
from handlers.sharing.model.errors import Refused, TooManyColumns
from handlers.sharing.model.part import WHOLE, Part
from handlers.sharing.model.parties import Parties, owner_of_all
from handlers.sharing.model.selection import expression_of, select
from handlers.sharing.model.sensitivity import is_empty


@dataclass(frozen=True, slots=True)
class OfferedRows:
    """A row filter: its name, and the expression that stands on the table; `refusal`: why nobody can ask for it."""

    name: str
    expression: str | None = None
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class OfferedParts:
    """What can be asked for, other than all of a table.

    Attributes:
        refusal: why there are no parts of it.
        safe: how many columns its safe subset has, partition keys with them; `None`: there is none.
        safe_refusal: why there is none.
        rows: its row filters, by name.
    """

    refusal: Refused | None
    safe: int | None
    safe_refusal: Refused | None
    rows: tuple[OfferedRows, ...]


def offered_parts(table: Table, inside: Found[Database], parties: Parties) -> OfferedParts:
    """Say which parts a table has that is `inside` a database, by the rules that requests are judged by."""
    within, refusal = inside.entry, inside.refusal
    names = sorted({name for name, value in table.row_filters if not is_empty(value)})
    if refusal is not None:
        # First, as a request is judged: what it is in cannot be seen, or is a link.
        return OfferedParts(refusal, None, refusal, tuple(_rows(name, table, refusal) for name in names))
    safe_refusal = safe = None
    try:
        select(WHOLE, table, within)
    except TooManyColumns:
        # Only all of them together.
        pass
    except Refused as refused:
        refusal = refused
    try:
        named = (table.owner, table.owner_name) if table.owner is not None else (within.owner, within.owner_name)
        part = Part(safe=True)
        check_offered(part, owner_of_all({named: table.name}, within.name, parties), parties)
        safe = len(select(part, table, within).columns)
    except Refused as refused:
        safe_refusal = refused
    return OfferedParts(refusal, safe, safe_refusal, tuple(_rows(name, table, refusal) for name in names))


def _rows(name: str, table: Table, refusal: Refused | None) -> OfferedRows:
    if refusal is not None:
        return OfferedRows(name, refusal=refusal)
    try:
        return OfferedRows(name, expression_of(name, table))
    except Refused as refused:
        return OfferedRows(name, refusal=refused)
