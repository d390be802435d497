"""`lakeshare-accept` in an account without a kit, outside the organization: the script as people run it, over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.driver import CENTRAL, Mesh
from tests.workflow.running import Options

OPTIONS = Options()  # its clock goes on

ROOT = Path(__file__).resolve().parents[2]
TABLE = "transport.yellow_tripdata"
LINK = "lakeshare.transport__yellow_tripdata"


@dataclass(frozen=True)
class Ran:
    """What the script said, on which stream, and its exit code."""

    code: int
    out: list[str]
    err: str


@dataclass(frozen=True)
class Consumer:
    """An account whose administrator has a role for people made and runs the script."""

    mesh: Mesh
    account: str

    @property
    def engineer(self) -> str:
        """The role that runs the script: IAM lets it do all, Lake Formation what administrators may."""
        return f"arn:aws:iam::{self.account}:role/engineer"

    def client(self, service: str) -> Any:
        return self.mesh.client(service, self.account)

    def run(self, *arguments: str, account: str = "") -> Ran:
        role = f"arn:aws:iam::{account}:role/Administrator" if account else self.engineer
        key, secret, token = self.mesh.keys_of(role, account or self.account)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": self.client("sts").meta.endpoint_url,
            "AWS_DEFAULT_REGION": self.mesh.region,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
        }
        done = subprocess.run(
            [ROOT / "lakeshare-accept", *arguments, "--central", CENTRAL],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout.splitlines(), done.stderr)

    def columns(self, role: str, database: str, table: str) -> int:
        """How many columns a role sees through a link; 0: it does not see it."""
        glue = self.mesh.acting("glue", *self.mesh.keys_of(f"arn:aws:iam::{self.account}:role/{role}", self.account))
        try:
            found = glue.get_table(DatabaseName=database, Name=table)["Table"]
        except (glue.exceptions.AccessDeniedException, glue.exceptions.EntityNotFoundException):
            return 0
        return len(found["StorageDescriptor"]["Columns"])

    def pending(self) -> int:
        sent = self.client("ram").get_resource_share_invitations()["resourceShareInvitations"]
        return sum(each["status"] == "PENDING" for each in sent)


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def consumer(mesh: Mesh, account: str) -> Consumer:
    made = Consumer(mesh, account)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    reads = {"Effect": "Allow", "Action": ["glue:Get*", "lakeformation:GetDataAccess"], "Resource": "*"}
    iam = made.client("iam")
    for role, may in (("analyst", reads), ("reader", reads), ("engineer", {**reads, "Action": "*"})):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=document(trust))
        iam.put_role_policy(RoleName=role, PolicyName="may", PolicyDocument=document(may))
    administrators(made, [made.engineer])
    return made


def administrators(consumer: Consumer, roles: list[str]) -> None:
    named = [{"DataLakePrincipalIdentifier": each} for each in roles]
    consumer.client("lakeformation").put_data_lake_settings(DataLakeSettings={"DataLakeAdmins": named})


def somebody_else_administers(consumer: Consumer) -> None:
    administrators(consumer, [f"arn:aws:iam::{consumer.account}:role/analyst"])


def shared(mesh: Mesh, account: str, name: str = TABLE) -> None:
    database, _, table = name.partition(".")
    _, done = mesh.ask(database, table, account)
    assert done.output["status"] == "SHARED"


def test_it_says_what_it_would_do_then_does_it_then_has_nothing_to_do(mesh: Mesh, consumer: Consumer) -> None:
    shared(mesh, consumer.account)
    waiting = consumer.pending()
    said = consumer.run(TABLE, "--role", "analyst")
    assert (said.code, said.err) == (0, "")
    would = [each.removeprefix("would ") for each in said.out if each.startswith("would ")]
    assert [each.split()[0] for each in would] == ["make", *["accept"] * waiting, "make", "let", "let"]
    assert said.out[-1] == "Nothing was changed. With --do it is."
    assert (consumer.pending(), consumer.columns("analyst", *LINK.split("."))) == (waiting, 0)

    done = consumer.run(TABLE, "--role", "analyst", "--do")
    assert (done.code, done.out) == (0, [*would, f"Queries name it {LINK}.", "Done."])
    assert (consumer.pending(), consumer.columns("reader", *LINK.split("."))) == (0, 0)
    assert consumer.columns("analyst", *LINK.split(".")) > 10

    again = consumer.run(TABLE, "--role", "analyst", "--do")
    assert (again.code, again.out) == (0, [f"Queries name it {LINK}.", "Done."])


def test_what_it_did_it_takes_back(mesh: Mesh, consumer: Consumer) -> None:
    shared(mesh, consumer.account)
    assert consumer.run(TABLE, "--role", "analyst", "--role", "reader", "--do").code == 0
    would = consumer.run(TABLE, "--role", "analyst", "--role", "reader", "--withdraw")
    assert (would.code, len(would.out), consumer.columns("analyst", *LINK.split(".")) > 0) == (0, 6, True)
    taken = consumer.run(TABLE, "--role", "analyst", "--role", "reader", "--withdraw", "--do")
    assert (taken.code, taken.out[-1]) == (0, "Done.")
    assert [consumer.columns(each, *LINK.split(".")) for each in ("analyst", "reader")] == [0, 0]
    tables = consumer.client("glue").get_tables(DatabaseName="lakeshare")["TableList"]
    assert tables == []
    held = consumer.client("lakeformation").list_permissions(
        Resource={"Table": {"CatalogId": CENTRAL, "DatabaseName": "transport", "Name": "yellow_tripdata"}}
    )["PrincipalResourcePermissions"]
    assert not [each for each in held if "role/" in each["Principal"]["DataLakePrincipalIdentifier"]]


def test_a_whole_database_table_by_table(mesh: Mesh, consumer: Consumer) -> None:
    shared(mesh, consumer.account, "transport.*")
    first = consumer.run("transport.*", "--role", "analyst")
    assert (first.code, "once they can be seen" in first.out[-3]) == (0, True)
    assert consumer.run("transport.*", "--role", "analyst", "--do").code == 0
    assert consumer.columns("analyst", "lakeshare_transport", "yellow_tripdata") > 10


@pytest.mark.parametrize(
    ("amiss", "arguments", "reason", "advice"),
    [
        (lambda _: None, ["--role", "nobody"], "RoleNotThere", "Make the role"),
        (somebody_else_administers, ["--role", "analyst"], "NotArrived", "data lake administrator"),
        (lambda consumer: consumer.mesh.clock("+13h"), [], "InvitationExpired", "ask for the data again"),
    ],
)
def test_what_is_in_the_way_is_named_with_what_to_do(
    consumer: Consumer, amiss: Callable[[Consumer], object], arguments: list[str], reason: str, advice: str
) -> None:
    shared(consumer.mesh, consumer.account)
    amiss(consumer)
    ran = consumer.run(TABLE, *arguments, "--do")
    assert (ran.code, ran.err.startswith(f"{reason}: ")) == (1, True), ran.err
    assert advice in ran.err.splitlines()[1]


def test_whoever_shares_it_has_nothing_to_accept(consumer: Consumer) -> None:
    ran = consumer.run(TABLE, account=CENTRAL)
    assert (ran.code, ran.err.startswith("InvalidInput: These are credentials of account")) == (1, True)
    assert consumer.run("transport").err.startswith("InvalidInput: expected DATABASE.TABLE")
