"""Nothing secret and nothing personal may stand in any log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.workflow.driver import Mesh

_SHORTEST = 8
"""Shorter texts, such as the comment "ok", stand everywhere by chance."""


def assert_logs_are_clean(mesh: Mesh) -> None:
    """No line of any log group, and nothing that a function printed, holds a key, a token, an address or a comment."""
    lines = list(_lines(mesh))
    text = "\n".join(lines)
    leaked = [secret for secret in set(_secrets(mesh)) if len(secret) >= _SHORTEST and secret in text]
    leaks = [line for line in lines if any(secret in line for secret in leaked)]
    assert not leaks, "\n".join(leaks)


def _secrets(mesh: Mesh) -> Iterator[str]:
    for mail in mesh.mails():
        yield mail["to"]
        yield mesh.links(mail).key
    yield from mesh.typed
    yield from _tokens(mesh)


def _tokens(mesh: Mesh) -> Iterator[str]:
    """The task tokens of all executions that ever mailed anybody. Their histories hold them: one for each attempt."""
    for request, mails in Counter(mesh.links(mail).request for mail in mesh.mails()).items():
        if (request, mails) not in mesh.tokens:
            mesh.tokens[request, mails] = list(_tokens_of(mesh, request))
        yield from mesh.tokens[request, mails]


def _tokens_of(mesh: Mesh, request: str) -> Iterator[str]:
    arn = f"{mesh.machine.replace(':stateMachine:', ':execution:')}:{request}"
    history: Any = mesh.client("stepfunctions").get_execution_history(executionArn=arn)
    for event in history["events"]:
        scheduled = event.get("taskScheduledEventDetails") or {}
        token = json.loads(scheduled.get("parameters") or "{}").get("Payload", {}).get("token")
        if token:
            yield token


def _lines(mesh: Mesh) -> Iterator[str]:
    pages = mesh.client("logs").get_paginator("describe_log_groups").paginate()
    for group in [each["logGroupName"] for page in pages for each in page["logGroups"]]:
        yield from (f"{group}: {line}" for line in mesh.log_lines(group))
    for invocation in mesh.control("GET", "/functions/log"):
        yield from (f"{invocation['function']}: {line}" for line in invocation["lines"])
