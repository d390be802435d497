"""The shop: deployed by its set-up, and by the real engine; it works; nothing of it is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import MockResourceArgs

from localmesh.engine.shell import find_cli
from localmesh.program import Program, deploy
from localmesh.provider import AwsProvider, Endpoint, ProviderError
from localmesh.provider.mocks import ProviderMocks
from localmesh.provider.wire import plain
from mesh_tests.harness import RunningMesh, eventually, fetch, start_mesh, stop_mesh
from program_tests.left import left_in
from program_tests.shop.shop_on_mesh import SHOP, WAREHOUSE

HERE = Path(__file__).resolve().parent / "shop"
REGION = {"region": "us-east-1"}
CONFIG = {
    WAREHOUSE: {"aws:region": "us-east-1", "part": "warehouse", "shop": SHOP, "keeper": "k@example.org"},
    SHOP: {"aws:region": "us-east-1"},
}


def start(state: Path, *options: str, folder: Path = HERE) -> RunningMesh:
    process = start_mesh(state, *options, folder=folder)
    return RunningMesh(json.loads((state / "mesh.json").read_text()), process)


def an_order(mesh: RunningMesh, url: str, table: str, bucket: str, keeper: str) -> None:
    """Orders something, and looks at all that should follow."""
    status, text, _ = fetch(f"{url}/orders", "POST", {"what": "a lamp"}, {"Content-Type": "application/json"})
    assert status == 201, text
    order = json.loads(text)["id"]
    item = mesh.client("dynamodb", SHOP).get_item(TableName=table, Key={"id": {"S": order}})["Item"]
    assert item["what"] == {"S": "a lamp"}
    receipt = mesh.client("s3", SHOP).get_object(Bucket=bucket, Key=f"{order}.txt")["Body"].read()
    assert receipt == b"a lamp"
    status, text, _ = fetch(f"{url}/orders/{order}")
    assert (status, json.loads(text)) == (200, {"what": "a lamp"})
    assert fetch(f"{url}/orders/none")[0] == 404
    mail = eventually(lambda: next((mail for mail in mesh.mails() if order in mail["body"]), None))
    assert (mail["to"], mail["account_id"], mail["subject"]) == (keeper, WAREHOUSE, "An order")


def endpoint(mesh: RunningMesh, account: str) -> Endpoint:
    given = mesh.assume(f"arn:aws:iam::{account}:role/deployer")
    keys = (given["aws_access_key_id"], given["aws_secret_access_key"], given["aws_session_token"])
    return Endpoint(mesh.description["aws_endpoint_url"], *keys, api_base_url=mesh.description["api_base_url"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    """The shop, deployed by its set-up."""
    mesh = start(tmp_path_factory.mktemp("shop") / "state", "--keeper", "olga@example.org")
    yield mesh
    assert stop_mesh(mesh.process) == ""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    """A mesh of the shop's project with nothing deployed."""
    mesh = start(tmp_path_factory.mktemp("empty") / "state", "--empty")
    yield mesh
    assert stop_mesh(mesh.process) == ""


def test_its_set_up_deploys_it_and_it_works(shop: RunningMesh) -> None:
    outputs = shop.description["outputs"]
    assert outputs["warehouse"] == {}
    assert outputs["shop"]["url"].startswith(shop.description["api_base_url"])
    an_order(shop, **outputs["shop"], keeper="olga@example.org")
    assert [each for each in shop.control("GET", "/access") if not each["allowed"]] == []


def test_its_roles_may_do_what_they_may_and_no_more(shop: RunningMesh) -> None:
    sns = shop.client("sns", **shop.assume(f"arn:aws:iam::{WAREHOUSE}:role/OrderTeller"))
    with pytest.raises(sns.exceptions.AuthorizationErrorException):
        sns.list_topics()


class Keeping(ProviderMocks):
    """Remembers what it makes."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint, REGION)
        self.kept: list[tuple[str, str, dict[str, Any]]] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        id_, state = super().new_resource(args)
        if id_ is not None and args.typ.startswith("aws:"):
            self.kept.append((args.typ, id_, plain(state)))
        return id_, state


def test_it_goes_and_nothing_is_left(empty: RunningMesh) -> None:
    made = {account: Keeping(endpoint(empty, account)) for account in CONFIG}
    outputs = {
        account: deploy(Program.at(HERE), f"stack-{account}", CONFIG[account], mocks=mocks)
        for account, mocks in made.items()
    }
    an_order(empty, **outputs[SHOP], keeper="k@example.org")
    for account, mocks in made.items():
        assert left_in(mocks.endpoint)
        provider = AwsProvider.configured(mocks.endpoint, REGION)
        for token, id_, state in mocks.kept:
            known = provider.read(token, id_, {}, state)
            assert known is not None, token
            assert known.state == state, token
        for token, id_, state in reversed(mocks.kept):
            provider.delete(token, id_, state)
        assert left_in(mocks.endpoint) == [], account


def test_where_the_default_provider_is_not_allowed_the_program_hears_so(empty: RunningMesh) -> None:
    with pytest.raises(ProviderError, match="expected the stack's own provider, got none"):
        deploy(Program.at(HERE), "shop", CONFIG[SHOP], mocks=ProviderMocks(endpoint(empty, SHOP)))


def test_the_real_engine_deploys_and_destroys_it(empty: RunningMesh, tmp_path: Path) -> None:
    cli = find_cli()
    if cli is None:
        pytest.skip("there is no Pulumi CLI here")
    project = tmp_path / "project"
    shutil.copytree(HERE, project, ignore=shutil.ignore_patterns("__pycache__"))
    for account, name in ((WAREHOUSE, "warehouse"), (SHOP, "shop")):
        lines = [f"  {key if ':' in key else f'shop:{key}'}: '{value}'" for key, value in CONFIG[account].items()]
        (project / f"Pulumi.{name}.yaml").write_text("\n".join(["config:", *lines]) + "\n")

    def pulumi(account: str, command: str) -> str:
        env = [sys.executable, "-m", "localmesh", "env", "--state", str(empty.state), "--account", account]
        exports = subprocess.run(env, cwd=project, capture_output=True, text=True, check=True).stdout
        lines = f'set -eu\n{exports}\nexport PATH="$PATH:{cli}"\npulumi {command} --non-interactive --color never'
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run(
            ["bash", "-c", lines], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for account, name in ((WAREHOUSE, "warehouse"), (SHOP, "shop")):
        pulumi(account, f"stack init {name}")
        pulumi(account, f"up --stack {name} --yes --skip-preview")
    outputs = json.loads(pulumi(SHOP, "stack output --stack shop --json"))
    an_order(empty, **outputs, keeper="k@example.org")
    for account, name in ((SHOP, "shop"), (WAREHOUSE, "warehouse")):
        pulumi(account, f"up --stack {name} --yes --skip-preview --expect-no-changes")
        pulumi(account, f"destroy --stack {name} --yes --skip-preview")
        assert left_in(endpoint(empty, account)) == [], account


def test_it_stops_while_it_starts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "localmesh", "up", "--headless", "--state", str(tmp_path / "s")]
    for seconds in (0.3, 1.0, 2.5):
        process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds)
        offspring = children(process.pid)
        process.terminate()
        _, errors = process.communicate(timeout=15)
        assert "Traceback" not in errors
        assert not any(alive(child) for child in offspring)
        assert not (tmp_path / "s").exists()


def children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
