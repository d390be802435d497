"""The AWS accounts of a mesh, as their administrators see them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.config import Config

CENTRAL = "123456789012"

Grants = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
DESCRIBE = (("DESCRIBE",), ("DESCRIBE",))
"""A grant as `Mesh.grants` shows it: what may be done, and what may be granted on."""
SELECT_AND_DESCRIBE = (("DESCRIBE", "SELECT"), ("DESCRIBE", "SELECT"))

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
            credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            if account != CENTRAL:
                role = f"arn:aws:iam::{account}:role/Administrator"
                assumed = self.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
                credentials = {
                    "aws_access_key_id": assumed["AccessKeyId"],
                    "aws_secret_access_key": assumed["SecretAccessKey"],
                    "aws_session_token": assumed["SessionToken"],
                }
            make: Any = boto3.client
            self._clients[service, account] = make(
                service,
                endpoint_url=self._endpoint_url,
                region_name=self.region,
                config=_CONFIG,
                **credentials,
            )
        return self._clients[service, account]

    def grants(self, account: str) -> Grants:
        """What an account was granted: by `database`, `database.table` or `database.*`, what and what on."""
        return self.all_grants().get(account, {})

    def all_grants(self) -> dict[str, Grants]:
        """The same of every account."""
        found: dict[str, Grants] = {}
        for entry in self.permissions():
            account = entry["Principal"]["DataLakePrincipalIdentifier"]
            both = (tuple(sorted(entry[field])) for field in ("Permissions", "PermissionsWithGrantOption"))
            found.setdefault(account, {})[name_of(entry["Resource"])] = next(both), next(both)
        return found

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


def name_of(resource: Mapping[str, Any]) -> str:
    """What a grant is on: `database`, `database.table` or `database.*`."""
    kind, value = next(iter(resource.items()))
    if kind == "Database":
        return str(value["Name"])
    return f"{value['DatabaseName']}.{value.get('Name', '*')}"
