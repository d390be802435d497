"""Mutants of the state machine: every retry, catch, time-out and choice of the definition, each taken away alone."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.asl.definition import FILE, Way, cut, template
from tests.proof.mutating.bench import Mutant, run, warm_up

TESTS = ("tests/unit/test_state_machine.py",)
SETTINGS = ("IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy")


def places(states: dict[str, Any]) -> Iterator[tuple[str, Way]]:
    """Every place that can be taken away: what kind it is, and the way to it."""
    for name, state in states.items():
        for kind in ("Retry", "Catch"):
            for number, rule in enumerate(state.get(kind, [])):
                yield kind, (name, kind, number)
                if len(rule["ErrorEquals"]) > 1:
                    for place in range(len(rule["ErrorEquals"])):
                        yield f"{kind}: one error", (name, kind, number, "ErrorEquals", place)
                for setting in (*SETTINGS, "ResultPath"):
                    if setting in rule:
                        yield f"{kind}: one setting", (name, kind, number, setting)
        for key in ("TimeoutSeconds", "HeartbeatSeconds"):
            if key in state:
                yield "Timeout", (name, key)
        for number, choice in enumerate(state.get("Choices", [])):
            yield "Choice: one branch", (name, "Choices", number)
            for place in range(len(choice.get("And", []))):
                yield "Choice: one condition", (name, "Choices", number, "And", place)
        if "Default" in state:
            yield "Choice: default", (name, "Default")


def named(states: dict[str, Any], way: Way) -> str:
    """A place as people read it, with the error's name where it is one."""
    place: Any = states
    for key in way:
        place = place[key]
    return ".".join(map(str, way)) + (f" ({place})" if isinstance(place, str) else "")


def overlay(text: str) -> None:
    """From now on this process reads `text` where the definition is."""
    read = Path.read_text

    @functools.wraps(read)
    def read_text(path: Path, *arguments: Any, **more: Any) -> str:
        return text if path == FILE else read(path, *arguments, **more)

    Path.read_text = read_text  # type: ignore[method-assign]


def mutants() -> Iterator[Mutant]:
    """All of them."""
    document = template()
    for kind, way in places(document["States"]):
        text = json.dumps(cut(document, ("States", *way)))
        yield Mutant(kind, named(document["States"], way), functools.partial(overlay, text), TESTS)


if __name__ == "__main__":
    warm_up(*TESTS)
    run(mutants())
