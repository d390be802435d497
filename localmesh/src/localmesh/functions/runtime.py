"""Lambda: takes an invocation, finds or starts an instance, and reports what came of it."""

import hashlib
import json
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from localmesh.aws import moto, principals
from localmesh.clock import clock
from localmesh.functions.archives import Archives
from localmesh.functions.bootstrap import CLOCK, PAUSES
from localmesh.functions.instance import Instance, Outcome
from localmesh.functions.invocations import Invocations, Running
from localmesh.functions.logs import FunctionLogs
from localmesh.functions.pool import Pool
from localmesh.functions.processes import Processes
from localmesh.metrics import Metrics

_RETRY_SECONDS = (1.0, 2.0)
"""Asynchronous events are tried again twice. AWS waits a minute and two; nobody would wait for that here."""
_DELIVERERS = 4
_TAIL_BYTES = 4096


@dataclass(frozen=True)
class Pauses:
    """How long the pauses before another try may be, and who makes them.

    Attributes:
        longest: in seconds.
        modules: of functions that pause before another try, besides botocore's.
    """

    longest: float
    modules: Sequence[str] = ()

    def __str__(self) -> str:
        """As a function's process takes it."""
        return " ".join([str(self.longest), *self.modules])


@dataclass(frozen=True)
class Invocation:
    """What the caller of a function gets.

    Attributes:
        request_id: of the invocation.
        payload: JSON, or the error in Lambda's shape.
        error: None if all went well, else the value of ``x-amz-function-error``.
        tail: the last of what was logged, at most 4 KB.
    """

    request_id: str
    payload: str
    error: str | None
    tail: str


class Functions:
    """Invokes the functions that moto holds.

    Args:
        endpoint_url: of AWS, as the functions are to see it.
        archives: where their code is unpacked.
        logs: where their lines go.
        limit: how many instances a function may have.
        pauses: between an attempt and the next; None: as long as it takes.
    """

    def __init__(
        self, endpoint_url: str, archives: Archives, logs: FunctionLogs, limit: int, pauses: Pauses | None = None
    ) -> None:
        self._endpoint_url = endpoint_url
        self._archives = archives
        self._logs = logs
        self._pool = Pool(limit)
        self._processes = Processes()
        self._pauses = pauses
        self.running = Invocations()
        self._later: queue.SimpleQueue[tuple[Any, str, int] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._recent: deque[dict[str, Any]] = deque(maxlen=1000)
        for number in range(_DELIVERERS):
            threading.Thread(target=self._deliver, name=f"asynchronous events {number}", daemon=True).start()

    def find(self, arn: str) -> Any | None:
        """The function of that ARN as moto holds it, None if there is none."""
        parts = arn.split(":")
        if len(parts) < 7 or parts[2] != "lambda":
            return None
        known: Any = moto.backend("awslambda", parts[4], parts[3])
        return next((each for each in known.list_functions() if each.function_name == parts[6]), None)

    def invoke(self, function: Any, event: str) -> Invocation:
        """Runs a function and waits for it.

        Args:
            function: as moto holds it.
            event: JSON.
        """
        request_id = str(uuid4())
        # Whoever moves the clock on by hours meets no instance of before on AWS either; here of minutes, too.
        ahead = clock.ahead.total_seconds()
        version = _version(function, ahead)
        name = str(function.function_arn)
        instance = self._pool.take(name, version, lambda: self._start(function, version, ahead))
        reusable = False
        running = Running(request_id, str(function.function_name), event, instance.kill)
        self.running.begin(running)
        try:
            outcome = instance.invoke(event, request_id, name, float(function.timeout))
            reusable = outcome.reusable
        finally:
            self.running.end(running)
            self._pool.give(name, version, instance, reusable=reusable)
        lines = self._report(function, request_id, outcome, instance.log_stream)
        return Invocation(request_id, outcome.payload, outcome.error, "\n".join(lines)[-_TAIL_BYTES:])

    def invoke_later(self, function: Any, event: str) -> None:
        """Queues an event, as Lambda does for callers that do not wait; it is tried three times in all."""
        self._later.put((function, event, 0))

    def recent(self) -> list[dict[str, Any]]:
        """The last thousand invocations, oldest first: function, request_id, error, seconds, lines."""
        return list(self._recent)

    def instances(self) -> Mapping[str, list[int]]:
        """The processes, by function."""
        return self._pool.instances()

    def stop(self) -> None:
        """Ends all processes."""
        self._stopping.set()
        for _ in range(_DELIVERERS):
            self._later.put(None)
        self._pool.close()
        self._processes.close()
        self._archives.remove()

    def _start(self, function: Any, version: str, ahead: float) -> Instance:
        code = self._archives.unpacked(str(function.code_digest), function.code_bytes)
        path = [code]
        layers: Any = moto.backend("awslambda", function.account_id, function.region)
        for listed in function.layers:
            layer = layers.layers_versions_by_arn(listed["Arn"])
            path.append(self._archives.unpacked(str(layer.code_digest), layer.code_bytes) / "python")
        path.append(self._archives.runtime())
        environment = self._environment(function, code, version)
        if ahead:
            environment[CLOCK] = f"{ahead} {self._archives.clock()}"
        return Instance(self._processes, environment, path)

    def _environment(self, function: Any, code: Path, version: str) -> dict[str, str]:
        name = str(function.function_name)
        now = time.strftime("%Y/%m/%d", time.gmtime())
        return {
            **function.environment_vars,
            **principals.service_credentials(str(function.role), name),
            "AWS_ENDPOINT_URL": self._endpoint_url,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": self._logs.group_of(function),
            "AWS_LAMBDA_LOG_STREAM_NAME": f"{now}/[$LATEST]{uuid4().hex}",
            # Nothing of the user's own: no configuration file, no other credentials.
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SDK_LOAD_CONFIG": "0",
            "HOME": str(code),
            "LAMBDA_TASK_ROOT": str(code),
            "LAMBDA_RUNTIME_DIR": str(self._archives.runtime()),
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONHASHSEED": str(int(version[:6], 16)),
            "TZ": ":UTC",
            "_HANDLER": str(function.handler),
            **({} if self._pauses is None else {PAUSES: str(self._pauses)}),
        }

    def _report(self, function: Any, request_id: str, outcome: Outcome, stream: str) -> list[str]:
        name = str(function.function_name)
        duration = outcome.seconds * 1000
        lines = [
            f"START RequestId: {request_id} Version: {function.version}",
            *outcome.lines,
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\tMemory Size: {function.memory_size} MB",
        ]
        if not outcome.reusable:
            lines.insert(-2, json.loads(outcome.payload)["errorMessage"])
        self._logs.write(function, stream, lines)
        metrics = Metrics(function.account_id, function.region, "AWS/Lambda", {"FunctionName": name})
        metrics.add("Invocations")
        metrics.add("Errors", 1 if outcome.error else 0)
        metrics.add("Duration", duration, "Milliseconds")
        self._recent.append(
            {
                "function": name,
                "request_id": request_id,
                "error": json.loads(outcome.payload) if outcome.error else None,
                "seconds": round(outcome.seconds, 4),
                "lines": list(outcome.lines),
            }
        )
        return lines

    def _deliver(self) -> None:
        while (queued := self._later.get()) is not None:
            function, event, tried = queued
            try:
                failed = self.invoke(function, event).error is not None
            except Exception as fault:
                if self._stopping.is_set():
                    return
                print(f"asynchronous event for {function.function_name}: {fault!r}", file=sys.stderr)
                failed = True
            if failed and tried < len(_RETRY_SECONDS):
                longest = _RETRY_SECONDS[tried]
                seconds = longest if self._pauses is None else min(longest, self._pauses.longest)
                again = threading.Timer(seconds, self._later.put, [(function, event, tried + 1)])
                again.daemon = True
                again.start()


def _version(function: Any, ahead: float) -> str:
    """Changes whenever the function's code, its configuration or the mesh's clock does."""
    parts = (
        str(ahead),
        function.code_sha_256,
        function.handler,
        function.role,
        function.run_time,
        str(function.timeout),
        str(function.memory_size),
        json.dumps(function.environment_vars, sort_keys=True),
        json.dumps([layer["Arn"] for layer in function.layers]),
    )
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
