"""A process that has loaded boto3, and forks a function's process whenever it is asked to.

Loading boto3 is what takes longest of a cold start, and whoever moves the mesh's clock makes all functions cold. Like
the bootstrap it runs with Python's `-I -S`, and imports only the standard library and what its path has.

It has one thread, as a process must that forks. Its first message: the names of all that it has loaded, as JSON. Then
each message on its socket is a JSON object with a process's ``environment``, ``path`` and ``folder``, and brings its
standard input, its output, the pipe for its answers, and one that gets its exit status when it ends. The reply is the
process's id.
"""

import gc
import importlib
import json
import os
import selectors
import socket
import sys
import time
from pathlib import Path
from typing import Any

LONGEST_MESSAGE = 1 << 17
_PRELOADED = ("boto3", "botocore.endpoint", "botocore.httpsession", "botocore.retries.standard")


def _fork(asked: socket.socket) -> tuple[dict[str, Any], int]:
    """Serves until nobody can ask any more.

    Returns:
        In a new process only: what was asked for, and the pipe for its answers.
    """
    selector = selectors.DefaultSelector()
    selector.register(asked, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is not asked:
                selector.unregister(key.fileobj)
                _report_end(key.fd, *key.data)
                continue
            message, pipes, _, _ = socket.recv_fds(asked, LONGEST_MESSAGE, 4)
            if not message:
                sys.exit()
            process = os.fork()
            if process == 0:
                _forget(selector, asked)
                return json.loads(message), _take(pipes)
            for pipe in pipes[:3]:
                os.close(pipe)
            selector.register(os.pidfd_open(process), selectors.EVENT_READ, (process, pipes[3]))
            asked.send(str(process).encode())


def _report_end(pidfd: int, process: int, pipe: int) -> None:
    _, status = os.waitpid(process, 0)
    os.write(pipe, str(os.waitstatus_to_exitcode(status)).encode())
    os.close(pipe)
    os.close(pidfd)


def _forget(selector: selectors.BaseSelector, asked: socket.socket) -> None:
    """Closes what a new process has of its siblings and of the server."""
    for key in list(selector.get_map().values()):
        if key.fileobj is not asked:
            os.close(key.fd)
            os.close(key.data[1])
    selector.close()
    asked.close()


def _take(pipes: list[int]) -> int:
    events, output, answers, status = pipes
    os.setsid()
    for standard, pipe in enumerate((events, output, output)):
        os.dup2(pipe, standard)
    for pipe in (events, output, status):
        os.close(pipe)
    return answers


def _become(order: dict[str, Any], libraries: list[str]) -> None:
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    sys.path[: len(libraries)] = order["path"]


def main() -> None:
    """Serves; a function's process stays in it to its end."""
    asked, libraries = socket.socket(fileno=int(sys.argv[1])), sys.argv[2:]
    sys.path.insert(0, str(Path(__file__).parent))
    bootstrap = importlib.import_module("bootstrap")
    sys.path[:1] = libraries
    for module in _PRELOADED:
        importlib.import_module(module)
    asked.send(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})).encode())
    gc.freeze()  # what is shared stays shared: a collection would write to all of it
    order, answers = _fork(asked)
    _become(order, libraries)
    bootstrap.main(answers)


if __name__ == "__main__":
    main()
