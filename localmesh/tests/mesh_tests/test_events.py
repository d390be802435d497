"""Events reach functions by rules and schedules."""

import json
from typing import Any

from mesh_tests.harness import TELL, RunningMesh, eventually


def rule(mesh: RunningMesh, name: str, function: str, target: dict[str, Any] | None = None, **options: Any) -> str:
    client = mesh.client("events")
    arn = client.put_rule(Name=name, **options)["RuleArn"]
    client.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function, **(target or {})}])
    return str(arn)


def put(mesh: RunningMesh, source: str, detail: Any) -> None:
    entry = {"Source": source, "DetailType": "Tested", "Detail": json.dumps(detail)}
    assert mesh.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_a_pattern_chooses(mesh: RunningMesh, told: Any) -> None:
    function, events = told
    rule(mesh, "chosen", function, EventPattern=json.dumps({"source": ["mine"], "detail": {"kind": ["a", "b"]}}))
    put(mesh, "mine", {"kind": "c"})
    put(mesh, "other", {"kind": "a"})
    put(mesh, "mine", {"kind": "a"})
    (event,) = eventually(events)
    assert set(event) == {
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    }  # fmt: skip
    assert (event["version"], event["source"], event["detail-type"]) == ("0", "mine", "Tested")
    assert event["detail"] == {"kind": "a"}
    assert event["time"].endswith("Z")


def test_the_input_of_a_target(mesh: RunningMesh, told: Any) -> None:
    function, events = told
    pattern = json.dumps({"source": ["inputs"]})
    rule(mesh, "constant", function, {"Input": '{"just": "this"}'}, EventPattern=pattern)
    rule(mesh, "path", function, {"InputPath": "$.detail"}, EventPattern=pattern)
    put(mesh, "inputs", {"kind": "a"})
    assert {json.dumps(each) for each in eventually(lambda: len(events()) == 2 and events())} == {
        '{"just": "this"}',
        '{"kind": "a"}',
    }


def test_a_disabled_rule_and_a_function_that_does_not_agree(mesh: RunningMesh, told: Any) -> None:
    function, events = told
    pattern = json.dumps({"source": ["quiet"]})
    rule(mesh, "disabled", function, EventPattern=pattern, State="DISABLED")
    rule(mesh, "refused", mesh.function(TELL), EventPattern=pattern)
    rule(mesh, "enabled", function, EventPattern=pattern)
    put(mesh, "quiet", {})
    assert len(eventually(events)) == 1


def test_executions_tell_how_they_fare(mesh: RunningMesh, told: Any) -> None:
    function, events = told
    machine = mesh.machine({"Stop": {"Type": "Fail", "Error": "Bad", "Cause": "luck"}}, "Stop")
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine]}}
    rule(mesh, "statuses", function, EventPattern=json.dumps(pattern))
    execution = mesh.run(machine, {"a": 1})
    told_of = eventually(lambda: len(events()) == 2 and sorted(events(), key=lambda each: each["detail"]["status"]))
    failed, running = told_of
    assert running["detail"]["status"] == "RUNNING"
    assert failed["detail-type"] == "Step Functions Execution Status Change"
    assert failed["resources"] == [execution]
    detail = failed["detail"]
    assert (detail["status"], detail["error"], detail["cause"]) == ("FAILED", "Bad", "luck")
    assert detail["name"] == execution.rpartition(":")[2]
    assert json.loads(detail["input"]) == {"a": 1}
    assert detail["stopDate"] >= detail["startDate"]

    mesh.control("POST", "/events/drop", {"count": 2})
    mesh.ended(mesh.run(machine))
    mesh.ended(mesh.run(machine))
    assert len(eventually(lambda: len(events()) == 4 and events())) == 4


def test_schedules_run_when_told(mesh: RunningMesh, told: Any) -> None:
    function, events = told
    arn = rule(mesh, "every-quarter", function, ScheduleExpression="rate(15 minutes)")
    assert mesh.control("POST", "/schedules/run", {"rule": "quarter"}) == {"ran": ["every-quarter"]}
    (event,) = eventually(events)
    assert (event["detail-type"], event["resources"], event["detail"]) == ("Scheduled Event", [arn], {})
