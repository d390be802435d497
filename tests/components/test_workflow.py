"""The central stack's workings, property by property: what is here is security, or money, or somebody's contract."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern
from statelint.linter import Linter

from components import state_machine
from components.event_rules import rate
from components.state_machine import DEFINITION, longest_run_seconds, substitute
from settings.functions import FUNCTIONS
from tests.asl.definition import template
from tests.components.conftest import CENTRAL, KITS
from tests.components.program import Program, run

REGISTER = {"REGISTER_TABLE": "lakeshare-register-table"}
VAULT = {**REGISTER, "VAULT_TABLE": "lakeshare-vault-table"}
LEDGER = {"LEDGER_TABLE": "lakeshare-ledger-table"}
NOTIFY = {"NOTIFY_FUNCTION": "lakeshare-notify-function"}
ACCOUNT = {"CENTRAL_ACCOUNT_ID": "123456789012"}
WILDCARD = {**ACCOUNT, "WILDCARD_ON_APPROVAL": "false"}
LEDGER = {"LEDGER_TABLE": "lakeshare-ledger-table"}
REVOKER = {"REVOKE_ROLE_ARN": "arn:aws:iam::123456789012:role/lakeshare-revoke-role"}
MACHINES = "arn:aws:states:eu-central-1:123456789012:stateMachine"
MACHINE = {"STATE_MACHINE_ARN": f"{MACHINES}:lakeshare-sharing-machine"}
API_URL = "https://lakeshare-api-http.execute-api.eu-central-1.amazonaws.com"
PORTAL_URL = {"PORTAL_URL": "https://d111111abcdef8.cloudfront.net"}
PEOPLE = {
    "USER_POOL_ID": "lakeshare-portal-sign-in-users-id",
    "TRUST_FEDERATED_EMAIL": "false",
    "BINDS_ACCOUNTS": "false",
    **NOTIFY,
    "AUDITORS_GROUP": "auditors",
}

INDEX = {"INDEX_BUCKET": "lakeshare-portal-search-bucket-id"}
PARTICULARS: dict[str, tuple[int, int, dict[str, str]]] = {
    "classify": (300, 512, {**REGISTER, **LEDGER, **WILDCARD, "DIRECT_REQUESTS": "allow"}),
    "request_approval": (60, 256, {**VAULT, **NOTIFY}),
    "notify": (60, 256, {**VAULT, "API_URL": API_URL, "PARTITION": "aws", **PORTAL_URL}),
    "decide": (30, 512, {**VAULT, **NOTIFY, **PORTAL_URL}),
    "grant": (900, 512, {**VAULT, **LEDGER, **WILDCARD, **REVOKER}),
    "close": (60, 256, {**VAULT, **LEDGER}),
    "revoke": (900, 512, {**REGISTER, **LEDGER, **ACCOUNT}),
    "sweep": (
        300,
        256,
        {
            **REGISTER,
            **LEDGER,
            "REVOKE_STATE_MACHINE_ARN": f"{MACHINES}:lakeshare-revoking-machine",
            "SWEEP_EVERY_MINUTES": "15",
            **MACHINE,
            "CLOSE_FUNCTION": "lakeshare-close-function",
            "LONGEST_RUN_SECONDS": str(3 * (7 + 4) * 86_400),
        },
    ),
    "survey": (900, 512, {**REGISTER, **ACCOUNT}),
    "drift": (900, 1024, {**REGISTER, **LEDGER, **ACCOUNT, "REVOKE_NEW_PERSONAL_DATA": "true"}),
    "requests_api": (
        30,
        512,
        {
            **REGISTER,
            **LEDGER,
            **ACCOUNT,
            **MACHINE,
            "REVOKE_STATE_MACHINE_ARN": f"{MACHINES}:lakeshare-revoking-machine",
            **PEOPLE,
        },
    ),
    "findings_api": (
        30,
        512,
        {
            **REGISTER,
            **LEDGER,
            **MACHINE,
            "REVOKE_STATE_MACHINE_ARN": f"{MACHINES}:lakeshare-revoking-machine",
            **PEOPLE,
        },
    ),
    "shares_api": (
        30,
        512,
        {
            **REGISTER,
            **LEDGER,
            "REVOKE_STATE_MACHINE_ARN": f"{MACHINES}:lakeshare-revoking-machine",
            **PEOPLE,
        },
    ),
    "decide_signed_in": (30, 512, {**VAULT, **LEDGER, **PEOPLE}),
    "catalogue_api": (30, 1_769, {**VAULT, **LEDGER, **WILDCARD, **INDEX, "BINDS_ACCOUNTS": "false"}),
    "index_catalogue": (900, 1_769, {**ACCOUNT, **INDEX}),
}
"""By entry point: seconds, megabytes, and the environment's own part; the last six are the portal's."""
OF_PORTAL = tuple(PARTICULARS)[-6:]
OF_CENTRAL = tuple(module for module in PARTICULARS if module not in {*OF_PORTAL, "drift"})
"""What a stack has that asks for nothing more."""


def logical(module: str) -> str:
    return f"lakeshare-{'portal-' if module in OF_PORTAL else ''}{module.replace('_', '-')}"


def test_no_execution_that_works_runs_longer_than_sweep_lets_it() -> None:
    """All attempts at all tasks of a round, with the longest pauses, and at a second part of a large database."""
    tasks = {name: state for name, state in template()["States"].items() if state["Type"] == "Task"}
    seconds = 0
    for name, state in tasks.items():
        attempt = PARTICULARS["request_approval"][0] if name == "RequestApproval" else state["TimeoutSeconds"]
        rules = [rule for rule in state["Retry"] if "CannotListApprovers" not in rule["ErrorEquals"]]
        pauses = sum(rule["MaxAttempts"] * rule["MaxDelaySeconds"] for rule in rules)
        attempts = 1 + sum(rule["MaxAttempts"] for rule in rules)
        seconds += (2 if name == "Grant" else 1) * (attempts * attempt + pauses)
    assert longest_run_seconds(1000) == 3 * (1000 + 4 * 86_400)
    assert 3 * seconds < longest_run_seconds(0)


@pytest.mark.parametrize("module", ["classify", "grant", "close"])
def test_a_task_waits_longer_than_its_function_may_take(module: str) -> None:
    task = template()["States"][module.capitalize()]
    assert task["TimeoutSeconds"] == PARTICULARS[module][0] + 60


@pytest.mark.parametrize("module", PARTICULARS)
def test_each_function_is_told_this(portal: Program, module: str) -> None:
    timeout, memory, environment = PARTICULARS[module]
    name = logical(module)
    made = portal.one("aws:lambda/function:Function", f"{name}-function")
    role = {"notify": "LakeshareNotifier", "request_approval": f"{name}-waits-role"}.get(module, f"{name}-role")
    inputs = {key: value for key, value in made.inputs.items() if key not in {"code", "description"}}
    assert inputs == {
        "architectures": ["arm64"],
        "environment": {
            "variables": {
                "LOG_LEVEL": "INFO",
                "POWERTOOLS_SERVICE_NAME": f"lakeshare-{module}",
                "AWS_STS_REGIONAL_ENDPOINTS": "regional",
                **environment,
            }
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
    machine = central.one("aws:sfn/stateMachine:StateMachine", "lakeshare-sharing-machine")
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
    text = central.one("aws:sfn/stateMachine:StateMachine", "lakeshare-sharing-machine").inputs["definition"]
    assert Linter.validate(json.loads(text)) == []
    assert "${" not in text
    states = json.loads(text)["States"]
    assert states["RequestApproval"]["TimeoutSeconds"] == 604_800
    functions = set(re.findall(r'"FunctionName": "([^"]*)"', text))
    assert functions == {
        f"arn:aws:lambda:eu-central-1:123456789012:function:{logical(module)}-function"
        for module in ("classify", "request_approval", "grant", "close")
    }


def test_the_definition_that_revokes_is_sound_and_complete(central: Program) -> None:
    text = central.one("aws:sfn/stateMachine:StateMachine", "lakeshare-revoking-machine").inputs["definition"]
    document = json.loads(text)
    assert Linter.validate(document) == []
    assert "${" not in text
    of_requests = json.loads(
        central.one("aws:sfn/stateMachine:StateMachine", "lakeshare-sharing-machine").inputs["definition"]
    )["States"]["Grant"]
    tasks = {name: state for name, state in document["States"].items() if state["Type"] == "Task"}
    assert set(tasks) == {"Plan", "Revoke"}
    for task in tasks.values():
        # Tried again as often as anything else; whatever is left then fails the execution, and rings.
        assert (task["Retry"], task["TimeoutSeconds"]) == (of_requests["Retry"], of_requests["TimeoutSeconds"])
        assert "Catch" not in task
        assert task["Parameters"]["FunctionName"].endswith(":function:lakeshare-revoke-function")


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


def test_every_route_has_limits_of_its_own(portal: Program) -> None:
    stage = portal.one("aws:apigatewayv2/stage:Stage")
    routes = {made.name: made.inputs["routeKey"] for made in portal.of("aws:apigatewayv2/route:Route")}
    limits = {
        each["routeKey"]: (each["throttlingRateLimit"], each["throttlingBurstLimit"])
        for each in stage.inputs["routeSettings"]
    }
    decision = {f"{method} /workflow/update-state" for method in ("GET", "HEAD", "POST")}
    assert limits == {key: (100, 200) if key in decision else (50, 100) for key in routes.values()}
    assert routes.keys() <= set(stage.dependencies), "AWS takes no settings for a route that is not there"


def test_the_stage_throttles_and_logs_routes_but_never_queries(central: Program) -> None:
    stage = central.one("aws:apigatewayv2/stage:Stage").inputs
    assert {each["routeKey"] for each in stage.pop("routeSettings")} == {
        f"{method} /workflow/update-state" for method in ("GET", "HEAD", "POST")
    }
    settings = stage["accessLogSettings"]
    assert stage == {
        "accessLogSettings": settings,
        "apiId": "lakeshare-api-http-id",
        "autoDeploy": True,
        "defaultRouteSettings": {"throttlingBurstLimit": 20, "throttlingRateLimit": 10},
        "name": "$default",
    }
    assert settings["destinationArn"] == "arn:aws:logs:eu-central-1:123456789012:log-group:lakeshare-stage-logs"
    assert json.loads(settings["format"]) == {
        "requestId": "$context.requestId",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "ip": "$context.identity.sourceIp",
        "latency": "$context.responseLatency",
    }


def test_functions_keep_the_concurrency_that_the_config_names(central: Program) -> None:
    def reserved(program: Program) -> dict[str, int]:
        made = program.of("aws:lambda/function:Function")
        found = {each.name: each.inputs.get("reservedConcurrentExecutions") for each in made}
        return {name: number for name, number in found.items() if number is not None}

    assert reserved(central) == {}
    kept = {name: number for number, name in enumerate(FUNCTIONS, start=1)}
    assert sorted(reserved(run({**KITS, "reservedConcurrency": kept})).values()) == sorted(kept.values())
    one = run({**CENTRAL, "reservedConcurrency": {"request-approval": 7}})
    assert reserved(one) == {"lakeshare-request-approval-function": 7}


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
    died = central.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-died").inputs
    assert json.loads(died["eventPattern"]) == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [central.outputs["StateMachineArn"]],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    schedule = central.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-sweep").inputs
    assert schedule["scheduleExpression"] == "rate(15 minutes)"
    mails = central.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-mails").inputs
    assert mails["scheduleExpression"] == "rate(1 minute)"
    assert {
        made.inputs["rule"]: made.inputs["arn"] for made in central.of("aws:cloudwatch/eventTarget:EventTarget")
    } == {
        "lakeshare-rules-died": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-close-function",
        "lakeshare-rules-sweep": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-sweep-function",
        "lakeshare-rules-survey": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-survey-function",
        "lakeshare-rules-mails": "arn:aws:lambda:eu-central-1:123456789012:function:lakeshare-notify-function",
    }
    nightly = central.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-survey").inputs
    assert nightly["scheduleExpression"] == "cron(0 1 * * ? *)"


def test_drift_looks_each_night_and_when_somebody_else_changes_a_grant(portal: Program) -> None:
    nightly = portal.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-drift").inputs
    assert nightly["scheduleExpression"] == "cron(0 2 * * ? *)"
    changed = portal.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-drift-events").inputs
    for rule in ("drift", "drift-events"):
        permission = portal.one("aws:lambda/permission:Permission", f"lakeshare-rules-{rule}-permission").inputs
        source = f"arn:aws:events:eu-central-1:123456789012:rule/lakeshare-rules-{rule}"
        assert (permission["principal"], permission["sourceArn"]) == ("events.amazonaws.com", source)
        assert permission["function"] == "lakeshare-drift-function"
    pattern = EventPattern.load(changed["eventPattern"])
    granting = portal.one("aws:iam/role:Role", "lakeshare-grant-role").inputs
    assert granting
    role = "arn:aws:iam::123456789012:role/{}"
    for who, is_told in (
        ({"sessionContext": {"sessionIssuer": {"arn": role.format("lakeshare-grant-role")}}}, False),
        ({"sessionContext": {"sessionIssuer": {"arn": role.format("lakeshare-revoke-role")}}}, True),
        ({"sessionContext": {"sessionIssuer": {"arn": role.format("admin")}}}, True),
        ({"arn": "arn:aws:iam::123456789012:user/ann"}, True),
    ):
        for name, counts in (("GrantPermissions", True), ("BatchRevokePermissions", True), ("GetDataAccess", False)):
            detail = {"eventSource": "lakeformation.amazonaws.com", "eventName": name, "userIdentity": who}
            event: Any = {"source": "aws.lakeformation", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
            assert pattern.matches_event(event) is (is_told and counts), (who, name)


def test_deliver_runs_each_minute_and_hears_of_ends_where_there_are_kits(portal: Program, kits: Program) -> None:
    clock = kits.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-deliver").inputs
    assert clock["scheduleExpression"] == "rate(1 minute)"
    ended = kits.one("aws:cloudwatch/eventRule:EventRule", "lakeshare-rules-deliver-events").inputs
    assert json.loads(ended["eventPattern"]) == {"source": ["lakeshare"], "detail-type": ["ShareEnded"]}
    for rule in ("deliver", "deliver-events"):
        permission = kits.one("aws:lambda/permission:Permission", f"lakeshare-rules-{rule}-permission").inputs
        source = f"arn:aws:events:eu-central-1:123456789012:rule/lakeshare-rules-{rule}"
        assert (permission["principal"], permission["sourceArn"]) == ("events.amazonaws.com", source)
        assert permission["function"] == "lakeshare-deliver-function"
    assert not [made for made in portal.resources if "deliver" in made.name], "what is off costs nothing"


def test_who_makes_drift_see_all(portal: Program, central: Program) -> None:
    command = portal.outputs["DriftAdministratorCommand"]
    assert subprocess.run(["bash", "-n"], input=command, text=True, check=False).returncode == 0
    assert "arn:aws:iam::123456789012:role/lakeshare-drift-role" in command
    assert command.startswith("aws lakeformation put-data-lake-settings --region eu-central-1")
    assert "DriftAdministratorCommand" not in central.outputs
    assert not [made for made in central.resources if "drift" in made.name], "what is off costs nothing"


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
        ("lakeshare-close-function", "events.amazonaws.com", f"{events}/lakeshare-rules-died"),
        ("lakeshare-sweep-function", "events.amazonaws.com", f"{events}/lakeshare-rules-sweep"),
        ("lakeshare-survey-function", "events.amazonaws.com", f"{events}/lakeshare-rules-survey"),
        ("lakeshare-notify-function", "events.amazonaws.com", f"{events}/lakeshare-rules-mails"),
    }


def test_everything_that_can_fail_has_an_alarm(portal: Program) -> None:
    machine = {"StateMachineArn": portal.outputs["StateMachineArn"]}
    expected: list[tuple[str, str, dict[str, Any]]] = [
        ("AWS/States", "ExecutionsFailed", machine),
        ("AWS/States", "ExecutionsTimedOut", machine),
        ("AWS/States", "ExecutionsFailed", {"StateMachineArn": portal.outputs["RevokeStateMachineArn"]}),
        ("AWS/States", "ExecutionsTimedOut", {"StateMachineArn": portal.outputs["RevokeStateMachineArn"]}),
        ("Lakeshare", "SharesOverdue", {"service": "lakeshare-sweep"}),
        ("AWS/ApiGateway", "5xx", {"ApiId": "lakeshare-api-http-id"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-rules-died"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-rules-sweep"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-rules-survey"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-rules-mails"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-rules-drift"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-rules-drift-events"}),
        ("Lakeshare", "FindingsOpen", {"service": "lakeshare-drift"}),
        ("AWS/Events", "FailedInvocations", {"RuleName": "lakeshare-portal-search-clock"}),
        ("AWS/Lambda", "Invocations", {"FunctionName": "lakeshare-sweep-function"}),
        ("AWS/Lambda", "Invocations", {"FunctionName": "lakeshare-survey-function"}),
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
        missed = idle or each["metricName"] in {"SharesOverdue", "FindingsOpen"}
        assert each["treatMissingData"] == ("breaching" if missed else "notBreaching")


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
    assert all(body.count(f'"Shares{which}"') == 1 for which in ("Due", "Overdue", "Live"))
    places = [(widget["x"], widget["y"]) for widget in widgets]
    assert len(places) == len(set(places))


def test_settings_reach_the_functions() -> None:
    program = run({**CENTRAL, "wildcardOnApproval": True, "approvalTimeout": "90s", "sweepEvery": "1m"})
    variables = {
        made.name: made.inputs["environment"]["variables"] for made in program.of("aws:lambda/function:Function")
    }
    assert variables["lakeshare-classify-function"]["WILDCARD_ON_APPROVAL"] == "true"
    assert variables["lakeshare-grant-function"]["WILDCARD_ON_APPROVAL"] == "true"
    definition = json.loads(
        program.one("aws:sfn/stateMachine:StateMachine", "lakeshare-sharing-machine").inputs["definition"]
    )
    asking = definition["States"]["RequestApproval"]
    # What waits, and what the mail says of it, come from one and the same definition.
    assert asking["TimeoutSeconds"] == asking["Parameters"]["Payload"]["timeout_seconds"] == 90
    rules = [made.inputs.get("scheduleExpression") for made in program.of("aws:cloudwatch/eventRule:EventRule")]
    assert "rate(1 minute)" in rules
