"""Entries of the catalogue as Glue answers them, and how they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.world import CENTRAL, OWNER
from tests.unit.requests_api.calls import Answered

Ask = Callable[..., Answered]
"""`GET /catalogue/<short name>` with a query; the fixture `ask`."""


def database(name: str = "sales", **more: Any) -> dict[str, Any]:
    return {"Name": name, "CatalogId": CENTRAL, **more}


def table(name: str = "orders", *columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    storage = {"Columns": list(columns) or [column("id")], "Location": "s3://lake/x/"}
    return {"Name": name, "DatabaseName": "sales", "CatalogId": CENTRAL, "StorageDescriptor": storage, **more}


def column(name: str, flag: str | None = None, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "string", **({"Parameters": {"pii_flag": flag}} if flag is not None else {}), **more}


def owned(account: str = OWNER, **more: str) -> dict[str, str]:
    return {"data_owner": account, "data_owner_name": "Sales", **more}
