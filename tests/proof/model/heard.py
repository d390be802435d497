"""What a model of the workflow hears of: states of the data, mails, decisions, runs of functions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.part import Part
from handlers.sharing.model.request import Source
from tests.proof.clean import is_clean


@dataclass(frozen=True)
class Basis:
    """A state of the data in plain words, never as a fingerprint: what was read, and how far a grant of it goes.

    `part`: which part of it was asked for. `named`: the columns that an approver is told of as personal data, in lower
    case; `None` among them: all of it.
    """

    source: Source
    consumer: str
    database: Database
    tables: tuple[Table, ...]
    scope: Scope
    part: Part
    named: frozenset[str | None]

    @property
    def clean(self) -> bool:
        return is_clean(self.database, self.tables, whole=self.source.is_database)

    def of_same_data(self, database: Database, tables: tuple[Table, ...]) -> bool:
        return _essence(self.database, self.tables) == _essence(database, tables)


def _essence(database: Database, tables: tuple[Table, ...]) -> object:
    """All that an approver is told of, or a grant covers."""
    # A row filter counts for who asks for it, and that is looked at where it is granted.
    told = sorted((replace(table, owner_name=None, description="", row_filters=()) for table in tables), key=str)
    return database.name, database.owner, database.location, database.flags, told


@dataclass(frozen=True)
class Mail:
    """A mail that went out: its request, the key in its links, what it was about."""

    request_id: str
    key: str
    basis: Basis
    account: str


@dataclass(frozen=True)
class Posting:
    """A decision that somebody posts: to which request, by which mail's key.

    Attributes:
        mail: `None`: by none; they are signed in.
        shown: what they decide on, who are signed in.
        columns: the columns that they give; empty: all that were asked for.
    """

    request_id: str
    mail: Mail | None
    action: str
    address: str
    shown: Basis | None = None
    columns: tuple[str, ...] = ()

    @property
    def basis(self) -> Basis | None:
        """What was decided on."""
        return self.mail.basis if self.mail else self.shown


@dataclass
class Invocation:
    """One run of a function.

    `began`: when. `seen`: each table as it was read last. `about`: the request that it looked at last; `loaded`: the
    basis of the classification that it found there, `open` or not.
    """

    function: str
    payload: dict[str, Any]
    began: str
    posting: Posting | None = None
    calls: int = 0
    database: Database | None = None
    seen: dict[str, Table] = field(default_factory=dict[str, Table])
    about: str = ""
    loaded: Basis | None = None
    open: bool = False

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(self.seen.values())
