"""The mesh's end of the process that a Pulumi CLI talks to."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


class DoorsError(Exception):
    """The process could not serve; the message says why."""


@dataclass(frozen=True)
class Doors:
    """Ports that a Pulumi CLI is told of.

    Attributes:
        provider: of the `aws` provider that acts in one account.
        language: of what runs the program.
    """

    provider: int
    language: int


class EngineDoors:
    """Opens them, one provider for each account: the CLI has no way to pass its user's credentials on.

    Args:
        endpoint_url: the address of AWS.
        api_base_url: the address below which HTTP APIs answer.
        backend: the folder for Pulumi's state.
        credentials: of an administrator of an account, as environment variables.
    """

    def __init__(
        self, endpoint_url: str, api_base_url: str, backend: Path, credentials: Callable[[str], Mapping[str, str]]
    ) -> None:
        self._at = {"endpoint_url": endpoint_url, "api_base_url": api_base_url}
        self._backend = backend
        self._credentials = credentials
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in `stop`
        self.opened: dict[str, Doors] = {}

    def open(self, account: str) -> Doors:
        """The doors for an account, opened if need be.

        Raises:
            ValueError: it is no account id.
            DoorsError: the process ended.
        """
        if len(account) != 12 or not (account.isascii() and account.isdigit()):
            raise ValueError(f"expected an account id of twelve digits, got {account!r}")
        with self._lock:
            self._backend.mkdir(exist_ok=True)
            if account not in self.opened:
                self.opened[account] = self._ask(account)
            return self.opened[account]

    def stop(self) -> None:
        """Ends the process, and the programs that it runs."""
        with self._lock:
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.communicate()
                self._process = None
            self._errors.close()

    def _ask(self, account: str) -> Doors:
        process = self._process = self._process or self._started()
        if process.stdin is None or process.stdout is None:
            raise DoorsError("the process for a Pulumi CLI has no pipes")
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps({**self._at, "credentials": dict(self._credentials(account))}) + "\n")
            process.stdin.flush()
        answer = process.stdout.readline()
        if answer:
            return Doors(**json.loads(answer))
        process.wait()
        self._process = None
        self._errors.seek(0)
        raise DoorsError(self._errors.read().strip()[-4000:] or f"exit status {process.returncode}")

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "localmesh.engine.process"],
            env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,  # Ctrl-C is the mesh's to handle
        )
