"""The functions that a stack with a portal has: for each one what it does, what it is told and what it may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pulumi

from components import policies
from components.functions import READ_AND_CHANGE, Functions, flag
from components.ledger import DELIVERIES, FINDINGS, HOLDS, INDEXES, LIVE
from components.policies import Statement
from components.python_function import PythonFunction
from components.register import CLAIMS, FLAGS
from components.search_index import SearchIndex
from components.sign_in import SignIn
from components.vault import APPROVALS, DECISIONS, PACES
from settings.portal import OidcProvider, PortalSettings, SamlProvider
from settings.stacks import DriftSettings


@dataclass(frozen=True, kw_only=True)
class PortalFunctions(Functions):
    """Makes the functions behind the portal's API, one method each.

    Attributes:
        portal: the portal's settings.
        sign_in: who may sign in.
        notify: asks the producers who their approvers are.
    """

    portal: PortalSettings
    sign_in: SignIn
    notify: PythonFunction

    @classmethod
    def under(
        cls, parent: pulumi.Resource, prefix: str, functions: Functions, sign_in: SignIn, notify: PythonFunction
    ) -> Self:
        """Like other functions of the stack, under another component and with what these take besides.

        Raises:
            ValueError: the stack has no portal.
        """
        if functions.settings.portal is None:
            raise ValueError("A stack without a portal has no functions of the portal.")
        return cls(
            prefix=prefix,
            parent=parent,
            settings=functions.settings,
            place=functions.place,
            register=functions.register,
            vault=functions.vault,
            ledger=functions.ledger,
            layer_arn=functions.layer_arn,
            portal=functions.settings.portal,
            sign_in=sign_in,
            notify=notify,
        )

    def requests_api(
        self,
        state_machine_arn: pulumi.Output[str],
        state_machine_name: pulumi.Output[str],
        revoking_arn: pulumi.Output[str],
    ) -> PythonFunction:
        """Takes requests, and shares given back, from signed-in people, and shows them and the executions."""
        executions = self.place.arn("states", pulumi.Output.concat("execution:", state_machine_name, ":*"))
        return self.function(
            "requests_api",
            "takes requests from people who are signed in, and shows them and the executions",
            # Half a minute is what an HTTP API waits.
            timeout=30,
            memory=512,
            texts=self.parties(),
            opens_ledger=True,
            environment={
                "CENTRAL_ACCOUNT_ID": self.settings.account_id,
                "STATE_MACHINE_ARN": state_machine_arn,
                "REVOKE_STATE_MACHINE_ARN": revoking_arn,
                **self.people(),
            },
            statements=[
                # Requests and shares are told from all else in the same way.
                policies.shares(READ_AND_CHANGE, self.register.table_arn, self.ledger.table_arn),
                # What became of the requests of a page of executions.
                policies.requests(("BatchGetItem",), self.register.table_arn),
                policies.items(("UpdateItem",), self.register.table_arn, CLAIMS),
                policies.query(
                    [
                        self.register.index_arn(index)
                        for index in ("by_requester", "by_consumer", "by_owner", "by_status")
                    ]
                ),
                # Never `states:GetExecutionHistory`: the history of an execution holds its task token.
                policies.allow(["states:ListExecutions", "states:StartExecution"], state_machine_arn),
                policies.allow("states:DescribeExecution", executions),
                policies.allow("states:StartExecution", revoking_arn),
                *self.know_people(),
            ],
        )

    def shares_api(self, revoking_arn: pulumi.Output[str]) -> PythonFunction:
        """Shows shares, holds and changes to those who may see them; ends shares and puts holds for owners."""
        return self.function(
            "shares_api",
            "shows shares, holds and changes, and ends shares for the owners of their data",
            timeout=30,
            memory=512,
            texts=self.parties(),
            opens_ledger=True,
            environment={"REVOKE_STATE_MACHINE_ARN": revoking_arn, **self.people()},
            statements=[
                # Which account a share is of.
                policies.requests(("GetItem",), self.register.table_arn),
                policies.shares(READ_AND_CHANGE, self.ledger.table_arn),
                # What else of an account's stays.
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.items(READ_AND_CHANGE, self.ledger.table_arn, HOLDS),
                *self._deliveries(),
                policies.query([self.ledger.index_arn(index) for index in INDEXES if index != "by_due"]),
                policies.allow("states:StartExecution", revoking_arn),
                *self.know_people(),
            ],
        )

    def decide_signed_in(self, state_machine_arn: pulumi.Output[str]) -> PythonFunction:
        """Shows approvers what waits for them, and takes their decisions; no key of a mail is known to it."""
        return self.function(
            "decide_signed_in",
            "takes the decisions of approvers who are signed in",
            timeout=30,
            memory=512,
            texts=self.parties(),
            opens_vault=True,
            opens_ledger=True,
            environment=self.people(),
            statements=[
                policies.requests(("BatchGetItem", "GetItem"), self.register.table_arn),
                policies.query([self.register.index_arn("by_status")]),
                policies.items(("GetItem",), self.vault.table_arn, APPROVALS),
                policies.items(("PutItem",), self.vault.table_arn, DECISIONS),
                # What the account has already.
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                policies.allow("states:SendTaskSuccess", state_machine_arn),
                *self.know_people(),
            ],
        )

    def catalogue_api(self, index: SearchIndex) -> PythonFunction:
        """Shows the catalogue and says what would become of a request; it knows of flags, holds and shares only."""
        return self.function(
            "catalogue_api",
            "shows the catalogue, and says what would become of a request",
            timeout=30,
            # A whole core: how fast it searches is how fast it computes.
            memory=1_769,
            texts=self.parties(),
            environment={
                **self.catalogue(),
                "BINDS_ACCOUNTS": flag(self.portal.binds_accounts),
                "INDEX_BUCKET": index.bucket_name,
            },
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
                policies.allow("s3:GetObject", index.arn),
                *policies.browse_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self.tags("SearchTags", "ReadTags", "ListTags"),
                policies.wildcard("ReadDataLakeSettings"),
                policies.wildcard("ListLocations"),
            ],
        )

    def index_catalogue(self, index: SearchIndex) -> PythonFunction:
        """Makes the index that the catalogue API searches."""
        return self.function(
            "index_catalogue",
            "makes the index of the catalogue that people search",
            timeout=900,
            memory=1_769,
            environment={"CENTRAL_ACCOUNT_ID": self.settings.account_id, "INDEX_BUCKET": index.bucket_name},
            opens_register=False,
            statements=[
                policies.allow("s3:PutObject", index.arn),
                *policies.list_catalogue(self.place, self.settings.catalog_kms_key_arn),
            ],
        )

    def findings_api(
        self, state_machine_arn: pulumi.Output[str], revoking_arn: pulumi.Output[str], drift: DriftSettings
    ) -> PythonFunction:
        """Shows what drift found, and settles it: it makes shares of what is there, and has shares taken back."""
        until = drift.adopted_until
        return self.function(
            "findings_api",
            "shows what drift found, and settles it",
            timeout=30,
            memory=512,
            texts=self.parties(),
            opens_ledger=True,
            environment={
                "STATE_MACHINE_ARN": state_machine_arn,
                "REVOKE_STATE_MACHINE_ARN": revoking_arn,
                **({"ADOPTED_UNTIL": until.isoformat()} if until else {}),
                **self.people(),
            },
            statements=[
                policies.items(READ_AND_CHANGE, self.ledger.table_arn, FINDINGS),
                policies.items(("Query",), self.ledger.index_arn(LIVE), FINDINGS),
                # What is adopted is a share, with a request beside it.
                policies.requests(READ_AND_CHANGE, self.register.table_arn),
                policies.shares(("GetItem", "PutItem", "UpdateItem"), self.ledger.table_arn),
                policies.items(("GetItem",), self.ledger.table_arn, HOLDS),
                # To ask anew, and to have taken back.
                policies.allow("states:StartExecution", [state_machine_arn, revoking_arn]),
                *self.know_people(),
            ],
        )

    def _deliveries(self) -> Sequence[Statement]:
        """Show what becomes of shares in their accounts, and have them delivered again; where there are kits."""
        actions = ("BatchGetItem", *READ_AND_CHANGE)
        return [policies.items(actions, self.ledger.table_arn, DELIVERIES)] if self.settings.consumer_kits else []

    def people(self) -> dict[str, pulumi.Input[str]]:
        """What it takes to find out what somebody is who is signed in: `handlers/aws/people.py` reads it."""
        portal = self.portal
        groups = {"AUDITORS_GROUP": portal.auditors_group, "OPERATORS_GROUP": portal.operators_group}
        return {
            "USER_POOL_ID": self.sign_in.pool_id,
            "TRUST_FEDERATED_EMAIL": flag(trusts_federated_email(portal)),
            "BINDS_ACCOUNTS": flag(portal.binds_accounts),
            "NOTIFY_FUNCTION": self.notify.function_name,
            **{name: group for name, group in groups.items() if group},
        }

    def know_people(self) -> Sequence[Statement]:
        """What that may do: ask the pool, and Notify, which asks the producers."""
        return [
            policies.allow(["cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser"], self.sign_in.pool_arn),
            policies.allow("lambda:InvokeFunction", self.notify.arn),
        ]


def trusts_federated_email(portal: PortalSettings) -> bool:
    """Whether the addresses of those whom the identity provider signs in count without being verified by Cognito.

    A SAML provider is an organization's own directory. An OpenID provider may let people claim any address, so it says
    for each whether it is verified, or the platform team says that they all are.
    """
    match portal.identity_provider:
        case SamlProvider():
            return True
        case OidcProvider(trust_email=trusted):
            return trusted
        case None:
            return False
