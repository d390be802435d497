"""CloudWatch metrics that services write by themselves: what alarms and dashboards look at."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from localmesh.aws import moto

_lock = threading.Lock()


@dataclass(frozen=True)
class Metrics:
    """The metrics of one resource.

    Attributes:
        account: whose they are.
        region: where.
        namespace: such as ``AWS/States``.
        dimensions: such as the state machine's ARN.
    """

    account: str
    region: str
    namespace: str
    dimensions: Mapping[str, str]

    def add(self, name: str, value: float = 1, unit: str = "Count") -> None:
        """Writes one value.

        Args:
            name: such as ``ExecutionsFailed``.
            value: one more, unless told.
            unit: CloudWatch's name of it.
        """
        dimensions = [{"Name": key, "Value": each} for key, each in self.dimensions.items()]
        datum = {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": unit}
        with _lock:
            moto.backend("cloudwatch", self.account, self.region).put_metric_data(self.namespace, [datum])
