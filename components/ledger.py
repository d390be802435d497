"""The ledger: one DynamoDB table that knows every share, and who can read what because of it."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from components.table_args import TableArgs

LIVE: Final = "live"
"""The index of an account's live shares: local, so that it can be read consistently; named as what it is sorted by."""

INDEXES: Final = {
    "by_data": ("live_database", "entry"),
    "by_owner": ("live_owner", "since"),
    "by_due": ("due", "due_at"),
    "by_live": (LIVE, "since"),
    "by_consumer": ("pk", "since"),
    "by_requester": ("requester_id", "since"),
    "by_change": ("changes", "changed_at"),
}
"""The global indexes: of what each is, and what it is sorted by. What the first four are of stands only in live shares,
and in what is owed of ended ones; the others have ended shares too, and the last one has holds."""

HOLDS: Final = "hold#*"
"""The keys of holds."""

TURNS: Final = "turn#*"
"""The keys of who is at a data cells filter, as long as somebody is."""

DELIVERIES: Final = "delivery#*"
"""The keys of what is delivered to accounts that have a kit."""

FINDINGS: Final = "finding#*"
"""The keys of what drift found, and of who looks for it."""


class Ledger(pulumi.ComponentResource):
    """Makes the table of shares and holds, on demand, with point-in-time recovery. Its items stay for good, but turns.

    Its key is the consumer's account and an entry under it, so that all of an account's shares are read consistently.
    An index carries whole items: who lists shares shows all of them.
    """

    table_name: pulumi.Output[str]
    """Name of the table."""

    table_arn: pulumi.Output[str]
    """ARN of the table."""

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Ledger", name, None, opts)
        keys = dict.fromkeys(("pk", "entry", LIVE, *(key for index in INDEXES.values() for key in index)))
        table = aws.dynamodb.Table(
            f"{name}-table",
            attributes=[aws.dynamodb.TableAttributeArgs(name=key, type="S") for key in keys],
            hash_key="pk",
            range_key="entry",
            billing_mode="PAY_PER_REQUEST",
            deletion_protection_enabled=args.deletion_protection,
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            local_secondary_indexes=[
                aws.dynamodb.TableLocalSecondaryIndexArgs(name=LIVE, range_key=LIVE, projection_type="ALL")
            ],
            global_secondary_indexes=[
                aws.dynamodb.TableGlobalSecondaryIndexArgs(
                    name=index,
                    key_schemas=[
                        aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=key, key_type="HASH"),
                        aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=sort_key, key_type="RANGE"),
                    ],
                    projection_type="ALL",
                )
                for index, (key, sort_key) in INDEXES.items()
            ],
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection),
        )
        self.table_name = table.name
        self.table_arn = table.arn
        self.register_outputs({"tableName": self.table_name, "tableArn": self.table_arn})

    def index_arn(self, index: str) -> pulumi.Output[str]:
        """The ARN of `LIVE`, or of one of `INDEXES`."""
        return pulumi.Output.concat(self.table_arn, f"/index/{index}")
