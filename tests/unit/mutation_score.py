"""What `mutmut run` left in `mutants/`: the score of each module of the domain, and what no test noticed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Set
from math import sqrt
from pathlib import Path
from statistics import NormalDist

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[2]
NOTICED = {"killed", "timeout", "caught by type check", "segfault"}
"""A change after which the tests never end is noticed too."""


Z = NormalDist().inv_cdf(0.95)


def names() -> list[str]:
    """Every change that there is."""
    return [name for codes in _codes().values() for name in codes]


def change(name: str) -> str:
    """The lines that a mutant takes away and puts in."""
    lines = get_diff_for_mutant(name).splitlines()
    kept = [line for line in lines if line[:1] in {"+", "-"} and not line.startswith(("+++", "---"))]
    return "\n".join(f"    {line[0]} {line[1:].strip()}" for line in kept)


def at_least(noticed: int, tried: int) -> float:
    """The share that is noticed of all changes, if those tried are a sample of them: that much at least, at 95 %.

    Wilson's lower bound.
    """
    share = noticed / tried
    middle = share + Z**2 / (2 * tried)
    spread = Z * sqrt(share * (1 - share) / tried + Z**2 / (4 * tried**2))
    return (middle - spread) / (1 + Z**2 / tried)


def report(sample: Set[str] | None = None) -> None:
    """Print what became of the sample (`None`: of all that was tried), and the score of each module."""
    found = {
        module: {
            name: str(status_by_exit_code[code])
            for name, code in codes.items()
            if code is not None and (sample is None or name in sample)
        }
        for module, codes in _codes().items()
    }
    for statuses in found.values():
        for name, status in statuses.items():
            if status not in NOTICED:
                print(f"{name.removeprefix('handlers.sharing.')}: {status}\n{change(name)}")
    print(f"\n{'module':<24}{'mutants':>8}{'noticed':>9}{'timed out':>11}{'score':>8}")
    total, noticed = 0, 0
    for module, statuses in found.items():
        if not statuses:
            print(f"{module:<24} was not tried")
            continue
        count = Counter(statuses.values())
        good = sum(count[status] for status in NOTICED)
        total, noticed = total + len(statuses), noticed + good
        print(f"{module:<24}{len(statuses):>8}{good:>9}{count['timeout']:>11}{good / len(statuses):>8.1%}")
    if not total:
        print("Nothing was tried.")
        return
    print(f"{'in all':<24}{total:>8}{noticed:>9}{'':>11}{noticed / total:>8.1%}")
    # A run that was broken off tried the quickest first: that is no sample.
    if sample is not None and total == len(sample):
        print(f"A sample of {len(names()):,}: of all, {at_least(noticed, total):.1%} or more are noticed (95 %).")


def _codes() -> dict[str, dict[str, int | None]]:
    """By module: each change, and the code with which the tests ended (`None`: not tried)."""
    domain = ROOT / "mutants" / "handlers" / "sharing"
    found: dict[str, dict[str, int | None]] = {}
    for path in sorted(domain.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        if codes:
            found[str(path.relative_to(domain)).removesuffix(".py.meta")] = codes
    return found


if __name__ == "__main__":
    report()
