"""The executions of a state machine, in memory."""

from datetime import UTC, datetime
from typing import NamedTuple

from handlers.sharing.model.record import Action
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.term import Term
from tests.fakes.fake import Fake, port

_LATELY = datetime.max.replace(tzinfo=UTC)


class Sent(NamedTuple):
    """What a waiting task was completed with."""

    action: Action
    decision_id: str


class Failed(NamedTuple):
    """What a waiting task was ended with."""

    reason: str
    message: str


class MemoryWorkflow(Fake):
    """`Workflow`. `waiting`: live task tokens; `sent`, `failed`: what came for them; `ended`: status by execution ARN;
    `started`: what was started, by name; `since`: when an execution began, where that was long ago."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[str] = set()
        self.sent: dict[str, Sent] = {}
        self.failed: dict[str, Failed] = {}
        self.executions: set[str] = set()
        self.since: dict[str, datetime] = {}
        self.ended: dict[str, str] = {}
        self.started: dict[str, ShareRequest] = {}
        self.terms: dict[str, Term] = {}
        self.renews: dict[str, str | None] = {}

    @port
    def start(self, request_id: str, request: ShareRequest, term: Term, renews: str | None) -> None:
        self.started.setdefault(request_id, request)
        self.terms.setdefault(request_id, term)
        self.renews.setdefault(request_id, renews)

    @port
    def send_decision(self, token: str, action: Action, decision_id: str) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.remove(token)
        self.sent[token] = Sent(action, decision_id)
        return True

    @port
    def end_wait(self, token: str, reason: str, message: str) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.remove(token)
        self.failed[token] = Failed(reason, message)
        return True

    @port
    def running(self) -> dict[str, datetime]:
        return {arn: self.since.get(arn, _LATELY) for arn in sorted(self.executions)}

    @port
    def stop(self, execution_arn: str, error: str, cause: str) -> None:
        del error, cause
        self.executions.discard(execution_arn)
        self.ended[execution_arn] = "ABORTED"

    @port
    def died(self, since: datetime) -> list[str]:
        del since  # time does not pass here
        return [arn for arn, status in self.ended.items() if status in {"FAILED", "ABORTED", "TIMED_OUT"}]

    @port
    def how_it_ended(self, execution_arn: str) -> str | None:
        if execution_arn in self.executions:
            return None
        return self.ended.get(execution_arn, "GONE")
