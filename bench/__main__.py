"""`python -m bench [--write]`: measure everything, print it, and keep it in docs/benchmarks.md if asked to."""

import argparse
import datetime as dt
import os
import platform
from pathlib import Path

from bench import cold_starts, engine, first_page, large_database, long_share, requests, search
from bench.figures import Figure

REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
PARTS = {
    "The local mesh": requests.measure,
    "Large databases": large_database.measure,
    "Long shares": long_share.measure,
    "Search": search.measure,
    "Cold starts": cold_starts.measure,
    "The portal's first page": first_page.measure,
    "The real engine": engine.measure,
}


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the figures to {REPORT.name}")
    write = parser.parse_args().write
    measured: dict[str, list[Figure]] = {}
    for title, measure in PARTS.items():
        print(f"Measuring: {title.lower()}…", flush=True)
        measured[title] = measure()
        for figure in measured[title]:
            print(f"  {figure.what}: {figure.value}" + (f"  (target: {figure.target})" if figure.target else ""))
    if write:
        REPORT.write_text(_report(measured))
        print(f"Written to {REPORT}")


def _report(measured: dict[str, list[Figure]]) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        "# Benchmarks",
        "",
        f"Measured by `make bench` on {dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, on {machine}. Times are the",
        "median of whole runs, with the smallest and the largest; they tell how the local mesh and the handlers behave",
        "here, not how fast AWS is. Nobody has measured Lakeshare in a real AWS account yet.",
    ]
    for title, figures in measured.items():
        lines += ["", f"## {title}", "", "| what | measured | target |", "|---|---|---|"]
        lines += [figure.row() for figure in figures]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
