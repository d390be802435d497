"""What a share covers in Lake Formation, and what goes when it ends.

A grant has no id in Lake Formation: the same principal and resource are one entry, whichever share asked for it. So
what a share ends is worked out from all shares of its consumer that live.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.classification import Scope
from handlers.sharing.model.request import WHOLE_DATABASE, Source


@dataclass(frozen=True, order=True, slots=True)
class Resource:
    """What is granted, in one form: a database itself (`table` empty), all its tables (`*`), or one of them.

    With `filter` it is what the data cells filter of that name lets read of one table. All tables, named ones and
    filters are independent: who loses one of them keeps the others.
    """

    database: str
    table: str = ""
    filter: str = ""

    @property
    def permissions(self) -> tuple[str, ...]:
        """What a share grants on it, always with grant option."""
        if self.filter:
            return ("SELECT",)
        return ("SELECT", "DESCRIBE") if self.table else ("DESCRIBE",)

    @property
    def carrier(self) -> "Resource":
        """What AWS RAM carries to another account for it: of a filter its table."""
        return Resource(self.database, self.table) if self.filter else self

    def covers(self, table: str) -> bool:
        """Whether who has this can read all of a table of this database."""
        return not self.filter and self.table in {table, WHOLE_DATABASE}

    def __str__(self) -> str:
        if self.filter:
            return f"a part of {self.carrier} ({self.filter})"
        return f"{self.database}.{self.table}" if self.table else self.database


NO_FILTERS: Final[Mapping[str, str]] = {}


def covered(
    source: Source, scope: Scope, names: Iterable[str], filters: Mapping[str, str] = NO_FILTERS
) -> frozenset[Resource]:
    """All that a share grants its consumer.

    Args:
        source: what was asked for.
        scope: what of it is granted.
        names: the tables, where they are granted by name; of no account otherwise.
        filters: the filters, by their tables, where such are granted.
    """
    database = Resource(source.database)
    match scope:
        case Scope.TABLE:
            return frozenset({Resource(source.database, source.table)})
        case Scope.WILDCARD:
            return frozenset({database, Resource(source.database, WHOLE_DATABASE)})
        case Scope.TABLES_BY_NAME:
            return frozenset({database, *(Resource(source.database, name) for name in names)})
        case Scope.FILTERED | Scope.FILTERED_TABLES:
            if not filters:
                raise ValueError(f"A part of {source} must have a filter; none is named.")
            return frozenset({Resource(source.database, table, name) for table, name in filters.items()})


def gives(covers: Iterable[Resource], source: Source) -> bool:
    """Whether who has all this can read some of what `source` names; a database itself holds no data."""
    tables = (each for each in covers if each.table and each.database == source.database)
    return any(source.is_database or each.table in {source.table, WHOLE_DATABASE} for each in tables)


def are_covered(parts: Iterable[Resource], by: Iterable[Resource]) -> bool:
    """Whether who has all these can read all of the tables that `parts` are of."""
    whole = {(each.database, each.table) for each in by if each.table and not each.filter}
    return all({(each.database, each.table), (each.database, WHOLE_DATABASE)} & whole for each in parts)


def ended_by(mine: Set[Resource], others: Iterable[Set[Resource]]) -> frozenset[Resource]:
    """What is revoked when a share ends: all that none of the consumer's `others` that live covers, too."""
    return frozenset(mine).difference(*others)


def stays(mine: Set[Resource], others: Iterable[Set[Resource]]) -> frozenset[Resource]:
    """What its consumer can read through other shares after a share's end: of what it covers, and parts of its tables.

    Parts of a table may have columns in common, and of a whole database's the ledger has no columns: all are told.
    """
    left = frozenset[Resource]().union(*others)
    wide = {each.database for each in left if each.table == WHOLE_DATABASE}
    tables = {(each.database, each.table) for each in mine}
    return frozenset(
        {
            *(each for each in mine if {each, each.carrier} & left or (each.table and each.database in wide)),
            *(
                each
                for each in left
                if each.filter and tables & {(each.database, each.table), (each.database, WHOLE_DATABASE)}
            ),
        }
    )
