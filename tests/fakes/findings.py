"""The findings in memory. It applies the domain's steps as they are written and has no rule of its own."""

from collections.abc import Sequence

from handlers.sharing.model.finding import Finding
from handlers.sharing.model.transition import Transition
from tests.fakes.fake import Fake, port
from tests.fakes.register import allows, fields_after


class MemoryFindings(Fake):
    """`Findings`. `looking`: who looks, until when; `wanted`: when a look was wanted last."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: dict[str, Finding] = {}
        self.looking: tuple[str, str] | None = None
        self.wanted: str | None = None

    @port
    def find(self, finding_id: str) -> Finding | None:
        return self.findings.get(finding_id)

    @port
    def live(self) -> Sequence[Finding]:
        return [each for each in self.findings.values() if each.live]

    @port
    def apply(self, finding_id: str, step: Transition) -> tuple[Finding | None, bool]:
        there = self.findings.get(finding_id)
        if not allows(step, there):
            return there, False
        # What is in no database has an empty one, and an empty field is none here.
        fields = {"database": "", **fields_after(step, {"id": finding_id}, there)}
        self.findings[finding_id] = Finding(**fields)
        return self.findings[finding_id], True

    @port
    def want_look(self, at: str) -> None:
        self.wanted = at

    @port
    def look_wanted(self) -> str | None:
        return self.wanted

    @port
    def begin_look(self, holder: str, until: str, at: str) -> bool:
        if self.looking is not None and self.looking[0] != holder and self.looking[1] >= at:
            return False
        self.looking = (holder, until)
        return True

    @port
    def end_look(self, holder: str) -> None:
        if self.looking is not None and self.looking[0] == holder:
            self.looking = None
