"""What differs between ledger and lake: each made by hand in the lake, found, explained, and gone once it is mended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.portal.portal import Portal
from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, REVIEWS, ROHAN, Mesh, wait_until
from tests.workflow.register import Item
from tests.workflow.running import Options
from tests.workflow.test_item_kinds import reaches_nothing_else

OPTIONS = Options(
    retry_seconds=0.2,
    config={
        "drift": True,
        "onNewPersonalData": "revoke",
        "adoptedUntil": "2099-12-31",
        "portalOperatorsGroup": "operators",
    },
)
BOTH = ["DESCRIBE", "SELECT"]
TABLES = ("drifting_a", "drifting_b", "drifting_c")


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    """Its own database, and an organization for the accounts that are to get what is shared with them."""
    mesh.catalogue.add_database("drifting", owner=REVIEWS)
    for name in TABLES:
        mesh.catalogue.add_table("drifting", name, columns=[column("id", "bigint")])
    with pytest.raises(AssertionError, match="NotReadOnlyAdministrator"):
        look(mesh)
    let_drift_see(mesh)


def let_drift_see(mesh: Mesh) -> None:
    """Makes Drift's role a read-only administrator, as an administrator of the lake does."""
    role = role_of(mesh)
    settings = mesh.client("lakeformation").get_data_lake_settings()["DataLakeSettings"]
    settings["ReadOnlyAdmins"] = [{"DataLakePrincipalIdentifier": role}]
    mesh.client("lakeformation").put_data_lake_settings(DataLakeSettings=settings)


def role_of(mesh: Mesh) -> str:
    roles = mesh.client("iam").list_roles()["Roles"]
    (role,) = [each["Arn"] for each in roles if each["RoleName"].startswith("lakeshare-drift-role-")]
    return role


def look(mesh: Mesh) -> Mapping[str, int]:
    """Has Drift look now, and waits for what it says."""
    functions = mesh.client("lambda").list_functions()["Functions"]
    (name,) = [each["FunctionName"] for each in functions if "-drift-" in each["FunctionName"]]
    answer = mesh.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return said


def findings(mesh: Mesh, principal: str) -> dict[str, Item]:
    """What stands of a principal now, by kind."""
    found = [item for item in mesh.ledger_items() if item["pk"] == "finding#all" and item["principal"] == principal]
    live = {item["kind"]: item for item in found if item["status"] != "CLOSED"}
    assert len(live) == sum(item["status"] != "CLOSED" for item in found)
    return live


def events(mesh: Mesh, principal: str) -> list[tuple[str, str]]:
    told = [each for each in mesh.told() if each["detail-type"].startswith("Drift")]
    return [(each["detail-type"], each["detail"]["kind"]) for each in told if each["detail"]["principal"] == principal]


def by_hand(mesh: Mesh, call: str, who: str, resource: Mapping[str, Any], permissions: list[str], **more: Any) -> None:
    """Somebody grants or revokes, past Lakeshare."""
    getattr(mesh.client("lakeformation"), f"{call}_permissions")(
        Principal={"DataLakePrincipalIdentifier": who}, Resource=resource, Permissions=permissions, **more
    )


def table(name: str) -> dict[str, Any]:
    return {"Table": {"DatabaseName": "drifting", "Name": name}}


def shared(mesh: Mesh, name: str, account: str) -> str:
    request, end = mesh.ask("drifting", name, account)
    assert end.output["status"] == "SHARED", end
    return f"{request}:1"


@pytest.fixture(scope="module")
def portal(mesh: Mesh) -> Portal:
    return Portal(mesh)


@pytest.fixture(scope="module")
def opal(portal: Portal) -> str:
    """The token of an operator."""
    user = portal.new_user("opal")
    portal.join(user, "operators")
    return str(portal.tokens(user)["access_token"])


def settle(portal: Portal, token: str, principal: str, action: str) -> None:
    """Settles the one finding that can be, as the page does."""
    reply = portal.call("GET", "/findings", token)
    assert reply.status == 200, reply.body
    shown = [each for each in json.loads(reply.body)["findings"] if each["principal"] == principal]
    (finding,) = [each for each in shown if action in each["actions"]]
    wish = {"action": action, "digest": finding["digest"], "reason": "a test"}
    reply = portal.call("POST", f"/findings/{finding['id']}/settle", token, wish)
    assert reply.status == 200, reply.body


def adopt(portal: Portal, token: str, account: str) -> None:
    """Adopts all that was granted of the owner's data, as an operator does who takes over a lake."""
    came: dict[str, Any] = {"findings": [], "seen": None}
    for step in ("looked at", "adopted"):
        how = {"seen": came["seen"]} if step == "adopted" else {"dry_run": True}
        reply = portal.call("POST", "/findings/adopt", token, {"owner": REVIEWS, "reason": "a test", **how})
        assert reply.status == 200, reply.body
        came = json.loads(reply.body)
        assert account in {each["principal"] for each in came["findings"]}


@pytest.mark.parametrize("function", ["drift", "portal-findings-api"])
def test_its_role_reaches_nothing_else(mesh: Mesh, function: str) -> None:
    reaches_nothing_else(mesh, function)


def test_what_others_granted_is_adopted_and_ends_as_any_share_does(mesh: Mesh, portal: Portal, opal: str) -> None:
    account = mesh.new_account()
    for name in ("drifting_a", "drifting_b"):
        by_hand(mesh, "grant", account, table(name), BOTH, PermissionsWithGrantOption=BOTH)
    before = mesh.grants(account)
    look(mesh)
    adopt(portal, opal, account)
    ((share, item),) = mesh.shares(account).items()
    assert (item["status"], item["names"], item["owner_account"]) == ("ACTIVE", ["drifting_a", "drifting_b"], REVIEWS)
    assert (item["until"], mesh.grants(account)) == ("2100-01-01T00:00:00.000Z", before)
    look(mesh)
    assert findings(mesh, account) == {}
    run = {"share": share, "reason": "a test"}
    mesh.client("stepfunctions").start_execution(stateMachineArn=mesh.revoking_machine, input=json.dumps(run))
    wait_until(lambda: mesh.shares(account)[share]["status"] == "REVOKED", 60, "the end")
    assert mesh.grants(account) == {}


def test_what_is_wider_is_taken_back_by_its_owner_and_the_share_stays(mesh: Mesh, inside: str, portal: Portal) -> None:
    shared(mesh, "drifting_a", inside)
    before = mesh.grants(inside)
    wildcard = {"Table": {"DatabaseName": "drifting", "TableWildcard": {}}}
    by_hand(mesh, "grant", inside, wildcard, BOTH, PermissionsWithGrantOption=BOTH)
    look(mesh)
    settle(portal, portal.tokens(portal.approver_of(REVIEWS))["access_token"], inside, "revoke")
    wait_until(lambda: not mesh.revoking() and mesh.grants(inside) == before, 60, "the end")
    look(mesh)
    assert findings(mesh, inside) == {}


def test_what_is_missing_is_asked_for_anew(mesh: Mesh, inside: str, portal: Portal, opal: str) -> None:
    share = shared(mesh, "drifting_a", inside)
    before = mesh.grants(inside)
    by_hand(mesh, "revoke", inside, table("drifting_a"), BOTH, PermissionsWithGrantOption=BOTH)
    look(mesh)
    settle(portal, opal, inside, "ask-anew")
    wait_until(lambda: len(mesh.shares(inside)) == 2 and mesh.grants(inside) == before, 60, "another share")
    states = {each: item["status"] for each, item in mesh.shares(inside).items()}
    assert states.pop(share) in {"REVOKING", "REVOKED"}
    wait_until(lambda: not mesh.revoking(), 60, "the end of the old one")
    look(mesh)
    assert (findings(mesh, inside), mesh.grants(inside)) == ({}, before)


def test_what_lakeshare_shares_is_as_it_says(mesh: Mesh, inside: str) -> None:
    shared(mesh, "*", inside)
    look(mesh)
    assert findings(mesh, inside) == {}


def test_a_grant_that_is_gone(mesh: Mesh, inside: str) -> None:
    share = shared(mesh, "drifting_a", inside)
    by_hand(mesh, "revoke", inside, table("drifting_a"), BOTH, PermissionsWithGrantOption=BOTH)
    look(mesh)
    found = findings(mesh, inside)["MISSING"]
    assert (found["share"], found["things"], found["owner"]) == (share, ["drifting.drifting_a"], REVIEWS)
    by_hand(mesh, "grant", inside, table("drifting_a"), BOTH, PermissionsWithGrantOption=BOTH)
    look(mesh)
    assert findings(mesh, inside) == {}
    assert events(mesh, inside) == [("DriftFound", "MISSING"), ("DriftGone", "MISSING")]


def test_a_grant_that_is_wider_than_its_share(mesh: Mesh, inside: str) -> None:
    shared(mesh, "drifting_a", inside)
    wildcard = {"Table": {"DatabaseName": "drifting", "TableWildcard": {}}}
    by_hand(mesh, "grant", inside, wildcard, BOTH)
    by_hand(mesh, "grant", inside, table("drifting_a"), ["ALTER"])
    assert look(mesh)["open"] >= 2
    live = [item for item in mesh.ledger_items() if item.get("principal") == inside and item["status"] == "OPEN"]
    assert {(item["kind"], *item["things"], *item["tables"]) for item in live} == {
        ("WIDER", "DESCRIBE, SELECT on all tables of drifting", "*"),
        ("WIDER", "ALTER, DESCRIBE, SELECT on drifting.drifting_a"),
    }
    by_hand(mesh, "revoke", inside, wildcard, BOTH)
    by_hand(mesh, "revoke", inside, table("drifting_a"), ["ALTER"])
    look(mesh)
    assert findings(mesh, inside) == {}


@pytest.mark.parametrize(
    ("resource", "permissions", "says"),
    [
        (table("drifting_b"), ["DESCRIBE"], "DESCRIBE on drifting.drifting_b"),
        ({"Database": {"Name": "drifting"}}, ["DESCRIBE"], "DESCRIBE on database drifting"),
        (
            {"TableWithColumns": {"DatabaseName": "drifting", "Name": "drifting_b", "ColumnNames": ["id"]}},
            ["SELECT"],
            "SELECT on columns id of drifting.drifting_b",
        ),
    ],
)
@pytest.mark.parametrize("as_role", [False, True])
def test_grants_that_no_share_explains(
    mesh: Mesh, resource: Mapping[str, Any], permissions: list[str], says: str, as_role: bool
) -> None:
    account = mesh.new_account()
    who = f"arn:aws:iam::{account}:role/analyst" if as_role else account
    by_hand(mesh, "grant", who, resource, permissions)
    look(mesh)
    found = findings(mesh, who)["UNEXPLAINED"]
    assert found["things"] == [says]
    assert bool(found["tables"]) is (not as_role and "columns" not in says)
    by_hand(mesh, "revoke", who, resource, permissions)
    look(mesh)
    assert findings(mesh, who) == {}


def test_personal_data_that_appears_ends_what_nobody_approved(mesh: Mesh, inside: str) -> None:
    share, other = shared(mesh, "drifting_c", inside), shared(mesh, "drifting_b", inside)
    flagged = [column("id", "bigint"), column("email", pii_flag="true")]
    mesh.catalogue.change_table(
        "drifting", "drifting_c", lambda entry: entry["StorageDescriptor"].update(Columns=flagged)
    )
    assert look(mesh)["ended"] >= 1
    found = findings(mesh, inside)["SOURCE_CHANGED"]
    assert (found["share"], found["things"]) == (share, ["drifting_c.email"])
    mesh.control("POST", "/schedules/run", rule="sweep")
    wait_until(lambda: mesh.shares(inside)[share]["status"] == "REVOKED", 60, "the end")
    assert mesh.shares(inside)[share]["reason"] == "NewPersonalData"
    assert set(mesh.grants(inside)) == {"drifting.drifting_b"}
    look(mesh)
    assert (findings(mesh, inside), mesh.shares(inside)[other]["status"]) == ({}, "ACTIVE")


def test_what_the_owner_approved_stays(mesh: Mesh, inside: str) -> None:
    mesh.catalogue.add_table("drifting", "drifting_people", columns=[column("email", pii_flag="true")])
    assert mesh.decide(mesh.ask_owner("drifting", "drifting_people", inside), "approve", ROHAN)
    look(mesh)
    assert findings(mesh, inside) == {}


def test_an_invitation_that_ran_out(mesh: Mesh) -> None:
    account = mesh.new_account()
    share = shared(mesh, "drifting_a", account)
    look(mesh)
    assert findings(mesh, account) == {}, "it can be accepted still"
    mesh.clock("+13h")
    # Its night has passed, so it may look by itself already.
    look(mesh)
    found = wait_until(lambda: findings(mesh, account).get("RAM_BROKEN"), what="what RAM says")
    assert (found["share"], "The invitation expired." in found["says"]) == (share, True)


def test_by_night_and_when_somebody_changes_a_grant(mesh: Mesh) -> None:
    account = mesh.new_account()
    by_hand(mesh, "grant", account, table("drifting_b"), ["DESCRIBE"])
    identity = {"type": "IAMUser", "arn": f"arn:aws:iam::{CENTRAL}:user/ann"}
    detail = {"eventSource": "lakeformation.amazonaws.com", "eventName": "GrantPermissions", "userIdentity": identity}
    entry = {"Source": "aws.lakeformation", "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(detail)}
    mesh.client("events").put_events(Entries=[entry])
    wait_until(lambda: findings(mesh, account), what="what comes of the event")
    by_hand(mesh, "revoke", account, table("drifting_b"), ["DESCRIBE"])
    assert any("drift" in rule for rule in mesh.control("POST", "/schedules/run", rule="drift")["ran"])
    wait_until(lambda: not findings(mesh, account), what="the nightly look")
