"""Has a family of mutants tried in a process of its own, and holds the verdicts to the promise."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.proof.conftest import Figure
from tests.proof.mutating.bench import Verdict

ROOT = Path(__file__).parents[3]

EQUIVALENT: Final[Mapping[str, str]] = {}
"""Mutants that no test can notice, by where they are, each with the reason why it does no harm."""


def verdicts(family: str) -> list[Verdict]:
    """Try all mutants of a family (a module of this folder)."""
    command = [sys.executable, "-m", f"tests.proof.mutating.{family}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Verdict(**each) for each in json.loads(done.stdout)]


def hold(found: Sequence[Verdict], figure: Figure) -> None:
    """Every mutant is killed by a test that failed, but for those that are written down as equivalent."""
    alive = [each for each in found if each.code == 0 and each.where not in EQUIVALENT]
    by_kind = Counter(each.kind for each in found)
    killed = Counter(each.kind for each in found if each.code == 1)
    for kind, number in sorted(by_kind.items()):
        figure(f"mutants of {kind}", f"{number}, killed {killed[kind]}")
    figure("mutants in all", f"{len(found)}, killed {sum(killed.values())}, survived {len(alive)}")
    figure("tests that killed them", len({each.by for each in found if each.by}))
    odd = [each for each in found if each.code not in (0, 1) or (each.code == 1 and each.by is None)]
    assert not odd, f"expected tests to pass or fail, got {odd}"
    assert not alive, f"expected a test to miss each of these, got none that does: {alive}"
