"""An AWS and an engine for each module; skipped where there is no Pulumi CLI."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localmesh.provider import Endpoint

from . import build_cli
from .engine import Engine, EngineStack, provider_server

CENTRAL = "123456789012"
PRODUCERS = ("111111111111", "222222222222")


@pytest.fixture(scope="session")
def cli() -> Path:
    found = build_cli.find()
    if found is None:
        pytest.skip(build_cli.why_not() or "there is no Pulumi CLI yet: `make engine` builds it")
    return found


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    program = Path(__file__).resolve().parents[1] / "provider" / "plain_moto.py"
    command = [sys.executable, "-W", "ignore", str(program), "--managed-policies"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate(input="", timeout=10)


@pytest.fixture(scope="module")
def endpoint_in(aws_url: str) -> Callable[[str], Endpoint]:
    def make(account: str) -> Endpoint:
        caller = Endpoint(aws_url, "anybody", "x").client("sts", "us-east-1")
        role = f"arn:aws:iam::{account}:role/deployer"
        given = caller.assume_role(RoleArn=role, RoleSessionName="deployer")["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Endpoint(aws_url, *keys, api_base_url="http://127.0.0.1:9")

    return make


StackMaker = Callable[..., EngineStack]


@pytest.fixture(scope="module")
def make_stack(
    cli: Path, tmp_path_factory: pytest.TempPathFactory, endpoint_in: Callable[[str], Endpoint]
) -> Iterator[StackMaker]:
    """Makes stacks: `make_stack(name, sample, account, config…)`."""
    engine = Engine(cli, tmp_path_factory.mktemp("engine") / "pulumi")
    with _Servers(endpoint_in) as servers:

        def make(
            name: str,
            sample: str,
            account: str,
            *,
            acting_in: str | None = None,
            adopt: dict[str, str] | None = None,
            **config: Any,
        ) -> EngineStack:
            server = servers.of(acting_in or account)
            return engine.stack(name, {"accountId": account, **config}, sample, server, adopt)

        yield make


class _Servers:
    """One provider server for each account, started on first use."""

    def __init__(self, endpoint_in: Callable[[str], Endpoint]) -> None:
        self._endpoint_in = endpoint_in
        self._open: dict[str, Any] = {}

    def __enter__(self) -> _Servers:
        return self

    def __exit__(self, *_: object) -> None:
        for context, _server in self._open.values():
            context.__exit__(None, None, None)

    def of(self, account: str) -> Any:
        if account not in self._open:
            context = provider_server(self._endpoint_in(account))
            self._open[account] = (context, context.__enter__())
        return self._open[account][1]


def central_config(**more: Any) -> dict[str, Any]:
    producers = [{"accountId": account, "databases": [f"db{account[0]}"]} for account in PRODUCERS]
    return {"producers": producers, "deletionProtection": False, **more}


def producer_config(**more: Any) -> dict[str, Any]:
    return {"centralAccountId": CENTRAL, "approverEmails": ["anna@example.org"], **more}
