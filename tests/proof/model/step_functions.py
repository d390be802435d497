"""Step Functions, which completes the tasks of the model's executions."""

import json
from collections import Counter

from handlers.sharing.model.record import Action
from tests.asl.execution import Execution
from tests.fakes.fake import port
from tests.fakes.workflow import MemoryWorkflow


class StepFunctions(MemoryWorkflow):
    """`Workflow`. `taken`: decisions by execution and round; who has it driven once more is asked once more."""

    def __init__(self, executions: list[Execution]) -> None:
        super().__init__()
        self._all = executions
        self.taken = Counter[tuple[str, str, int, int]]()

    @port
    def end_wait(self, token: str, reason: str, message: str) -> bool:
        cause = json.dumps({"errorType": reason, "errorMessage": message})
        return any(each.fail(token, reason, cause) for each in self._all)

    @port
    def send_decision(self, token: str, action: Action, decision_id: str) -> bool:
        for each in self._all:
            if each.succeed(token, {"decision": action, "decision_id": decision_id}):
                self.taken[each.name, each.started_at, each.data["round"], each.redrives] += 1
                return True
        return False
