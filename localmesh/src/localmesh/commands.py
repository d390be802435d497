"""Words commands that call AWS on a mesh that runs, to be copied as they stand."""

import json
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any


class Commands:
    """Words commands for the AWS CLI, or for Python where it does not work: its name may be a dead link.

    That is found out meanwhile.

    Args:
        look_for_cli: if not, the commands are Python's.
    """

    def __init__(self, *, look_for_cli: bool) -> None:
        self._cli = False
        self._asked = threading.Thread(target=self._ask, daemon=True)
        if look_for_cli:
            self._asked.start()

    def call(self, service: str, operation: str, options: Mapping[str, str]) -> str:
        """A command that calls AWS.

        Args:
            service: such as ``stepfunctions``.
            operation: such as ``start-execution``.
            options: as the AWS CLI names them.
        """
        if self._asked.is_alive():
            self._asked.join(1.0)
        if self._cli:
            given = " ".join(f"--{name} {shlex.quote(value)}" for name, value in options.items())
            return f"aws {service} {operation} {given}".strip()
        # Double quotes only, so that the shell's single ones hold all of it together.
        arguments = ", ".join(f"{_camel(name)}={json.dumps(value)}" for name, value in options.items())
        code = f'import boto3; print(boto3.client("{service}").{operation.replace("-", "_")}({arguments}))'
        return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"

    @staticmethod
    def exports(mesh: Mapping[str, Any]) -> str:
        """What a shell needs once for such commands."""
        return (
            f"export AWS_ENDPOINT_URL={mesh['aws_endpoint_url']} AWS_DEFAULT_REGION={mesh['region']} "
            "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
        )

    def _ask(self) -> None:
        command = shutil.which("aws")
        if command is None:
            return
        try:
            done = subprocess.run([command, "--version"], capture_output=True, timeout=10, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            return
        self._cli = done.returncode == 0


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)
