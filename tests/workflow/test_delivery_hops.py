"""Every hop from a share to the roles that are to read it fails, is named on the delivery, and mended goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from demo import kits
from tests.workflow import consuming
from tests.workflow.catalogue import column
from tests.workflow.consuming import (
    INSIDE,
    NOBODY,
    OUTSIDE,
    analyst,
    delivered,
    links,
    reads,
    seen_through,
    share,
)
from tests.workflow.driver import CENTRAL, RETAIL, Mesh
from tests.workflow.running import Options
from tests.workflow.test_revoking import revoke

OPTIONS = Options(retry_seconds=0.05, config=consuming.WITH_KITS)
DATABASE, OTHER = "campaigns_hops", "private"
COLUMNS = {"id", "city"}
LINK = f"{DATABASE}__plain"
KIT = "LakeshareConsumerKit"
Broken = Callable[[Mesh], AbstractContextManager[object]]


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    consuming.organize(mesh)
    for database in (DATABASE, OTHER):
        mesh.catalogue.add_database(database, owner=RETAIL)
        mesh.catalogue.add_table(database, "plain", [column(each) for each in sorted(COLUMNS)])
        mesh.let_grant(database)


@contextmanager
def nobody_let_in(mesh: Mesh) -> Iterator[None]:
    functions = mesh.client("lambda", INSIDE)
    (statement,) = json.loads(functions.get_policy(FunctionName=KIT)["Policy"])["Statement"]
    functions.remove_permission(FunctionName=KIT, StatementId=statement["Sid"])
    try:
        yield
    finally:
        functions.add_permission(
            FunctionName=KIT, StatementId=statement["Sid"], Action="lambda:InvokeFunction", Principal=CENTRAL
        )


def told_otherwise(**variables: str) -> Broken:
    """The kit's own config is another."""

    @contextmanager
    def broken(mesh: Mesh) -> Iterator[None]:
        with consuming.configured(mesh, INSIDE, **variables):
            yield

    return broken


@contextmanager
def no_role(mesh: Mesh) -> Iterator[None]:
    iam = mesh.client("iam", INSIDE)
    (policy,) = iam.list_role_policies(RoleName="analyst")["PolicyNames"]
    document = iam.get_role_policy(RoleName="analyst", PolicyName=policy)["PolicyDocument"]
    trust = iam.get_role(RoleName="analyst")["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role_policy(RoleName="analyst", PolicyName=policy)
    iam.delete_role(RoleName="analyst")
    try:
        yield
    finally:
        iam.create_role(RoleName="analyst", AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName="analyst", PolicyName=policy, PolicyDocument=json.dumps(document))


@contextmanager
def no_administrator(mesh: Mesh) -> Iterator[None]:
    lake = mesh.client("lakeformation", INSIDE)
    settings = lake.get_data_lake_settings()["DataLakeSettings"]
    somebody = [{"DataLakePrincipalIdentifier": f"arn:aws:iam::{INSIDE}:role/People"}]
    lake.put_data_lake_settings(DataLakeSettings={**settings, "DataLakeAdmins": somebody})
    try:
        yield
    finally:
        (command,) = [
            each["administrator_command"] for each in mesh.description["consumer_accounts"] if each["id"] == INSIDE
        ]
        kits.do_command(lake, command)


def taken_link(**table: Any) -> Broken:
    """Something else has the link's name."""

    @contextmanager
    def broken(mesh: Mesh) -> Iterator[None]:
        glue = mesh.client("glue", INSIDE)
        glue.create_table(DatabaseName="lakeshare", TableInput={"Name": LINK, **table})
        try:
            yield
        finally:
            left = glue.get_tables(DatabaseName="lakeshare")["TableList"]
            assert [each["Name"] for each in left] == [LINK], "the kit leaves it alone"
            glue.delete_table(DatabaseName="lakeshare", Name=LINK)

    return broken


def faulty(service: str, operation: str, code: str, role: str = KIT) -> Broken:
    """AWS answers a role, the kit's if none is named, with a fault."""
    return lambda mesh: mesh.fault(service, operation, code, role=role)


ELSEWHERE = {"CatalogId": CENTRAL, "DatabaseName": OTHER, "Name": "plain"}
HOPS: list[tuple[str, Broken, str, str]] = [
    ("the kit lets nobody in", nobody_let_in, "WAITING", "KitNotThere"),
    ("the kit takes orders of another", told_otherwise(CENTRAL_ACCOUNT_ID="111111111111"), "WAITING", "StrangeSender"),
    ("the database is not taken up", told_otherwise(ALLOWED_DATABASES='["sales"]'), "WAITING", "DatabaseNotAllowed"),
    ("the role may not be named", told_otherwise(ALLOWED_ROLES='["jobs/reporting"]'), "LINKED", "RoleNotAllowed"),
    ("there is no such role", no_role, "LINKED", "RoleNotThere"),
    (
        "the role sees nothing of Glue",
        faulty("glue", "GetTable", "AccessDeniedException", "role/analyst"),
        "LINKED",
        "NotReadable",
    ),
    ("the kit is no administrator", no_administrator, "INVITED", "NotArrived"),
    ("a table has the link's name", taken_link(), "INVITED", "LinkForeign"),
    ("another link has its name", taken_link(TargetTable=ELSEWHERE), "INVITED", "LinkForeign"),
    (
        "the link may not be made",
        faulty("glue", "CreateTable", "AccessDeniedException"),
        "INVITED",
        "NotAdministrator",
    ),
    (
        "Lake Formation denies the grant",
        faulty("lakeformation", "BatchGrantPermissions", "AccessDeniedException"),
        "LINKED",
        "NotAdministrator",
    ),
    (
        "Lake Formation is busy for long",
        faulty("lakeformation", "BatchGrantPermissions", "ThrottlingException"),
        "WAITING",
        "TryAgain",
    ),
]


@pytest.mark.parametrize(("broken", "status", "reason"), [each[1:] for each in HOPS], ids=[each[0] for each in HOPS])
def test_a_hop_that_fails_is_named_and_once_mended_the_role_reads(
    mesh: Mesh, broken: Broken, status: str, reason: str
) -> None:
    role = analyst(INSIDE)
    asked = share(mesh, DATABASE, "plain", INSIDE, role)
    with broken(mesh):
        item = delivered(mesh, INSIDE, asked, reason, status=status)
        assert all(each["message"] for each in item["failures"])
        assert reads(mesh, role, DATABASE) == {} or reason == "NotReadable"
    item = delivered(mesh, INSIDE, asked)
    assert reads(mesh, role, DATABASE) == {"plain": COLUMNS}
    assert seen_through(mesh, role, item["link"]) == f"{DATABASE}.plain"
    told = [each["detail"] for each in mesh.told() if each["detail-type"] == "DeliveryChanged"]
    mine = [(each["status"], each.get("reasons")) for each in told if each["share_id"] == asked]
    assert mine == [(status, reason), ("READY", None)]
    _ends(mesh, INSIDE, asked)


def _ends(mesh: Mesh, account: str, asked: str) -> None:
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    delivered(mesh, account, asked, status="WITHDRAWN")
    assert reads(mesh, analyst(account), DATABASE) == {}
    assert [each for each in links(mesh, account) if DATABASE in each] == []


def test_a_kit_that_is_not_there_is_waited_for(mesh: Mesh) -> None:
    asked = share(mesh, DATABASE, "plain", NOBODY)
    delivered(mesh, NOBODY, asked, "KitNotThere", status="WAITING")
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    delivered(mesh, NOBODY, asked, "KitNotThere", status="WITHDRAWING")


def _expires(mesh: Mesh) -> None:
    mesh.clock("+13h")


def _rejected(mesh: Mesh) -> None:
    ram = mesh.client("ram", OUTSIDE)
    for each in ram.get_resource_share_invitations()["resourceShareInvitations"]:
        if each["status"] == "PENDING":
            ram.reject_resource_share_invitation(resourceShareInvitationArn=each["resourceShareInvitationArn"])


@pytest.mark.parametrize(
    ("happens", "reason"), [(_expires, "InvitationExpired"), (_rejected, "InvitationRejected")], ids=["late", "no"]
)
def test_an_invitation_that_is_no_more_takes_a_new_share(
    mesh: Mesh, happens: Callable[[Mesh], None], reason: str
) -> None:
    role = analyst(OUTSIDE)
    asked = share(mesh, DATABASE, "plain", OUTSIDE, role)
    happens(mesh)
    item = delivered(mesh, OUTSIDE, asked, reason, status="INVITED")
    assert "asked for again" in item["failures"][0]["message"]
    assert reads(mesh, role, DATABASE) == {}
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    delivered(mesh, OUTSIDE, asked, status="WITHDRAWN")
    other = share(mesh, DATABASE, "plain", OUTSIDE, role)
    delivered(mesh, OUTSIDE, other)
    assert reads(mesh, role, DATABASE) == {"plain": COLUMNS}
    _ends(mesh, OUTSIDE, other)


def test_no_new_invitation_comes_as_long_as_something_is_left_of_an_old_one(mesh: Mesh) -> None:
    mesh.catalogue.add_table(DATABASE, "late", [column("id")])
    role = analyst(OUTSIDE)
    one, other = (share(mesh, DATABASE, table, OUTSIDE, role) for table in ("plain", "late"))
    _expires(mesh)
    assert revoke(mesh, share=one).status == "SUCCEEDED"
    again = share(mesh, DATABASE, "plain", OUTSIDE, role)
    item = delivered(mesh, OUTSIDE, again, "InvitationExpired", status="INVITED")
    assert "All shares that have not arrived" in item["failures"][0]["message"]
    for each in (again, other):
        assert revoke(mesh, share=each).status == "SUCCEEDED"
    new = share(mesh, DATABASE, "plain", OUTSIDE, role)
    delivered(mesh, OUTSIDE, new)
    _ends(mesh, OUTSIDE, new)


def test_an_invitation_with_something_strange_is_left_to_people(mesh: Mesh) -> None:
    role = analyst(OUTSIDE)
    strange, asked = share(mesh, OTHER, "plain", OUTSIDE), share(mesh, DATABASE, "plain", OUTSIDE, role)
    delivered(mesh, OUTSIDE, strange, "DatabaseNotAllowed", status="WAITING")
    delivered(mesh, OUTSIDE, asked, "StrangeInvitation", status="INVITED")
    assert reads(mesh, role, DATABASE) == {}
    ram = mesh.client("ram", OUTSIDE)
    for each in ram.get_resource_share_invitations()["resourceShareInvitations"]:
        if each["status"] == "PENDING":
            ram.accept_resource_share_invitation(resourceShareInvitationArn=each["resourceShareInvitationArn"])
    delivered(mesh, OUTSIDE, asked)
    assert reads(mesh, role, DATABASE) == {"plain": COLUMNS}
    assert reads(mesh, role, OTHER) == {}
    _ends(mesh, OUTSIDE, asked)
    assert revoke(mesh, share=strange).status == "SUCCEEDED"
