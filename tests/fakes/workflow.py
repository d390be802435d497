"""The executions of a state machine, in memory."""

from datetime import datetime
from typing import NamedTuple

from handlers.sharing.model.record import Action
from handlers.sharing.model.request import ShareRequest
from tests.fakes.fake import Fake, port


class Sent(NamedTuple):
    """What a waiting task was completed with."""

    action: Action
    decision_id: str


class MemoryWorkflow(Fake):
    """`Workflow`. `waiting`: live task tokens; `sent`: what came for them; `ended`: status by execution ARN;
    `started`: what was started, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[str] = set()
        self.sent: dict[str, Sent] = {}
        self.executions: set[str] = set()
        self.ended: dict[str, str] = {}
        self.started: dict[str, ShareRequest] = {}

    @port
    def start(self, request_id: str, request: ShareRequest) -> None:
        self.started.setdefault(request_id, request)

    @port
    def send_decision(self, token: str, action: Action, decision_id: str) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.remove(token)
        self.sent[token] = Sent(action, decision_id)
        return True

    @port
    def running(self) -> frozenset[str]:
        return frozenset(self.executions)

    @port
    def died(self, since: datetime) -> list[str]:
        del since  # time does not pass here
        return [arn for arn, status in self.ended.items() if status in {"FAILED", "ABORTED", "TIMED_OUT"}]

    @port
    def how_it_ended(self, execution_arn: str) -> str | None:
        if execution_arn in self.executions:
            return None
        return self.ended.get(execution_arn, "GONE")
