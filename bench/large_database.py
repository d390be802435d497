"""Classifying large databases against a stub of Glue that pages as Glue does: calls, time, memory."""

import time
import tracemalloc
from typing import Any

from bench.figures import Figure
from handlers.aws.glue import GlueCatalogue
from handlers.sharing.examine import examine
from handlers.sharing.model.parties import Parties, Producer, Rules
from handlers.sharing.model.request import ShareRequest, Source

SIZES = (1_000, 2_000, 5_000, 10_000)
CENTRAL = "123456789012"
OWNER = "111111111111"


class PagingGlue:
    """What `GetDatabase` and `GetTables` answer of a database of `size` tables, 100 a page.

    `letters`: how long the tables' names are, at least.
    """

    def __init__(self, size: int, letters: int = 0) -> None:
        self.size = size
        self._letters = letters
        self.calls = 0

    def get_database(self, **_: object) -> dict[str, Any]:
        """One database with an owner."""
        return {"Database": {"Name": "large", "CatalogId": CENTRAL, "Parameters": {"data_owner": OWNER}}}

    def get_tables(self, *, NextToken: str = "0", MaxResults: int = 100, **_: object) -> dict[str, Any]:  # noqa: N803
        """One page."""
        self.calls += 1
        first = int(NextToken)
        last = min(first + MaxResults, self.size)
        page: dict[str, Any] = {"TableList": [_table(number, self._letters) for number in range(first, last)]}
        return page | ({"NextToken": str(last)} if last < self.size else {})


def _table(number: int, letters: int) -> dict[str, Any]:
    columns = [{"Name": f"column_{each}", "Type": "string"} for each in range(20)]
    return {
        "Name": f"table_{number:05d}".ljust(letters, "_"),
        "DatabaseName": "large",
        "CatalogId": CENTRAL,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"},
        "StorageDescriptor": {"Columns": columns, "Location": f"s3://lake/large/{number}/"},
        "PartitionKeys": [],
    }


def measure() -> list[Figure]:
    """Classify each size twice: once for the time, once for the memory, since measuring memory takes time."""
    figures: list[Figure] = []
    for size in SIZES:
        glue = PagingGlue(size)
        began = time.perf_counter()
        _classify(glue)
        seconds = time.perf_counter() - began
        tracemalloc.start()
        _classify(PagingGlue(size))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        value = (
            f"{glue.calls} calls, {seconds * 1000:.0f} ms ({seconds / size * 1e6:.0f} µs a table), {peak / 1e6:.1f} MB"
        )
        target = "100 calls, linear, 10 MB" if size == max(SIZES) else None
        figures.append(Figure(f"Classify a database of {size:,} tables of 20 columns", value, target))
    return figures


def _classify(glue: PagingGlue) -> None:
    catalogue = GlueCatalogue.__new__(GlueCatalogue)
    catalogue._account, catalogue._glue = CENTRAL, glue
    request = ShareRequest(Source("large", "*"), "999999999999")
    rules = Rules(CENTRAL, Parties({OWNER: Producer(OWNER)}), wildcard_on_approval=True)
    classified = examine(request, rules, catalogue)
    if len(classified.tables) != glue.size:
        raise RuntimeError(f"Expected {glue.size} tables, got {len(classified.tables)}.")
