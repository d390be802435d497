"""A share of many tables, with names as long as Glue takes them: granted, listed, revoked; by name, and by filters.

The real steps and adapters, on stubs of Glue and Lake Formation that answer as these do, and on moto's DynamoDB.
"""

import os
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto import mock_aws

from bench.figures import Figure
from bench.large_database import CENTRAL, OWNER, PagingGlue
from handlers.aws import clients
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.glue import GlueCatalogue
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.lf_revokes import LakeFormationGrants
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.revocation import Work
from handlers.sharing.model.share import EndReason
from handlers.sharing.model.share_steps import ending
from handlers.sharing.take_back import Taken, take_back
from tests.fakes.table import LEDGER, make_tables
from tests.fakes.world import CONSUMER, World, input_of

SIZES = (1_000, 5_000, 10_000)
SAFE_SIZES = (1_000, 10_000)
"""Those whose safe subset is shared, too, side by side."""
LONGEST_NAME = 255
MOST_IN_AN_ITEM = 400 * 1024
"""Bytes: DynamoDB's limit."""
AT = "2026-11-24T10:00:00.000Z"
SHARE = "r1:1"


class _Lake:
    """Lake Formation's answers: what is granted is there until it is revoked, and a filter until it is deleted."""

    def __init__(self) -> None:
        self.granted: set[str] = set()
        self.filters: set[str] = set()
        self.calls = 0

    def get_data_lake_settings(self) -> dict[str, Any]:
        return {"DataLakeSettings": {"Parameters": {"CROSS_ACCOUNT_VERSION": "5"}}}

    def list_resources(self, **_: object) -> dict[str, Any]:
        return {"ResourceInfoList": []}

    def grant_permissions(self, *, Resource: Mapping[str, Any], **_: object) -> None:  # noqa: N803
        self.granted.add(_name(Resource))

    def batch_grant_permissions(self, *, Entries: list[dict[str, Any]], **_: object) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        self.granted.update(_name(each["Resource"]) for each in Entries if "DROP" not in each["Permissions"])
        return {"Failures": []}

    def batch_revoke_permissions(self, *, Entries: list[dict[str, Any]], **_: object) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        self.granted.difference_update(_name(each["Resource"]) for each in Entries)
        return {"Failures": []}

    def list_permissions(self, *, Resource: Mapping[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        held = ["SELECT" if "DataCellsFilter" in Resource else "DESCRIBE"] if _name(Resource) in self.granted else []
        entry = {"Principal": {"DataLakePrincipalIdentifier": CONSUMER}, "Resource": Resource}
        return {
            "PrincipalResourcePermissions": [
                {**entry, "Permissions": held, "PermissionsWithGrantOption": held} for _ in held
            ]
        }

    def create_data_cells_filter(self, *, TableData: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        self.filters.add(TableData["Name"])
        return {}

    def delete_data_cells_filter(self, *, Name: str, **_: object) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        self.filters.remove(Name)
        return {}


class _Ledger(DynamoLedger):
    """The ledger on moto's DynamoDB. Turns at filters are counted only: moto takes milliseconds for each of them."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.turns = 0

    def lease_all(self, names: Sequence[str], holder: str, until: str, at: str) -> bool:
        """Take a turn at each, which is always free."""
        del holder, until, at
        self.turns += len(names)
        return True

    def give_back_leases(self, names: Sequence[str], holder: str) -> None:
        """Give them back."""
        del holder
        self.turns += len(names)


def _name(resource: Mapping[str, Any]) -> str:
    return str(next(iter(resource.values()))["Name"])


class _Scene:
    """A request for a database that is classified, and all that it takes to grant it and to take it back.

    `safe`: it is for the safe subset of its tables.
    """

    def __init__(self, size: int, *, safe: bool) -> None:
        self.size, self.safe, self.lake = size, safe, _Lake()
        catalogue, lake = GlueCatalogue.__new__(GlueCatalogue), LakeFormation.__new__(LakeFormation)
        catalogue._account, catalogue._glue = CENTRAL, PagingGlue(size, LONGEST_NAME)
        lake._lake, lake._locations = self.lake, None
        lake._account, lake._remover = CENTRAL, f"arn:aws:iam::{CENTRAL}:role/revoke"
        grants = LakeFormationGrants.__new__(LakeFormationGrants)
        grants._account, grants._lake = CENTRAL, self.lake
        make_tables()
        self.ledger, self._grants = _Ledger(LEDGER), grants
        world: Any = World()
        world.catalogue, world.lake, world.ledger = catalogue, lake, self.ledger
        self._world = world
        world.parties = Parties({OWNER: Producer(OWNER, safe_subset=True)})
        world.classify(document={**input_of("large", "*"), **({"scope": "safe"} if safe else {})})

    def grant(self) -> None:
        """Grant it all in one invocation."""
        self._world.grant()
        tables, database = self.size, 0 if self.safe else 1
        _check(len(self.lake.granted) == tables + database, "all is granted")
        _check(len(self.lake.filters) == (tables if self.safe else 0), "all filters are made")

    def list(self) -> None:
        """Say who can read it: the shares of the database, and every name."""
        names = [name for share in self.ledger.of_database("large") for name in self.ledger.names(share)]
        _check(len(names) == self.size, "every table is listed")

    def revoke(self) -> None:
        """Take it back."""
        self.ledger.apply(CONSUMER, SHARE, ending(EndReason.REVOKED, AT))
        done = take_back(
            [Work(CONSUMER, SHARE)],
            ledger=self.ledger,
            grants=self._grants,
            events=self._world.events,
            holder="bench",
            seconds_left=lambda: 900.0,
        )
        _check(done == Taken([], {}) and not self.lake.granted and not self.lake.filters, "all is revoked")


def _check(met: bool, what: str) -> None:
    if not met:
        raise RuntimeError(f"Not so: {what}.")


def measure() -> list[Figure]:
    """Take each size through its life twice: once for the time, once for the memory, which takes time to measure."""
    os.environ.update(dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing"))
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    return [
        figure
        for size in SIZES
        for safe in ((False, True) if size in SAFE_SIZES else (False,))
        for figure in _figures(size, safe=safe)
    ]


def _figures(size: int, *, safe: bool) -> list[Figure]:
    steps: Mapping[str, Callable[[_Scene], None]] = {
        "Granted": _Scene.grant,
        "Listed": _Scene.list,
        "Revoked": _Scene.revoke,
    }
    took, peaks, largest, calls, turns = {}, {}, 0, {}, {}
    for traced in (False, True):
        clients.client.cache_clear()
        with mock_aws():
            scene = _Scene(size, safe=safe)
            for what, step in steps.items():
                scene.lake.calls = scene.ledger.turns = 0
                if traced:
                    tracemalloc.start()
                began = time.perf_counter()
                step(scene)
                if traced:
                    peaks[what] = tracemalloc.get_traced_memory()[1]
                    tracemalloc.stop()
                else:
                    took[what], calls[what] = time.perf_counter() - began, scene.lake.calls
                    turns[what] = f" and {scene.ledger.turns:,} of DynamoDB for turns" if scene.ledger.turns else ""
                largest = max(largest, *_item_sizes())
        clients.client.cache_clear()
    _check(largest < MOST_IN_AN_ITEM, "every item fits")
    last, how = size == max(SIZES), "by filters (safe)" if safe else "by name"
    return [
        Figure(
            f"{what}: a database of {size:,} tables {how}",
            f"{calls[what]:,} calls of Lake Formation{turns[what]}, {took[what] * 1000:,.0f} ms "
            f"({took[what] / size * 1e6:.0f} µs a table), {peaks[what] / 1e6:.1f} MB",
            "linear" if last else None,
        )
        for what in steps
    ] + [
        Figure(
            f"Largest item of the ledger, {size:,} tables {how}", f"{largest / 1024:.0f} KB", "400 KB" if last else None
        )
    ]


def _item_sizes() -> list[int]:
    pages = clients.client("dynamodb").get_paginator("scan").paginate(TableName=LEDGER)
    return [_bytes({"M": item}) - 3 for page in pages for item in page["Items"]]


def _bytes(value: Mapping[str, Any]) -> int:
    """A value's size, as DynamoDB counts it."""
    ((kind, content),) = value.items()
    match kind:
        case "S" | "N":
            return len(content.encode())
        case "M":
            return 3 + sum(len(name.encode()) + 1 + _bytes(each) for name, each in content.items())
        case "L":
            return 3 + sum(1 + _bytes(each) for each in content)
        case "SS":
            return sum(len(each.encode()) for each in content)
        case _:
            return 1
