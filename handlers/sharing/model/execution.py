"""An execution of the workflow, as Step Functions tells of it."""

from dataclasses import dataclass
from typing import Final

NO_EXECUTION: Final = "There is no execution of this name. Step Functions forgets them after 90 days."


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution. Input, output, error and cause as texts, where it was looked at by itself."""

    name: str
    arn: str
    status: str
    started_at: str
    stopped_at: str | None
    input: str | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
