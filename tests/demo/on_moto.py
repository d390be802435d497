"""The program's stacks on a plain moto, and mocks that remember what they made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pulumi.runtime import MockResourceArgs

from localmesh.program import Program
from localmesh.provider import Endpoint
from localmesh.provider.mocks import ProviderMocks
from localmesh.provider.wire import plain

PROGRAM = Program.at(Path(__file__).resolve().parents[2])
APPROVERS = ["anna@example.org", "ben@example.org"]

PORTAL: dict[str, Any] = {
    "portal": True,
    "portalAuditorsGroup": "auditors",
    "portalIdentityPool": True,
    "portalDomainPrefix": "lakeshare-example",
    "portalIdentityProvider": {
        "name": "corp",
        "oidcIssuer": "https://idp.example.org",
        "clientId": "lakeshare",
        "clientSecret": "s3cret",
    },
    "portalUsers": [
        {"username": "alex", "email": "alex@consumer.example"},
        {"username": "audit", "email": "audit@consumer.example", "auditor": True},
    ],
}
"""What a central stack with a portal has beside: a user of each kind, and an identity provider."""


def central(account: str, **more: object) -> dict[str, Any]:
    """The config of a central stack in an account."""
    producers = [{"accountId": "111111111111", "databases": ["retail"]}, {"accountId": "222222222222"}]
    given = {"accountId": account, "producers": producers, "consumerAccounts": "any"}
    return {"aws:region": "us-east-1", "role": "central", **given, **more}


def producer(account: str, **more: object) -> dict[str, Any]:
    """The config of a producer's stack in an account."""
    central = {"centralAccountId": "123456789012", "approverEmails": APPROVERS}
    return {"aws:region": "us-east-1", "role": "producer", "accountId": account, **central, **more}


class Keeping(ProviderMocks):
    """Remembers all that it makes, in order; points the attachment of AWS's own policy at the one of this account."""

    def __init__(self, endpoint: Endpoint, account: str) -> None:
        super().__init__(endpoint)
        self._managed = f"arn:aws:iam::{account}:policy/AWSLakeFormationCrossAccountManager"
        self.names: list[str] = []
        self.kept: list[tuple[str, str, dict[str, Any]]] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Makes it, and keeps type, id and state."""
        arn = args.inputs.get("policyArn", "")
        if arn.endswith("/AWSLakeFormationCrossAccountManager"):
            args.inputs["policyArn"] = self._managed
        self.names.append(args.name)
        id_, state = super().new_resource(args)
        if args.typ.startswith("aws:") and id_ is not None:
            self.kept.append((args.typ, id_, plain(state)))
        return id_, state
