"""The actions that are allowed on `Resource: "*"`: AWS offers nothing narrower for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Wildcard:
    """Actions for which AWS offers nothing narrower than `Resource: "*"`, and why they are needed."""

    actions: tuple[str, ...]
    reason: str


WILDCARDS: Final[Mapping[str, Wildcard]] = {
    "Tracing": Wildcard(
        ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
        "X-Ray has no resource-level permissions for what a traced function sends.",
    ),
    "WorkflowTracing": Wildcard(
        (
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ),
        "X-Ray has no resource-level permissions for what a traced state machine sends and asks.",
    ),
    "LogDelivery": Wildcard(
        (
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ),
        "Step Functions sets up its own log delivery; CloudWatch Logs has no resource-level permissions for these.",
    ),
    "ReadDataLakeSettings": Wildcard(
        ("lakeformation:GetDataLakeSettings",),
        "Lake Formation has no resource-level permissions; the cross-account version is a setting of the account.",
    ),
    "ListLocations": Wildcard(
        ("lakeformation:ListResources",),
        "Lake Formation has no resource-level permissions; a list tells which locations are in hybrid access mode.",
    ),
    "SearchTags": Wildcard(
        ("lakeformation:GetLFTag", "lakeformation:SearchTablesByLFTags"),
        "Lake Formation has no resource-level permissions in IAM; its own grants say which tags this role may see.",
    ),
    "ReadTags": Wildcard(
        ("lakeformation:GetResourceLFTags",), "The same, for the tags of one database or table that is asked for."
    ),
    "ListTags": Wildcard(
        ("lakeformation:SearchDatabasesByLFTags",), "The same, for the list of databases, each with its tags."
    ),
    "ReadGrants": Wildcard(
        ("lakeformation:ListPermissions",),
        "Lake Formation has no resource-level permissions in IAM; it lists what this role's own rights let it see.",
    ),
    "ReadAllGrants": Wildcard(
        (
            "lakeformation:GetDataCellsFilter",
            "lakeformation:GetDataLakeSettings",
            "lakeformation:ListDataCellsFilter",
            "lakeformation:ListPermissions",
        ),
        "The same; who is a read-only administrator of the data lake sees all grants.",
    ),
    "ReadResourceShares": Wildcard(
        ("ram:GetResourceShareAssociations",),
        "Lake Formation makes the resource shares and names them, so that none can be told from others by its ARN.",
    ),
    "Grant": Wildcard(
        (
            "lakeformation:BatchGrantPermissions",
            "lakeformation:CreateDataCellsFilter",
            "lakeformation:GetDataCellsFilter",
            "lakeformation:GrantPermissions",
        ),
        "Lake Formation has no resource-level permissions in IAM; its own grants say what this role may hand on.",
    ),
    "Revoke": Wildcard(
        (
            "lakeformation:BatchRevokePermissions",
            "lakeformation:DeleteDataCellsFilter",
            "lakeformation:ListPermissions",
        ),
        "The same: what a role has the grant option on it may revoke, and it sees who was granted what it has itself.",
    ),
    "ListInvitations": Wildcard(
        ("ram:GetResourceShareInvitations",),
        "RAM lists an account's invitations as a whole; each says who has sent it.",
    ),
    "HandOn": Wildcard(
        (
            "lakeformation:BatchGrantPermissions",
            "lakeformation:BatchRevokePermissions",
            "lakeformation:GrantPermissions",
            "lakeformation:ListPermissions",
            "lakeformation:RevokePermissions",
        ),
        "Lake Formation has no resource-level permissions in IAM; its data lake administrators hand on what is shared.",
    ),
}
"""Every `Resource: "*"` of the stack, by the `Sid` it bears."""
