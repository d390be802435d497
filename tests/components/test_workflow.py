"""The central stack's workings, property by property: what is here is security, or money, or somebody's contract."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from statelint.linter import Linter

from components import state_machine
from components.closing_rules import rate
from components.state_machine import DEFINITION, substitute
from tests.components.conftest import CENTRAL
from tests.components.program import Program, run

REGISTER = {"REGISTER_TABLE": "lakeshare-register-table"}
VAULT = {**REGISTER, "VAULT_TABLE": "lakeshare-vault-table"}
ACCOUNT = {"CENTRAL_ACCOUNT_ID": "123456789012"}
WILDCARD = {**ACCOUNT, "WILDCARD_ON_APPROVAL": "false"}
MACHINE = {"STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:123456789012:stateMachine:lakeshare-sharing-machine"}
API_URL = "https://lakeshare-api-http.execute-api.eu-central-1.amazonaws.com"

PARTICULARS: dict[str, tuple[int, int, dict[str, str]]] = {
    "classify": (300, 512, {**REGISTER, **WILDCARD}),
    "request_approval": (60, 256, {**VAULT, "API_URL": API_URL, "PARTITION": "aws"}),
    "decide": (30, 512, VAULT),
    "grant": (900, 512, {**VAULT, **WILDCARD}),
    "close": (60, 256, VAULT),
    "sweep": (300, 256, {**REGISTER, **MACHINE, "CLOSE_FUNCTION": "lakeshare-close-function"}),
    "requests_api": (
        30,
        512,
        {
            **REGISTER,
            **ACCOUNT,
            **MACHINE,
            "USER_POOL_ID": "lakeshare-portal-sign-in-users-id",
            "TRUST_FEDERATED_EMAIL": "false",
            "AUDITORS_GROUP": "auditors",
        },
    ),
    "catalogue_api": (30, 512, WILDCARD),
}
"""By entry point: seconds, megabytes, and the environment's own part; the last two are the portal's."""
OF_CENTRAL = tuple(PARTICULARS)[:-2]


def logical(module: str) -> str:
    return f"lakeshare-{'' if module in OF_CENTRAL else 'portal-'}{module.replace('_', '-')}"


@pytest.mark.parametrize("module", PARTICULARS)
def test_each_function_is_told_this(portal: Program, module: str) -> None:
    timeout, memory, environment = PARTICULARS[module]
    name = logical(module)
    made = portal.one("aws:lambda/function:Function", f"{name}-function")
    role = "LakeshareNotifier" if module == "request_approval" else f"{name}-role"
    inputs = {key: value for key, value in made.inputs.items() if key not in {"code", "description"}}
    assert inputs == {
        "architectures": ["arm64"],
        "environment": {
            "variables": {"LOG_LEVEL": "INFO", "POWERTOOLS_SERVICE_NAME": f"lakeshare-{module}", **environment}
        },
        "handler": f"handlers.{module}.handler",
        "layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:lakeshare-layer:1"],
        "loggingConfig": {"logFormat": "Text", "logGroup": f"{name}-logs"},
        "memorySize": memory,
        "role": f"arn:aws:iam::123456789012:role/{role}",
        "runtime": "python3.13",
        "timeout": timeout,
        "tracingConfig": {"mode": "Active"},
    }
    assert f"{name}-policy" in made.dependencies


def test_every_log_group_is_kept_as_long_as_told() -> None:
    program = run({**CENTRAL, "logRetentionDays": 30})
    groups = program.of("aws:cloudwatch/logGroup:LogGroup")
    assert {made.inputs["retentionInDays"] for made in groups} == {30}


def test_the_state_machine_logs_what_happens_but_no_data(central: Program) -> None:
    machine = central.one("aws:sfn/stateMachine:StateMachine")
    logs = "arn:aws:logs:eu-central-1:123456789012:log-group:lakeshare-sharing-logs:*"
    assert machine.inputs["loggingConfiguration"] == {
        "includeExecutionData": False,
        "level": "ALL",
        "logDestination": logs,
    }
    assert machine.inputs["tracingConfiguration"] == {"enabled": True}
    assert machine.inputs["type"] == "STANDARD"
    assert machine.inputs["roleArn"] == "arn:aws:iam::123456789012:role/lakeshare-sharing-role"
    assert "lakeshare-sharing-policy" in machine.dependencies


def test_the_definition_is_sound_and_complete(central: Program) -> None:
    text = central.one("aws:sfn/stateMachine:StateMachine").inputs["definition"]
    assert Linter.validate(json.loads(text)) == []
    assert "${" not in text
    states = json.loads(text)["States"]
    assert states["RequestApproval"]["TimeoutSeconds"] == 604_800
    functions = set(re.findall(r'"FunctionName": "([^"]*)"', text))
    assert functions == {
        f"arn:aws:lambda:eu-central-1:123456789012:function:{logical(module)}-function"
        for module in ("classify", "request_approval", "grant", "close")
    }


def test_the_definition_names_nothing_but_its_placeholders() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", DEFINITION.read_text(encoding="utf-8"))) == {
        *("Partition", "ClassifyArn", "RequestApprovalArn", "GrantArn", "CloseArn", "ApprovalTimeoutSeconds")
    }


def test_a_fault_in_what_depends_on_outputs_fails_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = tmp_path / "wrong.asl.json"
    definition.write_text('{"Comment": "${Nothing}"}')
    monkeypatch.setattr(state_machine, "DEFINITION", definition)
    with pytest.raises(KeyError, match=r"wrong\.asl\.json: expected one of .*, got Nothing"):
        run(CENTRAL)


def test_placeholders_become_numbers_or_parts_of_texts() -> None:
    template = {"a": ["${N}", "x ${P} ${P}", 3, None], "b": {"c": "${P}"}}
    assert substitute(template, {"N": 7, "P": "p"}) == {"a": [7, "x p p", 3, None], "b": {"c": "p"}}
    with pytest.raises(KeyError, match=r"expected one of N, P as placeholder, got Q"):
        substitute("${Q}", {"N": 7, "P": "p"})


def test_the_stage_throttles_and_logs_routes_but_never_queries(central: Program) -> None:
    stage = central.one("aws:apigatewayv2/stage:Stage").inputs
    settings = stage["accessLogSettings"]
    assert stage == {
        "accessLogSettings": settings,
        "apiId": "lakeshare-api-http-id",
        "autoDeploy": True,
        "defaultRouteSettings": {"throttlingBurstLimit": 200, "throttlingRateLimit": 100},
        "name": "$default",
    }
    assert settings["destinationArn"] == "arn:aws:logs:eu-central-1:123456789012:log-group:lakeshare-api-logs"
    assert json.loads(settings["format"]) == {
        "requestId": "$context.requestId",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "ip": "$context.identity.sourceIp",
        "latency": "$context.responseLatency",
    }


def test_three_routes_lead_to_decide(central: Program) -> None:
    assert central.one("aws:apigatewayv2/api:Api").inputs == {"protocolType": "HTTP"}
    assert central.one("aws:apigatewayv2/integration:Integration").inputs == {
        "apiId": "lakeshare-api-http-id",
        "integrationMethod": "POST",
        "integrationType": "AWS_PROXY",
        "integrationUri": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-decide-function",
        "payloadFormatVersion": "2.0",
    }
    routes = central.of("aws:apigatewayv2/route:Route")
    assert {made.inputs["routeKey"] for made in routes} == {
        f"{method} /workflow/update-state" for method in ("GET", "HEAD", "POST")
    }
    assert {made.inputs["target"] for made in routes} == {"integrations/lakeshare-decision-integration-id"}
    assert {made.inputs["apiId"] for made in routes} == {"lakeshare-api-http-id"}


def test_dead_executions_and_a_schedule_close_requests(central: Program) -> None:
    died = central.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-closing-died").inputs
    assert json.loads(died["eventPattern"]) == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [central.outputs["StateMachineArn"]],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    schedule = central.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-closing-schedule").inputs
    assert schedule["scheduleExpression"] == "rate(15 minutes)"
    assert {
        made.inputs["rule"]: made.inputs["arn"] for made in central.of("aws:cloudwatch/eventTarget:EventTarget")
    } == {
        "lakeshare-closing-died": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-close-function",
        "lakeshare-closing-schedule": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-sweep-function",
    }


@pytest.mark.parametrize(
    ("minutes", "expression"), [(1, "rate(1 minute)"), (2, "rate(2 minutes)"), (60, "rate(60 minutes)")]
)
def test_schedules_count_as_eventbridge_does(minutes: int, expression: str) -> None:
    assert rate(minutes) == expression


def test_each_caller_of_a_function_is_one_source(central: Program) -> None:
    permissions = [made.inputs for made in central.of("aws:lambda/permission:Permission")]
    assert {each["action"] for each in permissions} == {"lambda:InvokeFunction"}
    events = "arn:aws:events:eu-central-1:123456789012:rule"
    api = "arn:aws:execute-api:eu-central-1:123456789012:lakeshare-api-http"
    assert {(each["function"], each["principal"], each["sourceArn"]) for each in permissions} == {
        ("lakeshare-decide-function", "apigateway.amazonaws.com", f"{api}/*/*/workflow/update-state"),
        ("lakeshare-close-function", "events.amazonaws.com", f"{events}/lakeshare-closing-died"),
        ("lakeshare-sweep-function", "events.amazonaws.com", f"{events}/lakeshare-closing-schedule"),
    }


def test_everything_that_can_fail_has_an_alarm(portal: Program) -> None:
    machine = {"StateMachineArn": portal.outputs["StateMachineArn"]}
    expected: list[tuple[str, str, dict[str, Any]]] = [
        ("AWS/States", "ExecutionsFailed", machine),
        ("AWS/States", "ExecutionsTimedOut", machine),
        ("AWS/ApiGateway", "5xx", {"ApiId": "lakeshare-api-http-id"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-closing-died"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-closing-schedule"}),
        ("AWS/Lambda", "Invocations", {"FunctionName": "lakeshare-sweep-function"}),
        *(
            ("AWS/Lambda", metric, {"FunctionName": f"{logical(module)}-function"})
            for module in PARTICULARS
            for metric in ("Errors", "Throttles")
        ),
    ]
    alarms = [made.inputs for made in portal.of("aws:cloudwatch/metricAlarm:MetricAlarm")]
    found = [(each["namespace"], each["metricName"], each["dimensions"]) for each in alarms]
    assert sorted(map(str, found)) == sorted(map(str, expected))
    for each in alarms:
        assert each["alarmActions"] == [CENTRAL["opsTopicArn"]]
        assert (each["statistic"], each["threshold"]) == ("Sum", 1)
        idle = each["metricName"] == "Invocations"
        assert each["comparisonOperator"] == ("LessThanThreshold" if idle else "GreaterThanOrEqualToThreshold")
        assert each["treatMissingData"] == ("breaching" if idle else "notBreaching")


@pytest.mark.parametrize(("every", "period"), [("1m", 300), ("15m", 900), ("1d", 86400)])
def test_a_sweep_that_is_not_called_twice_in_a_row_raises_an_alarm(every: str, period: int) -> None:
    alarm = run({**CENTRAL, "sweepEvery": every}).one(
        "aws:cloudwatch/metricAlarm:MetricAlarm", "lakeshare-watch-sweep-idle"
    )
    assert (alarm.inputs["period"], alarm.inputs["evaluationPeriods"]) == (period, 2)


def test_alarms_without_a_topic_tell_nobody() -> None:
    program = run({**CENTRAL, "opsTopicArn": ""})
    assert not any(made.inputs.get("alarmActions") for made in program.of("aws:cloudwatch/metricAlarm:MetricAlarm"))


@pytest.mark.parametrize(("stack", "modules"), [("central", OF_CENTRAL), ("portal", tuple(PARTICULARS))])
def test_the_dashboard_shows_every_function(
    request: pytest.FixtureRequest, stack: str, modules: tuple[str, ...]
) -> None:
    program: Program = request.getfixturevalue(stack)
    body = program.one("aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"]
    widgets = json.loads(body)["widgets"]
    assert {widget["properties"]["region"] for widget in widgets} == {"eu-central-1"}
    assert all(body.count(f'"{logical(module)}-function"') == 3 for module in modules)
    places = [(widget["x"], widget["y"]) for widget in widgets]
    assert len(places) == len(set(places))


def test_settings_reach_the_functions() -> None:
    program = run({**CENTRAL, "wildcardOnApproval": True, "approvalTimeout": "90s", "sweepEvery": "1m"})
    variables = {
        made.name: made.inputs["environment"]["variables"] for made in program.of("aws:lambda/function:Function")
    }
    assert variables["lakeshare-classify-function"]["WILDCARD_ON_APPROVAL"] == "true"
    assert variables["lakeshare-grant-function"]["WILDCARD_ON_APPROVAL"] == "true"
    definition = json.loads(program.one("aws:sfn/stateMachine:StateMachine").inputs["definition"])
    asking = definition["States"]["RequestApproval"]
    # What waits, and what the mail says of it, come from one and the same definition.
    assert asking["TimeoutSeconds"] == asking["Parameters"]["Payload"]["timeout_seconds"] == 90
    rules = [made.inputs.get("scheduleExpression") for made in program.of("aws:cloudwatch/eventRule:EventRule")]
    assert "rate(1 minute)" in rules
