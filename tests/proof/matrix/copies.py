"""Shares that stand as Lakeshare left them, without having been asked for one by one: copies of one that it granted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.workflow.accounts import Grants
from tests.workflow.driver import CENTRAL, Mesh
from tests.workflow.register import Item

_BATCH = 20


@dataclass(frozen=True)
class Original:
    """A share that a request was granted.

    Attributes:
        request: its id.
        account: the consumer, who has nothing else.
        items: the request's, and those of the ledger, as DynamoDB has them.
        grants: what is granted.
    """

    request: str
    account: str
    items: Mapping[str, list[Item]]
    grants: Grants

    @classmethod
    def of(cls, mesh: Mesh, request: str) -> Original:
        """What was kept and granted for a request that ended as shared."""
        account = str(mesh.register_item(request)["consumer_account"])
        kept = [item for key, item in mesh.raw_items().items() if key.startswith(f"{account} ")]
        items = {mesh.table: [mesh.raw_item(request)], mesh.ledger: kept}
        return cls(request, account, items, mesh.grants(account))

    def copy(self, mesh: Mesh, request: str, account: str, grants: Grants | None = None, **texts: str) -> None:
        """Makes another one, of another request for another account; `texts`: what of its share is otherwise."""
        for table, items in self.items.items():
            for item in items:
                text = json.dumps(item).replace(self.request, request).replace(self.account, account)
                more = {name: {"S": value} for name, value in texts.items()} if "entry" in item else {}
                mesh.client("dynamodb").put_item(TableName=table, Item={**json.loads(text), **more})
        grant(mesh, account, self.grants if grants is None else grants)


def grant(mesh: Mesh, account: str, grants: Grants) -> None:
    """Grants as an administrator does; each `database`, `database.table` or `database.table/filter`."""
    entries = [
        {
            "Id": str(number),
            "Principal": {"DataLakePrincipalIdentifier": account},
            "Resource": resource_of(name),
            "Permissions": list(may),
            "PermissionsWithGrantOption": list(may_grant),
        }
        for number, (name, (may, may_grant)) in enumerate(grants.items())
    ]
    for batch in _batches(entries):
        assert not mesh.client("lakeformation").batch_grant_permissions(Entries=batch).get("Failures")


def _batches(entries: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    return (entries[start : start + _BATCH] for start in range(0, len(entries), _BATCH))


def resource_of(name: str) -> dict[str, Any]:
    """What a grant by this name is on, as Lake Formation has it."""
    database, _, table = name.partition(".")
    if "/" in table:
        table, _, cells = table.partition("/")
        named = {"TableCatalogId": CENTRAL, "DatabaseName": database, "TableName": table, "Name": cells}
        return {"DataCellsFilter": named}
    return {"Table": {"DatabaseName": database, "Name": table}} if table else {"Database": {"Name": database}}
