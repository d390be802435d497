"""Runs mutmut over the domain: every change, or with `ONE_IN` a sample that is another one at every commit.

It is a program of its own because mutmut makes the changes first and names them then.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.proof.sample import ONE_IN, sample
from tests.unit.mutation_score import names, report

_SMALL = "handlers.sharing.model.clock*"
"""To make all changes, mutmut has to be asked to try some."""


def _mutmut(*changes: str) -> None:
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "2", *changes], check=True)


def _module(change: str) -> str:
    return change.rpartition(".")[0]


def chosen(changes: Sequence[str]) -> Sequence[str]:
    """The changes to try, some of each module."""
    return sample(changes, name=str, kind=_module)


def main() -> None:
    """Try them, and print the score."""
    if ONE_IN == 1:
        _mutmut()
        report()
        return
    _mutmut(_SMALL)
    tried = chosen(names())
    _mutmut(*tried)
    report(frozenset(tried))


if __name__ == "__main__":
    main()
