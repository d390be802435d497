"""CloudWatch: alarms and dashboards."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType
from localmesh.provider.values import (
    Props,
    or_none,
    same_in_any_order,
    same_json,
    tag_changes,
    tag_list,
    tag_map,
)

_GONE = ("ResourceNotFound", "ResourceNotFoundException")
_PLAIN = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "evaluationPeriods": "EvaluationPeriods",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
}


class MetricAlarm(ResourceType):
    """An alarm on a metric. Its id is its name."""

    type_name = "aws:cloudwatch/metricAlarm:MetricAlarm"
    tagged = True
    inputs: ClassVar = {
        "actionsEnabled": Input(default=True),
        "alarmActions": Input(same=same_in_any_order),
        "alarmDescription": Input(),
        "comparisonOperator": Input(required=True),
        "dimensions": Input(),
        "evaluationPeriods": Input(required=True),
        "metricName": Input(),
        "name": Input(replaces=True, auto=AutoName(255)),
        "namespace": Input(),
        "period": Input(),
        "statistic": Input(),
        "threshold": Input(),
        "treatMissingData": Input(default="missing"),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the alarm."""
        self._put(aws, inputs, Tags=tag_list(inputs.get("tags")))
        return inputs["name"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the alarm as it is."""
        client = aws.client("cloudwatch")
        alarms = client.describe_alarms(AlarmNames=[id_])["MetricAlarms"]
        if not alarms:
            return None
        alarm: dict[str, Any] = alarms[0]
        dimensions: list[dict[str, str]] = alarm.get("Dimensions") or []
        return {
            **{name: alarm.get(key) for name, key in _PLAIN.items()},
            "arn": alarm["AlarmArn"],
            "dimensions": {one["Name"]: one["Value"] for one in dimensions},
            "name": id_,
            "tags": tag_map(client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"]).get("Tags")),
            "treatMissingData": alarm.get("TreatMissingData") or "missing",
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the alarm anew: AWS overwrites what is there, but for the tags."""
        client = aws.client("cloudwatch")
        if change.names - {"tags"}:
            # moto forgets an alarm's tags when it is put without them.
            self._put(aws, change.new, Tags=tag_list(change.new.get("tags")))
        if change.touches("tags"):
            arn = aws.arn("cloudwatch", f"alarm:{id_}")
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceARN=arn, TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceARN=arn, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the alarm."""
        client = aws.client("cloudwatch")
        or_none(lambda: client.delete_alarms(AlarmNames=[id_]), *_GONE)

    def _put(self, aws: Aws, inputs: Props, **more: Any) -> None:
        request = {key: inputs[name] for name, key in _PLAIN.items() if inputs.get(name) is not None}
        if inputs.get("dimensions"):
            request["Dimensions"] = _dimensions(inputs["dimensions"])
        aws.client("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **request, **more)


class Dashboard(ResourceType):
    """A dashboard. Its id is its name."""

    type_name = "aws:cloudwatch/dashboard:Dashboard"
    inputs: ClassVar = {
        "dashboardBody": Input(required=True, same=same_json),
        "dashboardName": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"dashboardArn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the dashboard."""
        self._put(aws, inputs)
        return inputs["dashboardName"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the dashboard as it is."""
        client = aws.client("cloudwatch")
        found = or_none(lambda: client.get_dashboard(DashboardName=id_), *_GONE)
        return found and {
            "dashboardArn": found["DashboardArn"],
            "dashboardBody": found["DashboardBody"],
            "dashboardName": id_,
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the dashboard anew."""
        self._put(aws, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the dashboard."""
        client = aws.client("cloudwatch")
        or_none(lambda: client.delete_dashboards(DashboardNames=[id_]), *_GONE)

    def _put(self, aws: Aws, inputs: Props) -> None:
        aws.client("cloudwatch").put_dashboard(
            DashboardName=inputs["dashboardName"], DashboardBody=inputs["dashboardBody"]
        )


TYPES = (MetricAlarm(), Dashboard())


def _dimensions(values: Props) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]
