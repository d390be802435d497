"""What all functions of the central stack have in common: their tables, their settings, how they are made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components import policies
from components.handler_archive import handler_archive
from components.ledger import Ledger
from components.policies import Place, Statement
from components.python_function import PythonFunction, PythonFunctionArgs
from components.register import Register
from components.vault import Vault
from settings.people import SIGNED_IN
from settings.stacks import CentralSettings

READ_AND_CHANGE = ("GetItem", "UpdateItem")
"""What most functions do to items: look, and change conditionally."""


@dataclass(frozen=True, kw_only=True)
class Functions:
    """Makes functions, as children of one parent.

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

    def function(
        self,
        module: str,
        description: str,
        *,
        statements: Sequence[Statement],
        texts: Mapping[str, str] | None = None,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        opens_register: bool = True,
        opens_vault: bool = False,
        opens_ledger: bool = False,
        **particulars: Any,
    ) -> PythonFunction:
        """One function: its module, what it may do, the texts in its archive, and which tables it is told of."""
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
                    **({"REGISTER_TABLE": self.register.table_name} if opens_register else {}),
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

    def catalogue(self) -> dict[str, str]:
        """What reading the catalogue needs to know. Grant reads it just as Classify did, or nothing would match."""
        return {
            "CENTRAL_ACCOUNT_ID": self.settings.account_id,
            "WILDCARD_ON_APPROVAL": flag(self.settings.wildcard_on_approval),
            **self.sensitive(),
        }

    def sensitive(self) -> dict[str, str]:
        """Which LF-Tags are flags, if any are."""
        tags = self.settings.sensitive_tags
        return {"SENSITIVE_TAGS": json.dumps(tags)} if tags else {}

    def tags(self, *wildcards: str) -> Sequence[Statement]:
        """Read LF-Tags, if any are flags."""
        return [policies.wildcard(name) for name in wildcards] if self.settings.sensitive_tags else []

    def signed_in(self) -> dict[str, str]:
        """The owners for whose data decisions are taken in the portal only, where that is all that has to be known."""
        decides = {each.account_id: each.decisions or self.settings.decisions for each in self.settings.producers}
        return {"signed_in.json": json.dumps([owner for owner, how in decides.items() if how == SIGNED_IN])}

    def parties(self, *, enters: bool = False) -> dict[str, str]:
        """Who may be asked, and who gets access how long: too much for a function's environment, so it is a file.

        `enters`: whether the function enters the producers' accounts, and presents what these demand.
        """
        parties = {
            "producers": [
                {
                    "account_id": producer.account_id,
                    **({"external_id": producer.external_id} if enters else {}),
                    "region": producer.region,
                    "name": producer.name,
                    "databases": None if producer.databases is None else list(producer.databases),
                    "legacy_kit": producer.legacy_kit,
                    "default_share_days": producer.default_share_days,
                    "longest_share_days": producer.longest_share_days,
                    "approvers_group": producer.approvers_group,
                    "decisions": producer.decisions or self.settings.decisions,
                    "safe_subset": producer.safe_subset,
                }
                for producer in self.settings.producers
            ],
            "consumer_accounts": None
            if self.settings.consumer_accounts is None
            else list(self.settings.consumer_accounts),
            **({"consumer_kits": list(self.settings.consumer_kits)} if self.settings.consumer_kits else {}),
            "default_share_days": self.settings.default_share_days,
            "longest_share_days": self.settings.longest_share_days,
        }
        return {"parties.json": json.dumps(parties, ensure_ascii=False, indent=1)}


def flag(value: bool) -> str:
    """A boolean as the handlers read it from their environment."""
    return "true" if value else "false"
