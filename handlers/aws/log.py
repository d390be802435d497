"""The functions' log: one JSON object a line, found by request id; no key, token, address or credential."""

import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger

    # Sampling, event logging and the like stay off: an event holds a task token or a link's key.
    # Every line comes from this file, so its place says nothing.
    return Logger(location=None, log_uncaught_exceptions=False)


def measure(**counts: int) -> None:
    """Write one line from which CloudWatch makes a metric of each count, in namespace `Lakeshare`, by `service`."""
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    made = {"Namespace": "Lakeshare", "Dimensions": [["service"]], "Metrics": metrics}
    line = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [made]}
    _logger().info("measured", extra={"_aws": line, **counts})


def log(event: str, request_id: str, **facts: object) -> None:
    """Write one line about a request. `facts` are codes and counts, nothing that somebody typed."""
    _logger().info(event, extra={"request_id": request_id, **facts})
