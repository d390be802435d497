"""The state machines: one carries a request from start to end, one revokes what was shared."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import pulumi
import pulumi_aws as aws

from components import policies

DEFINITION: Final = Path(__file__).with_name("sharing_workflow.asl.json")
REVOKING: Final = Path(__file__).with_name("revoking_workflow.asl.json")
_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")
LOG_GROUP_PREFIX: Final = "/aws/vendedlogs/states/lakeshare-"
"""Under this prefix CloudWatch Logs needs no entry of its own for each group in the account's resource policy."""


@dataclass(frozen=True, kw_only=True)
class StateMachineArgs:
    """What a state machine is told.

    Attributes:
        definition: the file with its definition.
        does: what it does, for the description of its role.
        account_id: the stack's account, the only one on whose behalf Step Functions may take the role.
        partition: the stack's, part of the ARN by which a task is integrated.
        functions: ARNs of the functions that it calls, by the name that the definition's placeholders give them
            (`Classify` for `${ClassifyArn}`).
        numbers: what its definition has further placeholders for.
        log_retention_days: how long its logs are kept.
    """

    definition: Path
    does: str
    account_id: str
    partition: pulumi.Output[str]
    functions: Mapping[str, pulumi.Output[str]]
    log_retention_days: int
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])


_ROUNDS: Final = 3
"""After so many classifications a request is refused (`CatalogueKeepsChanging`)."""
_WORK_SECONDS: Final = 4 * 86_400
"""Of a round, besides the wait for a decision: more than every attempt at every task can take, pauses included."""


def longest_run_seconds(approval_timeout_seconds: int) -> int:
    """How long an execution that works can run; what runs longer never ends."""
    return _ROUNDS * (approval_timeout_seconds + _WORK_SECONDS)


class StateMachine(pulumi.ComponentResource):
    """Makes a Standard state machine, its role and its log group.

    Its log says what happened, never with which data: a task's input holds the task token.
    """

    arn: pulumi.Output[str]
    """ARN of the state machine."""

    machine_name: pulumi.Output[str]
    """Its name."""

    def __init__(self, name: str, args: StateMachineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:StateMachine", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs", name_prefix=LOG_GROUP_PREFIX, retention_in_days=args.log_retention_days, opts=own
        )
        role = aws.iam.Role(
            f"{name}-role",
            description=f"Lakeshare: {args.does}",
            assume_role_policy=policies.trust_service("states.amazonaws.com", args.account_id),
            opts=own,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=policies.document(
                [
                    policies.allow("lambda:InvokeFunction", list(args.functions.values())),
                    policies.wildcard("LogDelivery"),
                    policies.wildcard("WorkflowTracing"),
                ]
            ),
            opts=own,
        )
        machine = aws.sfn.StateMachine(
            f"{name}-machine",
            type="STANDARD",
            definition=definition(args),
            role_arn=role.arn,
            logging_configuration=aws.sfn.StateMachineLoggingConfigurationArgs(
                level="ALL", include_execution_data=False, log_destination=pulumi.Output.concat(logs.arn, ":*")
            ),
            tracing_configuration=aws.sfn.StateMachineTracingConfigurationArgs(enabled=True),
            # Step Functions tries the log destination with the role's permissions as soon as it is made.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.arn = machine.arn
        self.machine_name = machine.name
        self.register_outputs({"arn": self.arn, "machineName": self.machine_name})


def definition(args: StateMachineArgs) -> pulumi.Output[str]:
    """The definition as JSON, with its placeholders replaced."""
    template = json.loads(args.definition.read_text(encoding="utf-8"))
    arns = {f"{name}Arn": arn for name, arn in args.functions.items()}

    def rendered(known: Mapping[str, str]) -> str:
        try:
            return json.dumps(substitute(template, {**known, **args.numbers}))
        except KeyError as error:
            raise KeyError(f"{args.definition.name}: {error.args[0]}") from error

    return pulumi.Output.all(Partition=args.partition, **arns).apply(rendered)


def substitute(node: Any, values: Mapping[str, str | int]) -> Any:
    """A JSON document in which every placeholder, `${Name}`, is replaced: by a number where it is the whole text.

    Raises:
        KeyError: a placeholder has no value.
    """
    if isinstance(node, dict):
        return {key: substitute(value, values) for key, value in cast("dict[str, Any]", node).items()}
    if isinstance(node, list):
        return [substitute(value, values) for value in cast("list[Any]", node)]
    if not isinstance(node, str):
        return node

    def value_of(placeholder: re.Match[str]) -> str | int:
        name = placeholder[1]
        if name not in values:
            raise KeyError(f"expected one of {', '.join(sorted(values))} as placeholder, got {name}")
        return values[name]

    whole = _PLACEHOLDER.fullmatch(node)
    return value_of(whole) if whole else _PLACEHOLDER.sub(lambda found: str(value_of(found)), node)
