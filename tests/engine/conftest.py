"""One mesh with nothing deployed, and the real engine on it; skipped where there is no Pulumi CLI."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localmesh.provider import Endpoint
from localmesh.provider.server import ProviderServer
from mesh_tests.harness import start_mesh, stop_mesh
from tests.missing import ENGINE

from . import build_cli
from .deployers import NAME, administer_the_lake, drop, hold, printed
from .engine import ROOT, Engine, EngineStack

CENTRAL = "123456789012"
PRODUCERS = ("111111111111", "222222222222")
DATABASES = {"111111111111": ["retail"], "222222222222": ["transport"], "333333333333": ["weather"]}
"""What the accounts own in the mesh's sample catalogue, but for the last one."""

_CENTRAL_MAY = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"}}
OLD_TRUST = json.dumps({"Version": "2012-10-17", "Statement": [_CENTRAL_MAY]})
"""Whom the role of the old system's kit trusts."""


@pytest.fixture(scope="session")
def cli() -> Path:
    found = build_cli.find()
    if found is None:
        ENGINE.skip("there is no Pulumi CLI that fits: `make engine` says why, and gets one")
    return found


@pytest.fixture(scope="session")
def mesh_state(cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder of a mesh with nothing deployed."""
    state = tmp_path_factory.mktemp("mesh") / "state"
    process = start_mesh(state, "--empty", folder=ROOT)
    yield state
    assert "Traceback" not in stop_mesh(process)
    assert not state.exists(), "what Pulumi kept there goes with the mesh"


@pytest.fixture(scope="session")
def mesh_json(mesh_state: Path) -> dict[str, Any]:
    return json.loads((mesh_state / "mesh.json").read_text())


@pytest.fixture(scope="session")
def endpoint_in(assumed: Callable[[str, str], Endpoint]) -> Callable[[str], Endpoint]:
    """Gives an administrator's way to an account."""
    made: dict[str, Endpoint] = {}

    def make(account: str) -> Endpoint:
        if account not in made:
            made[account] = assumed(account, "administrator")  # there is no such role, so nothing holds it back
        return made[account]

    return make


@pytest.fixture(scope="session")
def assumed(mesh_json: dict[str, Any]) -> Callable[[str, str], Endpoint]:
    """Gives the way to an account of somebody who has assumed a role there."""
    url = mesh_json["aws_endpoint_url"]

    def make(account: str, role: str) -> Endpoint:
        caller = Endpoint(url, "anybody", "x").client("sts", "us-east-1")
        arn = f"arn:aws:iam::{account}:role/{role}"
        given = caller.assume_role(RoleArn=arn, RoleSessionName="engine-tests")["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return Endpoint(url, *keys, api_base_url=mesh_json["api_base_url"])

    return make


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of handlers and state machine, to be changed."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copytree(ROOT / "handlers", folder / "handlers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "components" / "sharing_workflow.asl.json", folder)
    return folder


@pytest.fixture(scope="module")
def from_the_copy(sources: Path) -> Iterator[None]:
    """The program takes handlers and state machine from the copy."""
    import components.handler_archive
    import components.handler_layer  # it takes ROOT over when it is loaded, and is to keep the real one
    import components.state_machine

    assert components.handler_layer.ROOT == ROOT
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(components.handler_archive, "ROOT", sources)
        patch.setattr(components.state_machine, "DEFINITION", sources / "sharing_workflow.asl.json")
        yield


StackMaker = Callable[..., EngineStack]


@pytest.fixture(scope="session")
def make_stack(
    cli: Path,
    tmp_path_factory: pytest.TempPathFactory,
    endpoint_in: Callable[[str], Endpoint],
    assumed: Callable[[str, str], Endpoint],
) -> Iterator[StackMaker]:
    """Makes stacks: `make_stack(name, sample, account, config…)`.

    An administrator deploys them; given a `deployer`, that role of the account, which is held to its policies.
    """
    engine = Engine(cli, tmp_path_factory.mktemp("engine") / "pulumi")
    servers: dict[tuple[str, str], ProviderServer] = {}

    def make(
        name: str, sample: str, account: str, *, acting_in: str | None = None, deployer: str = "", **config: Any
    ) -> EngineStack:
        acting = acting_in or account, deployer
        if acting not in servers:
            servers[acting] = ProviderServer(assumed(*acting) if deployer else endpoint_in(acting[0]))
        return engine.stack(name, {"accountId": account, **config}, sample, servers[acting].setting)

    yield make
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="module")
def deployed_as_printed(make_stack: StackMaker, endpoint_in: Callable[[str], Endpoint]) -> Iterator[StackMaker]:
    """Makes stacks whose deployer may do what the printed policies say, and nothing else."""
    accounts: list[str] = []

    def make(name: str, sample: str, account: str, **config: Any) -> EngineStack:
        accounts.append(account)
        hold(endpoint_in(account), account, printed(sample, account, config))
        administer_the_lake(endpoint_in(account), account, on=bool(config.get("manageLakeFormationGrants")))
        return make_stack(name, sample, account, deployer=NAME, **config)

    yield make
    for account in accounts:
        administer_the_lake(endpoint_in(account), account, on=False)
        drop(endpoint_in(account))


def registered(*accounts: str) -> list[dict[str, Any]]:
    """The entries of producers in the central stack's configuration."""
    return [{"accountId": account, "databases": DATABASES[account]} for account in accounts]


def central_config(**more: Any) -> dict[str, Any]:
    return {"producers": registered(*PRODUCERS), "deletionProtection": False, **more}


def producer_config(**more: Any) -> dict[str, Any]:
    return {"centralAccountId": CENTRAL, "approverEmails": ["anna@example.org"], **more}


def consumer_config(**more: Any) -> dict[str, Any]:
    return {"centralAccountId": CENTRAL, "allowedDatabases": ["retail"], "allowedRoles": ["analyst"], **more}
