"""A running mesh, and the few things that tests need of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = Path(__file__).resolve().parent
"""Of a project that names no set-up."""
CATALOG = HERE / "catalog"
TELL = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
"""The code of a function that writes what it was told into its log."""
CENTRAL = "123456789012"
REGION = "us-east-1"
START_SECONDS = 60


def start_mesh(state: Path, *options: str, folder: Path = HERE, **environment: str) -> subprocess.Popen[str]:
    """Starts a mesh in a project's folder, with more in its environment if wanted; waits until mesh.json is there."""
    command = [sys.executable, "-m", "localmesh", "up", "--headless", "--state", str(state), *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + START_SECONDS
    while not _described(state / "mesh.json", process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the mesh did not start: {process.communicate()}")
        time.sleep(0.05)
    return process


def _described(file: Path, pid: int) -> bool:
    # A killed mesh leaves its file behind.
    return file.exists() and json.loads(file.read_text())["pid"] == pid


def stop_mesh(process: subprocess.Popen[str]) -> str:
    """Stops a mesh as Ctrl-C does elsewhere; gives what it wrote to standard error."""
    process.terminate()
    _, errors = process.communicate(timeout=20)
    return errors


def eventually(found: Callable[[], Any], seconds: float = 15) -> Any:
    """What `found` gives, as soon as it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = found()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s, last: {found()!r}")


@dataclass
class RunningMesh:
    """A mesh and how to talk to it."""

    description: dict[str, Any]
    process: subprocess.Popen[str]
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _role: str = ""

    @property
    def state(self) -> Path:
        """Its state folder, from its command line."""
        arguments = self.process.args
        assert isinstance(arguments, list)
        return Path(str(arguments[arguments.index("--state") + 1]))

    def client(self, service: str, account: str = CENTRAL, **credentials: str) -> Any:
        """A boto3 client, of an administrator of that account unless credentials are given."""
        key = (service, account)
        if credentials:
            return self._make(service, credentials)
        if key not in self._clients:
            as_admin = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            if account != CENTRAL:
                as_admin = self.assume(f"arn:aws:iam::{account}:role/Anybody")
            self._clients[key] = self._make(service, as_admin)
        return self._clients[key]

    def _make(self, service: str, credentials: dict[str, str]) -> Any:
        session: Any = boto3.session.Session(
            credentials["aws_access_key_id"],
            credentials["aws_secret_access_key"],
            credentials.get("aws_session_token"),
            REGION,
        )
        return session.client(
            service,
            endpoint_url=self.description["aws_endpoint_url"],
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=64),
        )

    def assume(self, role_arn: str, **options: Any) -> dict[str, str]:
        """Credentials of a role, as client arguments."""
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test", **options)["Credentials"]
        return {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }

    def role(self, *statements: dict[str, Any], service: str = "lambda.amazonaws.com") -> str:
        """A role that a service may assume, with these permissions."""
        name = f"role-{uuid4().hex[:8]}"
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(*statements))
        return str(arn)

    def function(self, source: str, role: str | None = None, **config: Any) -> str:
        """A function whose module is this source, with a `handler` in it; gives its ARN."""
        name = f"toy-{uuid4().hex[:8]}"
        settings: dict[str, Any] = {
            "Role": role or self._any_role(),
            "Handler": "toy.handler",
            "Runtime": "python3.13",
            "Timeout": 20,
            **config,
        }
        code = {"ZipFile": archive({"toy.py": source})}
        created = self.client("lambda").create_function(FunctionName=name, Code=code, **settings)
        return str(created["FunctionArn"])

    def _any_role(self) -> str:
        if not self._role:
            self._role = self.role(allow("*", "*"))
        return self._role

    def invoke(self, arn: str, event: Any = None, **options: Any) -> tuple[Any, str | None]:
        """Invokes a function: its answer, and how it failed if it did."""
        answer = self.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event).encode(), **options)
        payload = answer["Payload"].read()
        return (json.loads(payload) if payload else None), answer.get("FunctionError")

    def machine(self, states: dict[str, Any], start: str, **more: Any) -> str:
        """A state machine; gives its ARN."""
        return str(
            self.client("stepfunctions").create_state_machine(
                name=f"toy-{uuid4().hex[:8]}",
                definition=json.dumps({"StartAt": start, "States": states, **more}),
                roleArn="arn:aws:iam::123456789012:role/nobody",
            )["stateMachineArn"]
        )

    def run(self, machine: str, given: Any = None, **options: Any) -> str:
        """Starts an execution; gives its ARN."""
        data = json.dumps({} if given is None else given)
        return str(
            self.client("stepfunctions").start_execution(stateMachineArn=machine, input=data, **options)["executionArn"]
        )

    def ended(self, execution: str) -> dict[str, Any]:
        """An execution, once it has ended."""
        states = self.client("stepfunctions")

        def found() -> Any:
            described = states.describe_execution(executionArn=execution)
            return described if described["status"] != "RUNNING" else None

        return dict(eventually(found))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Asks the control address."""
        return json.loads(fetch(self.description["control_url"] + path, method, body)[1])

    def mails(self) -> list[dict[str, Any]]:
        """What is in the mailbox, newest first."""
        return list(json.loads(fetch(self.description["mailbox_url"] + "/messages.json")[1]))


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str], **conditions: Any) -> dict[str, Any]:
    """A statement that allows something."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    if conditions:
        statement["Condition"] = conditions
    return statement


def answer_of(error: ClientError) -> Any:
    """What AWS said when it refused."""
    return error.response


def archive(files: dict[str, str]) -> bytes:
    """A zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return data.getvalue()


def fetch(
    url: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, str, Any]:
    """An HTTP request: status, text and headers of the answer, whatever the status."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})  # noqa: S310 - an address of the mesh
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers
