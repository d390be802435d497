"""The vault: one DynamoDB table with what nobody is shown."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from components.table_args import TableArgs

APPROVALS: Final = "approval#*"
"""Keys of the items that guard the decision on a request: task token, hashes of keys and of addresses, tries."""

DECISIONS: Final = "decision#*"
"""Keys of the items with the particulars of a decision: who, from where, why."""

PACES: Final = "pace#*"
"""Keys of the items that count how often somebody does something, for an hour."""


class Vault(pulumi.ComponentResource):
    """Makes the table of approvals and decisions, on demand, with point-in-time recovery.

    It has no index, so its items are found by their key alone; each kind has keys of its own, by which IAM tells
    which role may reach it (`components.policies.items`). Items go by themselves, 90 days after they served or sooner.
    """

    table_name: pulumi.Output[str]
    """Name of the table."""

    table_arn: pulumi.Output[str]
    """ARN of the table."""

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Vault", name, None, opts)
        table = aws.dynamodb.Table(
            f"{name}-table",
            attributes=[aws.dynamodb.TableAttributeArgs(name="pk", type="S")],
            hash_key="pk",
            billing_mode="PAY_PER_REQUEST",
            deletion_protection_enabled=args.deletion_protection,
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            ttl=aws.dynamodb.TableTtlArgs(attribute_name="ttl", enabled=True),
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection),
        )
        self.table_name = table.name
        self.table_arn = table.arn
        self.register_outputs({"tableName": self.table_name, "tableArn": self.table_arn})
