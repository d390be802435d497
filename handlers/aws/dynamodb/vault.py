"""The vault on DynamoDB: what guards decisions, and the decisions themselves. No index sees it, no list shows it."""

import contextlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from handlers.aws.dynamodb.items import approval_key, decision_key, read_approval, read_decision
from handlers.aws.dynamodb.store import Change, ConditionFailed, Table
from handlers.sharing.model.clock import moment
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import VERSION, Decision

KEEP = timedelta(days=90)
"""How long approvals and decisions outlive their request: as long as Step Functions keeps an execution's name."""


class DynamoVault:
    """`Vault` on DynamoDB. The items' shapes: `handlers.aws.dynamodb.items`."""

    def __init__(self, table: str) -> None:
        self._table = Table(table, "vault")

    def approval(self, request_id: str) -> Approval | None:
        """Read what guards the decision on a request."""
        item = self._table.get(approval_key(request_id))
        return None if item is None else read_approval(item)

    def prepare_approval(self, request_id: str, approval: Approval, key: SentKey) -> None:
        """Store the live token and the approvers' hashes, and add the key to those that may have been mailed."""
        attributes: dict[str, object] = {
            "version": VERSION,
            "token": approval.token,
            "salt": approval.salt,
            "approvers": None if approval.approvers is None else list(approval.approvers),
            "expires_at": approval.expires_at,
            "ttl": int((moment(approval.expires_at) + KEEP).timestamp()),
        }
        change = Change(
            set=attributes,
            append={"keys": [asdict(key)]},
            condition="attribute_not_exists(pk) OR #version <= :version",
        )
        try:
            self._table.change(approval_key(request_id), change)
        except ConditionFailed as failed:
            read_approval(failed.item or {})  # says which version it has
            raise

    def count_try(self, request_id: str, who: str) -> tuple[int, int]:
        """Count one more address typed by `who`; returns the tries of `who` and of all."""
        item = self._add_try(request_id, who, 1)
        return item[f"tries_{who}"], item["tries_total"]

    def forgive_try(self, request_id: str, who: str) -> None:
        """Take one counted try back."""
        self._add_try(request_id, who, -1)

    def save_decision(self, decision: Decision) -> None:
        """Store a decision's particulars under its random id."""
        ttl = int((moment(decision.at) + KEEP).timestamp())
        self._table.put(decision_key(decision.id), {"version": VERSION, "decision": asdict(decision), "ttl": ttl})

    def decision(self, decision_id: str) -> Decision | None:
        """Read a decision's particulars."""
        item = self._table.get(decision_key(decision_id))
        return None if item is None else read_decision(item)

    def forget_token(self, request_id: str) -> None:
        """Forget the task token; where no mail was ever prepared there is none."""
        with contextlib.suppress(ConditionFailed):
            self._table.change(approval_key(request_id), Change(remove=("token",), condition="attribute_exists(pk)"))

    def _add_try(self, request_id: str, who: str, number: int) -> Mapping[str, int]:
        change = Change(add={f"tries_{who}": number, "tries_total": number}, condition="attribute_exists(pk)")
        return self._table.change(approval_key(request_id), change)
