"""The register in memory. `tests/unit/test_register.py` holds it to the same rules as the one on DynamoDB."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import DuplicateRequest, RegisterUnreadable, RequestClosed
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import Decision, Ending, Granted, RequestRecord, Status
from tests.fakes.fake import Fake, port


class MemoryRegister(Fake):
    """`Register`. `history`: names of what happened, by request id."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, RequestRecord] = {}
        self.approvals: dict[str, Approval] = {}
        self.decisions: dict[str, Decision] = {}
        self.tries: dict[tuple[str, str], int] = {}
        self.history: dict[str, list[str]] = {}

    @port
    def receive(self, record: RequestRecord) -> RequestRecord:
        there = self.records.get(record.id)
        if there is None:
            return self._put(replace(record, status=Status.RECEIVED), "Received")
        if there.started_at is None and there.status is Status.RECEIVED:
            came = {"source": record.source, "consumer": record.consumer, "started_at": record.started_at}
            known: dict[str, Any] = {name: value for name, value in came.items() if value is not None}
            # The requests API noted already that it was received.
            self.records[record.id] = replace(there, execution_arn=record.execution_arn, **known)
            return self.records[record.id]
        if (there.execution_arn, there.started_at) == (record.execution_arn, record.started_at):
            return there
        raise DuplicateRequest(f"{record.id} exists already")

    @port
    def load(self, request_id: str) -> RequestRecord:
        if request_id not in self.records:
            raise RegisterUnreadable(f"no {request_id}")
        return self.records[request_id]

    @port
    def find(self, request_id: str) -> RequestRecord | None:
        return self.records.get(request_id)

    @port
    def absent(self, request_ids: Iterable[str]) -> list[str]:
        return [each for each in request_ids if each not in self.records]

    @port
    def unfinished(self) -> Iterable[RequestRecord]:
        left = (each for each in self.records.values() if each.status.is_open or each.announced_at is None)
        return sorted(left, key=lambda r: r.received_at)

    @port
    def classified(self, record: RequestRecord, round_: int, classification: Classification) -> RequestRecord:
        there = self._open(record.id)
        changed = replace(there, status=Status.RECEIVED, round=round_, classification=classification)
        return self._put(changed, "Classified")

    @port
    def approval(self, request_id: str) -> Approval | None:
        return self.approvals.get(request_id)

    @port
    def prepare_approval(self, request_id: str, approval: Approval, key: SentKey) -> None:
        there = self.approvals.get(request_id)
        self.approvals[request_id] = replace(approval, keys=(*(there.keys if there else ()), key))

    @port
    def waiting(self, record: RequestRecord, expires_at: str, approvers: int | None) -> RequestRecord:
        there = self._open(record.id)
        if there.status is Status.SHARING:
            return there
        return self._put(replace(there, status=Status.WAITING, expires_at=expires_at), "ApprovalRequested")

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
    def sharing(self, record: RequestRecord, decision: Decision | None) -> RequestRecord:
        there = self._open(record.id)
        adopted = decision if decision is not None else there.decision
        event = "AutomaticallyApproved" if decision is None else "Approved"
        return self._put(replace(there, status=Status.SHARING, decision=adopted), event)

    @port
    def changed(self, record: RequestRecord) -> None:
        self._put(replace(self._open(record.id), status=Status.RECEIVED, decision=None), "CatalogueChanged")

    @port
    def granted(self, request_id: str, granted: Granted) -> None:
        self.records[request_id] = replace(self.records[request_id], granted=granted)

    @port
    def close(self, request_id: str, started_at: str | None, ending: Ending) -> RequestRecord | None:
        at = iso(now())
        there = self.records.get(request_id)
        if there is None:
            there = RequestRecord(request_id, Status.RECEIVED, started_at or at, started_at=started_at)
        mine = started_at is None or there.started_at == started_at
        if not there.status.is_open:
            return there if mine else None
        if not mine and there.started_at is not None:
            return None
        ended = replace(
            there,
            status=ending.status,
            reason=ending.reason,
            message=ending.message,
            closed_at=at,
            started_at=there.started_at or started_at,
            decision=ending.decision or there.decision,
        )
        return self._put(ended, ending.status.value.capitalize())

    @port
    def announced(self, request_id: str) -> None:
        self.records[request_id] = replace(self.records[request_id], announced_at=iso(now()))
        if request_id in self.approvals:
            self.approvals[request_id] = replace(self.approvals[request_id], token=None)

    def _open(self, request_id: str) -> RequestRecord:
        there = self.records.get(request_id)
        if there is None:
            raise RegisterUnreadable(f"no {request_id}")
        if not there.status.is_open:
            raise RequestClosed(f"{request_id} ended as {there.status}")
        return there

    def _put(self, record: RequestRecord, event: str) -> RequestRecord:
        self.records[record.id] = record
        self.history.setdefault(record.id, []).append(event)
        return record

    def _add_try(self, request_id: str, who: str, number: int) -> tuple[int, int]:
        for name in (who, "total"):
            self.tries[request_id, name] = self.tries.get((request_id, name), 0) + number
        return self.tries[request_id, who], self.tries[request_id, "total"]
