"""RAM: shares, associations and invitations that come of Lake Formation's grants, and go with revokes."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import CENTRAL, REGION, RunningMesh, allow
from mesh_tests.lake import (
    BOTH,
    CUSTOMER,
    DATABASE,
    WILDCARD,
    accept,
    empty,
    grant,
    invitations,
    listed,
    revoke,
    settings,
    table,
)

ORDERS: dict[str, Any] = {"Table": {"DatabaseName": "shop", "Name": "orders"}}
GLUE = f"arn:aws:glue:{REGION}:{CENTRAL}"
ON_DATABASE = {f"{GLUE}:catalog", f"{GLUE}:database/shop"}


@pytest.fixture
def lake(mesh: RunningMesh) -> Iterator[Any]:
    lake = mesh.client("lakeformation")
    empty(lake)
    yield lake
    empty(lake)
    mesh.control("POST", "/organization", {"accounts": []})
    mesh.control("DELETE", "/clock")


@pytest.fixture
def consumer() -> str:
    return str(uuid4().int)[:12]


def statuses(mesh: RunningMesh, consumer: str) -> list[str]:
    return [each["status"] for each in invitations(mesh, consumer)]


def associations(mesh: RunningMesh, kind: str, **wanted: Any) -> dict[str, str]:
    """Entity and status, of the shares that are central's."""
    ram = mesh.client("ram")
    found = ram.get_resource_share_associations(associationType=kind, **wanted)["resourceShareAssociations"]
    return {each["associatedEntity"]: each["status"] for each in found}


def resources(mesh: RunningMesh, consumer: str) -> set[str]:
    """What has reached an account."""
    found = mesh.client("ram", consumer).list_resources(resourceOwner="OTHER-ACCOUNTS")
    return {each["arn"] for each in found["resources"]}


@pytest.mark.parametrize(
    ("version", "sent"),
    [
        # A share for each entry: two permissions on a table are two.
        ("1", [1, 2, 4, 6, 6]),
        ("2", [1, 1, 1, 1, 1]),
        ("3", [1, 2, 2, 3, 3]),
        ("5", [1, 2, 2, 3, 3]),
    ],
)
def test_the_first_grants_of_each_kind_invite(
    mesh: RunningMesh, lake: Any, consumer: str, version: str, sent: list[int]
) -> None:
    counted: list[int] = []
    with settings(lake, Parameters={"CROSS_ACCOUNT_VERSION": version}):
        for resource, may in ((DATABASE, ["DESCRIBE"]), (CUSTOMER, ["SELECT"]), (ORDERS, BOTH), (WILDCARD, BOTH)):
            grant(lake, resource, may, principal=consumer)
            counted.append(len(invitations(mesh, consumer)))
        # More of what is shared already.
        grant(lake, ORDERS, BOTH, BOTH, consumer)
        counted.append(len(invitations(mesh, consumer)))
    assert counted == sent
    assert set(statuses(mesh, consumer)) == {"PENDING"}


def test_what_is_accepted_arrives_and_goes_with_its_grants(mesh: RunningMesh, lake: Any, consumer: str) -> None:
    grant(lake, CUSTOMER, BOTH, BOTH, consumer)
    ram = mesh.client("ram", consumer)
    first, second = invitations(mesh, consumer)
    pending = ram.list_pending_invitation_resources(resourceShareInvitationArn=second["resourceShareInvitationArn"])
    assert {each["arn"]: each["type"] for each in pending["resources"]} == {
        f"{GLUE}:catalog": "glue:Catalog",
        f"{GLUE}:database/shop": "glue:Database",
        f"{GLUE}:table/shop/customer": "glue:Table",
    }
    assert resources(mesh, consumer) == set()
    assert associations(mesh, "PRINCIPAL", principal=consumer) == {consumer: "ASSOCIATING"}
    accept(mesh, consumer)
    assert statuses(mesh, consumer) == ["ACCEPTED", "ACCEPTED"]
    assert resources(mesh, consumer) == {*ON_DATABASE, f"{GLUE}:table/shop/customer"}
    shares = ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
    assert {each["resourceShareArn"] for each in shares} == {first["resourceShareArn"], second["resourceShareArn"]}
    assert all(each["name"].startswith("LakeFormation-V5-") for each in shares)
    # Lists of grants name the share; a later grant joins it, and asks nobody.
    grant(lake, ORDERS, ["SELECT"], principal=consumer)
    named = {share for entry in listed(lake) for share in entry["AdditionalDetails"]["ResourceShare"]}
    assert named == {second["resourceShareArn"]}
    assert len(invitations(mesh, consumer)) == 2
    assert f"{GLUE}:table/shop/orders" in resources(mesh, consumer)
    # The table stays until all is revoked that was granted on it.
    of_share = {"resourceShareArns": [second["resourceShareArn"]]}
    revoke(lake, CUSTOMER, ["SELECT"], ["SELECT"], consumer)
    assert associations(mesh, "RESOURCE", **of_share)[f"{GLUE}:table/shop/customer"] == "ASSOCIATED"
    revoke(lake, CUSTOMER, ["DESCRIBE"], ["DESCRIBE"], consumer)
    assert associations(mesh, "RESOURCE", **of_share)[f"{GLUE}:table/shop/customer"] == "DISASSOCIATED"
    revoke(lake, ORDERS, ["SELECT"], principal=consumer)
    assert associations(mesh, "PRINCIPAL", **of_share) == {consumer: "DISASSOCIATED"}
    own = mesh.client("ram").get_resource_shares(resourceOwner="SELF", **of_share)["resourceShares"]
    assert [each["status"] for each in own] == ["DELETED"]
    assert resources(mesh, consumer) == set()
    # What is granted after that invites anew.
    grant(lake, CUSTOMER, BOTH, principal=consumer)
    assert sorted(statuses(mesh, consumer)) == ["ACCEPTED", "ACCEPTED", "PENDING", "PENDING"]


def test_shares_end_with_their_table(mesh: RunningMesh, lake: Any, consumer: str) -> None:
    with table(mesh, "short-shared") as short:
        grant(lake, short, ["SELECT"], principal=consumer)
        accept(mesh, consumer)
        assert len(resources(mesh, consumer)) == 3
    assert resources(mesh, consumer) == set()


@pytest.mark.parametrize("answer", ["EXPIRED", "REJECTED"])
def test_an_invitation_that_is_over_comes_again_after_a_revoke_only(
    mesh: RunningMesh, lake: Any, consumer: str, answer: str
) -> None:
    grant(lake, DATABASE, ["DESCRIBE"], principal=consumer)
    ram = mesh.client("ram", consumer)
    named = {"resourceShareInvitationArn": invitations(mesh, consumer)[0]["resourceShareInvitationArn"]}
    if answer == "EXPIRED":
        mesh.control("POST", "/clock", {"forward": "+11h"})
        assert statuses(mesh, consumer) == ["PENDING"]
        mesh.control("POST", "/clock", {"forward": "+1h"})
    else:
        assert ram.reject_resource_share_invitation(**named)["resourceShareInvitation"]["status"] == "REJECTED"
    assert statuses(mesh, consumer) == [answer]
    assert associations(mesh, "PRINCIPAL", principal=consumer) == {consumer: "FAILED"}
    code = "ResourceShareInvitation" + ("Expired" if answer == "EXPIRED" else "AlreadyRejected")
    with pytest.raises(ClientError, match=code):
        ram.accept_resource_share_invitation(**named)
    grant(lake, DATABASE, ["DESCRIBE"], ["DESCRIBE"], consumer)
    assert statuses(mesh, consumer) == [answer]
    revoke(lake, DATABASE, ["DESCRIBE"], ["DESCRIBE"], consumer)
    grant(lake, DATABASE, ["DESCRIBE"], principal=consumer)
    assert sorted(statuses(mesh, consumer)) == sorted([answer, "PENDING"])


def test_only_who_was_invited_accepts_and_once(mesh: RunningMesh, lake: Any, consumer: str) -> None:
    grant(lake, DATABASE, ["DESCRIBE"], principal=f"arn:aws:iam::{consumer}:role/Analyst")
    (invitation,) = invitations(mesh, consumer)
    named = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    with pytest.raises(ClientError, match="ArnNotFound"):
        mesh.client("ram").accept_resource_share_invitation(**named)
    accept(mesh, consumer)
    with pytest.raises(ClientError, match="AlreadyAccepted"):
        mesh.client("ram", consumer).accept_resource_share_invitation(**named)
    reader = mesh.client("ram", **mesh.assume(mesh.role(allow("ram:GetResourceShares", "*"))))
    assert reader.get_resource_shares(resourceOwner="SELF")["resourceShares"]
    with pytest.raises(ClientError, match="ram:GetResourceShareInvitations"):
        reader.get_resource_share_invitations()


def test_within_an_organization_nobody_is_invited(mesh: RunningMesh, lake: Any, consumer: str) -> None:
    mesh.control("POST", "/organization", {"accounts": [CENTRAL, consumer]})
    grant(lake, DATABASE, ["DESCRIBE"], principal=consumer)
    assert invitations(mesh, consumer) == []
    assert resources(mesh, consumer) == ON_DATABASE
    assert associations(mesh, "PRINCIPAL", principal=consumer) == {consumer: "ASSOCIATED"}


def test_grants_in_the_own_account_are_not_shared(mesh: RunningMesh, lake: Any) -> None:
    grant(lake, CUSTOMER, BOTH, principal=f"arn:aws:iam::{CENTRAL}:role/Ours")
    assert "AdditionalDetails" not in listed(lake)[0]


def test_associations_fail_on_demand(mesh: RunningMesh, lake: Any, consumer: str) -> None:
    fault = {"service": "ram", "entries": True, "times": 1, "match": "customer", "code": "InternalError"}
    mesh.control("POST", "/faults", {**fault, "operation": "AssociateResourceShare"})
    mesh.control("POST", "/faults", {**fault, "operation": "DisassociateResourceShare"})
    name = f"{GLUE}:table/shop/customer"
    grant(lake, CUSTOMER, ["SELECT"], principal=consumer)
    (share,) = listed(lake)[0]["AdditionalDetails"]["ResourceShare"]
    of_share = {"resourceShareArns": [share]}
    assert associations(mesh, "RESOURCE", **of_share) == {**dict.fromkeys(ON_DATABASE, "ASSOCIATED"), name: "FAILED"}
    # Granting again tries again.
    grant(lake, CUSTOMER, ["DESCRIBE"], principal=consumer)
    assert associations(mesh, "RESOURCE", **of_share)[name] == "ASSOCIATED"
    revoke(lake, CUSTOMER, ["SELECT", "DESCRIBE"], principal=consumer)
    assert associations(mesh, "RESOURCE", **of_share)[name] == "FAILED"
