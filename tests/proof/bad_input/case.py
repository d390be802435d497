"""What a case of bad input is, wherever it goes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """Where input comes in."""

    DECISION = "decision route"
    REQUESTS = "requests API"
    EXECUTION = "execution input"
    REVOKING = "input of revoking"
    CATALOGUE = "catalogue"
    CONFIG = "stack configuration"


@dataclass(frozen=True)
class Http:
    """A call over HTTP.

    Attributes:
        method: as it is sent.
        query: percent-encoded; `{request}`, `{key}` and `{cut}` stand for those of a request that
            waits, the last one for its key without its end.
        path: within the API; of the requests API without `/api`, `{share}` being a live share of the user, `{others}`
            one of somebody else, `{waiting}` a request that waits.
        body: as it is sent; `None` for none.
        headers: by name.
        caller: whose access token goes along: `user`, `auditor`, `operator`, `owner` (of the request that waits), or
            `nobody`.
    """

    method: str = "GET"
    query: str = ""
    path: str = ""
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    caller: str = "user"


@dataclass(frozen=True)
class Execution:
    """The input of an execution, as text, with `{share}` and `{others}` as in `Http`; its name where that matters."""

    text: str
    name: str | None = None


@dataclass(frozen=True)
class Entry:
    """A table, the only one of its database, as Glue is told of it; asked for by itself or with the whole database.

    Attributes:
        table: over a harmless table's `TableInput`; `None` removes a field.
        database: over an owned database's `DatabaseInput`.
        ask: `*`, or the name that is asked for; `None`: the table.
        without_table: the database is empty.
    """

    table: Mapping[str, object] | None = None
    database: Mapping[str, object] | None = None
    ask: str | None = None
    without_table: bool = False


@dataclass(frozen=True)
class Config:
    """The configuration of a stack, by key, with which keys are encrypted; `region`: of AWS."""

    values: Mapping[str, object]
    secret: tuple[str, ...] = ()
    region: str | None = "eu-central-1"


@dataclass(frozen=True)
class Case:
    """One bad input.

    Attributes:
        name: no other case has it.
        door: where it goes in.
        given: what goes in.
        expected: what comes out: HTTP's status and the reason, if the answer has one; how a request ends and why, or
            `ASKS` and the rule by which a person is asked; the keys that a configuration is refused for.
        words: what the answer has to say.
        hidden: what it must not say.
    """

    name: str
    door: Door
    given: Http | Execution | Entry | Config
    expected: str
    words: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
