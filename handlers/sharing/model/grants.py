"""What a share covers in Lake Formation, and what goes when it ends.

A grant has no id in Lake Formation: the same principal and resource are one entry, whichever share asked for it. So
what a share ends is worked out from all shares of its consumer that live.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from handlers.sharing.model.classification import Scope
from handlers.sharing.model.request import WHOLE_DATABASE, Source


@dataclass(frozen=True, order=True, slots=True)
class Resource:
    """What is granted, in one form: a database itself (`table` empty), all its tables (`*`), or one of them.

    All tables and named ones are independent: who loses one of them keeps the other.
    """

    database: str
    table: str = ""

    @property
    def permissions(self) -> tuple[str, ...]:
        """What a share grants on it, always with grant option."""
        return ("SELECT", "DESCRIBE") if self.table else ("DESCRIBE",)

    def covers(self, table: str) -> bool:
        """Whether who has this can read a table of this database."""
        return self.table in {table, WHOLE_DATABASE}

    def __str__(self) -> str:
        return f"{self.database}.{self.table}" if self.table else self.database


def covered(source: Source, scope: Scope, names: Iterable[str]) -> frozenset[Resource]:
    """All that a share grants its consumer.

    Args:
        source: what was asked for.
        scope: what of it is granted.
        names: the tables, where they are granted by name; of no account otherwise.
    """
    database = Resource(source.database)
    match scope:
        case Scope.TABLE:
            return frozenset({Resource(source.database, source.table)})
        case Scope.WILDCARD:
            return frozenset({database, Resource(source.database, WHOLE_DATABASE)})
        case Scope.TABLES_BY_NAME:
            return frozenset({database, *(Resource(source.database, name) for name in names)})


def gives(covers: Iterable[Resource], source: Source) -> bool:
    """Whether who has all this can read some of what `source` names; a database itself holds no data."""
    tables = (each for each in covers if each.table and each.database == source.database)
    return any(source.is_database or each.covers(source.table) for each in tables)


def ended_by(mine: Set[Resource], others: Iterable[Set[Resource]]) -> frozenset[Resource]:
    """What is revoked when a share ends: all that none of the consumer's `others` that live covers, too."""
    return frozenset(mine).difference(*others)


def stays(mine: Set[Resource], others: Iterable[Set[Resource]]) -> frozenset[Resource]:
    """What of a share its consumer can still read after its end, through other shares."""
    left = frozenset[Resource]().union(*others)
    wide = {each.database for each in left if each.table == WHOLE_DATABASE}
    return frozenset(each for each in mine if each in left or (each.table and each.database in wide))
