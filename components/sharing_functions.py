"""The functions of the central stack: for each one what it does, what it is told and what it may do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi

from components import policies
from components.handler_archive import handler_archive
from components.policies import Place, Statement
from components.producer_approval_kit import NOTIFIER_ROLE_NAME, ROLE_NAME
from components.python_function import PythonFunction, PythonFunctionArgs
from components.register import Register
from components.vault import APPROVALS, DECISIONS, Vault
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
        layer_arn: the layer with their third-party packages.
    """

    prefix: str
    parent: pulumi.Resource
    settings: CentralSettings
    place: Place
    register: Register
    vault: Vault
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
            environment=self._catalogue(),
            statements=[
                policies.register(READ_AND_CHANGE, self.register.table_arn),
                *policies.read_catalogue(self.place),
                policies.wildcard("ReadDataLakeSettings"),
                policies.put_events(self.place),
                *policies.decrypt_catalogue(self.settings.catalog_kms_key_arn),
            ],
        )

    def request_approval(self, api_url: pulumi.Output[str]) -> PythonFunction:
        """Mails the approvers; the only one that may enter a producer's account."""
        return self._function(
            "request_approval",
            "mails the approvers of a producer",
            timeout=60,
            memory=256,
            role_name=NOTIFIER_ROLE_NAME,
            texts=self._parties(),
            environment={"API_URL": api_url, "PARTITION": self.place.partition},
            opens_vault=True,
            statements=[
                policies.register(READ_AND_CHANGE, self.register.table_arn),
                policies.vault(("UpdateItem",), self.vault.table_arn, APPROVALS),
                policies.put_events(self.place),
            ],
            assumed_roles=[self.place.role_arn(producer.account_id, ROLE_NAME) for producer in self.settings.producers],
        )

    def decide(self, state_machine_arn: pulumi.Output[str]) -> PythonFunction:
        """Shows the decision page and takes the decision."""
        return self._function(
            "decide",
            "shows the decision page and takes the decision",
            # Half a minute is what an HTTP API waits.
            timeout=30,
            memory=512,
            opens_vault=True,
            statements=[
                policies.register(("GetItem",), self.register.table_arn),
                policies.vault(READ_AND_CHANGE, self.vault.table_arn, APPROVALS),
                policies.vault(("PutItem",), self.vault.table_arn, DECISIONS),
                policies.allow("states:SendTaskSuccess", state_machine_arn),
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
            statements=[
                policies.register(READ_AND_CHANGE, self.register.table_arn),
                policies.vault(("GetItem",), self.vault.table_arn, DECISIONS),
                *policies.read_catalogue(self.place),
                policies.wildcard("Grant"),
                *policies.decrypt_catalogue(self.settings.catalog_kms_key_arn),
            ],
            managed_policies={
                # RAM, and what Glue itself calls when a consumer accepts.
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
            statements=[
                policies.register(("UpdateItem",), self.register.table_arn),
                policies.vault(("UpdateItem",), self.vault.table_arn, APPROVALS),
                policies.vault(("GetItem",), self.vault.table_arn, DECISIONS),
                policies.put_events(self.place),
            ],
        )

    def sweep(
        self, state_machine_arn: pulumi.Output[str], state_machine_name: pulumi.Output[str], close: PythonFunction
    ) -> PythonFunction:
        """Finds requests whose execution is gone, and has Close close them: it changes nothing itself."""
        executions = self.place.arn("states", pulumi.Output.concat("execution:", state_machine_name, ":*"))
        return self._function(
            "sweep",
            "finds requests whose execution is gone and has them closed",
            timeout=300,
            memory=256,
            environment={"STATE_MACHINE_ARN": state_machine_arn, "CLOSE_FUNCTION": close.function_name},
            statements=[
                policies.register(("BatchGetItem",), self.register.table_arn),
                policies.register(
                    ("Query",), [self.register.index_arn(index) for index in ("by_status", "by_announcement")]
                ),
                policies.allow("states:ListExecutions", state_machine_arn),
                policies.allow("states:DescribeExecution", executions),
                policies.allow("lambda:InvokeFunction", close.arn),
            ],
        )

    def requests_api(
        self,
        state_machine_arn: pulumi.Output[str],
        state_machine_name: pulumi.Output[str],
        *,
        user_pool_id: pulumi.Output[str],
        user_pool_arn: pulumi.Output[str],
        auditors_group: str | None,
        trust_federated_email: bool,
    ) -> PythonFunction:
        """Takes requests from signed-in people, and shows them and the executions."""
        executions = self.place.arn("states", pulumi.Output.concat("execution:", state_machine_name, ":*"))
        return self._function(
            "requests_api",
            "takes requests from people who are signed in, and shows them and the executions",
            # Half a minute is what an HTTP API waits.
            timeout=30,
            memory=512,
            texts=self._parties(),
            environment={
                "CENTRAL_ACCOUNT_ID": self.settings.account_id,
                "STATE_MACHINE_ARN": state_machine_arn,
                "USER_POOL_ID": user_pool_id,
                "TRUST_FEDERATED_EMAIL": _flag(trust_federated_email),
                **({"AUDITORS_GROUP": auditors_group} if auditors_group else {}),
            },
            statements=[
                policies.register(READ_AND_CHANGE, self.register.table_arn),
                policies.register(
                    ("Query",),
                    [self.register.index_arn(index) for index in ("by_requester", "by_consumer", "by_status")],
                ),
                # Never `states:GetExecutionHistory`: the history of an execution holds its task token.
                policies.allow(["states:ListExecutions", "states:StartExecution"], state_machine_arn),
                policies.allow("states:DescribeExecution", executions),
                policies.allow("cognito-idp:AdminGetUser", user_pool_arn),
            ],
        )

    def catalogue_api(self) -> PythonFunction:
        """Shows the catalogue and says what would become of a request; knows nothing of the register."""
        return self._function(
            "catalogue_api",
            "shows the catalogue, and says what would become of a request",
            timeout=30,
            memory=512,
            texts=self._parties(),
            environment=self._catalogue(),
            keeps_records=False,
            statements=[
                *policies.browse_catalogue(self.place),
                policies.wildcard("ReadDataLakeSettings"),
                *policies.decrypt_catalogue(self.settings.catalog_kms_key_arn),
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
        keeps_records: bool = True,
        opens_vault: bool = False,
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
                    **({"REGISTER_TABLE": self.register.table_name} if keeps_records else {}),
                    **({"VAULT_TABLE": self.vault.table_name} if opens_vault else {}),
                    **(environment or {}),
                },
                statements=statements,
                log_retention_days=self.settings.log_retention_days,
                **particulars,
            ),
            pulumi.ResourceOptions(parent=self.parent),
        )

    def _catalogue(self) -> dict[str, str]:
        """What reading the catalogue needs to know. Grant reads it just as Classify did, or nothing would match."""
        return {
            "CENTRAL_ACCOUNT_ID": self.settings.account_id,
            "WILDCARD_ON_APPROVAL": _flag(self.settings.wildcard_on_approval),
        }

    def _parties(self) -> dict[str, str]:
        """Who may be asked and who may be granted access: too much for a function's environment, so it is a file."""
        parties = {
            "producers": [
                {
                    "account_id": producer.account_id,
                    "external_id": producer.external_id,
                    "region": producer.region,
                    "name": producer.name,
                    "databases": None if producer.databases is None else list(producer.databases),
                    "legacy_kit": producer.legacy_kit,
                }
                for producer in self.settings.producers
            ],
            "consumer_accounts": None
            if self.settings.consumer_accounts is None
            else list(self.settings.consumer_accounts),
        }
        return {"parties.json": json.dumps(parties, ensure_ascii=False, indent=1)}


def _flag(value: bool) -> str:
    return "true" if value else "false"
