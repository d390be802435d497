"""Has a family of mutants tried in a process of its own, and holds the verdicts to the promise."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.proof.conftest import Figure
from tests.proof.mutating.bench import Verdict

ROOT = Path(__file__).parents[3]


def prove(family: str, kinds: set[str], figure: Figure) -> None:
    """Try all mutants of a family (a module of this folder): each is killed by a test that failed."""
    command = [sys.executable, "-m", f"tests.proof.mutating.{family}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [Verdict(**each) for each in json.loads(done.stdout)]
    by_kind = Counter(each.kind for each in found)
    killed = Counter(each.kind for each in found if each.code == 1)
    assert by_kind.keys() == kinds
    for kind, number in sorted(by_kind.items()):
        figure(f"mutants of {kind}", f"{number}, killed {killed[kind]}")
    alive = [each for each in found if each.code == 0]
    figure(f"mutants of the {family} in all", f"{len(found)}, killed {sum(killed.values())}, survived {len(alive)}")
    odd = [each for each in found if each.code not in (0, 1) or (each.code == 1 and each.by is None)]
    assert not odd, f"expected tests to pass or fail, got {odd}"
    assert not alive, f"expected a test to miss each of these, got none that does: {alive}"
