"""Consumer accounts of a mesh that have kits: what is delivered to them, and what their roles can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from handlers.sharing.model.clock import iso
from localmesh.reading import Lake, readable
from tests.workflow.accounts import CENTRAL
from tests.workflow.driver import Mesh, request_id, wait_until
from tests.workflow.register import Item, plain

INSIDE, OUTSIDE, NOBODY = "555555555555", "666666666666", "777777777777"
"""The accounts that have a kit, the first to be in the organization; and one of which only the config says so."""
WITH_KITS: Mapping[str, object] = {"portal": None, "consumerKits": [INSIDE, OUTSIDE, NOBODY]}
"""Config of the central stack."""


def analyst(account: str) -> str:
    """A role that lets the kit take it."""
    return f"arn:aws:iam::{account}:role/analyst"


def jobs(account: str) -> str:
    """A role that only AWS Glue may take."""
    return f"arn:aws:iam::{account}:role/jobs/reporting"


def kit(account: str) -> str:
    """The role of the kit."""
    return f"arn:aws:iam::{account}:role/LakeshareConsumerKit"


def wish(database: str, table: str, account: str, *roles: str, **part: Any) -> dict[str, Any]:
    """The input of a request that names roles."""
    target = {"account_id": account, **({"roles": sorted(roles)} if roles else {})}
    return {"source": {"database": database, "table": table}, "target": target, **part}


def share(mesh: Mesh, database: str, table: str, account: str, *roles: str, **part: Any) -> str:
    """Asks for what takes no approval, and gives the id of the share."""
    arn = mesh.start_with(wish(database, table, account, *roles, **part))
    end = mesh.finish(arn)
    assert end.end == ("SHARED", None), end
    return f"{request_id(arn)}:1"


def deliver(mesh: Mesh, why: str = "") -> None:
    """Has what is due delivered or withdrawn. `why`: stands in the event, where faults look for it."""
    functions = mesh.client("lambda").list_functions()["Functions"]
    (name,) = [each["FunctionName"] for each in functions if each["FunctionName"].startswith("lakeshare-deliver-")]
    mesh.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"why": why}).encode())


def delivery(mesh: Mesh, account: str, share_id: str) -> Item:
    """A share's delivery; empty if there is none."""
    key = {"pk": {"S": f"delivery#{account}"}, "entry": {"S": share_id}}
    answer = mesh.client("dynamodb").get_item(TableName=mesh.ledger, Key=key, ConsistentRead=True)
    return plain(answer.get("Item", {}))


def again(mesh: Mesh, account: str, share_id: str) -> None:
    """Makes a delivery due, as a person does who wants it tried again."""
    present = iso(datetime.fromisoformat(mesh.control("GET", "/clock")["now"]))
    mesh.client("dynamodb").update_item(
        TableName=mesh.ledger,
        Key={"pk": {"S": f"delivery#{account}"}, "entry": {"S": share_id}},
        UpdateExpression="SET due_at = :now, due = :word",
        ExpressionAttributeValues={":now": {"S": present}, ":word": {"S": "DELIVERY"}},
    )


def delivered(mesh: Mesh, account: str, share_id: str, *failures: str, status: str = "READY") -> Item:
    """Has a delivery tried until it stands so, with failures of just these reasons; gives it."""

    def found() -> Item | None:
        if delivery(mesh, account, share_id).get("status") != "WITHDRAWN":
            again(mesh, account, share_id)
        deliver(mesh)
        item = delivery(mesh, account, share_id)
        return item if (item["status"], reasons(item)) == (status, sorted(failures)) else None

    try:
        return wait_until(found, 30, f"{status} of {share_id}")
    except AssertionError:
        raise AssertionError(f"expected {status} {failures}, got {delivery(mesh, account, share_id)}") from None


def reasons(item: Item) -> list[str]:
    """Why it is not READY."""
    return sorted(each["reason"] for each in item.get("failures", ()))


def lake_of(mesh: Mesh, account: str) -> Lake:
    """A consumer's lake: what it handed on, and which invitations wait."""
    invitations = mesh.client("ram", account).get_resource_share_invitations()["resourceShareInvitations"]
    unaccepted = frozenset(each["resourceShareArn"] for each in invitations if each["status"] != "ACCEPTED")
    grants: list[Any] = []
    more: dict[str, str] = {}
    while True:
        page = mesh.client("lakeformation", account).list_permissions(**more)
        grants += page["PrincipalResourcePermissions"]
        if not page.get("NextToken"):
            return Lake(account, grants=grants, unaccepted=unaccepted)
        more = {"NextToken": page["NextToken"]}


def reads(mesh: Mesh, role: str, database: str) -> dict[str, set[str]]:
    """The columns that a role can read, by the tables of a database, as the evaluator has it."""
    found = readable(mesh.lake(), role, lake_of(mesh, role.split(":")[4]))
    return {
        name.partition(".")[2]: set(reading.columns)
        for name, reading in found.items()
        if name.startswith(f"{database}.")
    }


def shares_of(mesh: Mesh, account: str, database: str) -> dict[str, set[str]]:
    """What the whole account can read, likewise."""
    found = readable(mesh.lake(), account)
    return {
        name.partition(".")[2]: set(reading.columns)
        for name, reading in found.items()
        if name.startswith(f"{database}.")
    }


def seen_through(mesh: Mesh, role: str, link: str, table: str = "") -> str:
    """Whose table a role sees through a link, or the code of AWS's refusal; `table`: of a link to a database."""
    database, name = (link, table) if table else link.split(".")
    glue = mesh.acting("glue", *mesh.keys_of(role, role.split(":")[4]))
    try:
        found = glue.get_table(DatabaseName=database, Name=name)["Table"]
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code"))
    assert found["CatalogId"] == CENTRAL, found
    return f"{found['DatabaseName']}.{found['Name']}"


def links(mesh: Mesh, account: str) -> set[str]:
    """All links of an account, by what queries name."""
    glue = mesh.client("glue", account)
    databases = glue.get_databases()["DatabaseList"]
    tables = glue.get_tables(DatabaseName="lakeshare")["TableList"]
    return {
        *(each["Name"] for each in databases if each.get("TargetDatabase")),
        *(f"lakeshare.{each['Name']}" for each in tables if each.get("TargetTable")),
    }


def order(account: str, database: str, table: str, *roles: str, **more: object) -> dict[str, Any]:
    """An order to the kit of an account, as the central account sends it."""
    return {
        "version": 1,
        "central": CENTRAL,
        "share": "00000000-0000-4000-8000-000000000000:1",
        "deed": "deliver",
        "source": {"database": database, "table": table},
        "resources": [{"table": table}],
        "roles": list(roles),
        **more,
    }


def told(mesh: Mesh, account: str, payload: object) -> dict[str, Any]:
    """What a kit answers an administrator of the central account."""
    arn = f"arn:aws:lambda:{mesh.region}:{account}:function:LakeshareConsumerKit"
    said = mesh.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(payload).encode())
    assert "FunctionError" not in said, said["Payload"].read()
    return json.loads(said["Payload"].read())


def organize(mesh: Mesh) -> None:
    """Puts the accounts where they belong: the first into the organization."""
    mesh.control("POST", "/organization", accounts=[CENTRAL, INSIDE])


@contextmanager
def configured(mesh: Mesh, account: str, **variables: str) -> Iterator[None]:
    """A kit is told otherwise meanwhile."""
    functions = mesh.client("lambda", account)
    before = functions.get_function_configuration(FunctionName="LakeshareConsumerKit")["Environment"]
    functions.update_function_configuration(
        FunctionName="LakeshareConsumerKit", Environment={"Variables": {**before["Variables"], **variables}}
    )
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName="LakeshareConsumerKit", Environment=before)
