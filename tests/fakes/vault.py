"""The vault in memory. `tests/unit/test_vault.py` holds it to the same rules as the one on DynamoDB."""

from dataclasses import replace

from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import Decision
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
        return self.approvals.get(request_id)

    @port
    def prepare_approval(self, request_id: str, approval: Approval, key: SentKey) -> None:
        there = self.approvals.get(request_id)
        self.approvals[request_id] = replace(approval, keys=(*(there.keys if there else ()), key))

    @port
    def count_try(self, request_id: str, who: str) -> tuple[int, int]:
        return self._add_try(request_id, who, 1)

    @port
    def forgive_try(self, request_id: str, who: str) -> None:
        self._add_try(request_id, who, -1)

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

    def _add_try(self, request_id: str, who: str, number: int) -> tuple[int, int]:
        for name in (who, "total"):
            self.tries[request_id, name] = self.tries.get((request_id, name), 0) + number
        return self.tries[request_id, who], self.tries[request_id, "total"]
