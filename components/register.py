"""The register: one DynamoDB table that knows every request, and that people may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from components.table_args import TableArgs

INDEXES: Final = {
    "by_requester": "requester_id",
    "by_consumer": "consumer_account",
    "by_owner": "owner_account",
    "by_status": "status",
    "by_announcement": "announcement",
}
"""The indexes of lists and the attribute each is for; all are sorted by `SORT_KEY`, so that a list is newest first.

`announcement` stands only in requests that have ended and whose closing event is not out yet: hardly ever in any.
"""

SORT_KEY: Final = "received_at"

DUE: Final = ("by_due", "mail", "mail_due_at")
"""The index of requests that are owed a mail, its key and what it is sorted by; it carries nothing but their ids."""

FLAGS: Final = "flags#*"
"""The keys of what is remembered of flags."""

CLAIMS: Final = "claim#*"
"""The keys of claims."""

LISTED: Final = (
    *("source", "target", "status", "reason", "message", "closed_at", "requester_id", "requester_email"),
    *("owner_account", "owner_name", "consumer_account", "started_at", "execution_arn"),
)
"""What a list of requests shows: the indexes carry this much of an item and no more."""


class Register(pulumi.ComponentResource):
    """Makes the table of requests, on demand, with point-in-time recovery. Its items stay for good.

    Protected, neither Pulumi nor DynamoDB deletes it; that `pulumi destroy` deletes nothing else before it comes to
    this table is `DeletionGuard`'s part.
    """

    table_name: pulumi.Output[str]
    """Name of the table."""

    table_arn: pulumi.Output[str]
    """ARN of the table."""

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Register", name, None, opts)
        keys = ("pk", *INDEXES.values(), SORT_KEY, *DUE[1:])
        table = aws.dynamodb.Table(
            f"{name}-table",
            attributes=[aws.dynamodb.TableAttributeArgs(name=key, type="S") for key in keys],
            hash_key="pk",
            billing_mode="PAY_PER_REQUEST",
            deletion_protection_enabled=args.deletion_protection,
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            global_secondary_indexes=[
                *(_index(index, key, SORT_KEY, LISTED) for index, key in INDEXES.items()),
                _index(*DUE),
            ],
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection),
        )
        self.table_name = table.name
        self.table_arn = table.arn
        self.register_outputs({"tableName": self.table_name, "tableArn": self.table_arn})

    def index_arn(self, index: str) -> pulumi.Output[str]:
        """The ARN of one of `INDEXES`, or of `DUE`."""
        return pulumi.Output.concat(self.table_arn, f"/index/{index}")


def _index(
    index: str, key: str, sort_key: str, carries: Sequence[str] = ()
) -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=index,
        key_schemas=[
            aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=key, key_type="HASH"),
            aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=sort_key, key_type="RANGE"),
        ],
        projection_type="INCLUDE" if carries else "KEYS_ONLY",
        non_key_attributes=[attribute for attribute in carries if attribute != key] or None,
    )
