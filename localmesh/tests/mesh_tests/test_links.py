"""Resource links are followed, and other accounts' catalogues seen, as far as Lake Formation lets the caller."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import CENTRAL, RunningMesh, allow, answer_of
from mesh_tests.lake import BOTH, accept, grant, named, revoke

OUTSIDER = "555555555555"
TARGET = {"CatalogId": CENTRAL, "DatabaseName": "shop"}
CUSTOMER: dict[str, Any] = {"Table": {**TARGET, "Name": "customer"}}
LINK: dict[str, Any] = {"Table": {"DatabaseName": "links", "Name": "customer"}}
READS_GLUE = allow("glue:Get*", "*")


def refusal(call: Any) -> str:
    """What AWS refuses a call with; empty if it does not."""
    try:
        call()
    except ClientError as error:
        said: Mapping[str, str] = answer_of(error)["Error"]
        return f"{said['Code']}: {said['Message']}"
    return ""


def role(mesh: RunningMesh, account: str = OUTSIDER) -> str:
    """A role of that account that may call all of Glue that reads."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    iam, name = mesh.client("iam", account), f"role-{uuid4().hex[:8]}"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
    return str(made)


def acting(mesh: RunningMesh, arn: str, service: str = "glue") -> Any:
    """A client of a role, which the role's own account lets act."""
    sts = mesh.client("sts", arn.split(":")[4])
    given = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return mesh.client(
        service,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


@pytest.fixture(scope="module")
def theirs(mesh: RunningMesh) -> Any:
    """Glue of the account that something is shared with, which has links to it, a database and a table."""
    glue = mesh.client("glue", OUTSIDER)
    glue.create_database(DatabaseInput={"Name": "shop_link", "TargetDatabase": TARGET})
    glue.create_database(DatabaseInput={"Name": "links"})
    glue.create_table(DatabaseName="links", TableInput={"Name": "customer", "TargetTable": CUSTOMER["Table"]})
    return glue


@pytest.fixture
def shared(mesh: RunningMesh) -> Iterator[None]:
    """A table is shared, and the invitations accepted."""
    lake = mesh.client("lakeformation")
    grant(lake, CUSTOMER, BOTH, BOTH, OUTSIDER)
    accept(mesh, OUTSIDER)
    yield
    revoke(lake, CUSTOMER, BOTH, BOTH, OUTSIDER)


@pytest.fixture
def administrator(mesh: RunningMesh) -> Iterator[str]:
    """A role that is the only data lake administrator of the account."""
    lake, arn = mesh.client("lakeformation", OUTSIDER), role(mesh)
    lake.put_data_lake_settings(DataLakeSettings={"DataLakeAdmins": [named(arn)]})
    yield arn
    lake.put_data_lake_settings(DataLakeSettings={"DataLakeAdmins": []})


def test_what_is_not_shared_is_not_seen(theirs: Any) -> None:
    customer = {"DatabaseName": "shop", "Name": "customer", "CatalogId": CENTRAL}
    text = "AccessDeniedException: Insufficient Lake Formation permission(s) on"
    assert refusal(lambda: theirs.get_table(**customer)) == f"{text} shop (Database name: shop)"
    assert refusal(lambda: theirs.get_table(DatabaseName="links", Name="customer")).startswith(f"{text} customer")
    assert refusal(lambda: theirs.get_tables(DatabaseName="shop_link")).startswith(f"{text} shop")
    assert theirs.get_databases(CatalogId=CENTRAL)["DatabaseList"] == []
    # Of a link whose target it does not see an account sees the link.
    assert theirs.get_database(Name="shop_link")["Database"]["TargetDatabase"] == TARGET


def test_an_invitation_has_to_be_accepted_first(mesh: RunningMesh, theirs: Any) -> None:
    lake = mesh.client("lakeformation")
    grant(lake, CUSTOMER, BOTH, BOTH, OUTSIDER)
    read = lambda: theirs.get_table(DatabaseName="links", Name="customer")  # noqa: E731
    assert refusal(read).startswith("AccessDeniedException: Insufficient Lake Formation")
    accept(mesh, OUTSIDER)
    assert refusal(read) == ""
    revoke(lake, CUSTOMER, BOTH, BOTH, OUTSIDER)
    assert refusal(read).startswith("AccessDeniedException: Insufficient Lake Formation")


@pytest.mark.usefixtures("shared")
def test_links_are_followed_to_what_is_shared(theirs: Any) -> None:
    table = theirs.get_table(DatabaseName="links", Name="customer")["Table"]
    assert (table["CatalogId"], table["DatabaseName"], table["Name"]) == (CENTRAL, "shop", "customer")
    database = theirs.get_database(Name="shop_link")["Database"]
    assert (database["CatalogId"], database["Name"]) == (CENTRAL, "shop")
    assert [each["Name"] for each in theirs.get_tables(DatabaseName="shop_link")["TableList"]] == ["customer"]
    assert theirs.get_table(DatabaseName="shop_link", Name="customer")["Table"]["CatalogId"] == CENTRAL
    assert theirs.get_tables(DatabaseName="links")["TableList"][0]["TargetTable"] == CUSTOMER["Table"]
    assert [each["Name"] for each in theirs.get_databases(CatalogId=CENTRAL)["DatabaseList"]] == ["shop"]


@pytest.mark.usefixtures("shared")
def test_a_role_needs_link_and_target(mesh: RunningMesh, theirs: Any, administrator: str) -> None:
    del theirs
    analyst = role(mesh)
    lake, glue = acting(mesh, administrator, "lakeformation"), acting(mesh, analyst)
    read = lambda: glue.get_table(DatabaseName="links", Name="customer")  # noqa: E731
    denied = "AccessDeniedException: Insufficient Lake Formation permission(s) on customer"
    assert refusal(lambda: acting(mesh, administrator).get_table(DatabaseName="links", Name="customer")) == ""
    assert refusal(read) == f"{denied} (Database name: links, Table Name: customer)"
    grant(lake, LINK, ["DESCRIBE"], principal=analyst)
    assert refusal(read) == f"{denied} (Database name: shop, Table Name: customer)"
    grant(lake, CUSTOMER, ["SELECT"], principal=analyst)
    assert refusal(read) == ""
    revoke(lake, LINK, ["DESCRIBE"], principal=analyst)
    assert refusal(read).startswith(denied)


@pytest.mark.usefixtures("shared")
def test_who_makes_a_link_sees_it(mesh: RunningMesh, theirs: Any, administrator: str) -> None:
    del theirs
    lake, maker = acting(mesh, administrator, "lakeformation"), role(mesh)
    glue = acting(mesh, maker)
    glue.create_table(DatabaseName="links", TableInput={"Name": "mine", "TargetTable": CUSTOMER["Table"]})
    glue.create_database(DatabaseInput={"Name": "mine", "TargetDatabase": TARGET})
    grant(lake, CUSTOMER, ["SELECT"], principal=maker)
    assert refusal(lambda: glue.get_table(DatabaseName="links", Name="mine")) == ""
    assert refusal(lambda: glue.get_tables(DatabaseName="mine")) == ""
    others = acting(mesh, role(mesh))
    assert "on mine" in refusal(lambda: others.get_table(DatabaseName="links", Name="mine"))
    assert "on mine" in refusal(lambda: others.get_tables(DatabaseName="mine"))


@pytest.mark.usefixtures("shared")
def test_only_administrators_hand_on_what_was_shared(mesh: RunningMesh, administrator: str) -> None:
    anybody, analyst = role(mesh), role(mesh)
    by = acting(mesh, anybody, "lakeformation")
    denied = refusal(lambda: grant(by, CUSTOMER, ["SELECT"], principal=analyst))
    assert denied.startswith("AccessDeniedException: Resource does not exist or requester is not authorized")
    # Unless they were given it to hand on.
    grant(acting(mesh, administrator, "lakeformation"), CUSTOMER, ["SELECT"], ["SELECT"], principal=anybody)
    assert refusal(lambda: grant(by, CUSTOMER, ["SELECT"], principal=analyst)) == ""
    assert refusal(lambda: grant(by, CUSTOMER, ["DESCRIBE"], principal=analyst)) != ""
