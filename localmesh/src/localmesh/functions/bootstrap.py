"""What runs inside a function's process: takes events from standard input, answers on a pipe.

It is started with Python's `-I -S`, so that it sees the function's code, its layers and the runtime's own packages, and
nothing else of the machine; hence it imports only the standard library. What AWS's runtime does and handlers can notice
(context, error shapes, log lines, JSON) is done the same way here.
"""

import importlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

END_OF_LOGS = "\x1eend-of-logs"
"""A line that tells the mesh that all lines of this invocation have come."""
PAUSES = "_LOCALMESH_PAUSES"
"""Environment variable: the longest pause before another try, and modules that make such pauses besides botocore's.

Other pauses wait for something, and stay as long as they are. The function does not see the variable.
"""

CLOCK = "_LOCALMESH_CLOCK"
"""Environment variable: by how many seconds the clock is ahead, and the folder of the package that moves it.

Absent where it is not: then nothing of it is loaded. The function does not see the variable.
"""


class Context:
    """The second argument of a handler."""

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id: str = invocation["request_id"]
        self.invoked_function_arn: str = invocation["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self.client_context = None
        self.tenant_id = None
        self._deadline = time.monotonic() + float(invocation["seconds"])

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class _LogHandler(logging.Handler):
    """Writes what handlers log without a library, as Lambda formats it."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = f"[{record.levelname}]\t{when}.{int(record.msecs):03d}Z\t{self.request_id}\t{record.getMessage()}"
        if record.exc_info:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        print(text, flush=True)


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _error(kind: str, message: str, trace: list[str], request_id: str = "") -> str:
    return json.dumps({"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace})


def _failure(fault: BaseException, request_id: str) -> str:
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if frame.filename != __file__]
    trace = traceback.format_list(frames)
    print(f"[ERROR] {type(fault).__name__}: {fault}\nTraceback (most recent call last):\n" + "".join(trace).rstrip())
    return _error(type(fault).__name__, str(fault), trace, request_id)


def _handler() -> tuple[Callable[[Any, Context], Any] | None, str]:
    """The handler; or, if there is none, the error that every invocation gets."""
    name = os.environ["_HANDLER"]
    module, _, function = name.rpartition(".")
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as missing:
        traceback.print_exc(file=sys.stdout)
        return None, _error("Runtime.ImportModuleError", f"Unable to import module '{module}': {missing}", [])
    except SyntaxError as wrong:
        text = f"Syntax error in module '{module}': {wrong}"
        return None, _error("Runtime.UserCodeSyntaxError", text, [])
    except Exception as fault:
        return None, _failure(fault, "")
    handler = getattr(loaded, function, None)
    if handler is None:
        return None, _error("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'", [])
    return handler, ""


def _answer(handler: Callable[[Any, Context], Any], invocation: dict[str, Any], event: str) -> tuple[bool, str]:
    request_id = invocation["request_id"]
    try:
        result = handler(json.loads(event), Context(invocation))
    except Exception as fault:
        return False, _failure(fault, request_id)
    try:
        return True, json.dumps(result, default=_default, ensure_ascii=False)
    except (TypeError, ValueError) as wrong:
        return False, _error("Runtime.MarshalError", f"Unable to marshal response: {wrong}", [], request_id)


def _move_clock(seconds: float, folder: str) -> None:
    sys.path.insert(0, folder)
    try:
        travel = importlib.import_module("time_machine").travel
    finally:
        sys.path.remove(folder)
    travel(timedelta(seconds=seconds)).start()
    time.time()  # it ticks from the first question


def _try_again_sooner(most_seconds: float, modules: frozenset[str]) -> None:
    import inspect  # 10 ms of a start that hardly any mesh needs

    sleep = time.sleep

    def shorter(seconds: float) -> None:
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        again = caller is not None and caller.f_globals.get("__name__") in modules
        sleep(min(seconds, most_seconds) if again else seconds)

    time.sleep = shorter


def _receive(events: TextIO, received: queue.SimpleQueue[str]) -> None:
    """Hands events on. When they end, the mesh is gone: nobody waits for what this process is doing."""
    for line in events:
        received.put(line)
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the mesh gave it a group of its own


def main(pipe: int) -> None:
    """Serves one event after another until standard input ends.

    Args:
        pipe: takes the answers.
    """
    answers = os.fdopen(pipe, "w", encoding="utf-8")
    received: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin, received), daemon=True).start()
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - the function's, as long as it lives
    logs = _LogHandler()
    logging.getLogger().addHandler(logs)
    if (pauses := os.environ.pop(PAUSES, None)) is not None:
        longest, *modules = pauses.split()
        _try_again_sooner(float(longest), frozenset({"botocore.endpoint", *modules}))
    if (ahead := os.environ.pop(CLOCK, None)) is not None:
        seconds, folder = ahead.split(" ", 1)
        _move_clock(float(seconds), folder)
    handler, fault = _handler()
    answers.write("{}\n")  # ready: from here on the function's time counts
    answers.flush()
    while True:
        invocation = json.loads(received.get())
        logs.request_id = invocation["request_id"]
        os.environ["_X_AMZN_TRACE_ID"] = invocation["trace"]
        ok, payload = _answer(handler, invocation, invocation["event"]) if handler is not None else (False, fault)
        sys.stderr.flush()
        print(END_OF_LOGS, flush=True)
        answers.write(json.dumps({"ok": ok, "payload": payload}) + "\n")
        answers.flush()


if __name__ == "__main__":
    sys.path[:0] = sys.argv[2:]
    main(int(sys.argv[1]))
