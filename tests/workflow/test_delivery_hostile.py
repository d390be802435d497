"""A hostile central account can have shares taken up that a kit's config lets it, and nothing else; so can no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflow import consuming
from tests.workflow.catalogue import column
from tests.workflow.consuming import INSIDE, OUTSIDE, analyst, delivered, jobs, kit, links, order, reads, share, told
from tests.workflow.driver import CENTRAL, RETAIL, REVIEWS, Mesh
from tests.workflow.running import Options
from tests.workflow.test_revoking import revoke

OPTIONS = Options(retry_seconds=0.05, config=consuming.WITH_KITS)
DATABASE, OTHER = "campaigns_hostile", "confidential"
KIT = "LakeshareConsumerKit"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    """Both databases have reached the account that takes up the first only."""
    consuming.organize(mesh)
    for database in (DATABASE, OTHER):
        mesh.catalogue.add_database(database, owner=RETAIL)
        for table in ("plain", "more"):
            mesh.catalogue.add_table(database, table, [column("id"), column("city")])
        mesh.let_grant(database)
        share(mesh, database, "*", OUTSIDE)
    ram = mesh.client("ram", OUTSIDE)
    for each in ram.get_resource_share_invitations()["resourceShareInvitations"]:
        ram.accept_resource_share_invitation(resourceShareInvitationArn=each["resourceShareInvitationArn"])


def refusal(call: Any, **given: Any) -> str:
    """The code of AWS's refusal; empty if there is none."""
    try:
        call(**given)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code"))
    return ""


def somebody(mesh: Mesh, account: str) -> tuple[str, str, str]:
    """The credentials of a role that may do everything, as far as its own account goes."""
    iam = mesh.client("iam", account)
    trust = {"Version": "2012-10-17", "Statement": []}
    role = iam.create_role(RoleName="Mallory", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="Mallory", PolicyName="All", PolicyDocument=json.dumps(ALL))
    return mesh.keys_of(role, account)


def test_no_other_function_of_the_central_account_and_no_other_account_reaches_a_kit(mesh: Mesh) -> None:
    arn = f"arn:aws:lambda:{mesh.region}:{INSIDE}:function:{KIT}"
    for role in mesh.roles("grant", "revoke", "sweep"):
        functions = mesh.acting("lambda", *mesh.keys_of(role))
        assert refusal(functions.invoke, FunctionName=arn, Payload=b"{}") == "AccessDeniedException", role
    functions = mesh.acting("lambda", *somebody(mesh, REVIEWS))
    assert refusal(functions.invoke, FunctionName=arn, Payload=b"{}") == "AccessDeniedException"


def test_whoever_may_do_all_in_the_central_account_may_invoke_a_kit_and_nothing_else(mesh: Mesh) -> None:
    arn = f"arn:aws:lambda:{mesh.region}:{INSIDE}:function:{KIT}"
    keys = somebody(mesh, CENTRAL)
    functions, sts, glue = (mesh.acting(each, *keys) for each in ("lambda", "sts", "glue"))
    assert refusal(functions.invoke, FunctionName=arn, Payload=b"{}") == ""
    for mine in (kit(INSIDE), analyst(INSIDE), jobs(INSIDE)):
        assert refusal(sts.assume_role, RoleArn=mine, RoleSessionName="x" * 8) == "AccessDenied"
    link = {"Name": "mine", "TargetTable": {"CatalogId": CENTRAL, "DatabaseName": OTHER, "Name": "plain"}}
    assert refusal(glue.create_table, CatalogId=INSIDE, DatabaseName="lakeshare", TableInput=link)
    assert "lakeshare.mine" not in links(mesh, INSIDE)


def state(mesh: Mesh, account: str) -> tuple[set[str], list[str]]:
    """All that a kit can change in its account."""
    grants = consuming.lake_of(mesh, account).grants
    return links(mesh, account), sorted(json.dumps(each, sort_keys=True, default=str) for each in grants)


ROLE = analyst(OUTSIDE)
ORDERS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "another central account": ({"central": RETAIL}, "StrangeSender"),
    "a database that is not taken up": (
        {"source": {"database": OTHER, "table": "plain"}, "resources": [{"table": "plain"}]},
        "DatabaseNotAllowed",
    ),
    "a table of another database": ({"resources": [{"table": f"{OTHER}.plain"}]}, "OrderMalformed"),
    "another table than was asked for": ({"resources": [{"table": "more"}]}, "OrderMalformed"),
    "a database by the way": ({"resources": [{"database": OTHER, "table": "plain"}]}, "OrderMalformed"),
    "somebody else's filter": ({"resources": [{"table": "plain", "filter": "everything"}]}, "OrderMalformed"),
    "a filter on all tables": ({"resources": [{"table": "*", "filter": f"lakeshare-{'0' * 40}"}]}, "OrderMalformed"),
    "a principal that is no role": ({"roles": [OUTSIDE]}, "OrderMalformed"),
    "everybody": ({"roles": ["IAM_ALLOWED_PRINCIPALS"]}, "OrderMalformed"),
    "another version": ({"version": 2}, "OrderMalformed"),
    "another deed": ({"deed": "administer"}, "OrderMalformed"),
    "a field that is not known": ({"grantable": True}, "OrderMalformed"),
    "too many roles": ({"roles": [f"{ROLE}{each}" for each in range(11)]}, "OrderMalformed"),
    "no share": ({"share": "../etc"}, "OrderMalformed"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_what_is_no_good_order_is_refused_and_changes_nothing(mesh: Mesh, name: str) -> None:
    before = state(mesh, OUTSIDE)
    changes, reason = ORDERS[name]
    answer = told(mesh, OUTSIDE, order(OUTSIDE, DATABASE, "plain", ROLE, **changes))
    assert (answer["state"], [each["reason"] for each in answer["failures"]]) == ("REFUSED", [reason])
    assert state(mesh, OUTSIDE) == before


@pytest.mark.parametrize(
    "role",
    [
        kit(OUTSIDE),
        analyst(INSIDE),
        f"arn:aws:iam::{CENTRAL}:role/analyst",
        f"arn:aws:iam::{OUTSIDE}:role/other/analyst",
        f"arn:aws:iam::{OUTSIDE}:role/reporting",
    ],
)
def test_a_role_that_the_account_does_not_name_reads_nothing(mesh: Mesh, role: str) -> None:
    answer = told(mesh, OUTSIDE, order(OUTSIDE, DATABASE, "plain", role))
    assert (answer["state"], [each["reason"] for each in answer["failures"]]) == ("LINKED", ["RoleNotAllowed"])
    granted = [each["Principal"]["DataLakePrincipalIdentifier"] for each in consuming.lake_of(mesh, OUTSIDE).grants]
    assert role == kit(OUTSIDE) or role not in granted
    told(mesh, OUTSIDE, order(OUTSIDE, DATABASE, "plain", deed="unlink", resources=[]))


def test_a_good_order_is_carried_out(mesh: Mesh) -> None:
    answer = told(mesh, OUTSIDE, order(OUTSIDE, DATABASE, "plain", ROLE))
    assert (answer["state"], answer["tried_as"], answer["failures"]) == ("READY", [ROLE], [])
    assert reads(mesh, ROLE, DATABASE) == {"plain": {"id", "city"}}


TABLES = st.sampled_from(["", "*", "plain", "more", "nothing", "PLAIN"])
RESOURCES = st.builds(
    lambda table, cells: {"table": table, **({"filter": cells} if cells is not None else {})},
    TABLES,
    st.sampled_from([None, None, None, "", f"lakeshare-{'a' * 40}", "all"]),
)
ANY_ORDER = st.fixed_dictionaries(
    {
        "deed": st.sampled_from(["deliver", "deliver", "deliver", "withdraw", "hide", "unlink", "check"]),
        "central": st.sampled_from([CENTRAL, CENTRAL, CENTRAL, RETAIL]),
        "source": st.builds(
            lambda database, table: {"database": database, "table": table},
            st.sampled_from([DATABASE, DATABASE, OTHER, "lakeshare", "*"]),
            TABLES,
        ),
        "resources": st.lists(RESOURCES, max_size=3),
        "roles": st.lists(
            st.sampled_from([ROLE, jobs(OUTSIDE), analyst(INSIDE), kit(OUTSIDE), OUTSIDE, "*"]), max_size=3
        ),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=ANY_ORDER)
def test_whatever_is_sent_only_named_roles_read_and_only_what_is_taken_up(mesh: Mesh, sent: dict[str, Any]) -> None:
    told(mesh, OUTSIDE, order(OUTSIDE, DATABASE, "plain", **sent))
    _holds_to_its_config(mesh)


def _holds_to_its_config(mesh: Mesh) -> None:
    for each in consuming.lake_of(mesh, OUTSIDE).grants:
        role = each["Principal"]["DataLakePrincipalIdentifier"]
        (resource,) = each["Resource"].values()
        if resource.get("CatalogId", resource.get("TableCatalogId")) != CENTRAL:
            # Of its own account: links, which their maker may hand on.
            name = resource.get("DatabaseName") or resource["Name"]
            assert name == "lakeshare" or name.startswith("lakeshare_"), each
            assert role in {ROLE, jobs(OUTSIDE), kit(OUTSIDE)}, each
            continue
        assert role in {ROLE, jobs(OUTSIDE)}, each
        assert resource.get("DatabaseName", resource.get("Name")) == DATABASE, each
        assert not each["PermissionsWithGrantOption"], each
        assert set(each["Permissions"]) <= {"SELECT", "DESCRIBE"}, each
    assert links(mesh, OUTSIDE) <= {f"lakeshare_{DATABASE}", *(f"lakeshare.{DATABASE}__{each}" for each in TABLE_NAMES)}
    for role in (ROLE, jobs(OUTSIDE)):
        assert reads(mesh, role, OTHER) == {}


TABLE_NAMES = ("plain", "more", "nothing")


def test_an_invitation_of_another_account_is_left_to_people(mesh: Mesh) -> None:
    theirs = {"Name": DATABASE, "Parameters": {}}
    mesh.client("glue", REVIEWS).create_database(DatabaseInput=theirs)
    mesh.client("lakeformation", REVIEWS).grant_permissions(
        Principal={"DataLakePrincipalIdentifier": OUTSIDE},
        Resource={"Database": {"Name": DATABASE}},
        Permissions=["DESCRIBE"],
        PermissionsWithGrantOption=["DESCRIBE"],
    )
    told(mesh, OUTSIDE, order(OUTSIDE, DATABASE, "plain", ROLE))
    ram = mesh.client("ram", OUTSIDE)
    sent = ram.get_resource_share_invitations()["resourceShareInvitations"]
    assert {each["status"] for each in sent if each["senderAccountId"] == REVIEWS} == {"PENDING"}
    keys = mesh.keys_of(kit(OUTSIDE), OUTSIDE)
    (arn,) = [each["resourceShareInvitationArn"] for each in sent if each["senderAccountId"] == REVIEWS]
    acting = mesh.acting("ram", *keys)
    assert refusal(acting.accept_resource_share_invitation, resourceShareInvitationArn=arn) == "AccessDeniedException"


def test_what_took_the_links_name_meanwhile_is_left_where_it_is(mesh: Mesh) -> None:
    asked = share(mesh, DATABASE, "plain", INSIDE, analyst(INSIDE))
    delivered(mesh, INSIDE, asked)
    glue, name = mesh.client("glue", INSIDE), f"{DATABASE}__plain"
    glue.delete_table(DatabaseName="lakeshare", Name=name)
    glue.create_table(DatabaseName="lakeshare", TableInput={"Name": name, "Description": "somebody's own"})
    delivered(mesh, INSIDE, asked, "LinkForeign", status="INVITED")
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    consuming.again(mesh, INSIDE, asked)
    consuming.deliver(mesh)
    assert reads(mesh, analyst(INSIDE), DATABASE) == {}
    assert glue.get_table(DatabaseName="lakeshare", Name=name)["Table"]["Description"] == "somebody's own"
    glue.delete_table(DatabaseName="lakeshare", Name=name)
    delivered(mesh, INSIDE, asked, status="WITHDRAWN")
