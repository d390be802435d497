"""Two hundred requests at once, decided at once: none is lost, none is decided twice, each ends as it was decided."""

from __future__ import annotations

import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.workflow.driver import OLGA, SELECT_AND_DESCRIBE, Finished, Mesh, request_id, wait_until
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL)
NUMBER = 200
MOST_MEGABYTES = 600


def test_two_hundred_requests_at_once_all_end_as_they_were_decided(mesh: Mesh) -> None:
    accounts = [mesh.new_account() for _ in range(NUMBER)]
    mesh.client("stepfunctions")  # made once, before the threads ask for it
    with ThreadPoolExecutor(32) as pool:
        arns = list(pool.map(lambda account: mesh.start("retail", "customer", account), accounts))
    mails = wait_until(
        lambda: found if len(found := mesh.mails(to=OLGA)) >= NUMBER else None, 90, f"{NUMBER} mails to {OLGA}"
    )
    links = {each.request: each for each in map(mesh.links, mails)}
    assert links.keys() == set(map(request_id, arns))

    # Every other one is approved, the rest denied, all at once.
    approved, denied = arns[::2], arns[1::2]
    pages = [
        page
        for yes, no in zip(approved, denied, strict=True)
        for page in (links[request_id(yes)].approve, links[request_id(no)].deny)
    ]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda page: mesh.post(page, email=OLGA), pages))
    assert Counter(reply.status for reply in replies) == {200: NUMBER}

    ended = {arn: mesh.finish(arn, 60) for arn in arns}
    assert {ended[arn].output.get("status") for arn in approved} == {"SHARED"}
    assert {ended[arn].output.get("status") for arn in denied} == {"DENIED"}
    granted = dict(zip(arns, accounts, strict=True))
    assert mesh.all_grants() == {granted[arn]: {"retail.customer": SELECT_AND_DESCRIBE} for arn in approved}
    for arn in arns:
        _register_agrees(mesh, arn, ended[arn])
    # A mail goes out once more only where AWS was silent for so long that something was tried again.
    assert 0 <= len(mesh.mails(to=OLGA)) - NUMBER <= sum(mesh.tried_again().values())
    assert _megabytes(mesh.description["pid"]) < MOST_MEGABYTES


def _register_agrees(mesh: Mesh, arn: str, finished: Finished) -> None:
    item = mesh.register_item(arn)
    action = {"SHARED": "Approved", "DENIED": None}[item["status"]]
    assert (finished.status, finished.output["status"], finished.output["reason"]) == (
        "SUCCEEDED",
        item["status"],
        item.get("reason"),
    )
    assert item["decision"]["action"] == ("approve" if action else "deny")
    assert item["decision"]["approver"] == OLGA
    assert ("granted" in item) is (item["status"] == "SHARED")
    events = ["Received", "Classified", "ApprovalRequested", *([action] if action else []), item["status"].capitalize()]
    assert mesh.history(arn) == events


def _megabytes(pid: int) -> float:
    """What a process has in memory."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return int(said) / 1024
