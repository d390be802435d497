"""One Lambda function of the handlers: with its role, its policy and its log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import policies
from components.handler_layer import PYTHON_VERSION


@dataclass(frozen=True, kw_only=True)
class PythonFunctionArgs:
    """What a function is told.

    Attributes:
        module: its entry point, `handlers/<module>.py`.
        description: what it does, for people in the console.
        code: its archive.
        layer_arn: the layer with the third-party packages.
        timeout: seconds.
        memory: MB.
        environment: variables beside those that every function has.
        statements: what it may do beside logging and tracing.
        assumed_roles: ARNs of roles that it may assume, however many.
        managed_policies: ARNs of managed policies it needs besides, by a short name.
        function_name, role_name: physical names for it and its role, only where another account must know them.
        role: what its role is called in the stack, after the function.
        role_was: what its role is called in stacks of an earlier release, where it was another function's.
        log_retention_days: how long its logs are kept.
        reserved_concurrency: how many of the account's concurrent executions are kept for it, and as many as it gets;
            None: whatever is free.
    """

    module: str
    description: str
    code: pulumi.Input[pulumi.Archive]
    layer_arn: pulumi.Input[str]
    timeout: int
    memory: int
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[policies.Statement]
    assumed_roles: Sequence[pulumi.Input[str]] = ()
    managed_policies: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    function_name: str | None = None
    role_name: str | None = None
    role: str = "role"
    role_was: str | None = None
    log_retention_days: int = 90
    reserved_concurrency: int | None = None


class PythonFunction(pulumi.ComponentResource):
    """Makes a Lambda function on arm64, its role with exactly the permissions given, and its log group."""

    arn: pulumi.Output[str]
    """ARN of the function."""

    function_name: pulumi.Output[str]
    """Name of the function."""

    role_arn: pulumi.Output[str]
    """ARN of its role."""

    role_name: pulumi.Output[str]
    """Name of its role, for what it may do with things that are made after it."""

    def __init__(self, name: str, args: PythonFunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:PythonFunction", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        logs = aws.cloudwatch.LogGroup(f"{name}-logs", retention_in_days=args.log_retention_days, opts=own)
        role = aws.iam.Role(
            f"{name}-{args.role}",
            name=args.role_name,
            description=f"Lakeshare: {args.description}",
            assume_role_policy=policies.trust_service("lambda.amazonaws.com"),
            opts=pulumi.ResourceOptions(
                parent=self, aliases=[pulumi.Alias(name=args.role_was)] if args.role_was else None
            ),
        )
        permissions = self._permissions(name, args, role, logs)
        function = aws.lambda_.Function(
            f"{name}-function",
            name=args.function_name,
            description=args.description,
            runtime=f"python{PYTHON_VERSION}",
            architectures=["arm64"],
            handler=f"handlers.{args.module}.handler",
            code=args.code,
            layers=[args.layer_arn],
            role=role.arn,
            timeout=args.timeout,
            memory_size=args.memory,
            reserved_concurrent_executions=args.reserved_concurrency,
            environment=aws.lambda_.FunctionEnvironmentArgs(
                variables={
                    "LOG_LEVEL": "INFO",
                    # STS of the function's own region: the global one is another region's, and of one partition only.
                    "AWS_STS_REGIONAL_ENDPOINTS": "regional",
                    "POWERTOOLS_SERVICE_NAME": f"lakeshare-{args.module}",
                    **args.environment,
                }
            ),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="Text", log_group=logs.name),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            # Otherwise the first invocations find a role that may do nothing yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=permissions),
        )
        self.arn = function.arn
        self.function_name = function.name
        self.role_arn = role.arn
        self.role_name = role.name
        self.register_outputs({"arn": self.arn, "functionName": self.function_name, "roleArn": self.role_arn})

    def _permissions(
        self, name: str, args: PythonFunctionArgs, role: aws.iam.Role, logs: aws.cloudwatch.LogGroup
    ) -> list[pulumi.Resource]:
        own = pulumi.ResourceOptions(parent=self)
        everyone = [policies.write_logs(logs.arn), policies.wildcard("Tracing")]
        permissions: list[pulumi.Resource] = [
            aws.iam.RolePolicy(
                f"{name}-policy", role=role.name, policy=policies.document([*args.statements, *everyone]), opts=own
            )
        ]
        attached = dict(args.managed_policies)
        for number, statements in enumerate(policies.assume_roles(args.assumed_roles), start=1):
            policy = aws.iam.Policy(
                f"{name}-assume-{number}",
                description=f"Lakeshare: roles that {args.module} may assume, part {number}",
                policy=policies.document(statements),
                opts=own,
            )
            attached[f"assume-{number}"] = policy.arn
        permissions += [
            aws.iam.RolePolicyAttachment(f"{name}-{short}-attachment", role=role.name, policy_arn=arn, opts=own)
            for short, arn in attached.items()
        ]
        return permissions
