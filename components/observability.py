"""Alarms and a dashboard: whether requests get through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

PERIOD: Final = 300
"""Seconds over which a metric is added up."""
DAY: Final = 86_400
_SWEEP: Final = "lakeshare-sweep"
"""Under this name Sweep's log has the metrics that it counts."""

_DRIFT: Final = "lakeshare-drift"
"""The same of Drift's."""


@dataclass(frozen=True, kw_only=True)
class ObservabilityArgs:
    """What is watched.

    Attributes:
        region: the dashboard's region.
        state_machine_arn: whose failed and timed-out executions raise an alarm: both mean a fault, never a denial.
        revoking_arn: the same of the one that revokes; what it refuses raises the alarm, too, since nothing was ended.
        functions: names of the functions, by a short name, whose errors and throttles raise an alarm; those of `sweep`
            and `survey` also if they are not called.
        rules: names of the EventBridge rules, by a short name, that raise an alarm if they cannot call their function.
        sweep_every_minutes: how often `sweep` ought to be called.
        api_id: the API whose 5xx answers raise an alarm.
        ops_topic_arn: the topic that is told, if any. CloudWatch cannot publish to one under `alias/aws/sns`.
    """

    region: str
    state_machine_arn: pulumi.Output[str]
    revoking_arn: pulumi.Output[str]
    functions: Mapping[str, pulumi.Output[str]]
    rules: Mapping[str, pulumi.Output[str]]
    sweep_every_minutes: int
    api_id: pulumi.Output[str]
    ops_topic_arn: str | None


class Observability(pulumi.ComponentResource):
    """Makes an alarm for every way in which requests get stuck, and a dashboard over all of it."""

    def __init__(self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Observability", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        for watched in _watched(args):
            aws.cloudwatch.MetricAlarm(
                f"{name}-{watched.name}",
                alarm_description=f"Lakeshare: {watched.what}. See docs/operations.md.",
                namespace=watched.namespace,
                metric_name=watched.metric,
                dimensions=dict(watched.dimensions),
                statistic="Sum",
                period=watched.period,
                evaluation_periods=watched.periods,
                threshold=1,
                comparison_operator="LessThanThreshold" if watched.wanted else "GreaterThanOrEqualToThreshold",
                # No request, no metric: that is a quiet day, unless it is just what must be noticed.
                treat_missing_data="breaching" if watched.wanted or watched.missing else "notBreaching",
                alarm_actions=[args.ops_topic_arn] if args.ops_topic_arn else [],
                opts=own,
            )
        aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=f"lakeshare-{pulumi.get_stack()}",
            dashboard_body=pulumi.Output.json_dumps({"widgets": _widgets(args)}),
            opts=own,
        )
        self.register_outputs({})


@dataclass(frozen=True)
class _Watched:
    """A metric of which already one in a period is one too many; or none, of what is `wanted`.

    `missing`: a period without any count is too many as well.
    """

    name: str
    what: str
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    wanted: bool = False
    missing: bool = False
    period: int = PERIOD
    periods: int = 1


def _watched(args: ObservabilityArgs) -> Iterator[_Watched]:
    machine = {"StateMachineArn": args.state_machine_arn}
    yield _Watched("executions-failed", "an execution failed", "AWS/States", "ExecutionsFailed", machine)
    yield _Watched("executions-timed-out", "an execution timed out", "AWS/States", "ExecutionsTimedOut", machine)
    revoking = {"StateMachineArn": args.revoking_arn}
    yield _Watched("revoke-failed", "shares were not revoked", "AWS/States", "ExecutionsFailed", revoking)
    yield _Watched("revoke-timed-out", "revoking timed out", "AWS/States", "ExecutionsTimedOut", revoking)
    # Sweep counts them each time it runs: of a schedule that is lost there is no count, which must be noticed as well.
    yield _Watched(
        "expiry-overdue",
        "a share that is over has not been revoked in time, or nobody looked",
        "Lakeshare",
        "SharesOverdue",
        {"service": _SWEEP},
        missing=True,
        period=max(PERIOD, args.sweep_every_minutes * 60),
    )
    for short, function in args.functions.items():
        own = {"FunctionName": function}
        yield _Watched(f"{short}-errors", f"{short} failed", "AWS/Lambda", "Errors", own)
        yield _Watched(f"{short}-throttles", f"{short} was throttled", "AWS/Lambda", "Throttles", own)
    for short, rule in args.rules.items():
        what = f"EventBridge could not call {short}"
        yield _Watched(f"{short}-uncalled", what, "AWS/Events", "FailedInvocations", {"RuleName": rule})
    yield _Watched(
        "sweep-idle",
        "sweep has not been called twice in a row",
        "AWS/Lambda",
        "Invocations",
        {"FunctionName": args.functions["sweep"]},
        wanted=True,
        period=max(PERIOD, args.sweep_every_minutes * 60),
        periods=2,
    )
    yield _Watched(
        "survey-idle",
        "the survey of the catalogue has not been called for a day",
        "AWS/Lambda",
        "Invocations",
        {"FunctionName": args.functions["survey"]},
        wanted=True,
        period=DAY,
    )
    if "drift" in args.functions:
        # Counted each time it looks, so that a night without a look is noticed as well.
        yield _Watched(
            "drift-found",
            "ledger and lake differ and nobody has settled it, or nobody looked",
            "Lakeshare",
            "FindingsOpen",
            {"service": _DRIFT},
            missing=True,
            period=DAY,
        )
    yield _Watched("api-5xx", "the API failed", "AWS/ApiGateway", "5xx", {"ApiId": args.api_id})


def _widgets(args: ObservabilityArgs) -> list[dict[str, Any]]:
    machine = args.state_machine_arn
    executions = ("Started", "Succeeded", "Failed", "TimedOut", "Aborted")
    functions = args.functions.values()
    return [
        _graph(
            args.region,
            0,
            "Requests",
            [["AWS/States", f"Executions{end}", "StateMachineArn", machine] for end in executions],
        ),
        _graph(
            args.region, 1, "Function errors", [["AWS/Lambda", "Errors", "FunctionName", each] for each in functions]
        ),
        _graph(
            args.region,
            2,
            "Function throttles",
            [["AWS/Lambda", "Throttles", "FunctionName", each] for each in functions],
        ),
        _graph(
            args.region,
            3,
            "Longest run of a function (ms)",
            [["AWS/Lambda", "Duration", "FunctionName", each] for each in functions],
            "Maximum",
        ),
        _graph(
            args.region,
            4,
            "API",
            [["AWS/ApiGateway", metric, "ApiId", args.api_id] for metric in ("Count", "4xx", "5xx")],
        ),
        # As each sweep counted them: added up, they would depend on how often it looks.
        _graph(
            args.region,
            5,
            "Shares that are due, and overdue",
            [["Lakeshare", f"Shares{which}", "service", _SWEEP] for which in ("Due", "Overdue")],
            "Maximum",
        ),
        _graph(
            args.region,
            6,
            "Live shares (as DynamoDB counts them, every six hours)",
            [["Lakeshare", "SharesLive", "service", _SWEEP]],
            "Maximum",
        ),
        _graph(
            args.region,
            7,
            "Revoking",
            [["AWS/States", f"Executions{end}", "StateMachineArn", args.revoking_arn] for end in executions],
        ),
    ]


def _graph(region: str, place: int, title: str, metrics: list[list[Any]], statistic: str = "Sum") -> dict[str, Any]:
    """A line graph, two in a row."""
    return {
        "type": "metric",
        "x": 12 * (place % 2),
        "y": 6 * (place // 2),
        "width": 12,
        "height": 6,
        "properties": {"title": title, "region": region, "stat": statistic, "period": PERIOD, "metrics": metrics},
    }
