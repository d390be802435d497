"""The central stack: register, vault, ledger, functions, state machine, API and what watches over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components import policies, state_machine
from components.api_stage import ApiStage, ApiStageArgs
from components.built_page import BuiltFile, built_page
from components.event_rules import EventRules, EventRulesArgs
from components.function_routes import FunctionRoutes, FunctionRoutesArgs, Limit
from components.handler_layer import PYTHON_VERSION, handler_layer
from components.http_api import HttpApi
from components.lake_formation_grants import (
    LakeFormationGrants,
    LakeFormationGrantsArgs,
    administrator,
    commands,
)
from components.ledger import Ledger
from components.observability import Observability, ObservabilityArgs
from components.policies import Place
from components.portal import Portal, PortalArgs
from components.register import Register
from components.sharing_functions import SharingFunctions
from components.state_machine import StateMachine, StateMachineArgs, longest_run_seconds
from components.table_args import TableArgs
from components.vault import Vault
from settings.stacks import CentralSettings

DECISION_PATH = "/workflow/update-state"
"""Part of the contract: the links in mails lead here."""

FORMER_STATE_MACHINE: Final = pulumi.Alias(type_="lakeshare:index:SharingStateMachine")
"""What it is in stacks of an earlier release: made anew, all requests that wait would end with the former one."""

DECISION_LIMITS: Final[Mapping[str, Limit]] = dict.fromkeys(("GET", "HEAD", "POST"), Limit(rate=100, burst=200))
"""Mail filters open every link, many at once; each method has a limit of its own, so that they starve no decision."""


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
        table = TableArgs(deletion_protection=args.deletion_protection)
        register = Register(f"{name}-register", table, own)
        vault = Vault(f"{name}-vault", table, own)
        ledger = Ledger(f"{name}-ledger", table, own)
        api = HttpApi(f"{name}-api", own)
        functions = SharingFunctions(
            prefix=name,
            parent=self,
            settings=args,
            place=Place(partition=partition, region=args.region, account_id=args.account_id),
            register=register,
            vault=vault,
            ledger=ledger,
            layer_arn=self._layer(name).arn,
        )
        classify = functions.classify()
        # Mails lead to the portal, which is made of functions that are made later.
        portal_url, know_portal = _later() if args.portal else (None, None)
        notify = functions.notify(api.url, portal_url)
        request_approval = functions.request_approval(notify)
        revoke = functions.revoke()
        # It lets that role delete filters that it makes, once nobody needs them any more.
        grant = functions.grant(revoke.role_arn)
        close = functions.close()
        revoking = StateMachine(
            f"{name}-revoking",
            StateMachineArgs(
                definition=state_machine.REVOKING,
                does="ends shares and takes back what they were granted",
                account_id=args.account_id,
                partition=partition,
                functions={"Revoke": revoke.arn},
                log_retention_days=args.log_retention_days,
            ),
            own,
        )
        machine = StateMachine(
            f"{name}-sharing",
            StateMachineArgs(
                definition=state_machine.DEFINITION,
                does="runs requests",
                account_id=args.account_id,
                partition=partition,
                functions={
                    "Classify": classify.arn,
                    "RequestApproval": request_approval.arn,
                    "Grant": grant.arn,
                    "Close": close.arn,
                },
                numbers={"ApprovalTimeoutSeconds": args.approval_timeout_seconds},
                log_retention_days=args.log_retention_days,
            ),
            pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(aliases=[FORMER_STATE_MACHINE])),
        )
        # Apart from its other permissions: the state machine calls a function that calls this one.
        aws.iam.RolePolicy(
            f"{name}-notify-ends-waits",
            role=notify.role_name,
            policy=policies.document([policies.allow("states:SendTaskFailure", machine.arn)]),
            opts=own,
        )
        decide = functions.decide(machine.arn, notify, portal_url)
        sweep = functions.sweep(
            machine.arn, machine.machine_name, close, revoking.arn, longest_run_seconds(args.approval_timeout_seconds)
        )
        decision = FunctionRoutes(
            f"{name}-decision",
            FunctionRoutesArgs(api=api, function=decide, path=DECISION_PATH, methods=DECISION_LIMITS),
            own,
        )
        survey = functions.survey()
        drift = functions.drift(args.drift) if args.drift else None
        deliver = functions.deliver() if args.consumer_kits else None
        rules = EventRules(
            f"{name}-rules",
            EventRulesArgs(
                state_machine_arn=machine.arn,
                close=close,
                sweep=sweep,
                sweep_every_minutes=args.sweep_every_minutes,
                notify=notify,
                survey=survey,
                drift=drift,
                deliver=deliver,
                granting_role_arn=grant.role_arn,
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
                    notify=notify,
                    machine=machine,
                    revoking_arn=revoking.arn,
                ),
                own,
            )
            if know_portal is not None:
                know_portal(portal.url)
        ApiStage(
            f"{name}-stage",
            ApiStageArgs(
                api=api,
                routes=[decision, *(portal.routes if portal else ())],
                log_retention_days=args.log_retention_days,
            ),
            own,
        )
        grants = LakeFormationGrantsArgs(
            account_id=args.account_id,
            region=args.region,
            databases=args.databases,
            reader_role_arns={
                "classify": classify.role_arn,
                "survey": survey.role_arn,
                **({"drift": drift.role_arn} if drift else {}),
                **(portal.reader_role_arns if portal else {}),
            },
            owner_role_arns={"grant": grant.role_arn, "revoke": revoke.role_arn},
            tags=list(args.sensitive_tags),
            tag_readers=(
                "classify",
                "survey",
                "grant",
                *(("drift",) if drift else ()),
                *(("catalogue-api",) if portal else ()),
            ),
        )
        managed = args.manage_lake_formation_grants
        if managed and grants.grants:
            LakeFormationGrants(f"{name}-grants", grants, own)
        Observability(
            f"{name}-watch",
            ObservabilityArgs(
                region=args.region,
                state_machine_arn=machine.arn,
                revoking_arn=revoking.arn,
                functions={
                    "classify": classify.function_name,
                    "request-approval": request_approval.function_name,
                    "notify": notify.function_name,
                    "decide": decide.function_name,
                    "grant": grant.function_name,
                    "close": close.function_name,
                    "revoke": revoke.function_name,
                    "sweep": sweep.function_name,
                    "survey": survey.function_name,
                    **({"drift": drift.function_name} if drift else {}),
                    **({"deliver": deliver.function_name} if deliver else {}),
                    **(portal.function_names if portal else {}),
                },
                rules={**rules.rule_names, **(portal.rule_names if portal else {})},
                sweep_every_minutes=args.sweep_every_minutes,
                api_id=api.api_id,
                ops_topic_arn=args.ops_topic_arn,
            ),
            own,
        )
        self.stack_outputs = {
            "StateMachineArn": machine.arn,
            "StateMachineName": machine.machine_name,
            "RevokeStateMachineArn": revoking.arn,
            "NotifierRoleArn": notify.role_arn,
            "NotifyFunctionName": notify.function_name,
            "ApiUrl": api.url,
            "RegisterTableName": register.table_name,
            "VaultTableName": vault.table_name,
            "LedgerTableName": ledger.table_name,
            "LakeFormationGrantCommands": pulumi.Output.from_input("") if managed else commands(grants),
            **(
                {"DriftAdministratorCommand": administrator(drift.role_arn, args.region, "ReadOnlyAdmins")}
                if drift
                else {}
            ),
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


def _later() -> tuple[pulumi.Output[str], Callable[[pulumi.Output[str]], None]]:
    """A text that is known later, and what makes it known."""
    return pulumi.deferred_output()


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
