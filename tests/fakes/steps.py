"""The steps of a request taken one by one on a register, with a vault beside it: in memory or on DynamoDB."""

from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.sharing.model import applied, mail_steps
from handlers.sharing.model import transition as steps
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import Announcement, Decision, Ending, Granted, RequestRecord
from handlers.sharing.model.term import NO_END, Term
from handlers.sharing.stores import Register, RequestLists, Vault
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

    def guard(self, request_id: str, approval: Approval, key: SentKey) -> None:
        """What guards a decision is put away, and a key that is mailed."""
        assert approval.token is not None
        self.vault.await_decision(request_id, approval.token, approval.expires_at)
        self.vault.add_key(request_id, approval.salt, approval.approvers, key)

    def load(self, request_id: str) -> RequestRecord:
        return self.register.load(request_id)

    def submit(self, record: RequestRecord) -> tuple[RequestRecord, bool]:
        return applied.written(self.register.apply(record.id, steps.submitted(record)))

    def receive(self, record: RequestRecord) -> RequestRecord:
        return applied.taken_up(record, self.register.apply(record.id, steps.received(record)))

    def classify(
        self, request_id: str, round_: int, classification: Classification, term: Term = NO_END
    ) -> RequestRecord:
        step = steps.classified(round_, classification, term, self.at)
        return applied.advanced(self.register.apply(request_id, step))

    def find_shared(self, request_id: str, share_id: str) -> RequestRecord:
        step = steps.found_shared(share_id, self.at, None, self.at)
        return applied.advanced(self.register.apply(request_id, step))

    def wait(self, request_id: str, expires_at: str) -> RequestRecord:
        return applied.awaited(self.register.apply(request_id, mail_steps.waiting(expires_at, self.at)))

    def mail(self, request_id: str, expires_at: str, approvers: int | None) -> RequestRecord:
        """What `wait` has made due goes out."""
        step = mail_steps.mailed(self.load(request_id).mail_due_at or "", approvers, expires_at, self.at)
        return applied.advanced(self.register.apply(request_id, step))

    def lose_keys(self, request_id: str, before: int, dead: int) -> RequestRecord:
        return applied.advanced(self.register.apply(request_id, mail_steps.key_died(before, dead, self.at, self.at)))

    def share(self, request_id: str, decision: Decision | None) -> RequestRecord:
        return applied.advanced(self.register.apply(request_id, steps.sharing(decision, self.at)))

    def change(self, request_id: str) -> RequestRecord:
        return applied.advanced(self.register.apply(request_id, steps.changed(self.at)))

    def grant(self, request_id: str, granted: Granted) -> RequestRecord:
        return applied.advanced(self.register.apply(request_id, steps.granted(granted)))

    def close(self, request_id: str, started_at: str | None, ending: Ending) -> RequestRecord | None:
        return applied.ended(started_at, self.register.apply(request_id, steps.closed(started_at, ending, self.at)))

    def end(self, request_id: str, started_at: str | None, ending: Ending) -> RequestRecord:
        """`close` by an execution that the request belongs to."""
        closed = self.close(request_id, started_at, ending)
        assert closed is not None
        return closed

    def announce(self, request_id: str) -> RequestRecord:
        """What Close does at the end."""
        self.vault.forget_token(request_id)
        return self.tell(request_id)

    def owe(self, request_id: str, announcement: Announcement) -> RequestRecord:
        return applied.advanced(self.register.apply(request_id, steps.owes(announcement)))

    def tell(self, request_id: str) -> RequestRecord:
        """All that is owed is put."""
        record = self.register.load_any(request_id)
        step = steps.told(record, len(record.owed_events), self.at)
        return applied.advanced(self.register.apply(request_id, step))
