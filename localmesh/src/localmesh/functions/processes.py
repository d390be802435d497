"""Starts functions' processes: forked from one that has loaded boto3, or on their own."""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from localmesh.functions.fork_server import LONGEST_MESSAGE

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_FORK_SERVER = Path(__file__).with_name("fork_server.py")
_FORKS = sys.platform == "linux"
"""Elsewhere there are no pidfds, and on macOS a process that has loaded as much may not fork."""


class Process(Protocol):
    """What of `subprocess.Popen` the mesh needs."""

    @property
    def pid(self) -> int:
        """Its id, and its group's."""
        ...

    @property
    def stdin(self) -> IO[bytes] | None:
        """Takes events."""
        ...

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it writes."""
        ...

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        ...

    def wait(self) -> int:
        """Waits for its end, and gives its exit status."""
        ...


class Processes:
    """Starts processes, and keeps one fork server for each set of layers."""

    def __init__(self) -> None:
        self._servers: dict[tuple[Path, ...], _ForkServer] = {}
        self._lock = threading.Lock()

    def start(self, environment: Mapping[str, str], path: Sequence[Path], answers: int) -> Process:
        """Starts a process that serves one function.

        Args:
            environment: all of it.
            path: folders that the function imports from: the unpacked archive, in which it works, the layers, and the
                runtime's own packages.
            answers: the end of a pipe that it writes its answers to.
        """
        folder, *libraries = path
        if _FORKS:
            server = self._server(tuple(libraries))
            # What brings modules of its own by such names is to get these.
            if server.loaded.isdisjoint(each.stem for each in folder.iterdir()):
                with contextlib.suppress(ConnectionError):  # somebody killed it: the next start makes another
                    return server.fork(environment, path, answers)
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own script
            [sys.executable, "-I", "-S", str(_BOOTSTRAP), str(answers), *map(str, path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            pass_fds=(answers,),
            start_new_session=True,  # Ctrl-C is the mesh's to handle; a time-out ends children too
        )

    def close(self) -> None:
        """Ends the servers; what they have started goes on."""
        with self._lock:
            servers = list(self._servers.values())
            self._servers.clear()
        for server in servers:
            server.close()

    def _server(self, libraries: tuple[Path, ...]) -> "_ForkServer":
        with self._lock:
            server = self._servers.get(libraries)
            if server is None or not server.alive:
                server = self._servers[libraries] = _ForkServer(libraries)
            return server


class _ForkServer:
    def __init__(self, libraries: Sequence[Path]) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own script
                [sys.executable, "-I", "-S", str(_FORK_SERVER), str(theirs.fileno()), *map(str, libraries)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={"LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": ":UTC"},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        said = self._socket.recv(LONGEST_MESSAGE)
        if not said:
            raise ChildProcessError(f"the server that forks functions ended: exit status {self._process.wait()}")
        self.loaded: frozenset[str] = frozenset(json.loads(said))

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self, environment: Mapping[str, str], path: Sequence[Path], answers: int) -> Process:
        events, give_events = os.pipe()
        output, give_output = os.pipe()
        status, give_status = os.pipe()
        order = {"environment": dict(environment), "path": [str(each) for each in path], "folder": str(path[0])}
        try:
            with self._lock:
                pipes = [events, give_output, answers, give_status]
                socket.send_fds(self._socket, [json.dumps(order).encode()], pipes)
                reply = self._socket.recv(LONGEST_MESSAGE)
            if not reply:
                raise ConnectionResetError("the server that forks functions ended")
        except OSError:
            for pipe in (give_events, output, status):
                os.close(pipe)
            raise
        finally:
            for pipe in (events, give_output, give_status):
                os.close(pipe)
        return _Forked(int(reply), give_events, output, status)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


class _Forked:
    """A process whose parent is the fork server.

    Args:
        pid: its id.
        events: takes what it reads.
        output: gives what it writes.
        status: gives its exit status when it has ended; nothing if the server ended before.
    """

    def __init__(self, pid: int, events: int, output: int, status: int) -> None:
        self.pid = pid
        self.stdin: IO[bytes] = os.fdopen(events, "wb")
        self.stdout: IO[bytes] = os.fdopen(output, "rb")
        self._status = status
        self._code: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        with self._lock:
            if self._code is None:
                ended = select.poll()  # takes descriptors of any number
                ended.register(self._status)
                if ended.poll(0):
                    self._end()
            return self._code

    def wait(self) -> int:
        with self._lock:
            if self._code is None:
                self._end()
            return self._code or 0

    def _end(self) -> None:
        said = os.read(self._status, 16)
        os.close(self._status)
        self._code = int(said) if said else -9
