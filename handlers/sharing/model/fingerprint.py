"""What the catalogue says about data as hashes: if they are the same, so is what would be shared."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.selection import Selection

EACH_WHOLE: Final[Mapping[str, str]] = {}
"""No table is granted by a filter."""


def digest_of_database(database: Database) -> bytes:
    """A hash over what a database says of itself and, where they name no owner or flag, of its tables."""
    return _digest(_about(database))


def digest_of_table(table: Table) -> bytes:
    """A hash over what the catalogue says of a table's data, and who answers for it."""
    columns = None
    if table.columns is not None:
        columns = [[c.name, c.type, c.flags, c.is_partition_key, c.tags] for c in table.columns]
    where = [table.location, table.kind, table.registered, table.about]
    elsewhere = [[column.name, column.tags] for column in table.elsewhere]
    said = [table.flags, table.tags, table.pii_columns]
    return _digest([table.name, table.owner, where, said, columns, elsewhere])


def fingerprint_of(
    request: ShareRequest,
    scope: Scope,
    owner: Owner,
    database: Database,
    digests: Mapping[str, bytes],
    *,
    selection: Selection | None = None,
    filters: Mapping[str, str] = EACH_WHOLE,
) -> str:
    """A hash over all that would be shared, with whom, who is to read it there, and who answers for it.

    `digests`: of its tables, by name; `selection`: what is in of a part of a table; `filters`: what of each table, by
    the name of its filter.
    """
    tables = [(name, digests[name].hex()) for name in sorted(digests)]
    roles = [{"roles": request.roles}] if request.roles else []
    whole = ["v1", request.source.table, request.consumer, scope, owner.account_id, _about(database), tables, *roles]
    if filters:
        return _digest([*whole, request.part.fields, sorted(filters.items())]).hex()
    if selection is None:
        return _digest(whole).hex()
    return _digest([*whole, request.part.fields, selection.columns, selection.row_filter]).hex()


def _about(database: Database) -> list[object]:
    return [database.name, database.owner, database.location, database.flags, database.tags, database.about]


def _digest(value: object) -> bytes:
    # `repr` for what JSON has no form for: a flag may be anything that the catalogue holds.
    return hashlib.sha256(json.dumps(value, separators=(",", ":"), default=repr).encode()).digest()
