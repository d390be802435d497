"""The functions of the central stack: for each one what it does, what it is told and what it may do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi

from components import policies
from components.handler_archive import handler_archive
from components.ledger import HOLDS, LIVE, Ledger
from components.policies import Place, Statement
from components.producer_approval_kit import NOTIFIER_ROLE_NAME, ROLE_NAME
from components.python_function import PythonFunction, PythonFunctionArgs
from components.register import CLAIMS, DUE, FLAGS, Register
from components.vault import APPROVALS, DECISIONS, PACES, Vault
from settings import CentralSettings

READ_AND_CHANGE = ("GetItem", "UpdateItem")
"""What most functions do to items: look, and change conditionally."""


@dataclass(frozen=True, kw_only=True)
class SharingFunctions:
    """Makes the functions, one method each, as children of one parent.

    Attributes:
        prefix: of their logical names.
        parent: the component they belong to.
        settings: the stack's settings.
        place: where the stack is.
        register: the table of requests.
        vault: the table of approvals and decisions, for the few that need it.
        ledger: the table of shares, likewise.
        layer_arn: the layer with their third-party packages.
    """

    prefix: str
    parent: pulumi.Resource
    settings: CentralSettings
    place: Place
    register: Register
    vault: Vault
    ledger: Ledger
    layer_arn: pulumi.Output[str]

    def under(self, parent: pulumi.Resource, prefix: str) -> SharingFunctions:
        """The same for functions that belong to another component."""
        return replace(self, parent=parent, prefix=prefix)

    def classify(self) -> PythonFunction:
        """Reads the catalogue and decides whether a person must approve."""
        return self._function(
            "classify",
            "reads the catalogue and decides whether a person must approve",
            timeout=300,
            memory=512,
            texts=self._parties(),
            environment={**self._catalogue(), "DIRECT_REQUESTS": self.settings.direct_requests},
            opens_ledger=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.items(("BatchGetItem", "UpdateItem"), self.register.table_arn, FLAGS),
                policies.items(("UpdateItem",), self.register.table_arn, CLAIMS),
                # Whether the account has it already.
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.wildcard("ReadGrants"),
                policies.items(("GetItem",), self.ledger.table_arn, HOLDS),
                *policies.read_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self._tags("SearchTags", "ReadTags"),
                policies.wildcard("ReadDataLakeSettings"),
                policies.wildcard("ListLocations"),
                policies.put_events(self.place),
            ],
        )

    def request_approval(self, notify: PythonFunction) -> PythonFunction:
        """Lets a request wait for its owner's decision, and has Notify mail them."""
        return self._function(
            "request_approval",
            "lets a request wait for its owner's decision",
            timeout=60,
            memory=256,
            # Stacks of an earlier release have under the usual name what Notify takes over.
            role="waits-role",
            environment={"NOTIFY_FUNCTION": notify.function_name},
            opens_vault=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.items(("UpdateItem",), self.vault.table_arn, APPROVALS),
                policies.allow("lambda:InvokeFunction", notify.arn),
            ],
        )

    def notify(self, api_url: pulumi.Output[str]) -> PythonFunction:
        """Mails the approvers what is owed; the only one that may enter a producer's account.

        It may end a wait besides, which `ends_waits` allows once there is a state machine.
        """
        return self._function(
            "notify",
            "mails the approvers of a producer",
            # As long as until its schedule calls it again.
            timeout=60,
            memory=256,
            # No two roles bear this name while a stack is updated: it comes from the function that mailed before.
            role_name=NOTIFIER_ROLE_NAME,
            role_was=f"{self.prefix}-request-approval-role",
            texts=self._parties(),
            environment={"API_URL": api_url, "PARTITION": self.place.partition},
            opens_vault=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.query([self.register.index_arn(DUE[0])]),
                policies.items(READ_AND_CHANGE, self.vault.table_arn, APPROVALS),
                policies.items(("UpdateItem",), self.vault.table_arn, PACES),
                policies.put_events(self.place),
            ],
            assumed_roles=[self.place.role_arn(producer.account_id, ROLE_NAME) for producer in self.settings.producers],
        )

    def decide(self, state_machine_arn: pulumi.Output[str], notify: PythonFunction) -> PythonFunction:
        """Shows the decision page and takes the decision."""
        return self._function(
            "decide",
            "shows the decision page and takes the decision",
            # Half a minute is what an HTTP API waits.
            timeout=30,
            memory=512,
            environment={"NOTIFY_FUNCTION": notify.function_name},
            opens_vault=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.items(READ_AND_CHANGE, self.vault.table_arn, APPROVALS),
                policies.items(("PutItem",), self.vault.table_arn, DECISIONS),
                policies.allow("states:SendTaskSuccess", state_machine_arn),
                policies.allow("lambda:InvokeFunction", notify.arn),
                policies.put_events(self.place),
            ],
        )

    def grant(self) -> PythonFunction:
        """Grants; the only one that can."""
        return self._function(
            "grant",
            "grants what was classified, or approved",
            timeout=900,
            memory=512,
            texts=self._parties(),
            environment=self._catalogue(),
            opens_vault=True,
            opens_ledger=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.items(("BatchGetItem", "UpdateItem"), self.register.table_arn, FLAGS),
                policies.items(("GetItem",), self.vault.table_arn, DECISIONS),
                # A transaction checks the lease of who revokes, under the consumer's own key, and the holds.
                policies.shares((*READ_AND_CHANGE, "ConditionCheckItem", "PutItem"), self.ledger.table_arn),
                policies.items(("ConditionCheckItem", "GetItem"), self.ledger.table_arn, HOLDS),
                *policies.read_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self._tags("SearchTags", "ReadTags"),
                policies.wildcard("Grant"),
            ],
            managed_policies={
                # RAM, and what Glue itself calls when a consumer accepts.
                "cross-account": self.place.aws_policy_arn("AWSLakeFormationCrossAccountManager")
            },
        )

    def revoke(self) -> PythonFunction:
        """Ends shares and takes back what they were granted; the only one that can."""
        of_data = [self.ledger.index_arn(index) for index in ("by_data", "by_owner")]
        return self._function(
            "revoke",
            "ends shares and takes back what they were granted",
            timeout=900,
            memory=512,
            opens_ledger=True,
            statements=[
                policies.requests(("GetItem",), self.register.table_arn),
                policies.shares(READ_AND_CHANGE, self.ledger.table_arn),
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.items(("UpdateItem",), self.ledger.table_arn, HOLDS),
                policies.query(of_data),
                policies.wildcard("Revoke"),
                policies.put_events(self.place),
            ],
            managed_policies={
                # What a grant made in RAM goes with it.
                "cross-account": self.place.aws_policy_arn("AWSLakeFormationCrossAccountManager")
            },
        )

    def close(self) -> PythonFunction:
        """Ends a request: status, reason, event."""
        return self._function(
            "close",
            "ends a request with its status, reason and event",
            timeout=60,
            memory=256,
            opens_vault=True,
            opens_ledger=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.items(("UpdateItem",), self.vault.table_arn, APPROVALS),
                policies.items(("GetItem",), self.vault.table_arn, DECISIONS),
                policies.shares(("UpdateItem",), self.ledger.table_arn),
                # What access stays after a denial.
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.put_events(self.place),
            ],
        )

    def sweep(
        self,
        state_machine_arn: pulumi.Output[str],
        state_machine_name: pulumi.Output[str],
        close: PythonFunction,
        revoking_arn: pulumi.Output[str],
        longest_run_seconds: int,
    ) -> PythonFunction:
        """Has requests closed whose execution is gone, and sees to what is due of shares; it grants nothing itself."""
        executions = self.place.arn("states", pulumi.Output.concat("execution:", state_machine_name, ":*"))
        return self._function(
            "sweep",
            "has requests closed whose execution is gone, and sees to what is due of shares",
            timeout=300,
            memory=256,
            environment={
                "STATE_MACHINE_ARN": state_machine_arn,
                "CLOSE_FUNCTION": close.function_name,
                "LONGEST_RUN_SECONDS": str(longest_run_seconds),
                "REVOKE_STATE_MACHINE_ARN": revoking_arn,
                "SWEEP_EVERY_MINUTES": str(self.settings.sweep_every_minutes),
            },
            opens_ledger=True,
            statements=[
                policies.requests(("BatchGetItem", "GetItem"), self.register.table_arn),
                policies.shares(("UpdateItem",), self.ledger.table_arn),
                # How many shares live, as DynamoDB counts them anyway.
                policies.allow("dynamodb:DescribeTable", self.ledger.table_arn),
                policies.allow("states:StartExecution", revoking_arn),
                policies.put_events(self.place),
                policies.query(
                    [
                        *(self.register.index_arn(index) for index in ("by_status", "by_announcement")),
                        self.ledger.index_arn("by_due"),
                    ]
                ),
                policies.allow("states:ListExecutions", state_machine_arn),
                policies.allow(["states:DescribeExecution", "states:StopExecution"], executions),
                policies.allow("lambda:InvokeFunction", close.arn),
            ],
        )

    def survey(self) -> PythonFunction:
        """Looks through the catalogue for flags, so that one that vanishes later is missed."""
        return self._function(
            "survey",
            "looks through the catalogue and remembers what is flagged",
            timeout=900,
            memory=512,
            texts=self._parties(),
            environment={"CENTRAL_ACCOUNT_ID": self.settings.account_id, **self._sensitive()},
            statements=[
                policies.items(("BatchGetItem", "GetItem", "UpdateItem"), self.register.table_arn, FLAGS),
                *policies.list_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self._tags("SearchTags", "ListTags"),
            ],
        )

    def requests_api(
        self,
        state_machine_arn: pulumi.Output[str],
        state_machine_name: pulumi.Output[str],
        *,
        revoking_arn: pulumi.Output[str],
        user_pool_id: pulumi.Output[str],
        user_pool_arn: pulumi.Output[str],
        auditors_group: str | None,
        trust_federated_email: bool,
    ) -> PythonFunction:
        """Takes requests, and shares given back, from signed-in people, and shows them and the executions."""
        executions = self.place.arn("states", pulumi.Output.concat("execution:", state_machine_name, ":*"))
        return self._function(
            "requests_api",
            "takes requests from people who are signed in, and shows them and the executions",
            # Half a minute is what an HTTP API waits.
            timeout=30,
            memory=512,
            texts=self._parties(),
            opens_ledger=True,
            environment={
                "CENTRAL_ACCOUNT_ID": self.settings.account_id,
                "STATE_MACHINE_ARN": state_machine_arn,
                "REVOKE_STATE_MACHINE_ARN": revoking_arn,
                "USER_POOL_ID": user_pool_id,
                "TRUST_FEDERATED_EMAIL": _flag(trust_federated_email),
                **({"AUDITORS_GROUP": auditors_group} if auditors_group else {}),
            },
            statements=[
                # Requests and shares are told from all else in the same way.
                policies.shares(READ_AND_CHANGE, self.register.table_arn, self.ledger.table_arn),
                policies.items(("UpdateItem",), self.register.table_arn, CLAIMS),
                policies.query(
                    [self.register.index_arn(index) for index in ("by_requester", "by_consumer", "by_status")]
                ),
                # Never `states:GetExecutionHistory`: the history of an execution holds its task token.
                policies.allow(["states:ListExecutions", "states:StartExecution"], state_machine_arn),
                policies.allow("states:DescribeExecution", executions),
                policies.allow("states:StartExecution", revoking_arn),
                policies.allow("cognito-idp:AdminGetUser", user_pool_arn),
            ],
        )

    def catalogue_api(self) -> PythonFunction:
        """Shows the catalogue and says what would become of a request; it knows of flags, holds and shares only."""
        return self._function(
            "catalogue_api",
            "shows the catalogue, and says what would become of a request",
            timeout=30,
            memory=512,
            texts=self._parties(),
            environment=self._catalogue(),
            opens_vault=True,
            opens_ledger=True,
            statements=[
                policies.items(("BatchGetItem",), self.register.table_arn, FLAGS),
                policies.items(("UpdateItem",), self.vault.table_arn, PACES),
                # Whether the account has it already, as Classify looks for it.
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.wildcard("ReadGrants"),
                policies.items(("GetItem",), self.ledger.table_arn, HOLDS),
                # Whose the share is that is to be renewed.
                policies.shares(("GetItem",), self.ledger.table_arn),
                *policies.browse_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self._tags("SearchTags", "ReadTags", "ListTags"),
                policies.wildcard("ReadDataLakeSettings"),
                policies.wildcard("ListLocations"),
            ],
        )

    def _function(
        self,
        module: str,
        description: str,
        *,
        statements: Sequence[Statement],
        texts: Mapping[str, str] | None = None,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        opens_vault: bool = False,
        opens_ledger: bool = False,
        **particulars: Any,
    ) -> PythonFunction:
        archive = handler_archive(module, texts)
        secret = bool(texts) and self.settings.secret_producers
        return PythonFunction(
            f"{self.prefix}-{module.replace('_', '-')}",
            PythonFunctionArgs(
                module=module,
                description=description,
                code=pulumi.Output.secret(archive) if secret else archive,
                layer_arn=self.layer_arn,
                environment={
                    "REGISTER_TABLE": self.register.table_name,
                    **({"VAULT_TABLE": self.vault.table_name} if opens_vault else {}),
                    **({"LEDGER_TABLE": self.ledger.table_name} if opens_ledger else {}),
                    **(environment or {}),
                },
                statements=statements,
                log_retention_days=self.settings.log_retention_days,
                reserved_concurrency=self.settings.reserved_concurrency.get(module.replace("_", "-")),
                **particulars,
            ),
            pulumi.ResourceOptions(parent=self.parent),
        )

    def _catalogue(self) -> dict[str, str]:
        """What reading the catalogue needs to know. Grant reads it just as Classify did, or nothing would match."""
        return {
            "CENTRAL_ACCOUNT_ID": self.settings.account_id,
            "WILDCARD_ON_APPROVAL": _flag(self.settings.wildcard_on_approval),
            **self._sensitive(),
        }

    def _sensitive(self) -> dict[str, str]:
        """Which LF-Tags are flags, if any are."""
        tags = self.settings.sensitive_tags
        return {"SENSITIVE_TAGS": json.dumps(tags)} if tags else {}

    def _tags(self, *wildcards: str) -> Sequence[Statement]:
        """Read LF-Tags, if any are flags."""
        return [policies.wildcard(name) for name in wildcards] if self.settings.sensitive_tags else []

    def _parties(self) -> dict[str, str]:
        """Who may be asked, and who gets access how long: too much for a function's environment, so it is a file."""
        parties = {
            "producers": [
                {
                    "account_id": producer.account_id,
                    "external_id": producer.external_id,
                    "region": producer.region,
                    "name": producer.name,
                    "databases": None if producer.databases is None else list(producer.databases),
                    "legacy_kit": producer.legacy_kit,
                    "default_share_days": producer.default_share_days,
                    "longest_share_days": producer.longest_share_days,
                }
                for producer in self.settings.producers
            ],
            "consumer_accounts": None
            if self.settings.consumer_accounts is None
            else list(self.settings.consumer_accounts),
            "default_share_days": self.settings.default_share_days,
            "longest_share_days": self.settings.longest_share_days,
        }
        return {"parties.json": json.dumps(parties, ensure_ascii=False, indent=1)}


def _flag(value: bool) -> str:
    return "true" if value else "false"
