"""What crosses between functions and state machine: every release's, kept in `tests/fixtures/workflow-v<number>`.

Executions that began under a release keep its definition for as long as they live; the functions that it calls, and
that read what it hands on, are always today's.
"""

import json
from pathlib import Path
from typing import Any

RELEASED = {
    int(path.name.partition("-v")[2]): path for path in (Path(__file__).parents[1] / "fixtures").glob("workflow-v*")
}
"""The folder of each released shape."""


def released(version: int, name: str) -> Any:
    """What a released shape's folder holds under a name."""
    return json.loads((RELEASED[version] / f"{name}.json").read_text())
