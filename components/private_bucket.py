"""A bucket that nobody reads in public, or in the clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class PrivateBucket:
    """A bucket, and what must be there before anything is put into it."""

    bucket: aws.s3.Bucket
    ready: Sequence[pulumi.Resource]


def private_bucket(name: str, parent: pulumi.Resource) -> PrivateBucket:
    """Make a bucket that is closed to the public. What is in it goes with it, whoever put it there."""
    own = pulumi.ResourceOptions(parent=parent)
    bucket = aws.s3.Bucket(f"{name}-bucket", force_destroy=True, opts=own)
    closed = aws.s3.BucketPublicAccessBlock(
        f"{name}-closed",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=own,
    )
    owned = aws.s3.BucketOwnershipControls(
        f"{name}-owned",
        bucket=bucket.id,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=own,
    )
    return PrivateBucket(bucket, [closed, owned])


def read_in_secret(name: str, parent: pulumi.Resource, private: PrivateBucket, *statements: dict[str, Any]) -> None:
    """Give the bucket a policy: nobody talks to it in the clear; and what `statements` say besides."""
    arn = private.bucket.arn
    encrypted_only = {
        "Sid": "EncryptedOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, pulumi.Output.concat(arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=private.bucket.id,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [*statements, encrypted_only]}),
        # AWS refuses two changes of a bucket's access at once.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(private.ready)),
    )
