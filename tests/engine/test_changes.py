"""Changes of configuration and code on stacks that are there: each shows the difference that a person would expect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation as auto

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
def central(make_stack: StackMaker) -> EngineStack:
    return make_stack("changes", "central", CENTRAL, **central_config(deletionProtection=True))


@pytest.fixture(scope="module")
def producer(make_stack: StackMaker) -> EngineStack:
    return make_stack("changes-producer", "producer", PRODUCERS[0], **producer_config())


def test_made(central: EngineStack, producer: EngineStack) -> None:
    central.up()
    producer.up()


def test_a_producer_more(central: EngineStack) -> None:
    central.configure(producers=registered(*PRODUCERS, "333333333333"))
    _only_who_knows_producers(central.up())


def test_a_producer_less(central: EngineStack, mesh_json: dict[str, Any]) -> None:
    mesh = mesh_of(mesh_json, central)
    assert mesh.ask("transport", "yellow_tripdata", "999999999993")[1].output["status"] == "SHARED"
    central.configure(producers=registered(PRODUCERS[0], "333333333333"))
    _only_who_knows_producers(central.up())
    refused = mesh.ask("transport", "yellow_tripdata", "999999999994")[1].output
    assert (refused["status"], refused["reason"]) == ("REFUSED", "OwnerNotRegistered")


def _only_who_knows_producers(changes: Changes) -> None:
    assert set(changes.counts) == {"update"}
    assert {step.type for step in changes.steps} == {"aws:lambda/function:Function", "aws:iam/policy:Policy"}
    assert changes.named("update") >= {
        "lakeshare-classify-function",
        "lakeshare-request-approval-function",
        "lakeshare-request-approval-assume-1",
    }
    assert not changes.named("update") & {"lakeshare-decide-function", "lakeshare-close-function"}


def test_approval_timeout(central: EngineStack) -> None:
    central.configure(approvalTimeout="3d")
    changes = central.up()
    assert set(changes.counts) == {"update"}
    assert changes.named("update") == {"lakeshare-sharing-machine"}


def test_a_tag(central: EngineStack) -> None:
    central.configure(tags={"team": "data"})
    changes = central.up()
    assert set(changes.counts) == {"update"}
    provider = [step for step in changes.steps if step.type == "pulumi:providers:aws"]
    assert [step.op for step in provider] == ["update"]
    others = [step for step in changes.steps if step.type != "pulumi:providers:aws"]
    assert others
    assert {path for step in others for path in step.paths} == {"tags.team"}
    central.configure(tags=None)
    assert set(central.up().counts) == {"update"}


def test_log_retention(central: EngineStack) -> None:
    central.configure(logRetentionDays=30)
    changes = central.up()
    assert set(changes.counts) == {"update"}
    assert {step.type for step in changes.steps} == {"aws:cloudwatch/logGroup:LogGroup"}
    assert {path for step in changes.steps for path in step.paths} == {"retentionInDays"}


def test_a_source_line_changes_that_function_only(central: EngineStack, sources: Path) -> None:
    path = sources / "handlers" / "sweep.py"
    path.write_text(path.read_text() + "\n# One line more.\n")
    changes = central.up()
    assert changes.counts == {"update": 1}
    assert changes.named("update") == {"lakeshare-sweep-function"}
    assert all(path.startswith("code") for step in changes.steps for path in step.paths)


def test_an_approver_changes(producer: EngineStack) -> None:
    producer.configure(approverEmails=["ben@example.org"])
    changes = producer.up()
    assert changes.counts == {"create": 1, "delete": 1}
    assert {step.type for step in changes.steps} == {"aws:sns/topicSubscription:TopicSubscription"}


def test_code_changed_by_hand(central: EngineStack, endpoint_in: Callable[[str], Endpoint]) -> None:
    functions = endpoint_in(CENTRAL).client("lambda", "us-east-1")
    name = next(
        one["FunctionName"] for one in functions.list_functions()["Functions"] if "sweep" in one["FunctionName"]
    )
    functions.update_function_code(FunctionName=name, ZipFile=zip_of({"assets": {"handlers.py": {"text": "pass"}}}))
    assert central.refresh().counts == {"update": 1}
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
    central: EngineStack, producer: EngineStack, endpoint_in: Callable[[str], Endpoint]
) -> None:
    central.configure(deletionProtection=False)
    assert central.up().named("update") == {"lakeshare-register-table", "lakeshare-vault-table"}
    for stack in (producer, central):
        assert set(stack.destroy().counts) == {"delete"}
    for account in (CENTRAL, PRODUCERS[0]):
        assert left_in(endpoint_in(account)) == []


def _urns(stack: EngineStack) -> set[str]:
    return {resource["urn"] for resource in stack.resources()}


def _days(begin: str, end: str) -> int:
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(begin)) / timedelta(days=1))
