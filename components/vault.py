"""The vault: one DynamoDB table with what nobody may be shown."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.register import RegisterArgs


class Vault(pulumi.ComponentResource):
    """Makes the table of approvals and decisions, on demand, without an index."""

    table_name: pulumi.Output[str]
    """Name of the table."""

    table_arn: pulumi.Output[str]
    """ARN of the table."""

    def __init__(self, name: str, args: RegisterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
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
