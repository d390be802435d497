"""How much of a proof runs: all of it, or a sample that is another one at every commit.

`make prove` tries every case. `make prove ONE_IN=3` tries one in three, chosen by a hash of the commit and the case, so
that a run can be repeated, and over some commits every case has its turn.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

ONE_IN: Final = int(os.environ.get("LAKESHARE_PROVE_ONE_IN") or 1)
"""One case in so many is tried."""

T = TypeVar("T")


def sample(cases: Sequence[T], name: Callable[[T], str], kind: Callable[[T], str]) -> Sequence[T]:
    """The cases to try: all, or one in `ONE_IN`, with at least one of each kind.

    Args:
        cases: all there are.
        name: what a case is called, the same in every run.
        kind: what must not be left out.
    """
    if ONE_IN == 1:
        return cases
    ranks = {id(each): _rank(name(each)) for each in cases}
    ranked = sorted(cases, key=lambda each: ranks[id(each)])
    chosen = {id(each) for each in ranked[: -(-len(cases) // ONE_IN)]}
    chosen |= {id(first) for first in {kind(each): each for each in reversed(ranked)}.values()}
    return [each for each in cases if id(each) in chosen]


def fewer(count: int) -> int:
    """How many of so many random tries are made."""
    return -(-count // ONE_IN)


def _rank(name: str) -> bytes:
    return hashlib.sha256(f"{commit()} {name}".encode()).digest()


@cache
def commit() -> str:
    """The commit that is proved; empty outside of a clone."""
    head = ["git", "rev-parse", "HEAD"]
    return subprocess.run(head, cwd=Path(__file__).parent, capture_output=True, text=True, check=False).stdout.strip()
