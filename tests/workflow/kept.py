"""What a run of tests knows of a mesh: what it fetched, typed and used; at the end all is searched for secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.workflow.http_client import Reply

_DECORATION = re.compile(r"<style>.*?</style>|<svg.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """Something that was fetched: a decision page, or an answer of the portal's API; `typed`: what the reader sent."""

    address: str
    status: int
    text: str
    typed: frozenset[str]


@dataclass
class Kept:
    """What is known.

    Attributes:
        pages: all that was fetched.
        typed: all that was typed into forms, addresses and comments.
        used: what people sign in with: passwords, tokens, addresses; each with its kind.
        tokens: the task tokens of all executions whose histories were read.
        read: executions that had ended when their history was read, so that it need not be read again.
    """

    pages: list[Page] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    used: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)

    def page(self, address: str, reply: Reply, typed: Iterable[str] = ()) -> Reply:
        """Keeps something that was fetched, and gives it back."""
        sent = frozenset(typed)
        self.typed |= sent
        self.pages.append(Page(address, reply.status, _DECORATION.sub("", reply.body), sent))
        return reply
