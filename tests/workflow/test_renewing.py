"""What an account has is renewed: its end moves, or its owner is asked and the old share ends as replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from localmesh.reading import readable
from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, Finished, Mesh, request_id, wait_until
from tests.workflow.refusing import was_refused
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(retry_seconds=0.2, config=WITHOUT_PORTAL)
PLAIN, PEOPLE = "renewing_plain", "renewing_people"


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("renewing", owner=RETAIL)
    mesh.catalogue.add_table("renewing", PLAIN)
    mesh.catalogue.add_table("renewing", PEOPLE, [column("mail", pii_flag="true")])


def wish(table: str, account: str, **more: object) -> dict[str, object]:
    return {"source": {"database": "renewing", "table": table}, "target": {"account_id": account}, **more}


def asked(mesh: Mesh, table: str, account: str, **more: object) -> tuple[str, Finished]:
    """A request that asks nobody, or is approved, and how it ended."""
    arn = mesh.start_with(wish(table, account, **more))
    if table == PEOPLE:
        mesh.post(mesh.links(mesh.mail_about(arn)).approve, email=OLGA)
    return request_id(arn), mesh.finish(arn)


def told(mesh: Mesh, share: str) -> list[Mapping[str, Any]]:
    return [each for each in mesh.told() if each["detail"].get("share_id") == share]


def history(share: Mapping[str, Any]) -> list[str]:
    return [each["event"] for each in share["history"]]


def reads(mesh: Mesh, account: str) -> set[str]:
    return set(readable(mesh.lake(), account))


def test_of_what_is_as_it_was_only_the_end_moves(mesh: Mesh, account: str) -> None:
    first, _ = asked(mesh, PLAIN, account, days=20)
    before, grants = mesh.shares(account)[f"{first}:1"], mesh.grants(account)
    with mesh.recorded() as actions:
        second, end = asked(mesh, PLAIN, account, days=40, renews=f"{first}:1")
        assert actions("GrantPermissions") == actions("BatchGrantPermissions") == []
    assert end.end == ("SHARED", None), end
    assert "goes on being shared" in end.output["message"]
    (after,) = mesh.shares(account).values()
    assert (after["status"], after["renewed_by"], history(after)) == (
        "ACTIVE",
        second,
        ["Granting", "Active", "Renewed"],
    )
    assert after["until"] > before["until"]
    assert mesh.grants(account) == grants
    assert mesh.register_item(second)["shared_by"] == f"{first}:1"
    mesh.control("POST", "/schedules/run")
    (event,) = wait_until(lambda: told(mesh, f"{first}:1"), what="the event")
    assert (event["detail-type"], event["detail"]["renewed_by"], event["detail"]["until"]) == (
        "ShareRenewed",
        second,
        after["until"],
    )
    # Its first end comes and goes.
    mesh.clock("+21d")
    assert reads(mesh, account) == {f"renewing.{PLAIN}"}
    mesh.clock("+20d")
    wait_until(lambda: mesh.shares(account)[f"{first}:1"]["status"] == "REVOKED", 60, "the new end")
    assert reads(mesh, account) == set()
    end = asked(mesh, PLAIN, account, days=40, renews=f"{first}:1")[1]
    assert "has no share" in was_refused(mesh, end, "NotRenewable")["message"]


def test_of_personal_data_the_owner_is_asked_and_the_old_share_is_replaced(mesh: Mesh, account: str) -> None:
    first, _ = asked(mesh, PEOPLE, account, days=20)
    arn = mesh.start_with(wish(PEOPLE, account, days=40, renews=f"{first}:1"))
    mail = mesh.mail_about(arn)
    assert "This renews access that the account has already." in " ".join(mail["body"].split())
    links = mesh.links(mail)
    page = " ".join(mesh.get(links.approve).body.split())
    assert "This renews access that the account has already." in page
    mesh.post(links.approve, email=OLGA)
    assert mesh.finish(arn).end == ("SHARED", None)
    mesh.control("POST", "/schedules/run")
    old = wait_until(
        lambda: share if (share := mesh.shares(account)[f"{first}:1"])["status"] == "REVOKED" else None, 60, "its end"
    )
    new = mesh.shares(account)[f"{request_id(arn)}:1"]
    assert (old["reason"], new["status"], new["approver"]) == ("Replaced", "ACTIVE", OLGA)
    assert reads(mesh, account) == {f"renewing.{PEOPLE}"}
    ended = wait_until(lambda: told(mesh, f"{first}:1"), what="the event")[-1]["detail"]
    assert (ended["reason"], ended["grants_revoked"], ended["still_readable"]) == ("Replaced", 0, 1)


def test_a_denial_leaves_what_there_is_to_its_own_end(mesh: Mesh, account: str) -> None:
    first, _ = asked(mesh, PEOPLE, account, days=20)
    before = mesh.shares(account)
    arn = mesh.start_with(wish(PEOPLE, account, days=40, renews=f"{first}:1"))
    mesh.post(mesh.links(mesh.mail_about(arn)).deny, email=OLGA)
    assert mesh.finish(arn).end == ("DENIED", "Denied")
    assert mesh.shares(account) == before
    mesh.clock("+21d")
    wait_until(lambda: mesh.shares(account)[f"{first}:1"]["status"] == "REVOKED", 60, "its end")
    assert reads(mesh, account) == set()


def test_an_end_waits_for_no_renewal(mesh: Mesh, account: str) -> None:
    """What is asked while it lives, and approved after its end, is granted anew; in between nobody reads it."""
    first, _ = asked(mesh, PEOPLE, account, days=2)
    arn = mesh.start_with(wish(PEOPLE, account, days=40, renews=f"{first}:1"))
    links = mesh.links(mesh.mail_about(arn))
    mesh.clock("+3d")
    wait_until(lambda: mesh.shares(account)[f"{first}:1"]["status"] == "REVOKED", 60, "its end")
    assert reads(mesh, account) == set()
    mesh.post(links.approve, email=OLGA)
    assert mesh.finish(arn).end == ("SHARED", None)
    assert reads(mesh, account) == {f"renewing.{PEOPLE}"}


def test_what_has_changed_asks_its_owner(mesh: Mesh, account: str) -> None:
    table = f"changing_{account}"
    mesh.catalogue.add_table("renewing", table, [column("id", "bigint")])
    first, _ = asked(mesh, table, account, days=20)
    mesh.catalogue.move_table("renewing", table, f"s3://elsewhere/{table}/")
    arn = mesh.start_with(wish(table, account, days=40, renews=f"{first}:1"))
    body = " ".join(mesh.mail_about(arn)["body"].split())
    assert "it is not as it was when it was shared" in body
    assert "WHY YOU ARE ASKED" in body


@pytest.mark.parametrize("given", [7, "nobody", "nobody:1", "#:1"])
def test_what_is_no_share_is_refused_by_name(mesh: Mesh, account: str, given: object) -> None:
    end = asked(mesh, PLAIN, account, days=20, renews=given)[1]
    was_refused(mesh, end, "NotRenewable" if given == "nobody:1" else "InvalidInput")
    assert mesh.grants(account) == {}
