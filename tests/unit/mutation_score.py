"""What `mutmut run` left in `mutants/`: the score of each module of the domain, and what no test noticed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[2]
NOTICED = {"killed", "timeout", "caught by type check", "segfault"}
"""A change after which the tests never end is noticed too."""


def outcomes() -> dict[str, dict[str, str]]:
    """By module: what became of each mutant."""
    found: dict[str, dict[str, str]] = {}
    domain = ROOT / "mutants" / "handlers" / "sharing"
    for path in sorted(domain.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        if codes:
            found[str(path.relative_to(domain)).removesuffix(".py.meta")] = {
                name: str(status_by_exit_code[code]) for name, code in codes.items() if code is not None
            }
    return found


def change(name: str) -> str:
    """The lines that a mutant takes away and puts in."""
    lines = get_diff_for_mutant(name).splitlines()
    kept = [line for line in lines if line[:1] in {"+", "-"} and not line.startswith(("+++", "---"))]
    return "\n".join(f"    {line[0]} {line[1:].strip()}" for line in kept)


def main() -> None:
    """Print it."""
    found = outcomes()
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
    print(f"{'in all':<16}{total:>8}{noticed:>9}{'':>11}{noticed / total:>8.1%}" if total else "Nothing was tried.")


if __name__ == "__main__":
    main()
