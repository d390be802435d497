"""What to do with a mesh that runs: commands to copy, which work as they stand."""

import json
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localmesh import demo

if TYPE_CHECKING:
    from localmesh.mesh import Options

_FAVOURITES = (("transport", "yellow_tripdata"), ("retail", "customer"))


class Hints:
    """Composes the text. Whether the AWS CLI works is found out meanwhile: its name may be a dead link.

    Args:
        look_for_cli: if not, the commands are Python's.
    """

    def __init__(self, *, look_for_cli: bool) -> None:
        self._cli = False
        self._asked = threading.Thread(target=self._ask, daemon=True)
        if look_for_cli:
            self._asked.start()

    def text(self, mesh: Mapping[str, Any], databases: Sequence[str], options: "Options") -> str:
        """What is where, and what to do next.

        Args:
            mesh: the content of ``mesh.json``.
            databases: what is in the catalogue.
            options: how the mesh was started.
        """
        self._wait()
        empty = mesh["api_url"] is None
        lines = ["", *(() if empty else _portal(mesh))]
        lines += [f"  AWS      {mesh['aws_endpoint_url']}   (region {mesh['region']}, any credentials)"]
        if not empty:
            lines.append(f"  API      {mesh['api_url']}")
        lines += [
            f"  Mailbox  {mesh['mailbox_url']}",
            f"  Details  {options.state / 'mesh.json'}",
            "",
            "In another terminal, once:",
            "",
            *_indented(_exports(mesh)),
            "",
        ]
        lines += self._empty(options.state) if empty else self._deployed(mesh, databases)
        return "\n".join([*lines, "Ctrl-C stops all of it.", ""])

    def for_mailbox(self, mesh: Mapping[str, Any], databases: Sequence[str]) -> str:
        """The commands that make a first mail come; empty if nothing is deployed or no sample is loaded."""
        self._wait()
        if not mesh["state_machine_arn"] or _FAVOURITES[1][0] not in databases:
            return ""
        return f"{_exports(mesh)}\n{self.request(mesh, *_FAVOURITES[1])}"

    def request(self, mesh: Mapping[str, Any], database: str, table: str) -> str:
        """The command that asks for a table."""
        wanted = {"source": {"database": database, "table": table}, "target": {"account_id": demo.CONSUMER}}
        machine = mesh["state_machine_arn"]
        return self._command(
            "stepfunctions", "start-execution", {"state-machine-arn": machine, "input": json.dumps(wanted)}
        )

    def _deployed(self, mesh: Mapping[str, Any], databases: Sequence[str]) -> list[str]:
        lines: list[str] = []
        if all(database in databases for database, _ in _FAVOURITES):
            lines += ["Ask for a table without personal data; it is shared at once:", ""]
            lines += [*_indented(self.request(mesh, *_FAVOURITES[0])), ""]
            lines += [f"Ask for one with personal data; its owner gets a mail, at {mesh['mailbox_url']}:", ""]
            lines += [*_indented(self.request(mesh, *_FAVOURITES[1])), ""]
        else:
            lines += [f"Ask for a whole database; a mail, if it takes one, comes to {mesh['mailbox_url']}:", ""]
            lines += [*_indented(self.request(mesh, databases[0], "*")), ""]
        lines += ["See how the requests ended, and what was granted:", ""]
        machine = {"state-machine-arn": mesh["state_machine_arn"]}
        lines += _indented(self._command("stepfunctions", "list-executions", machine))
        lines += _indented(self._command("lakeformation", "list-permissions", {}))
        return [*lines, ""]

    def _empty(self, state: Path) -> list[str]:
        return [
            "Nothing is deployed. The catalogue is there:",
            "",
            *_indented(self._command("glue", "get-databases", {})),
            "",
            'To deploy stacks of your own with the Pulumi CLI, as the README\'s "Rehearse a deployment" shows:',
            "",
            *_indented(f'eval "$({shlex.quote(sys.executable)} -m localmesh env --state {shlex.quote(str(state))})"'),
            "",
        ]

    def _command(self, service: str, operation: str, options: Mapping[str, str]) -> str:
        if self._cli:
            given = " ".join(f"--{name} {shlex.quote(value)}" for name, value in options.items())
            return f"aws {service} {operation} {given}".strip()
        # Double quotes only, so that the shell's single ones hold all of it together.
        arguments = ", ".join(f"{_camel(name)}={json.dumps(value)}" for name, value in options.items())
        code = f'import boto3; print(boto3.client("{service}").{operation.replace("-", "_")}({arguments}))'
        return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"

    def _wait(self) -> None:
        if self._asked.is_alive():
            self._asked.join(1.0)

    def _ask(self) -> None:
        command = shutil.which("aws")
        if command is None:
            return
        try:
            done = subprocess.run([command, "--version"], capture_output=True, timeout=10, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            return
        self._cli = done.returncode == 0


def _portal(mesh: Mapping[str, Any]) -> list[str]:
    if mesh["portal_url"] is None:
        why = "it is switched off" if demo.PAGE.is_file() else "the page is not built; `make portal` does, with Node"
        return [f"  Portal   left out: {why}", ""]
    users: Sequence[Mapping[str, Any]] = mesh["portal_users"]
    return [
        f"  Portal   {mesh['portal_url']}   open it, and sign in with one of these:",
        "",
        *(
            f"           {each['username']:<6} {each['first_password']:<20} "
            f"{'sees all requests' if each['groups'] else 'asks for data'}"
            for each in users
        ),
        "",
    ]


def _exports(mesh: Mapping[str, Any]) -> str:
    return (
        f"export AWS_ENDPOINT_URL={mesh['aws_endpoint_url']} AWS_DEFAULT_REGION={mesh['region']} "
        "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    )


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


def _indented(command: str) -> list[str]:
    return [f"  {command}"]
