"""Changes of configuration and code on stacks that are there: each shows the difference that a person would expect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation as auto

from components.deletion_guard import WHAT_STAYS
from localmesh.provider import Endpoint
from localmesh.provider.archives import zip_of
from tests.workflow.driver import SELECT_AND_DESCRIBE

from .conftest import CENTRAL, PRODUCERS, StackMaker, central_config, producer_config, registered
from .engine import Changes, EngineStack
from .leftovers import left_in
from .requests import mesh_of


@pytest.fixture(scope="module", autouse=True)
def _always(from_the_copy: None) -> None:
    """Before anything is deployed: a mark would come after what tests ask for themselves."""


@pytest.fixture(scope="module")
def central(deployed_as_printed: StackMaker) -> EngineStack:
    return deployed_as_printed("changes", "central", CENTRAL, **central_config(deletionProtection=True))


@pytest.fixture(scope="module")
def producer(deployed_as_printed: StackMaker) -> EngineStack:
    return deployed_as_printed("changes-producer", "producer", PRODUCERS[0], **producer_config())


MACHINE, ASSUME = "lakeshare-sharing-machine", "lakeshare-notify-assume-1"
KNOW_PRODUCERS = {f"lakeshare-{name}-function" for name in ("classify", "notify", "grant", "survey")}
"""What holds the list of producers."""


@pytest.fixture(scope="module")
def changed(central: EngineStack, producer: EngineStack, sources: Path) -> Changes:
    """A producer more, two other settings and a line of source, at once: an `up` for each would take long."""
    central.up()
    producer.up()
    path = sources / "handlers" / "sweep.py"
    path.write_text(path.read_text() + "\n# One line more.\n")
    more = registered(*PRODUCERS, "333333333333")
    central.configure(producers=more, approvalTimeout="3d", logRetentionDays=30)
    return central.up()


@pytest.mark.parametrize(
    ("kind", "names", "paths"),
    [
        # Sweep knows how long an execution may run.
        ("aws:lambda/function:Function", KNOW_PRODUCERS | {"lakeshare-sweep-function"}, {"code", "environment"}),
        ("aws:iam/policy:Policy", {ASSUME}, {"policy"}),
        ("aws:sfn/stateMachine:StateMachine", {MACHINE}, {"definition"}),
        ("aws:cloudwatch/logGroup:LogGroup", None, {"retentionInDays"}),
    ],
    ids=["a_producer_more_and_a_source_line", "a_producer_more", "approval_timeout", "log_retention"],
)
def test_each_change_is_made_where_it_belongs(
    changed: Changes, central: EngineStack, kind: str, names: set[str] | None, paths: set[str]
) -> None:
    assert set(changed.counts) == {"update"}
    of_kind = [step for step in changed.steps if step.type == kind]
    assert {step.name for step in of_kind} == (names or {name for name, type_ in _kinds(central) if type_ == kind})
    assert {each.partition(".")[0].partition("[")[0] for step in of_kind for each in step.paths} == paths


def test_nothing_else_changes(changed: Changes) -> None:
    assert len({step.type for step in changed.steps}) == 4


def test_a_producer_less_and_a_tag_more(changed: Changes, central: EngineStack, mesh_json: dict[str, Any]) -> None:
    mesh = mesh_of(mesh_json, central)
    assert mesh.ask("transport", "yellow_tripdata", "999999999993")[1].output["status"] == "SHARED"
    central.configure(producers=registered(PRODUCERS[0], "333333333333"), tags={"team": "data"})
    changes = central.up()
    assert set(changes.counts) == {"update"}
    assert _but_for_the_tag(changes) == KNOW_PRODUCERS | {ASSUME}
    refused = mesh.ask("transport", "yellow_tripdata", "999999999994")[1].output
    assert (refused["status"], refused["reason"]) == ("REFUSED", "OwnerNotRegistered")


def _but_for_the_tag(changes: Changes) -> set[str]:
    """What changed beside its tag: of which the provider, through which all others get it, is one resource."""
    (provider,) = (step for step in changes.steps if step.type == "pulumi:providers:aws")
    others = {step.name: set(step.paths) for step in changes.steps if step is not provider}
    tagged = {name for name, paths in others.items() if "tags.team" in paths}
    assert provider.op == "update"
    assert len(tagged) > 20
    return {name for name, paths in others.items() if paths != {"tags.team"}}


def test_an_approver_changes(producer: EngineStack) -> None:
    producer.configure(approverEmails=["ben@example.org"])
    changes = producer.up()
    assert changes.counts == {"create": 1, "delete": 1}
    assert {step.type for step in changes.steps} == {"aws:sns/topicSubscription:TopicSubscription"}


def test_code_changed_by_hand_is_mended_by_name(
    central: EngineStack, endpoint_in: Callable[[str], Endpoint], sources: Path
) -> None:
    """The plug-in does not read code back: a refresh sees another hash, and the next deployment leaves it there."""
    functions = endpoint_in(CENTRAL).client("lambda", "us-east-1")
    name = next(
        one["FunctionName"] for one in functions.list_functions()["Functions"] if "sweep" in one["FunctionName"]
    )
    functions.update_function_code(FunctionName=name, ZipFile=zip_of({"assets": {"handlers.py": {"text": "pass"}}}))
    central.refresh()
    assert central.up().counts == {}
    (sources / "handlers" / "sweep.py").write_text((sources / "handlers" / "sweep.py").read_text() + "\n# Another.\n")
    assert central.up().named("update") == {"lakeshare-sweep-function"}


def test_then_nothing_to_do(central: EngineStack, producer: EngineStack) -> None:
    assert central.up().counts == {}
    assert producer.up().counts == {}


def test_the_workflow_still_works(central: EngineStack, mesh_json: dict[str, Any]) -> None:
    mesh = mesh_of(mesh_json, central)
    asked = mesh.ask_owner("retail", "customer", "999999999995")
    assert [mail["to"] for mail in mesh.mails(about=asked.arn)] == ["ben@example.org"]
    waiting = mesh.register_item(asked.arn)
    assert _days(waiting["received_at"], waiting["expires_at"]) == 3
    assert mesh.decide(asked, "approve", "ben@example.org").end == ("SHARED", None)
    assert mesh.grants("999999999995") == {"retail.customer": SELECT_AND_DESCRIBE}


def test_protected_nothing_is_deleted(
    central: EngineStack, mesh_json: dict[str, Any], endpoint_in: Callable[[str], Endpoint]
) -> None:
    mesh = mesh_of(mesh_json, central)
    before, urns, items = left_in(endpoint_in(CENTRAL)), _urns(central), mesh.raw_items()
    with pytest.raises(auto.CommandError, match=r"lakeshare-deletionProtection\" cannot be deleted") as refusal:
        central.destroy()
    assert "because it is protected" in str(refusal.value)
    assert left_in(endpoint_in(CENTRAL)) == before
    assert _urns(central) == urns
    assert len(items) > 3
    assert mesh.raw_items() == items
    asked = mesh.ask_owner("retail", "customer", "999999999996")
    assert mesh.decide(asked, "deny", "ben@example.org").end == ("DENIED", "Denied")


def test_not_protected_all_is_deleted(
    central: EngineStack, producer: EngineStack, mesh_json: dict[str, Any], endpoint_in: Callable[[str], Endpoint]
) -> None:
    """Nothing of ours is left but what shares grant, of which the `up` before it has told."""
    central.configure(deletionProtection=False, tags=None)
    changes = central.up()
    assert set(changes.counts) == {"update"}
    assert _but_for_the_tag(changes) == {f"lakeshare-{table}-table" for table in ("register", "vault", "ledger")}
    assert WHAT_STAYS in changes.said
    mesh = mesh_of(mesh_json, central)
    granted = mesh.grants("999999999995")
    assert granted == {"retail.customer": SELECT_AND_DESCRIBE}
    for stack in (producer, central):
        assert set(stack.destroy().counts) == {"delete"}
    for account in (CENTRAL, PRODUCERS[0]):
        assert left_in(endpoint_in(account)) == []
    assert mesh.grants("999999999995") == granted


def _kinds(stack: EngineStack) -> set[tuple[str, str]]:
    return {(resource["urn"].rpartition("::")[2], resource["type"]) for resource in stack.resources()}


def _urns(stack: EngineStack) -> set[str]:
    return {resource["urn"] for resource in stack.resources()}


def _days(begin: str, end: str) -> int:
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(begin)) / timedelta(days=1))
