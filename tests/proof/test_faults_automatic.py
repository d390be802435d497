"""Fault matrix: requests that need no person. AWS fails at every call, in every way, and each request ends."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.parts import OF_PARTS
from tests.proof.matrix.paths import AUTOMATIC, many_tables
from tests.proof.matrix.run import OPTIONS, cases_of, prove, record
from tests.workflow.driver import SELECT_AND_DESCRIBE, Mesh

__all__ = ["OPTIONS"]
pytestmark = pytest.mark.timeout(900)


def test_requests_that_need_no_person_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    many_tables(mesh)
    prove(mesh, cases_of(record(mesh, (*AUTOMATIC, *OF_PARTS)), ALL_FAULTS), figure, "no person")


@pytest.mark.parametrize(
    ("effect", "error"),
    [({"delay_seconds": 3.5}, "ReadTimeoutError"), ({"drop": True, "after": True}, "ConnectionClosedError")],
)
def test_silence_and_a_broken_connection_are_the_same_to_a_function(
    mesh: Mesh, effect: dict[str, object], error: str
) -> None:
    """The matrix breaks connections, for who waits for silence waits long: three seconds, four times, to be told so."""
    account = mesh.new_account()
    name = f"silent-{error}"
    tries = {"service": "dynamodb", "operation": "UpdateItem", "function": "close-function", "event": name, "times": 4}
    mesh.control("POST", "/faults", **tries, **effect)
    finished = mesh.finish(mesh.start("transport", "yellow_tripdata", account, name), seconds=60)
    assert mesh.faults_used() == [4], "the SDK's first try and three more"
    assert finished.output["status"] == "SHARED"
    failed = [each["error"] for each in mesh.control("GET", "/functions/log") if each["error"]]
    kinds = {each["errorType"] for each in failed if f"({error})" in each["errorMessage"]}
    assert kinds == {"TryAgain"}
    assert mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    assert set(mesh.event_types(name)) == {"RequestReceived", "RequestShared"}
