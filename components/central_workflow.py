"""The central stack: register, vault, functions, state machine, API and what watches over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.built_page import BuiltFile, built_page
from components.closing_rules import ClosingRules, ClosingRulesArgs
from components.function_routes import FunctionRoutes, FunctionRoutesArgs
from components.handler_layer import PYTHON_VERSION, handler_layer
from components.http_api import HttpApi, HttpApiArgs
from components.lake_formation_grants import LakeFormationGrants, LakeFormationGrantsArgs, commands
from components.observability import Observability, ObservabilityArgs
from components.policies import Place
from components.portal import Portal, PortalArgs
from components.register import Register, RegisterArgs
from components.sharing_functions import SharingFunctions
from components.state_machine import SharingStateMachine, SharingStateMachineArgs
from components.vault import Vault, VaultArgs
from settings import CentralSettings

DECISION_PATH = "/workflow/update-state"
"""Part of the contract: the links in mails lead here."""


class CentralWorkflow(pulumi.ComponentResource):
    """Makes everything in the central account, from the register to the dashboard.

    Args:
        name: prefix of the logical names.
        args: the settings of a central stack.
        opts: the parent or provider.
    """

    stack_outputs: dict[str, pulumi.Output[Any]]
    """What the stack exports."""

    def __init__(self, name: str, args: CentralSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:CentralWorkflow", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        _warn(args)
        # Looked for first: nothing is made of a stack whose page is not built.
        page: Sequence[BuiltFile] = built_page() if args.portal else ()
        found = aws.get_partition_output(opts=pulumi.InvokeOptions(parent=self))
        partition = found.partition
        register = Register(f"{name}-register", RegisterArgs(deletion_protection=args.deletion_protection), own)
        vault = Vault(f"{name}-vault", VaultArgs(deletion_protection=args.deletion_protection), own)
        api = HttpApi(f"{name}-api", HttpApiArgs(log_retention_days=args.log_retention_days), own)
        functions = SharingFunctions(
            prefix=name,
            parent=self,
            settings=args,
            place=Place(partition=partition, region=args.region, account_id=args.account_id),
            register=register,
            vault=vault,
            layer_arn=self._layer(name).arn,
        )
        classify = functions.classify()
        request_approval = functions.request_approval(api.url)
        grant = functions.grant()
        close = functions.close()
        machine = SharingStateMachine(
            f"{name}-sharing",
            SharingStateMachineArgs(
                account_id=args.account_id,
                partition=partition,
                functions={
                    "Classify": classify.arn,
                    "RequestApproval": request_approval.arn,
                    "Grant": grant.arn,
                    "Close": close.arn,
                },
                approval_timeout_seconds=args.approval_timeout_seconds,
                log_retention_days=args.log_retention_days,
            ),
            own,
        )
        decide = functions.decide(machine.arn)
        sweep = functions.sweep(machine.arn, machine.machine_name, close)
        FunctionRoutes(
            f"{name}-decision",
            FunctionRoutesArgs(api=api, function=decide, path=DECISION_PATH, methods=("GET", "HEAD", "POST")),
            own,
        )
        closing = ClosingRules(
            f"{name}-closing",
            ClosingRulesArgs(
                state_machine_arn=machine.arn, close=close, sweep=sweep, sweep_every_minutes=args.sweep_every_minutes
            ),
            own,
        )
        portal = None
        if args.portal is not None:
            portal = Portal(
                f"{name}-portal",
                PortalArgs(
                    portal=args.portal,
                    page=page,
                    place=functions.place,
                    dns_suffix=found.dns_suffix,
                    deletion_protection=args.deletion_protection,
                    api=api,
                    functions=functions,
                    machine=machine,
                ),
                own,
            )
        grants = LakeFormationGrantsArgs(
            account_id=args.account_id,
            region=args.region,
            databases=args.databases,
            reader_role_arns={"classify": classify.role_arn, **(portal.reader_role_arns if portal else {})},
            grant_role_arn=grant.role_arn,
        )
        managed = args.manage_lake_formation_grants
        if managed and args.databases:
            LakeFormationGrants(f"{name}-grants", grants, own)
        Observability(
            f"{name}-watch",
            ObservabilityArgs(
                region=args.region,
                state_machine_arn=machine.arn,
                functions={
                    "classify": classify.function_name,
                    "request-approval": request_approval.function_name,
                    "decide": decide.function_name,
                    "grant": grant.function_name,
                    "close": close.function_name,
                    "sweep": sweep.function_name,
                    **(portal.function_names if portal else {}),
                },
                rules=closing.rule_names,
                sweep_every_minutes=args.sweep_every_minutes,
                api_id=api.api_id,
                ops_topic_arn=args.ops_topic_arn,
            ),
            own,
        )
        self.stack_outputs = {
            "StateMachineArn": machine.arn,
            "StateMachineName": machine.machine_name,
            "NotifierRoleArn": request_approval.role_arn,
            "ApiUrl": api.url,
            "RegisterTableName": register.table_name,
            "VaultTableName": vault.table_name,
            "LakeFormationGrantCommands": pulumi.Output.from_input([]) if managed else commands(grants),
            **(portal.stack_outputs if portal else {}),
        }
        self.register_outputs(self.stack_outputs)

    def _layer(self, name: str) -> aws.lambda_.LayerVersion:
        return aws.lambda_.LayerVersion(
            f"{name}-layer",
            # Lambda has no layer without a name, and a stack's own cannot meet another stack's.
            layer_name=f"lakeshare-{pulumi.get_stack()}",
            description="Third-party packages of Lakeshare's functions",
            code=handler_layer(progress=lambda text: pulumi.log.info(text, self)),
            compatible_runtimes=[f"python{PYTHON_VERSION}"],
            compatible_architectures=["arm64"],
            opts=pulumi.ResourceOptions(parent=self),
        )


def _warn(args: CentralSettings) -> None:
    """Says what is allowed but seldom meant."""
    if not args.producers:
        pulumi.log.warn("lakeshare:producers is empty: no owner of data is registered, so every request is refused")
    anything = [producer.account_id for producer in args.producers if producer.databases is None]
    if anything:
        pulumi.log.warn(
            f"lakeshare:producers: {', '.join(anything)} without databases: whoever edits the catalogue can name any "
            "of them as owner of a database; list the databases that each one owns"
        )
