"""Searching 5,000 databases with 50,000 tables: making the index, loading it, searching. Glue is a stub that pages.

Times are CPU time: the function has one core (1,769 MB), and what the stub does not take, the network does.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from bench.figures import Figure, spread
from bench.large_database import CENTRAL
from bench.mesh import ROOT
from handlers.aws.glue import PAGE, GlueCatalogue
from handlers.aws.search_index import packed, unpacked
from handlers.sharing.index_catalogue import index_catalogue
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import TableNotFound
from handlers.sharing.model.search_index import SearchIndex
from handlers.sharing.search import search

DATABASES, TABLES, COLUMNS = 5_000, 10, 20
"""Tables in each database, columns in each table."""
COLUMN_NAMES, WORDS = 20_000, 12_000
"""How many different names of columns, and words, there are; a few of them are everywhere, as in every lake."""
RUNS = 5
FUNCTION_MB = 1_769

_COMMON = (
    *("id", "name", "date", "customer", "code", "type", "status", "order", "amount", "email", "account", "city", "tax"),
    *("country", "product", "price", "time", "region", "store", "payment", "invoice", "value", "unit", "transport"),
    *("employee", "contract", "flight", "station", "sensor", "quantity", "discount", "currency"),
)
QUERIES = (
    *("customer", "id", "na", "em", "custmer", "ustomer", "paymnt", "flihgt", "zzzzzz", "customerid", "000000000007"),
    *("customer order", "payment invoce", "country code status date", "custmer ordr emial", "id name date code type"),
)
"""Whole words and beginnings, common and rare, mistyped and run together, one and several."""


class CatalogueStub:
    """What Glue answers of this catalogue; always the same one."""

    def __init__(self) -> None:
        self._random = random.Random(7)  # noqa: S311 - the same lake each time, not a secret
        self._words = [*_COMMON, *(self._made_up() for _ in range(WORDS))]
        self._weights = list(accumulate(1 / (place + 5) for place in range(len(self._words))))
        names = ["_".join(self._some(2)) for _ in range(COLUMN_NAMES)]
        self._databases = [self._database(number) for number in range(DATABASES)]
        self._tables = {
            database["Name"]: [self._table(database["Name"], number, names) for number in range(TABLES)]
            for database in self._databases
        }

    def get_databases(self, *, NextToken: str = "0", **_: object) -> dict[str, Any]:  # noqa: N803
        """One page of them."""
        first = int(NextToken)
        last = first + PAGE
        page: dict[str, Any] = {"DatabaseList": self._databases[first:last]}
        return page | ({"NextToken": str(last)} if last < DATABASES else {})

    def get_database(self, *, Name: str) -> dict[str, Any]:  # noqa: N803
        """One of them."""
        return {"Database": next(each for each in self._databases if each["Name"] == Name)}

    def get_tables(self, *, DatabaseName: str, **_: object) -> dict[str, Any]:  # noqa: N803
        """All of a database: one page."""
        return {"TableList": self._tables[DatabaseName]}

    def get_table(self, *, DatabaseName: str, Name: str) -> dict[str, Any]:  # noqa: N803
        """One of them."""
        for table in self._tables[DatabaseName]:
            if table["Name"] == Name:
                return {"Table": table}
        raise TableNotFound(Name)

    def _made_up(self) -> str:
        syllables = ("".join(map(self._random.choice, ("bcdfghklmnprstvwz", "aeiou"))) for _ in range(4))
        return "".join(list(syllables)[: self._random.randint(2, 4)]) + self._random.choice(["", "n", "r", "st"])

    def _some(self, count: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def _database(self, number: int) -> dict[str, Any]:
        return {
            "Name": f"{'_'.join(self._some(2))}_{number}",
            "CatalogId": CENTRAL,
            "Description": " ".join(self._some(12)),
            "Parameters": {"data_owner": f"{number % 300:012}", "data_owner_name": " ".join(self._some(2))},
        }

    def _table(self, database: str, number: int, names: Sequence[str]) -> dict[str, Any]:
        columns = [
            {"Name": name, "Type": "string", "Comment": " ".join(self._some(6)) if place % 3 == 0 else ""}
            for place, name in enumerate(self._random.choices(names, k=COLUMNS))
        ]
        return {
            "Name": f"{'_'.join(self._some(2))}_{number}",
            "DatabaseName": database,
            "CatalogId": CENTRAL,
            "Description": " ".join(self._some(10)),
            "StorageDescriptor": {"Columns": columns, "Location": f"s3://lake/{database}/{number}/"},
        }


class _Kept:
    """`SearchIndexes` with nothing behind it."""

    index: SearchIndex

    def latest(self) -> SearchIndex:
        return self.index

    def put(self, index: SearchIndex) -> None:
        self.index = index


def measure() -> list[Figure]:
    """Make the index once; load it in processes of their own, as a function's process does; search in this one."""
    catalogue, kept = GlueCatalogue.__new__(GlueCatalogue), _Kept()
    catalogue._account, catalogue._glue = CENTRAL, CatalogueStub()
    began = time.process_time()
    made = index_catalogue(catalogue=catalogue, indexes=kept, at=now(), seconds_left=lambda: 900)
    content = packed(kept.index)
    seconds = time.process_time() - began
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        loads = [_load(file.name) for _ in range(RUNS)]
    kept.index = unpacked(content)
    slowest, times = ("", 0.0), list[float]()
    for text in QUERIES:
        took = min(_timed(text, kept, catalogue) for _ in range(RUNS))
        times.append(took)
        slowest = max(slowest, (text, took), key=lambda each: each[1])
    lake = f"{made.databases:,} databases, {made.tables:,} tables of {COLUMNS} columns"
    return [
        Figure(
            f"Make the index: {lake}", f"{seconds:.1f} s, {len(content) / 1e6:.1f} MB, {made.words:,} words", "900 s"
        ),
        Figure("Load it, in a new process", spread([each["seconds"] for each in loads]), None),
        Figure(
            "Memory of that process, index loaded and searched",
            f"{max(each['megabytes'] for each in loads):.0f} MB",
            f"{FUNCTION_MB:,} MB",
        ),
        Figure(f"Search it, {len(QUERIES)} different queries", spread(times), None),
        Figure(f"The slowest of them, {slowest[0]!r}", f"{slowest[1] * 1000:.0f} ms", "200 ms"),
    ]


def _timed(text: str, kept: _Kept, catalogue: GlueCatalogue) -> float:
    began = time.process_time()
    search(text, indexes=kept, catalogue=catalogue)
    return time.process_time() - began


def _load(path: str) -> dict[str, float]:
    """Load the index in a process of its own, and search once, so that all that is made for that is there."""
    code = (
        "import json, re, sys, time\n"
        "from pathlib import Path\n"
        "from handlers import catalogue_api\n"
        "from handlers.aws.search_index import unpacked\n"
        "began = time.process_time()\n"
        "index = unpacked(Path(sys.argv[1]).read_bytes())\n"
        "index.best(['customer'], 30)\n"
        "took = time.process_time() - began\n"
        # Not `getrusage`, which counts what the process was before it became this one.
        "most = int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) / 1000\n"
        "print(json.dumps({'seconds': took, 'megabytes': most}))\n"
    )
    command = [sys.executable, "-c", code, str(Path(path))]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
