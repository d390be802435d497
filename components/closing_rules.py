"""What closes a request whose execution cannot do it itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.python_function import PythonFunction

DEAD_STATUSES: Final = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, kw_only=True)
class ClosingRulesArgs:
    """What the rules are told.

    Attributes:
        state_machine_arn: whose executions they watch.
        close: the function that is told of an execution that died.
        sweep: the function that looks for requests whose execution is gone.
        sweep_every_minutes: how often.
    """

    state_machine_arn: pulumi.Output[str]
    close: PythonFunction
    sweep: PythonFunction
    sweep_every_minutes: int


class ClosingRules(pulumi.ComponentResource):
    """Makes the EventBridge rule that calls Close for a dead execution, and the schedule that calls Sweep.

    The rule is quick but best effort, as those events are; the schedule finds what it missed.
    """

    rule_names: Mapping[str, pulumi.Output[str]]
    """Names of the rules, by the function that each calls: `close`, `sweep`."""

    def __init__(self, name: str, args: ClosingRulesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:ClosingRules", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        died = aws.cloudwatch.EventRule(
            f"{name}-died",
            description="Lakeshare: an execution failed, timed out or was aborted",
            event_pattern=args.state_machine_arn.apply(_pattern),
            opts=own,
        )
        schedule = aws.cloudwatch.EventRule(
            f"{name}-schedule",
            description="Lakeshare: looks for requests whose execution is gone",
            schedule_expression=rate(args.sweep_every_minutes),
            opts=own,
        )
        for suffix, rule, function in (("died", died, args.close), ("schedule", schedule, args.sweep)):
            permission = aws.lambda_.Permission(
                f"{name}-{suffix}-permission",
                action="lambda:InvokeFunction",
                function=function.function_name,
                principal="events.amazonaws.com",
                source_arn=rule.arn,
                opts=own,
            )
            aws.cloudwatch.EventTarget(
                f"{name}-{suffix}-target",
                rule=rule.name,
                arn=function.arn,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
            )
        self.rule_names = {"close": died.name, "sweep": schedule.name}
        self.register_outputs({"ruleNames": self.rule_names})


def rate(minutes: int) -> str:
    """A schedule expression; EventBridge insists on the singular for one."""
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"


def _pattern(state_machine_arn: str) -> str:
    return json.dumps(
        {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {"stateMachineArn": [state_machine_arn], "status": list(DEAD_STATUSES)},
        }
    )
