"""What functions log: to the log group that the function is configured with, if its role may."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from localmesh.aws import moto
from localmesh.aws.access import Access


class FunctionLogs:
    """Writes log lines into moto's CloudWatch Logs.

    Args:
        access: a role without the permission to log logs nothing, as on AWS.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._streams: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def group_of(self, function: Any) -> str:
        """The log group of a function."""
        config: dict[str, str] = function.logging_config
        return str(config.get("LogGroup") or f"/aws/lambda/{function.function_name}")

    def write(self, function: Any, stream: str, lines: Sequence[str]) -> None:
        """Writes the lines of one invocation.

        Args:
            function: as moto holds it.
            stream: of the instance that wrote them.
            lines: without line ends.
        """
        group = self.group_of(function)
        prefix = f"arn:{moto.PARTITION}:logs:{function.region}:{function.account_id}:log-group:{group}"
        role = str(function.role)
        logs: Any = moto.backend("logs", function.account_id, function.region)
        with self._lock:
            if group not in logs.groups:
                if not self._access.allows(role, "logs:CreateLogGroup", f"{prefix}:*"):
                    return
                logs.ensure_log_group(group)
            if (group, stream) not in self._streams:
                if not self._access.allows(role, "logs:CreateLogStream", f"{prefix}:log-stream:{stream}"):
                    return
                logs.create_log_stream(group, stream)
                self._streams.add((group, stream))
        if self._access.allows(role, "logs:PutLogEvents", f"{prefix}:log-stream:{stream}"):
            now = int(time.time() * 1000)
            logs.put_log_events(group, stream, [{"timestamp": now, "message": line} for line in lines])
