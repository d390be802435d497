"""The functions of the central stack: for each one what it does, what it is told and what it may do."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components import policies
from components.functions import READ_AND_CHANGE
from components.ledger import DELIVERIES, HOLDS, LIVE, TURNS
from components.producer_approval_kit import NOTIFIER_ROLE_NAME, ROLE_NAME
from components.python_function import PythonFunction
from components.register import CLAIMS, DUE, FLAGS
from components.scheduled_functions import ScheduledFunctions
from components.vault import APPROVALS, DECISIONS, PACES


@dataclass(frozen=True, kw_only=True)
class SharingFunctions(ScheduledFunctions):
    """Makes the functions that every stack has, one method each."""

    def classify(self) -> PythonFunction:
        """Reads the catalogue and decides whether a person must approve."""
        return self.function(
            "classify",
            "reads the catalogue and decides whether a person must approve",
            timeout=300,
            memory=512,
            texts=self.parties(),
            environment={**self.catalogue(), "DIRECT_REQUESTS": self.settings.direct_requests},
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
                *self.tags("SearchTags", "ReadTags"),
                policies.wildcard("ReadDataLakeSettings"),
                policies.wildcard("ListLocations"),
                policies.put_events(self.place),
            ],
        )

    def request_approval(self, notify: PythonFunction) -> PythonFunction:
        """Lets a request wait for its owner's decision, and has Notify mail them."""
        return self.function(
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

    def notify(self, api_url: pulumi.Output[str], portal_url: pulumi.Output[str] | None) -> PythonFunction:
        """Mails the approvers what is owed; the only one that may enter a producer's account.

        It may end a wait besides, which `CentralWorkflow` allows once there is a state machine.
        """
        return self.function(
            "notify",
            "mails the approvers of a producer",
            # As long as until its schedule calls it again.
            timeout=60,
            memory=256,
            # No two roles bear this name while a stack is updated: it comes from the function that mailed before.
            role_name=NOTIFIER_ROLE_NAME,
            role_was=f"{self.prefix}-request-approval-role",
            texts=self.parties(enters=True),
            environment={"API_URL": api_url, "PARTITION": self.place.partition, **_portal(portal_url)},
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

    def decide(
        self, state_machine_arn: pulumi.Output[str], notify: PythonFunction, portal_url: pulumi.Output[str] | None
    ) -> PythonFunction:
        """Shows the decision page and takes the decision."""
        return self.function(
            "decide",
            "shows the decision page and takes the decision",
            # Half a minute is what an HTTP API waits.
            timeout=30,
            memory=512,
            # Who decides by links; where those go who do not, the environment says.
            texts=self.signed_in(),
            environment={"NOTIFY_FUNCTION": notify.function_name, **_portal(portal_url)},
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

    def grant(self, revoke_role_arn: pulumi.Output[str]) -> PythonFunction:
        """Grants; the only one that can."""
        kits = self.settings.consumer_kits
        return self.function(
            "grant",
            "grants what was classified, or approved",
            timeout=900,
            memory=512,
            texts=self.parties(),
            environment={**self.catalogue(), "REVOKE_ROLE_ARN": revoke_role_arn},
            opens_vault=True,
            opens_ledger=True,
            statements=[
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.items(("BatchGetItem", "UpdateItem"), self.register.table_arn, FLAGS),
                policies.items(("GetItem",), self.vault.table_arn, DECISIONS),
                # A transaction checks the lease of who revokes, under the consumer's own key, and the holds.
                policies.shares((*READ_AND_CHANGE, "ConditionCheckItem", "PutItem"), self.ledger.table_arn),
                # The account's other shares: of parts of what it has as a whole now.
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.items(("ConditionCheckItem", "GetItem"), self.ledger.table_arn, HOLDS),
                policies.items(("DeleteItem", "UpdateItem"), self.ledger.table_arn, TURNS),
                *([policies.items(("UpdateItem",), self.ledger.table_arn, DELIVERIES)] if kits else []),
                *policies.read_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self.tags("SearchTags", "ReadTags"),
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
        return self.function(
            "revoke",
            "ends shares and takes back what they were granted",
            timeout=900,
            memory=512,
            environment={"CENTRAL_ACCOUNT_ID": self.settings.account_id},
            opens_ledger=True,
            statements=[
                policies.requests(("GetItem",), self.register.table_arn),
                policies.shares(READ_AND_CHANGE, self.ledger.table_arn),
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.items(READ_AND_CHANGE, self.ledger.table_arn, HOLDS),
                policies.items(("DeleteItem", "UpdateItem"), self.ledger.table_arn, TURNS),
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
        return self.function(
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


def _portal(url: pulumi.Output[str] | None) -> dict[str, pulumi.Input[str]]:
    """Where the portal is, if there is one."""
    return {} if url is None else {"PORTAL_URL": url}
