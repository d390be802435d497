"""The vault on DynamoDB: what guards decisions, and the decisions themselves. No index sees it, no list shows it."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta

from handlers.aws.dynamodb.changes import Change
from handlers.aws.dynamodb.items import read_decision, write_decision
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.aws.dynamodb.vault_items import approval_key, decision_key, read_approval, tries_of, write_key
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

    def await_decision(self, request_id: str, token: str, expires_at: str) -> None:
        """Store the live token."""
        attributes: dict[str, object] = {
            "version": VERSION,
            "token": token,
            "expires_at": expires_at,
            "ttl": int((moment(expires_at) + KEEP).timestamp()),
        }
        self._guard(request_id, Change(set=attributes, condition="attribute_not_exists(pk) OR #version <= :version"))

    def add_key(self, request_id: str, salt: str, approvers: tuple[str, ...] | None, key: SentKey) -> None:
        """Store the approvers' hashes, and add a key to those that may have been mailed."""
        attributes: dict[str, object] = {
            "version": VERSION,
            "salt": salt,
            "approvers": None if approvers is None else list(approvers),
        }
        change = Change(set=attributes, append={"keys": [write_key(key)]}, condition="#version <= :version")
        self._guard(request_id, change)

    def close_links(self, request_id: str) -> None:
        """Let no link decide any more."""
        change = Change(set={"version": VERSION, "approvers": []}, condition="#version <= :version")
        self._guard(request_id, change)

    def _guard(self, request_id: str, change: Change) -> None:
        key = approval_key(request_id)
        try:
            self._table.change(key, change)
        except ConditionFailed as failed:
            read_approval(failed.item or {"pk": key})  # says which version it has
            raise

    def count_try(self, request_id: str, key: SentKey, who: str) -> tuple[int, int]:
        """Count one more address typed by `who` with `key`; returns the tries of each."""
        item = self._add_try(request_id, key, who, 1)
        return item[f"tries_{who}"], item[tries_of(key.hash)]

    def forgive_try(self, request_id: str, key: SentKey, who: str) -> None:
        """Take one counted try back."""
        self._add_try(request_id, key, who, -1)

    def save_decision(self, decision: Decision) -> None:
        """Store a decision's particulars under its random id."""
        ttl = int((moment(decision.at) + KEEP).timestamp())
        self._table.put(
            decision_key(decision.id), {"version": VERSION, "decision": write_decision(decision), "ttl": ttl}
        )

    def decision(self, decision_id: str) -> Decision | None:
        """Read a decision's particulars."""
        item = self._table.get(decision_key(decision_id))
        return None if item is None else read_decision(item)

    def forget_token(self, request_id: str) -> None:
        """Forget the task token; where no mail was ever prepared there is none."""
        with contextlib.suppress(ConditionFailed):
            self._table.change(approval_key(request_id), Change(remove=("token",), condition="attribute_exists(pk)"))

    def _add_try(self, request_id: str, key: SentKey, who: str, number: int) -> Mapping[str, int]:
        change = Change(add={f"tries_{who}": number, tries_of(key.hash): number}, condition="attribute_exists(pk)")
        return self._table.change(approval_key(request_id), change)
