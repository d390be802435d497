"""CloudWatch Logs: log groups."""

from __future__ import annotations

from typing import ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.resource import Change, Input, Output, ResourceType, named, undone_on_failure
from localmesh.provider.values import Props, given, or_none, tag_changes

_GONE = "ResourceNotFoundException"
_KEEPS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}


class LogGroup(ResourceType):
    """A log group. Its id is its name."""

    type_name = "aws:cloudwatch/logGroup:LogGroup"
    tagged = True
    inputs: ClassVar = {
        **named(512),
        "retentionInDays": Input(default=0),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the group; how long it keeps events is a call of its own."""
        name = inputs["name"]
        _check_retention(inputs)
        aws.client("logs").create_log_group(
            logGroupName=name,
            **given(inputs, tags="tags"),
        )
        with undone_on_failure(self, aws, name):
            self._set_retention(aws, name, inputs)
        return name

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look for the group among those whose names begin like its own."""
        pages = aws.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=id_)
        found = next((one for page in pages for one in page["logGroups"] if one["logGroupName"] == id_), None)
        if found is None:
            return None
        arn = found["arn"].removesuffix(":*")
        return {
            "arn": arn,
            "name": id_,
            "retentionInDays": found.get("retentionInDays") or 0,
            "tags": aws.client("logs").list_tags_for_resource(resourceArn=arn).get("tags") or {},
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change retention and tags in place."""
        client = aws.client("logs")
        if change.touches("retentionInDays"):
            _check_retention(change.new)
            self._set_retention(aws, id_, change.new)
            if not change.new.get("retentionInDays"):
                client.delete_retention_policy(logGroupName=id_)
        if change.touches("tags"):
            arn = aws.arn("logs", f"log-group:{id_}")
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(resourceArn=arn, tagKeys=unwanted)
            if wanted:
                client.tag_resource(resourceArn=arn, tags=wanted)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the group with its events."""
        client = aws.client("logs")
        or_none(lambda: client.delete_log_group(logGroupName=id_), _GONE)

    def _set_retention(self, aws: Aws, name: str, inputs: Props) -> None:
        if days := inputs.get("retentionInDays"):
            aws.client("logs").put_retention_policy(logGroupName=name, retentionInDays=days)


TYPES = (LogGroup(),)


def _check_retention(inputs: Props) -> None:
    # AWS takes these numbers only; moto takes any.
    days = inputs.get("retentionInDays") or 0
    if days and days not in _KEEPS:
        raise ProviderError(
            f"PutRetentionPolicy: InvalidParameterException: expected one of {sorted(_KEEPS)}, got {days}"
        )
