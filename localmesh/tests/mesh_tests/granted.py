"""Entries of `ListPermissions`, of grants on a table of a made-up account, for the evaluator."""

from typing import Any

OWNER, OTHER = "111111111111", "222222222222"
ROLE, THEIRS = f"arn:aws:iam::{OWNER}:role/analyst", f"arn:aws:iam::{OTHER}:role/analyst"
GUIDE = "https://docs.aws.amazon.com/lake-formation/latest/dg/"
LOCATION = "arn:aws:s3:::lake"
SHARE = f"arn:aws:ram:us-east-1:{OWNER}:resource-share/1"


def entry(principal: str, resource: dict[str, Any], *permissions: str, on: bool = False, share: str = "") -> Any:
    return {
        "Principal": {"DataLakePrincipalIdentifier": principal},
        "Resource": resource,
        "Permissions": list(permissions or ("SELECT",)),
        "PermissionsWithGrantOption": list(permissions or ("SELECT",)) if on else [],
        **({"AdditionalDetails": {"ResourceShare": [share]}} if share else {}),
    }


def table(name: str = "people", database: str = "shop", **more: Any) -> dict[str, Any]:
    return {"Table": {"CatalogId": OWNER, "DatabaseName": database, "Name": name, **more}}


def columns(name: str = "people", **which: Any) -> dict[str, Any]:
    return {"TableWithColumns": {"CatalogId": OWNER, "DatabaseName": "shop", "Name": name, **which}}


def on_filter(name: str, table: str = "people") -> dict[str, Any]:
    named = {"TableCatalogId": OWNER, "DatabaseName": "shop", "TableName": table, "Name": name}
    return {"DataCellsFilter": named}
