"""Bad input on a mesh: each case is told what was expected and what came; nothing is granted, broken or lost.

All cases go in at once, at their doors; the tests then look at what came of each, and at what they left.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.portal.conftest import with_page
from tests.portal.portal import Portal, User, new_request
from tests.proof.bad_input.case import Case, Door
from tests.proof.bad_input.execution import NO_START
from tests.proof.bad_input.sending import CONSUMER, Came, Sender, ids
from tests.proof.bad_input.table import through
from tests.proof.conftest import Figure
from tests.proof.visitors.traces import events, executions
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Grants, Mesh, request_id
from tests.workflow.running import Options

WAITING, SHARING = "888888888888", "666666666666"
OPTIONS = Options(
    config={
        "consumerAccounts": [CONSUMER, WAITING, SHARING],
        "consumerKits": [WAITING],
        "longestShare": "365d",
        "drift": True,
    }
)
CASES = through(Door.DECISION, Door.REQUESTS, Door.EXECUTION, Door.REVOKING, Door.CATALOGUE)
BEGAN = ("RequestReceived", "ApprovalRequested")


@pytest.fixture(scope="module", autouse=True)
def _page() -> None:
    with_page()


@pytest.fixture(scope="module")
def sender(mesh: Mesh) -> Sender:
    portal = Portal(mesh)
    foreign = mesh.client("glue", "111111111111")
    foreign.create_database(DatabaseInput={"Name": "private", "Parameters": {"data_owner": "111111111111"}})
    foreign.create_table(DatabaseName="private", TableInput={"Name": "salaries"})
    mesh.share_in("111111111111", "private", "salaries", "classify")
    callers = {"user": portal.new_user(), "auditor": portal.new_user(auditor=True), "operator": portal.new_user()}
    callers["owner"] = portal.approver_of(RETAIL)
    portal.join(callers["operator"], "operators")
    shares = {"{share}": _share(portal, callers["user"]), "{others}": _share(portal, portal.new_user())}
    return Sender(mesh, portal, mesh.ask_owner("retail", "customer", WAITING), callers, shares)


def _share(portal: Portal, user: User) -> str:
    made = portal.ask(user, "transport", "yellow_tripdata", SHARING)
    return str(portal.wait_for(user, made["id"], "SHARED")["share"]["id"])


@pytest.fixture(scope="module")
def shared(sender: Sender) -> set[str]:
    """The requests that the live shares came of."""
    return {share.partition(":")[0] for share in sender.shares.values()}


@pytest.fixture(scope="module")
def grants_before(mesh: Mesh) -> dict[str, Grants]:
    return mesh.all_grants()


@pytest.fixture(scope="module")
def came(sender: Sender, grants_before: dict[str, Grants]) -> Mapping[str, Came]:
    """What came of every case, by name."""
    assert CONSUMER not in grants_before
    return sender.all(CASES)


def test_all_at_once(
    sender: Sender, grants_before: dict[str, Grants], request: pytest.FixtureRequest, figure: Figure
) -> None:
    began = time.monotonic()
    found: Mapping[str, Came] = request.getfixturevalue("came")
    figure("cases on the mesh", f"{len(found)} in {time.monotonic() - began:.0f} s")
    for outcome, count in Counter(_kind(came.outcome) for came in found.values()).items():
        figure(f"answered {outcome}", count)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_is_told(came: Mapping[str, Came], case: Case) -> None:
    answer = came[case.name]
    assert (answer.outcome, [words for words in case.words if words not in answer.said]) == (case.expected, []), answer
    assert not [hidden for hidden in case.hidden if hidden in answer.raw]
    if case.door is not Door.DECISION and case.expected != NO_START:
        assert "\n" not in answer.said or case.door is Door.CATALOGUE
        assert len(answer.said) < 1000 or case.door is Door.CATALOGUE


def test_nothing_was_granted_and_nothing_ended(
    mesh: Mesh, came: Mapping[str, Came], grants_before: dict[str, Grants], sender: Sender
) -> None:
    assert came
    assert mesh.all_grants() == grants_before
    shares = {name: share["status"] for name, share in mesh.shares(SHARING).items()}
    assert shares == dict.fromkeys(sender.shares.values(), "ACTIVE")
    assert not [item for item in mesh.ledger_items() if item["entry"] == "hold"]


def test_every_request_has_an_end(
    mesh: Mesh, came: Mapping[str, Came], sender: Sender, shared: set[str], figure: Figure
) -> None:
    """In the register and as an event, once, and as its execution says; what was not started left nothing."""
    made = ids(came.values())
    states = executions(mesh)
    assert states == {request_id(sender.waiting.arn): "RUNNING", **dict.fromkeys(made | shared, "SUCCEEDED")}
    items = [item for key, item in mesh.items().items() if "#" not in key]
    assert {item["pk"] for item in items} == states.keys()
    by_id = {request_id(each.arn): each for each in came.values() if each.arn}
    closed = Counter(event["detail"]["request_id"] for event in events(mesh) if event["detail-type"] not in BEGAN)
    assert closed == Counter(made | shared)
    for item in items:
        if item["pk"] in made:
            ended = by_id[item["pk"]]
            kept = f"{item['status']} {item['reason']}"
            assert kept == ("DENIED Denied" if ended.outcome.startswith("ASKS") else ended.outcome)
            assert "announced_at" in item
    figure("requests that came of them, each with an end and one closing event", len(made))


def test_no_function_broke(mesh: Mesh, came: Mapping[str, Came], figure: Figure) -> None:
    """To Revoke an input that is wrong is an error, so that who started it is told, and the alarm rings."""
    pages = mesh.client("lambda").get_paginator("list_functions").paginate()
    functions = [each["FunctionName"] for page in pages for each in page["Functions"]]
    errors = {name: mesh.metric("AWS/Lambda", "Errors", FunctionName=name) for name in functions}
    refused = sum(each.outcome.startswith("FAILED") for each in came.values())
    assert {count for name, count in errors.items() if "-revoke-" not in name} == {0}
    assert sum(errors.values()) == refused
    pages = mesh.client("logs").get_paginator("describe_log_groups").paginate()
    groups = [each["logGroupName"] for page in pages for each in page["logGroups"]]
    for group in (name for name in groups if "-revoke-" not in name):
        assert not [line for line in mesh.log_lines(group) if "Traceback" in line or "[ERROR]" in line]
    assert not [each for each in came.values() if each.outcome[:1] == "5"]
    api = mesh.description["api_url"].rsplit("/", 1)[-1]
    assert mesh.metric("AWS/ApiGateway", "5xx", ApiId=api) == 0
    invocations = sum(mesh.metric("AWS/Lambda", "Invocations", FunctionName=name) for name in functions)
    figure("invocations, and errors: Revoke's refusals by name", f"{invocations:,.0f}, {refused}")


def test_nobody_wrote_anything_down_for_a_bad_call(mesh: Mesh, came: Mapping[str, Came], shared: set[str]) -> None:
    assert came
    assert {key for key, item in mesh.items().items() if "requester_id" in item} == shared


def test_good_input_still_works(mesh: Mesh, came: Mapping[str, Came], sender: Sender) -> None:
    """The link that was tried with everything still decides, and a person's good request still goes through."""
    assert came
    item = mesh.register_item(sender.waiting.arn)
    assert (item["status"], "decision" in item) == ("WAITING", False)
    assert mesh.post(sender.waiting.approve, email=OLGA).status == 200
    assert mesh.finish(sender.waiting.arn).output["status"] == "SHARED"
    assert mesh.grants(WAITING) == {"retail.customer": SELECT_AND_DESCRIBE}
    user = sender.callers["user"]
    reply = sender.portal.call("POST", "/requests", user, new_request("transport", "yellow_tripdata", CONSUMER))
    assert reply.status == 201, reply.body


def _kind(outcome: str) -> str:
    return outcome if outcome == NO_START else outcome.split(maxsplit=1)[0]
