"""Changes of configuration and code on stacks that are there: each shows the difference that a person would expect."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from localmesh.provider import Endpoint
from localmesh.provider.archives import zip_of

from .conftest import CENTRAL, PRODUCERS, StackMaker, central_config, producer_config
from .engine import ROOT, Changes, EngineStack


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the handlers, to be changed."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copytree(ROOT / "handlers", folder / "handlers", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(autouse=True)
def _from_the_copy(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import components.handler_archive
    import components.handler_layer  # it takes ROOT over when it is loaded, and is to keep the real one

    assert components.handler_layer.ROOT == ROOT
    monkeypatch.setattr(components.handler_archive, "ROOT", sources)


@pytest.fixture(scope="module")
def central(make_stack: StackMaker) -> EngineStack:
    return make_stack("central", "central", CENTRAL, **central_config())


@pytest.fixture(scope="module")
def producer(make_stack: StackMaker) -> EngineStack:
    return make_stack("producer", "producer", PRODUCERS[0], **producer_config())


def test_made(central: EngineStack, producer: EngineStack) -> None:
    central.up()
    producer.up()


def test_a_producer_more(central: EngineStack) -> None:
    listed = central_config()["producers"]
    central.configure(producers=[*listed, {"accountId": "333333333333", "databases": ["db3"]}])
    _only_who_knows_producers(central.up())


def test_a_producer_less(central: EngineStack) -> None:
    central.configure(producers=central_config()["producers"][:1])
    _only_who_knows_producers(central.up())


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
    assert changes.named("update") == {"lakeshare-sharing-machine", "lakeshare-request-approval-function"}


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


def test_then_nothing_to_do(central: EngineStack, producer: EngineStack) -> None:
    assert central.up().counts == {}
    assert producer.up().counts == {}


def test_code_changed_by_hand(central: EngineStack, endpoint_in: Callable[[str], Endpoint]) -> None:
    functions = endpoint_in(CENTRAL).client("lambda", "us-east-1")
    name = next(
        one["FunctionName"] for one in functions.list_functions()["Functions"] if "sweep" in one["FunctionName"]
    )
    functions.update_function_code(FunctionName=name, ZipFile=zip_of({"assets": {"handlers.py": {"text": "pass"}}}))
    assert central.refresh().counts == {"update": 1}
    assert central.up().named("update") == {"lakeshare-sweep-function"}
    assert central.up().counts == {}
