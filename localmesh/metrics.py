"""CloudWatch metrics that services write by themselves: what alarms and dashboards look at."""

import threading
from collections.abc import Mapping

from localmesh.aws import moto

_lock = threading.Lock()


def count(
    account: str,
    region: str,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    value: float = 1,
    unit: str = "Count",
) -> None:
    """Writes one value of a metric.

    Args:
        account: whose metric it is.
        region: where.
        namespace: such as ``AWS/States``.
        name: such as ``ExecutionsFailed``.
        dimensions: such as the state machine's ARN.
        value: one more, unless told.
        unit: CloudWatch's name of it.
    """
    datum = {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": each} for key, each in dimensions.items()],
        "Value": value,
        "Unit": unit,
    }
    with _lock:
        moto.backend("cloudwatch", account, region).put_metric_data(namespace, [datum])
