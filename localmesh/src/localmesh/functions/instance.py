"""One instance of a function: a process, which handles one event at a time."""

import contextlib
import json
import os
import selectors
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localmesh.functions.bootstrap import END_OF_LOGS
from localmesh.functions.invocations import trace_of
from localmesh.functions.processes import Processes

_CHUNK = 1 << 16
_LOG_SECONDS = 0.5
_START_SECONDS = 60
"""How long a handler may take to load: Lambda gives it 10 seconds, but here two dozen may start at once."""


@dataclass(frozen=True)
class Outcome:
    """What came of one invocation.

    Attributes:
        payload: JSON: the handler's answer, or the error in Lambda's shape.
        error: None if all went well, else ``Unhandled``, as Lambda's header has it.
        lines: what the function wrote, without Lambda's own lines.
        seconds: how long it took.
        reusable: whether the process can take another event.
    """

    payload: str
    error: str | None
    lines: tuple[str, ...]
    seconds: float
    reusable: bool


class Instance:
    """A process that has loaded, or is loading, a handler.

    Args:
        processes: starts it.
        environment: all of the process's environment.
        path: folders that the function imports from: the unpacked archive, the layers, the runtime's own packages.
    """

    def __init__(self, processes: Processes, environment: Mapping[str, str], path: Sequence[Path]) -> None:
        answers, give = os.pipe()
        self._answers = answers
        self._buffer = b""
        self._lines: list[str] = []
        self._all_logs = threading.Event()
        self._ready = False
        self.log_stream = environment.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        try:
            self._process = processes.start(environment, path, give)
        finally:
            os.close(give)
        self._reader = threading.Thread(target=self._read_logs, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def invoke(self, event: str, request_id: str, arn: str, timeout: float) -> Outcome:
        """Hands an event to the handler and waits for what comes of it.

        Args:
            event: JSON.
            request_id: of this invocation.
            arn: the function's.
            timeout: seconds; after them the process is killed.
        """
        if not self._ready:
            self._ready = self._line(time.monotonic() + _START_SECONDS) is not None
        started = time.monotonic()
        self._all_logs.clear()
        message = {
            "request_id": request_id,
            "arn": arn,
            "seconds": timeout,
            "trace": trace_of(request_id),
            "event": event,
        }
        answer = self._ask(json.dumps(message), started + timeout)
        seconds = time.monotonic() - started
        if answer is None:
            timed_out = self.alive and seconds >= timeout
            self.kill()
            payload = _timed_out(request_id, timeout) if timed_out else self._died(request_id)
            return Outcome(payload, "Unhandled", self._taken(), seconds, reusable=False)
        self._all_logs.wait(_LOG_SECONDS)
        error = None if answer["ok"] else "Unhandled"
        return Outcome(str(answer["payload"]), error, self._taken(), seconds, reusable=True)

    def kill(self) -> None:
        """Ends the process and what it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(_LOG_SECONDS)

    def close(self) -> None:
        """Ends the process and gives everything back that it held."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1

    def _ask(self, message: str, deadline: float) -> Mapping[str, object] | None:
        """The answer; None if the process died or the time ran out."""
        stdin = self._process.stdin
        if stdin is None:
            return None
        try:
            stdin.write(message.encode() + b"\n")
            stdin.flush()
        except OSError:
            return None
        return self._line(deadline)

    def _line(self, deadline: float) -> Mapping[str, object] | None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return None
                chunk = os.read(self._answers, _CHUNK)
                if not chunk:
                    return None
                self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)

    def _died(self, request_id: str) -> str:
        code = self._process.wait()
        how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        text = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
        return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": text})

    def _taken(self) -> tuple[str, ...]:
        lines, self._lines = self._lines, []
        return tuple(lines)

    def _read_logs(self) -> None:
        stdout = self._process.stdout
        if stdout is None:
            return
        with contextlib.suppress(ValueError, OSError):
            for raw in stdout:
                line = raw.decode(errors="replace").rstrip("\r\n")
                if line == END_OF_LOGS:
                    self._all_logs.set()
                elif line:
                    self._lines.append(line)


def _timed_out(request_id: str, timeout: float) -> str:
    # No error type: Step Functions makes `Lambda.Unknown` of it.
    when = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return json.dumps({"errorMessage": f"{when} {request_id} Task timed out after {timeout:.2f} seconds"})
