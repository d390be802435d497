"""Nothing secret and nothing personal may stand in any log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.workflow.driver import Mesh

_SHORTEST = 8
"""Shorter texts, such as the comment "ok", stand everywhere by chance."""


def assert_logs_are_clean(mesh: Mesh) -> None:
    """No line of any log group, and nothing that a function printed, holds a key, a token, an address or a comment."""
    secrets = {secret for secret in _secrets(mesh) if len(secret) >= _SHORTEST}
    leaks = [f"{group}: {line[:200]}" for group, line in _lines(mesh) if any(secret in line for secret in secrets)]
    assert not leaks, "\n".join(leaks)


def _secrets(mesh: Mesh) -> Iterator[str]:
    for mail in mesh.mails():
        yield mail["to"]
        yield mesh.links(mail).key
    yield from mesh.typed
    yield from _tokens(mesh)


def _tokens(mesh: Mesh) -> Iterator[str]:
    states = mesh.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=mesh.machine)
    for execution in [each for page in pages for each in page["executions"]]:
        history: Any = states.get_execution_history(executionArn=execution["executionArn"])
        for event in history["events"]:
            scheduled = event.get("taskScheduledEventDetails") or event.get("lambdaFunctionScheduledEventDetails")
            parameters = json.loads((scheduled or {}).get("parameters") or "{}")
            token = parameters.get("Payload", {}).get("token")
            if token:
                yield token


def _lines(mesh: Mesh) -> Iterator[tuple[str, str]]:
    pages = mesh.client("logs").get_paginator("describe_log_groups").paginate()
    for group in [each["logGroupName"] for page in pages for each in page["logGroups"]]:
        for line in mesh.log_lines(group):
            yield group, line
    for invocation in mesh.control("GET", "/functions/log"):
        for line in invocation["lines"]:
            yield invocation["function"], line
