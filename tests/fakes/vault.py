"""The vault in memory. `tests/unit/test_vault.py` holds it to the same rules as the one on DynamoDB."""

from dataclasses import replace

from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import Decision, unknown_version
from tests.fakes.fake import Fake, port


class MemoryVault(Fake):
    """`Vault`."""

    def __init__(self) -> None:
        super().__init__()
        self.approvals: dict[str, Approval] = {}
        self.decisions: dict[str, Decision] = {}
        self.tries: dict[tuple[str, str], int] = {}

    @port
    def approval(self, request_id: str) -> Approval | None:
        approval = self.approvals.get(request_id)
        if approval is None:
            return None
        tries = (self.tries.get((request_id, key.hash), 0) for key in approval.keys)
        return replace(approval, keys=tuple(replace(key, tries=n) for key, n in zip(approval.keys, tries, strict=True)))

    @port
    def await_decision(self, request_id: str, token: str, expires_at: str) -> None:
        there = self.approvals.get(request_id, Approval(None, "", (), ""))
        self.approvals[request_id] = replace(there, token=token, expires_at=expires_at)

    @port
    def add_key(self, request_id: str, salt: str, approvers: tuple[str, ...] | None, key: SentKey) -> None:
        there = self.approvals.get(request_id)
        if there is None:
            raise unknown_version(f"the approval of request {request_id}", None)
        self.approvals[request_id] = replace(there, salt=salt, approvers=approvers, keys=(*there.keys, key))

    @port
    def close_links(self, request_id: str) -> None:
        there = self.approvals.get(request_id)
        if there is None:
            raise unknown_version(f"the approval of request {request_id}", None)
        self.approvals[request_id] = replace(there, approvers=())

    @port
    def count_try(self, request_id: str, key: SentKey, who: str) -> tuple[int, int]:
        return self._add_try(request_id, key, who, 1)

    @port
    def forgive_try(self, request_id: str, key: SentKey, who: str) -> None:
        self._add_try(request_id, key, who, -1)

    @port
    def save_decision(self, decision: Decision) -> None:
        self.decisions[decision.id] = decision

    @port
    def decision(self, decision_id: str) -> Decision | None:
        return self.decisions.get(decision_id)

    @port
    def forget_token(self, request_id: str) -> None:
        if request_id in self.approvals:
            self.approvals[request_id] = replace(self.approvals[request_id], token=None)

    def _add_try(self, request_id: str, key: SentKey, who: str, number: int) -> tuple[int, int]:
        for name in (who, key.hash):
            self.tries[request_id, name] = self.tries.get((request_id, name), 0) + number
        return self.tries[request_id, who], self.tries[request_id, key.hash]
