"""Holds: what must not be shared until somebody lifts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.sharing.model.errors import OnHold
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import WHOLE_DATABASE, Source

HoldKind = Literal["consumer", "owner", "database"]


@dataclass(frozen=True, order=True, slots=True)
class Hold:
    """On a consumer's account, an owner's account, or a database.

    `name`: the account or the database. `table`: of a database one table, or `*` for all of it; `*` of an account.
    """

    kind: HoldKind
    name: str
    table: str = WHOLE_DATABASE

    def stops(self, source: Source) -> bool:
        """Whether a share of this data would reach what is held; of an account's hold it is so for all data."""
        if self.kind != "database":
            return True
        return source.database == self.name and (
            WHOLE_DATABASE in {self.table, source.table} or source.table == self.table
        )

    def __str__(self) -> str:
        match self.kind:
            case "consumer":
                return f"consumer account {self.name}"
            case "owner":
                return f"all data of account {self.name}"
            case "database" if self.table == WHOLE_DATABASE:
                return f"database {self.name}"
            case _:
                return f"table {self.name}.{self.table}"


def holds_on(source: Source, consumer: str, owner: Owner) -> tuple[Hold, ...]:
    """The holds that would keep this data from being shared with this account.

    Of a whole database the last one asks for any of its tables: see `Hold.stops`.
    """
    return (
        Hold("consumer", consumer),
        Hold("owner", owner.account_id),
        Hold("database", source.database, source.table),
    )


def refuse_held(stand: Sequence[Hold]) -> None:
    """Refuse what is held, by the holds on it that stand.

    Raises:
        OnHold: there is one.
    """
    if stand:
        raise OnHold(f"There is a hold on {stand[0]}. Nothing of it is shared until the hold is lifted.")
