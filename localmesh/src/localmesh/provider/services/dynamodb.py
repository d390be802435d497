"""DynamoDB: tables."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields, undone_on_failure
from localmesh.provider.values import (
    Props,
    camel,
    given,
    or_none,
    part,
    pascal,
    same_in_any_order,
    tag_changes,
    tag_list,
    tag_map,
)

_GONE = "ResourceNotFoundException"
_LEAST = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}


class Table(ResourceType):
    """A table with its indexes, its point-in-time recovery and its time to live."""

    type_name = "aws:dynamodb/table:Table"
    tagged = True
    inputs: ClassVar = {
        "attributes": Input(required=True, same=same_in_any_order, fields=fields("name", "type")),
        "billingMode": Input(default="PROVISIONED"),
        "deletionProtectionEnabled": Input(default=False),
        "globalSecondaryIndexes": Input(
            same=same_in_any_order,
            fields=fields(
                "name",
                "projectionType",
                "nonKeyAttributes",
                keySchemas=fields("attributeName", "keyType"),
            ),
        ),
        "hashKey": Input(required=True, replaces=True),
        # They are made with the table or never.
        "localSecondaryIndexes": Input(
            replaces=True,
            same=same_in_any_order,
            fields=fields("name", "nonKeyAttributes", "projectionType", "rangeKey"),
        ),
        "name": Input(replaces=True, auto=AutoName(255)),
        "pointInTimeRecovery": Input(fields=fields("enabled", "recoveryPeriodInDays"), default={"enabled": False}),
        "rangeKey": Input(replaces=True),
        "ttl": Input(fields=fields("attributeName", "enabled"), default={"enabled": False}),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the table, then what AWS sets by calls of their own."""
        client, name = aws.client("dynamodb"), inputs["name"]
        request: Props = {
            "TableName": name,
            "AttributeDefinitions": _attributes(inputs),
            "KeySchema": _keys(inputs),
            "Tags": tag_list(inputs.get("tags")),
            **given(inputs, billingMode="BillingMode", deletionProtectionEnabled="DeletionProtectionEnabled"),
        }
        if indexes := inputs.get("globalSecondaryIndexes"):
            request["GlobalSecondaryIndexes"] = [_index(index) for index in indexes]
        if indexes := inputs.get("localSecondaryIndexes"):
            request["LocalSecondaryIndexes"] = [_local_index(index, inputs["hashKey"]) for index in indexes]
        if inputs.get("billingMode") == "PROVISIONED":
            request["ProvisionedThroughput"] = _LEAST
        client.create_table(**request)
        with undone_on_failure(self, aws, name):
            if part(inputs, "ttl").get("enabled"):
                self._set_ttl(client, name, inputs)
            if part(inputs, "pointInTimeRecovery").get("enabled"):
                self._set_recovery(client, name, inputs)
        return name

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Put together what AWS tells in four answers."""
        client = aws.client("dynamodb")
        answer = or_none(lambda: client.describe_table(TableName=id_), _GONE)
        if answer is None:
            return None
        table: dict[str, Any] = answer["Table"]
        keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
        billing = part(table, "BillingModeSummary").get("BillingMode", "PROVISIONED")
        recovery = client.describe_continuous_backups(TableName=id_)["ContinuousBackupsDescription"]
        ttl = client.describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
        found: Props = {
            "arn": table["TableArn"],
            "attributes": [
                {"name": one["AttributeName"], "type": one["AttributeType"]} for one in table["AttributeDefinitions"]
            ],
            "billingMode": billing,
            "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
            "globalSecondaryIndexes": [_index_read(index) for index in table.get("GlobalSecondaryIndexes") or ()],
            "hashKey": keys["HASH"],
            "localSecondaryIndexes": [_local_index_read(one) for one in table.get("LocalSecondaryIndexes") or ()],
            "name": table["TableName"],
            "pointInTimeRecovery": _recovery_read(recovery["PointInTimeRecoveryDescription"], state),
            "rangeKey": keys.get("RANGE"),
            "tags": tag_map(client.list_tags_of_resource(ResourceArn=table["TableArn"]).get("Tags")),
            "ttl": {"enabled": ttl["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}},
        }
        if ttl.get("AttributeName"):
            found["ttl"]["attributeName"] = ttl["AttributeName"]
        return found

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place; an index whose keys or projection differ is taken away and made again, as AWS wants it."""
        client, new = aws.client("dynamodb"), change.new
        plain = given(new, deletionProtectionEnabled="DeletionProtectionEnabled", billingMode="BillingMode")
        if change.touches("deletionProtectionEnabled", "billingMode"):
            if new.get("billingMode") == "PROVISIONED":
                plain["ProvisionedThroughput"] = _LEAST
            client.update_table(TableName=id_, **plain)
        for step in _index_steps(change):
            client.update_table(
                TableName=id_, AttributeDefinitions=_attributes(new), GlobalSecondaryIndexUpdates=[step]
            )
        if change.touches("ttl"):
            self._set_ttl(client, id_, new if new.get("ttl") else change.old)
        if change.touches("pointInTimeRecovery"):
            self._set_recovery(client, id_, new)
        if change.touches("tags"):
            arn = client.describe_table(TableName=id_)["Table"]["TableArn"]
            wanted, unwanted = tag_changes(change.old, new)
            if unwanted:
                client.untag_resource(ResourceArn=arn, TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceArn=arn, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the table; AWS refuses where deletion protection is on."""
        client = aws.client("dynamodb")
        or_none(lambda: client.delete_table(TableName=id_), _GONE)

    def _set_ttl(self, client: Any, name: str, inputs: Props) -> None:
        wanted: Props = inputs["ttl"]
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={
                "Enabled": wanted.get("enabled", False),
                "AttributeName": wanted.get("attributeName", ""),
            },
        )

    def _set_recovery(self, client: Any, name: str, inputs: Props) -> None:
        wanted = inputs.get("pointInTimeRecovery") or {"enabled": False}
        client.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": wanted.get("enabled", False),
                **given(wanted, recoveryPeriodInDays="RecoveryPeriodInDays"),
            },
        )


TYPES = (Table(),)


def _attributes(inputs: Props) -> list[dict[str, str]]:
    return [{"AttributeName": one["name"], "AttributeType": one["type"]} for one in inputs["attributes"]]


def _keys(inputs: Props) -> list[dict[str, str]]:
    keys = [("HASH", inputs.get("hashKey")), ("RANGE", inputs.get("rangeKey"))]
    return [{"AttributeName": name, "KeyType": kind} for kind, name in keys if name]


def _recovery_read(found: Props, state: Props) -> Props:
    days = found.get("RecoveryPeriodInDays")
    wanted: Props = state.get("pointInTimeRecovery") or {}
    kept = {"recoveryPeriodInDays": days or wanted.get("recoveryPeriodInDays")}
    shown = {key: value for key, value in kept.items() if value is not None and key in wanted}
    return {"enabled": found["PointInTimeRecoveryStatus"] == "ENABLED", **shown}


def _index(index: Props) -> Props:
    return {"IndexName": index["name"], "KeySchema": pascal(index["keySchemas"]), "Projection": _projection(index)}


def _local_index(index: Props, hash_key: str) -> Props:
    """A local index has the table's own hash key."""
    keys = _keys({"hashKey": hash_key, "rangeKey": index["rangeKey"]})
    return {"IndexName": index["name"], "KeySchema": keys, "Projection": _projection(index)}


def _projection(index: Props) -> Props:
    return given(index, projectionType="ProjectionType", nonKeyAttributes="NonKeyAttributes")


def _index_read(found: Props) -> Props:
    return {"name": found["IndexName"], "keySchemas": camel(found["KeySchema"]), **_projection_read(found)}


def _local_index_read(found: Props) -> Props:
    keys = {key["KeyType"]: key["AttributeName"] for key in found["KeySchema"]}
    return {"name": found["IndexName"], "rangeKey": keys["RANGE"], **_projection_read(found)}


def _projection_read(found: Props) -> Props:
    read: Props = {"projectionType": found["Projection"]["ProjectionType"]}
    if found["Projection"].get("NonKeyAttributes"):
        read["nonKeyAttributes"] = found["Projection"]["NonKeyAttributes"]
    return read


def _index_steps(change: Change) -> list[Props]:
    before: dict[str, Props] = {one["name"]: one for one in change.old.get("globalSecondaryIndexes") or ()}
    after: dict[str, Props] = {one["name"]: one for one in change.new.get("globalSecondaryIndexes") or ()}
    fixed = {name for name, one in before.items() if name in after and same_in_any_order(one, after[name])}
    gone = [{"Delete": {"IndexName": name}} for name in before if name not in fixed]
    return gone + [{"Create": _index(one)} for name, one in after.items() if name not in fixed]
