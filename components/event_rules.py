"""What calls the functions that no request and no person calls: by the clock, and when an execution died."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.python_function import PythonFunction

DEAD_STATUSES: Final = ("FAILED", "TIMED_OUT", "ABORTED")
NIGHTLY: Final = "cron(0 1 * * ? *)"
"""One o'clock in UTC. A survey only reads, so it may be day where the data is used."""

DRIFT_NIGHTLY: Final = "cron(0 2 * * ? *)"
"""An hour later: what the survey costs is done by then."""
GRANTS_CHANGE: Final = (
    "BatchGrantPermissions",
    "BatchRevokePermissions",
    "GrantPermissions",
    "PutDataLakeSettings",
    "RevokePermissions",
)
"""What CloudTrail calls that by which grants change."""

_SHARE_ENDED: Final = json.dumps({"source": ["lakeshare"], "detail-type": ["ShareEnded"]})


@dataclass(frozen=True, kw_only=True)
class EventRulesArgs:
    """What the rules are told.

    Attributes:
        state_machine_arn: whose executions they watch.
        close: the function that is told of an execution that died.
        sweep: the function that looks for requests whose execution is gone.
        sweep_every_minutes: how often.
        notify: the function that mails what is due, each minute.
        survey: the function that looks through the catalogue, each night. Lambda calls it twice more if it did not come
            to its end.
        drift: the function that holds the ledger against the lake, each night and when a grant changes; None: none.
        deliver: the function that delivers what is due, each minute, and is told of shares that end; None: none.
        granting_role_arn: the role whose grants it need not be told of: a share explains each before it is made.
    """

    state_machine_arn: pulumi.Output[str]
    close: PythonFunction
    sweep: PythonFunction
    sweep_every_minutes: int
    notify: PythonFunction
    survey: PythonFunction
    drift: PythonFunction | None = None
    deliver: PythonFunction | None = None
    granting_role_arn: pulumi.Output[str] | None = None


class EventRules(pulumi.ComponentResource):
    """Makes the rules that call Close for a dead execution, Drift for a grant that changed, and those by the clock.

    What comes by an event is quick but best effort, as events are; Sweep, and by night Drift and Deliver, find what was
    missed.
    """

    rule_names: dict[str, pulumi.Output[str]]
    """Names of the rules, by what each calls, and `drift-events`."""

    def __init__(self, name: str, args: EventRulesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:EventRules", name, None, opts)
        every = rate(args.sweep_every_minutes)
        self.rule_names = {
            "close": rule_that_calls(
                f"{name}-died",
                "an execution failed, timed out or was aborted",
                args.close,
                self,
                event_pattern=args.state_machine_arn.apply(_pattern),
            ),
            **{
                short: rule_that_calls(f"{name}-{suffix}", why, function, self, schedule_expression=when)
                for short, suffix, why, function, when in (
                    ("sweep", "sweep", "looks for requests whose execution is gone", args.sweep, every),
                    ("notify", "mails", "mails what is due", args.notify, rate(1)),
                    ("survey", "survey", "looks through the catalogue for flags", args.survey, NIGHTLY),
                )
            },
        }
        if args.deliver is not None:
            self.rule_names["deliver"] = rule_that_calls(
                f"{name}-deliver", "delivers what is due", args.deliver, self, schedule_expression=rate(1)
            )
            self.rule_names["deliver-events"] = rule_that_calls(
                f"{name}-deliver-events", "a share has ended", args.deliver, self, event_pattern=_SHARE_ENDED
            )
        if args.drift is not None and args.granting_role_arn is not None:
            does = "holds the ledger against the lake"
            self.rule_names["drift"] = rule_that_calls(
                f"{name}-drift", does, args.drift, self, schedule_expression=DRIFT_NIGHTLY
            )
            self.rule_names["drift-events"] = rule_that_calls(
                f"{name}-drift-events",
                "a grant in Lake Formation changed",
                args.drift,
                self,
                event_pattern=args.granting_role_arn.apply(_grants_changed),
            )
        self.register_outputs({"ruleNames": self.rule_names})


def rule_that_calls(
    name: str,
    why: str,
    function: PythonFunction,
    parent: pulumi.Resource,
    *,
    event_pattern: pulumi.Input[str] | None = None,
    schedule_expression: str | None = None,
) -> pulumi.Output[str]:
    """Make a rule that calls `function`, and give its name."""
    own = pulumi.ResourceOptions(parent=parent)
    rule = aws.cloudwatch.EventRule(
        name,
        description=f"Lakeshare: {why}",
        event_pattern=event_pattern,
        schedule_expression=schedule_expression,
        opts=own,
    )
    permission = aws.lambda_.Permission(
        f"{name}-permission",
        action="lambda:InvokeFunction",
        function=function.function_name,
        principal="events.amazonaws.com",
        source_arn=rule.arn,
        opts=own,
    )
    aws.cloudwatch.EventTarget(
        f"{name}-target",
        rule=rule.name,
        arn=function.arn,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[permission]),
    )
    return rule.name


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


def _grants_changed(granting_role_arn: str) -> str:
    """The pattern of calls by which grants change, but for those of the role that grants for shares.

    CloudTrail tells EventBridge of calls that change something, where a trail logs management events.
    """
    others: list[object] = [{"anything-but": [granting_role_arn]}, {"exists": False}]
    return json.dumps(
        {
            "source": ["aws.lakeformation"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["lakeformation.amazonaws.com"],
                "eventName": list(GRANTS_CHANGE),
                "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": others}}},
            },
        }
    )
