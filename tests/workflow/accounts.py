"""The AWS accounts of a mesh, as their administrators see them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import boto3
from botocore.config import Config

from localmesh.reading import Lake, Reading, lake_of

CENTRAL = "123456789012"

Grants = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
DESCRIBE = (("DESCRIBE",), ("DESCRIBE",))
"""A grant as `Mesh.grants` shows it: what may be done, and what may be granted on."""
SELECT_AND_DESCRIBE = (("DESCRIBE", "SELECT"), ("DESCRIBE", "SELECT"))
SELECT = (("SELECT",), ("SELECT",))
"""On a data cells filter."""

_CONFIG = Config(max_pool_connections=64, read_timeout=120, retries={"max_attempts": 2})


class Accounts:
    """All accounts of a mesh.

    Args:
        endpoint_url: where AWS answers.
        region: of all clients.
    """

    def __init__(self, endpoint_url: str, region: str) -> None:
        self._endpoint_url = endpoint_url
        self.region = region
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, account: str = CENTRAL) -> Any:
        """A boto3 client of an administrator in any account."""
        if (service, account) not in self._clients:
            keys = ("test", "test")
            if account != CENTRAL:
                keys = self.keys_of(f"arn:aws:iam::{account}:role/Administrator")
            self._clients[service, account] = self.acting(service, *keys)
        return self._clients[service, account]

    def keys_of(self, role: str, account: str = CENTRAL) -> tuple[str, str, str]:
        """The credentials of a role, which an administrator of an account may take."""
        given = self.client("sts", account).assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
        return given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]

    def acting(self, service: str, *keys: str) -> Any:
        """A client with these credentials: key, secret, and the session's token if there is one."""
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self._endpoint_url,
            region_name=self.region,
            config=_CONFIG,
            **dict(zip(names, keys, strict=False)),
        )

    def grants(self, account: str) -> Grants:
        """What an account was granted: by `database`, `database.table` or `database.*`, what and what on."""
        return self.all_grants().get(account, {})

    def all_grants(self) -> dict[str, Grants]:
        """The same of every account; what Lakeshare's own roles need stands apart."""
        own = f"arn:aws:iam::{CENTRAL}:role/lakeshare-"
        return {holder: held for holder, held in grants_of(self.permissions()).items() if not holder.startswith(own)}

    def roles(self, *functions: str) -> list[str]:
        """The ARNs of the roles of some of Lakeshare's functions."""
        wanted = tuple(f"lakeshare-{each}-role-" for each in functions)
        return [each["Arn"] for each in self.client("iam").list_roles()["Roles"] if each["RoleName"].startswith(wanted)]

    def let_grant(self, database: str) -> None:
        """Grants who grants and who revokes what `LakeFormationGrantCommands` has of a database that comes later."""
        may = {"Permissions": ["DESCRIBE", "SELECT"], "PermissionsWithGrantOption": ["DESCRIBE", "SELECT"]}
        for role in self.roles("grant", "revoke"):
            self.client("lakeformation").grant_permissions(
                Principal={"DataLakePrincipalIdentifier": role},
                Resource={"Table": {"DatabaseName": database, "TableWildcard": {}}},
                **may,
            )

    def share_in(self, owner: str, database: str, table: str, *functions: str) -> None:
        """Has another account share a table with the central one, where the roles of these functions may see it."""
        resource = {"Table": {"CatalogId": owner, "DatabaseName": database, "Name": table}}
        self.client("lakeformation", owner).grant_permissions(
            Principal={"DataLakePrincipalIdentifier": CENTRAL},
            Resource=resource,
            Permissions=["DESCRIBE"],
            PermissionsWithGrantOption=["DESCRIBE"],
        )
        ram = self.client("ram")
        for invitation in ram.get_resource_share_invitations()["resourceShareInvitations"]:
            if invitation["status"] == "PENDING":
                ram.accept_resource_share_invitation(
                    resourceShareInvitationArn=invitation["resourceShareInvitationArn"]
                )
        for role in self.roles(*functions):
            self.client("lakeformation").grant_permissions(
                Principal={"DataLakePrincipalIdentifier": role}, Resource=resource, Permissions=["DESCRIBE"]
            )

    def lake(self) -> Lake:
        """The central account's lake, to be asked who can read what: see `localmesh.reading`."""
        return lake_of(self.client("glue"), self.client("lakeformation"), CENTRAL)

    def log_lines(self, group: str) -> list[str]:
        """All lines of a log group, oldest first."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    def metric(self, namespace: str, name: str, **dimensions: str) -> float:
        """The sum of a CloudWatch metric so far."""
        found = self.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=time.time() - 3600,
            EndTime=time.time() + 60,
            Period=3600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in found["Datapoints"])

    def permissions(self) -> Iterator[Any]:
        """All grants of Lake Formation, one by one, as it lists them."""
        more: dict[str, str] = {}
        while True:
            page = self.client("lakeformation").list_permissions(**more)
            yield from page["PrincipalResourcePermissions"]
            if "NextToken" not in page:
                return
            more = {"NextToken": page["NextToken"]}

    def filters(self) -> Iterator[Any]:
        """All data cells filters, as Lake Formation lists them."""
        more: dict[str, str] = {}
        while True:
            page = self.client("lakeformation").list_data_cells_filter(**more)
            yield from page["DataCellsFilters"]
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}


def grants_of(entries: Iterable[Mapping[str, Any]]) -> dict[str, Grants]:
    """Entries of `Accounts.permissions`, by account."""
    found: dict[str, Grants] = {}
    for entry in entries:
        grants = found.setdefault(entry["Principal"]["DataLakePrincipalIdentifier"], {})
        name = name_of(entry["Resource"])
        # SELECT on a table is an entry of its own.
        may, may_grant = grants.get(name, ((), ()))
        grants[name] = (
            tuple(sorted({*may, *entry["Permissions"]})),
            tuple(sorted({*may_grant, *entry["PermissionsWithGrantOption"]})),
        )
    return found


def name_of(resource: Mapping[str, Any]) -> str:
    """What a grant is on: `database`, `database.table`, `database.table/filter`, `database.*` or `tag key`."""
    kind, value = next(iter(resource.items()))
    if kind == "Database":
        return str(value["Name"])
    if kind == "LFTag":
        return f"tag {value['TagKey']}"
    if kind == "DataCellsFilter":
        return f"{value['DatabaseName']}.{value['TableName']}/{value['Name']}"
    return f"{value['DatabaseName']}.{'*' if value['Name'] == 'ALL_TABLES' else value['Name']}"


def columns_of(lake: Lake, *names: str) -> dict[str, Reading]:
    """Every column of these tables, `database.*` for all of a database: what whoever was granted them can read."""
    found = {
        f"{table.database}.{table.name}": Reading(table.columns | table.keys)
        for table in lake.tables
        if {f"{table.database}.{table.name}", f"{table.database}.*"} & set(names)
    }
    assert found, f"no table is called {names}"
    return found
