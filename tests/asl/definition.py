"""The state machine's definition, for every test that looks at it: loaded, checked, asked where it leads."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "components" / "sharing_workflow.asl.json"
WAIT_SECONDS = 604_800
"""What a request waits for its decision, in a definition that was loaded."""

Document = dict[str, Any]
Way = tuple[str | int, ...]
"""Keys that lead to a place in a document."""

_TASK = {"Comment", "Type", "Resource", "Parameters", "ResultPath", "OutputPath", "TimeoutSeconds", "Retry", "Catch"}
_FIELDS = {
    "Pass": {"Comment", "Type", "Parameters", "Next"},
    "Task": _TASK | {"Next"},
    "Choice": {"Comment", "Type", "Choices", "Default"},
    "Succeed": {"Comment", "Type"},
    "Fail": {"Comment", "Type", "ErrorPath", "CausePath"},
}
_RETRIER = {"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy"}
_CATCHER = {"ErrorEquals", "ResultPath", "Next"}
_COMPARISON = {"Variable", "StringEquals", "IsPresent"}
RESOURCES = {"arn:aws:states:::lambda:invoke": False, "arn:aws:states:::lambda:invoke.waitForTaskToken": True}
"""How tasks are integrated, and whether they then wait for a token."""


class Unknown(Exception):
    """The definition holds something that these tests have not been taught; it must not be passed over."""


def template() -> Document:
    """The definition as it stands in the file, placeholders and all."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def load(change: Callable[[Document], object] = lambda _: None) -> Document:
    """The definition as the program renders it, but that functions go by plain names, once `change` was made.

    Raises:
        Unknown: it holds what `Execution` cannot walk.
    """
    text = json.dumps(template()).replace('"${ApprovalTimeoutSeconds}"', str(WAIT_SECONDS))
    document: Document = json.loads(re.sub(r"\$\{(\w+)Arn\}", r"\1", text).replace("${Partition}", "aws"))
    change(document)
    _check(document)
    return document


def _check(document: Document) -> None:
    _only(document, {"Comment", "StartAt", "States"}, "the document")
    if "${" in json.dumps(document):
        raise Unknown("a placeholder is left")
    for name, state in document["States"].items():
        _check_state(name, state)
        for target in leads_to(state) - set(document["States"]):
            raise Unknown(f"{name} leads to {target}")


def _check_state(name: str, state: Document) -> None:
    kind = state["Type"]
    if kind not in _FIELDS:
        raise Unknown(f"{name} is a {kind}")
    _only(state, _FIELDS[kind], name)
    if kind == "Task":
        _only(state["Parameters"], {"FunctionName", "Payload"}, f"{name}.Parameters")
        if state["Resource"] not in RESOURCES:
            raise Unknown(f"{name} calls {state['Resource']}")
    for key, known in (("Retry", _RETRIER), ("Catch", _CATCHER)):
        for rule in state.get(key, []):
            _only(rule, known, f"{name}.{key}")
    for choice in state.get("Choices", []):
        _only(choice, {"And", "Next"} if "And" in choice else _COMPARISON | {"Next"}, f"{name}.Choices")
        for rule in choice.get("And", []):
            _only(rule, _COMPARISON, f"{name}.Choices")
    for path in ("ResultPath", "OutputPath"):
        if state.get(path) is not None and not re.fullmatch(r"\$\.\w+", state[path]):
            raise Unknown(f"{name}.{path} is {state[path]}")


def _only(found: Mapping[str, Any], known: set[str], where: str) -> None:
    if set(found) - known:
        raise Unknown(f"{where} has {sorted(set(found) - known)}")


def leads_to(state: Document) -> set[str]:
    """Where a state leads, however it goes."""
    found = {state[key] for key in ("Next", "Default") if key in state}
    return found | {each["Next"] for key in ("Choices", "Catch") for each in state.get(key, [])}


def reached(document: Document, without: str | None = None) -> set[str]:
    """The states that can be reached, if no way may lead through the state `without`."""
    found, ahead = set[str](), {document["StartAt"]}
    while ahead := ahead - found - {without}:
        found |= ahead
        ahead = {target for name in ahead for target in leads_to(document["States"][name])}
    return found


def crossing(document: Document) -> Document:
    """What of a definition functions have to agree with: what tasks are called with, and what is done with answers."""
    return {
        name: {
            key: state[key]
            for key in ("Type", "Resource", "Parameters", "Choices", "ResultPath", "OutputPath", "InputPath", "Next")
            if key in state
        }
        | {"Caught": [(catch["ErrorEquals"], catch.get("ResultPath")) for catch in state.get("Catch", [])]}
        for name, state in document["States"].items()
    }


def cut(document: Any, way: Way) -> Any:
    """A copy of a document from which one place is gone."""
    changed = copy.deepcopy(document)
    place = changed
    for key in way[:-1]:
        place = place[key]
    del place[way[-1]]
    return changed
