"""Two meshes on one machine: each works, and neither knows of the other."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.workflow.conftest import StartMesh
from tests.workflow.driver import OLGA, SELECT_AND_DESCRIBE, Mesh
from tests.workflow.http_client import send
from tests.workflow.running import Options

ACCOUNT = "888888888801"
NAME = "the-same-name-in-both"


@pytest.fixture(scope="module")
def pair(shared_mesh: Mesh, start_mesh: StartMesh) -> tuple[Mesh, Mesh]:
    """The first may have seen other tests' requests; the second is new."""
    return shared_mesh, start_mesh(Options())


def test_each_works_and_neither_sees_the_other(pair: tuple[Mesh, Mesh]) -> None:
    first, second = pair
    arns = [mesh.start("retail", "customer", ACCOUNT, NAME) for mesh in pair]
    mails = [mesh.mail_about(arn) for mesh, arn in zip(pair, arns, strict=True)]
    assert [len(mesh.mails(about=NAME)) for mesh in pair] == [len(second.mails()), 1] == [1, 1]
    links = [mesh.links(mail) for mesh, mail in zip(pair, mails, strict=True)]
    assert links[0].key != links[1].key

    # A link of one opens nothing at the other.
    stranger = links[0].approve.replace(first.description["api_url"], second.description["api_url"])
    assert second.get(stranger).status == second.post(stranger, email=OLGA).status == 404

    assert first.post(links[0].approve, email=OLGA).status == 200
    assert first.finish(arns[0]).output["status"] == "SHARED"
    assert second.register_item(NAME)["status"] == "WAITING"
    assert [mesh.grants(ACCOUNT) for mesh in pair] == [{"retail.customer": SELECT_AND_DESCRIBE}, {}]
    assert second.event_types(NAME) == ["RequestReceived", "ApprovalRequested"]

    assert second.post(links[1].deny, email=OLGA).status == 200
    assert second.finish(arns[1]).output["status"] == "DENIED"
    assert (first.register_item(NAME)["status"], second.grants(ACCOUNT)) == ("SHARED", {})


def test_no_address_is_shared(pair: tuple[Mesh, Mesh]) -> None:
    ports = [
        {urlsplit(value).port for key, value in mesh.description.items() if key.endswith("_url") and value}
        for mesh in pair
    ]
    assert not ports[0] & ports[1]
    assert all(send("GET", mesh.description["control_url"] + "/ready").status == 200 for mesh in pair)
