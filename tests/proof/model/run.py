"""Runs the model of the workflow through many sequences."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.model.rules import Requests
from tests.proof.model.wishes import FLAVOURS, Flavour

STEPS = 30


def run(
    seed: int,
    sequences: int,
    document: dict[str, Any] | None = None,
    *,
    asked_for: Sequence[Flavour] = FLAVOURS,
    shrink: bool = True,
) -> Counter[str]:
    """Go through this many sequences; what they came to. Raises what the first one that breaks a promise raises."""

    class Machine(Requests):
        seen: ClassVar[Counter[str]] = Counter()
        flavours: ClassVar[Sequence[Flavour]] = asked_for

    if document is not None:
        Machine.document = document
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=[*HealthCheck.__members__.values()],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(seeded(seed)(Machine), settings=chosen)
    return Machine.seen
