"""What a lake lives on: Lakeshare on the fakes (`in_memory`), or on the mesh (`on_mesh`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from handlers.sharing.model.finding import Finding
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share
from tests.proof.parts.lakes import Ask, Lake
from tests.proof.parts.of_lake import Cell
from tests.proof.parts.promises import Read

SHARED, ALREADY, RENEWED = "shared", "shared already", "renewed"


@dataclass(frozen=True)
class Outcome:
    """What came of a request.

    Attributes:
        what: for the count of what was done: `SHARED`, `ALREADY`, `RENEWED`, or why not.
        share: that it is shared by.
        decided: whether somebody approved it.
        named: what they were told of.
        given: the columns that they gave, where these were fewer.
        read: what its grants let read; of shares that were there before, nothing.
        names: the tables that it covers as a whole.
    """

    what: str
    share: Share | None = None
    decided: bool = False
    named: set[Cell] = field(default_factory=set[Cell])
    given: frozenset[str] | None = None
    read: Read = field(default_factory=dict[str, Any])
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Meanwhile:
    """What happens while a request is under way.

    Attributes:
        judged: the request was judged, by what stands there.
        change: somebody changes the lake, by this chance.
        narrow: which of these columns the owner gives; none: all.
    """

    judged: Callable[[], None]
    change: Callable[[float], None]
    narrow: Callable[[Iterable[str]], tuple[str, ...]]


class Stage(Protocol):
    """Where a lake lives."""

    turns: Sequence[str]
    """What can be done here, as often as it is named."""

    def put(self, lake: Lake) -> None:
        """The catalogue is this from now on."""

    def ask(self, name: str, document: dict[str, Any], ask: Ask, meanwhile: Meanwhile) -> Outcome:
        """Ask, have it decided, and have it granted."""
        ...

    def shares(self) -> Sequence[Share]:
        """All that hold what they cover."""
        ...

    def reads(self, account: str) -> Read:
        """What an account reads by all that is granted to it."""
        ...

    def end(self, share: Share) -> None:
        """Somebody ends a share."""

    def held(self, account: str, source: Source | None) -> AbstractContextManager[None]:
        """Hold an account, or data, meanwhile: all that this reaches ends."""
        ...

    def findings(self) -> Sequence[Finding]:
        """What drift finds."""
        ...

    def tampered(self, by: Random, account: str, lake: Lake) -> AbstractContextManager[bool]:
        """Something of what an account was granted is changed past Lakeshare meanwhile; says whether it was."""
        ...
