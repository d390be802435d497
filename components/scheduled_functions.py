"""The functions that a schedule calls: for each one what it does, what it is told and what it may do."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi

from components import policies
from components.consumer_kit import FUNCTION_NAME as KIT_FUNCTION
from components.functions import READ_AND_CHANGE, Functions, flag
from components.ledger import DELIVERIES, FINDINGS, LIVE
from components.python_function import PythonFunction
from components.register import FLAGS
from settings.stacks import DriftSettings


@dataclass(frozen=True, kw_only=True)
class ScheduledFunctions(Functions):
    """Makes those that look after what stands: requests, the catalogue, deliveries, the lake."""

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
        return self.function(
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
        return self.function(
            "survey",
            "looks through the catalogue and remembers what is flagged",
            timeout=900,
            memory=512,
            texts=self.parties(),
            environment={"CENTRAL_ACCOUNT_ID": self.settings.account_id, **self.sensitive()},
            statements=[
                policies.items(("BatchGetItem", "GetItem", "UpdateItem"), self.register.table_arn, FLAGS),
                *policies.list_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self.tags("SearchTags", "ListTags"),
            ],
        )

    def deliver(self) -> PythonFunction:
        """Has shares taken up in consumers' accounts by their kits, which it may invoke and nothing else there."""
        kits = [
            pulumi.Output.concat(
                "arn:", self.place.partition, f":lambda:{self.settings.region}:{each}:function:{KIT_FUNCTION}"
            )
            for each in self.settings.consumer_kits
        ]
        return self.function(
            "deliver",
            "has shares taken up in the accounts that have a kit",
            timeout=900,
            memory=256,
            environment={
                "CENTRAL_ACCOUNT_ID": self.settings.account_id,
                "PARTITION": self.place.partition,
                "REGION": self.settings.region,
                "CONSUMER_KITS": json.dumps(self.settings.consumer_kits),
            },
            opens_register=False,
            opens_ledger=True,
            statements=[
                policies.shares(("GetItem", "Query"), self.ledger.table_arn),
                policies.shares(("Query",), self.ledger.index_arn(LIVE)),
                policies.items(READ_AND_CHANGE, self.ledger.table_arn, DELIVERIES),
                policies.items(("Query",), self.ledger.index_arn(LIVE), DELIVERIES),
                policies.query([self.ledger.index_arn("by_due")]),
                policies.allow("lambda:InvokeFunction", kits),
                policies.put_events(self.place),
            ],
        )

    def drift(self, drift: DriftSettings) -> PythonFunction:
        """Holds the ledger against the lake, and notes what differs; it can neither grant nor revoke."""
        return self.function(
            "drift",
            "holds the ledger against the lake, and notes what differs",
            timeout=900,
            memory=1024,
            texts=self.parties(),
            environment={
                "CENTRAL_ACCOUNT_ID": self.settings.account_id,
                "REVOKE_NEW_PERSONAL_DATA": flag(drift.revokes_new_personal_data),
                **self.sensitive(),
            },
            opens_ledger=True,
            statements=[
                # What the owner saw who approved a share.
                policies.requests(("GetItem",), self.register.table_arn),
                # Which accounts have shares; then each account's, consistently.
                policies.allow("dynamodb:Scan", self.ledger.index_arn("by_owner")),
                policies.shares(("Query",), self.ledger.table_arn, self.ledger.index_arn(LIVE)),
                *([policies.shares(("UpdateItem",), self.ledger.table_arn)] if drift.revokes_new_personal_data else []),
                policies.items(READ_AND_CHANGE, self.ledger.table_arn, FINDINGS),
                policies.items(("Query",), self.ledger.index_arn(LIVE), FINDINGS),
                *policies.read_catalogue(self.place, self.settings.catalog_kms_key_arn),
                *self.tags("SearchTags", "ReadTags"),
                policies.wildcard("ReadAllGrants"),
                policies.wildcard("ReadResourceShares"),
                policies.put_events(self.place),
            ],
        )
