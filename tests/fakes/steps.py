"""The steps of a request taken one by one on a register, with a vault beside it: in memory or on DynamoDB."""

from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.sharing.model import transition as steps
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.record import Decision, Ending, Granted, RequestRecord
from handlers.sharing.ports import Register, RequestLists, Vault
from tests.fakes.register import MemoryRegister
from tests.fakes.table import TABLE, VAULT
from tests.fakes.vault import MemoryVault


class Steps:
    """Each method takes one step and says what became of the request; `at`: the time of them all."""

    def __init__(self, register: Register, lists: RequestLists, vault: Vault, at: str | None = None) -> None:
        self.register = register
        self.lists = lists
        self.vault = vault
        self._at = at

    @classmethod
    def in_memory(cls) -> "Steps":
        register = MemoryRegister()
        return cls(register, register, MemoryVault())

    @classmethod
    def on_dynamodb(cls, at: str | None = None) -> "Steps":
        """Wants the tables."""
        return cls(DynamoRegister(TABLE), DynamoLists(TABLE), DynamoVault(VAULT), at)

    @property
    def at(self) -> str:
        return self._at or iso(now())

    def load(self, request_id: str) -> RequestRecord:
        return self.register.load(request_id)

    def submit(self, record: RequestRecord) -> tuple[RequestRecord, bool]:
        return steps.written(self.register.apply(record.id, steps.submitted(record)))

    def receive(self, record: RequestRecord) -> RequestRecord:
        return steps.taken_up(record, self.register.apply(record.id, steps.received(record)))

    def classify(self, request_id: str, round_: int, classification: Classification) -> RequestRecord:
        step = steps.classified(round_, classification, self.at)
        return steps.advanced(self.register.apply(request_id, step))

    def wait(self, request_id: str, expires_at: str, approvers: int | None) -> RequestRecord:
        step = steps.waiting(expires_at, approvers, self.at)
        return steps.mailed(self.register.apply(request_id, step))

    def share(self, request_id: str, decision: Decision | None) -> RequestRecord:
        return steps.advanced(self.register.apply(request_id, steps.sharing(decision, self.at)))

    def change(self, request_id: str) -> RequestRecord:
        return steps.advanced(self.register.apply(request_id, steps.changed(self.at)))

    def grant(self, request_id: str, granted: Granted) -> RequestRecord:
        return steps.advanced(self.register.apply(request_id, steps.granted(granted)))

    def close(self, request_id: str, started_at: str | None, ending: Ending) -> RequestRecord | None:
        return steps.ended(started_at, self.register.apply(request_id, steps.closed(started_at, ending, self.at)))

    def end(self, request_id: str, started_at: str | None, ending: Ending) -> RequestRecord:
        """`close` by an execution that the request belongs to."""
        closed = self.close(request_id, started_at, ending)
        assert closed is not None
        return closed

    def announce(self, request_id: str) -> RequestRecord:
        self.vault.forget_token(request_id)
        return steps.advanced(self.register.apply(request_id, steps.announced(self.at)))
