"""What IAM policies allow: a second opinion, which shares nothing with the local mesh's.

Written from IAM's rules alone: a denial wins, then a permission, else nothing is allowed. What is not known here is an
error, never a yes. For permissions, moto's evaluator is asked as well, and must agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult

Document = Mapping[str, Any]
Context = Mapping[str, str]
"""Condition keys, in lower case, and their values."""

_KNOWN = {"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}


def allows(documents: Iterable[Document], action: str, resource: str, context: Context) -> bool:
    """Whether policies allow somebody an action on a resource."""
    verdicts = [
        each["Effect"] == "Allow"
        for document in documents
        for each in _statements(document)
        if any(_like(pattern.lower(), action.lower()) for pattern in _list(each["Action"]))
        and any(_like(pattern, resource) for pattern in _list(each["Resource"]))
        and _meets(each, context)
    ]
    return bool(verdicts) and all(verdicts)


def moto_allows(documents: Iterable[Document], action: str, resource: str) -> bool:
    """What moto thinks of the same; it knows no condition that our permissions have, for they have none."""
    results = [IAMPolicy(json.dumps(document)).is_action_permitted(action, resource) for document in documents]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def trusts(document: Document, principals: Iterable[str], action: str, context: Context) -> bool:
    """Whether a trust policy lets in somebody who goes by these names: a service, a role's ARN, its account's root."""
    names = set(principals)
    verdicts = [
        each["Effect"] == "Allow"
        for each in _statements(document)
        if action in _list(each["Action"])
        and names & {name for named in each["Principal"].values() for name in _list(named)}
        and _meets(each, context)
    ]
    return bool(verdicts) and all(verdicts)


def _statements(document: Document) -> list[Mapping[str, Any]]:
    statements = _list(document["Statement"])
    for each in statements:
        unknown = set(each) - _KNOWN
        if unknown:
            raise NotImplementedError(f"expected statements of {', '.join(sorted(_KNOWN))}, got {', '.join(unknown)}")
    return statements


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _like(pattern: str, text: str) -> bool:
    """Whether a pattern with `*` and `?` fits a text: walks along both, and back to the last star where it must."""
    at = star = back = 0
    position, has_star = 0, False
    while position < len(text):
        if at < len(pattern) and pattern[at] in {"?", text[position]} and pattern[at] != "*":
            at, position = at + 1, position + 1
        elif at < len(pattern) and pattern[at] == "*":
            star, back, has_star, at = at, position, True, at + 1
        elif has_star:
            back += 1
            at, position = star + 1, back
        else:
            return False
    return pattern[at:].strip("*") == ""


def _arn_like(pattern: str, arn: str) -> bool:
    """The six parts of an ARN are compared one by one: no star reaches over a colon, save in the last."""
    parts, wanted = arn.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(wanted) == 6 and all(map(_like, wanted, parts))


def _meets(statement: Mapping[str, Any], context: Context) -> bool:
    return all(
        _holds(operator, context.get(key.lower()), [str(value) for value in _list(values)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _holds(operator: str, actual: str | None, values: Sequence[str]) -> bool:
    if actual is None:
        return False  # none of the operators below is met by a key that is not there
    match operator.removeprefix("ForAnyValue:"):
        case "StringEquals":
            return actual in values
        case "StringLike":
            return any(_like(value, actual) for value in values)
        case "ArnEquals" | "ArnLike":
            return any(_arn_like(value, actual) for value in values)
    raise NotImplementedError(f"condition operator {operator} is not known here")
