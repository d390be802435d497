"""What people are told by the portal's API while AWS fails: what the matter is, in words, and nothing that is AWS's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set

from tests.proof.matrix.paths import Case
from tests.workflow.http_client import Reply

_OF_AWS = "a fault was set on the local mesh"
"""What AWS says of a fault: for the logs, not for people."""


def note(case: Case, reply: Reply, usual: Set[int], hidden: str = "") -> None:
    """Keeps an answer, and holds it to clean words; only who kills the function leaves API Gateway's own.

    Args:
        case: whose answer it is.
        reply: the answer.
        usual: the statuses that are right, whatever else fails.
        hidden: the reason that is right where AWS denies the call: Lake Formation hides the entry.
    """
    case.replies.append(reply)
    killed = case.fault is not None and case.fault.what.startswith("killed")
    problem: Mapping[str, object] = json.loads(reply.body)
    named = bool(problem.get("reason") and problem.get("detail"))
    absent = reply.status == 404 and bool(hidden) and is_denied(case) and problem.get("reason") == hidden
    told = reply.status in {500, 503} and (named or killed)
    if reply.status not in usual and not told and not absent:
        case.wrong.append(f"a call is answered {reply.status}: {reply.body[:200]}")
    if _OF_AWS in reply.body:
        case.wrong.append(f"an answer says what AWS said: {reply.body[:200]}")


def must_be_well(case: Case, calls: int) -> None:
    """Holds the last answers to success."""
    statuses = [reply.status for reply in case.replies[-calls:]]
    if statuses != [200] * calls:
        case.wrong.append(f"the second calls are answered {statuses}")


def is_denied(case: Case) -> bool:
    """Whether AWS says that the function's role may not."""
    return case.fault is not None and case.fault.what == "access denied"
