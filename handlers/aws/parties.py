"""The producers and consumers of this deployment, from the file that the program puts into the archive.

Hundreds of producers do not fit into a function's environment (4 KB), hence a file. Only who enters their accounts is
told what these demand, and only who decides by it is told more than who decides signed in.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from handlers.sharing.model.parties import Decisions, Parties, Producer
from handlers.sharing.model.term import Lengths

FILE = Path(__file__).parents[2] / "parties.json"


SIGNED_IN = FILE.with_name("signed_in.json")


@cache
def load_parties(file: Path = FILE) -> Parties:
    """Read `parties.json`: `{"producers": [{"account_id", …}], "consumer_accounts": [...] or null, …}`.

    `consumer_kits` is there only where accounts have one.

    Raises:
        OSError, ValueError, KeyError, TypeError: the archive was not built by this program; nothing can be decided.
    """
    document = json.loads(file.read_text())
    producers = [
        Producer(
            account_id=each["account_id"],
            external_id=each.get("external_id"),
            region=each["region"],
            name=each["name"],
            databases=None if each["databases"] is None else tuple(each["databases"]),
            legacy_kit=each["legacy_kit"],
            lengths=_lengths(each),
            approvers_group=each["approvers_group"] or "",
            decisions=Decisions(each["decisions"]),
            safe_subset=each["safe_subset"],
        )
        for each in document["producers"]
    ]
    consumers = document["consumer_accounts"]
    return Parties(
        {producer.account_id: producer for producer in producers},
        None if consumers is None else frozenset(consumers),
        _lengths(document),
        frozenset(document.get("consumer_kits", ())),
    )


@cache
def load_signed_in(file: Path = SIGNED_IN) -> frozenset[str]:
    """Read `signed_in.json`: the owners for whose data decisions are taken in the portal only, `["111111111111", …]`.

    Raises:
        OSError, ValueError, TypeError: as `load_parties`.
    """
    return frozenset(json.loads(file.read_text()))


def _lengths(entry: Mapping[str, int | None]) -> Lengths:
    return Lengths(entry["default_share_days"], entry["longest_share_days"])
