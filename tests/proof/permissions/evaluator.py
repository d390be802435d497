"""What IAM policies allow: a second opinion, which shares nothing with the local mesh's.

Written from IAM's rules alone: a denial wins, then a permission, else nothing is allowed. What is not known here is an
error, never a yes. For permissions, moto's evaluator is asked as well, and must agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult

Document = Mapping[str, Any]
Context = Mapping[str, str | Sequence[str]]
"""Condition keys, in lower case, and their values; of a key that can have several, all of them."""

_KNOWN = {"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}


def allows(documents: Iterable[Document], action: str, resource: str, context: Context) -> bool:
    """Whether policies allow somebody an action on a resource."""
    verdicts = [
        each["Effect"] == "Allow"
        for document in documents
        for each in _statements(document)
        if _speaks_of(each, action, resource) and _meets(each, context)
    ]
    return bool(verdicts) and all(verdicts)


def moto_allows(documents: Iterable[Document], action: str, resource: str, context: Context) -> bool:
    """What moto thinks of the same. It knows no conditions, so it is not shown those statements that fail theirs."""
    shown = [
        {
            **document,
            "Statement": [
                each
                for each in _statements(document)
                if not _speaks_of(each, action, resource) or _meets(each, context)
            ],
        }
        for document in documents
    ]
    results = [IAMPolicy(json.dumps(document)).is_action_permitted(action, resource) for document in shown]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def trusts(document: Document, principals: Iterable[str], action: str, context: Context) -> bool:
    """Whether a trust policy lets in somebody who goes by these names: a service, a role's ARN, its account's root."""
    names = set(principals)
    verdicts = [
        each["Effect"] == "Allow"
        for each in _statements(document)
        if action in as_list(each["Action"])
        and names & {name for named in each["Principal"].values() for name in as_list(named)}
        and _meets(each, context)
    ]
    return bool(verdicts) and all(verdicts)


def _speaks_of(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return any(_like(pattern.lower(), action.lower()) for pattern in as_list(statement["Action"])) and any(
        _like(pattern, resource) for pattern in as_list(statement["Resource"])
    )


def _statements(document: Document) -> list[Mapping[str, Any]]:
    statements = as_list(document["Statement"])
    for each in statements:
        unknown = set(each) - _KNOWN
        if unknown:
            raise NotImplementedError(f"expected statements of {', '.join(sorted(_KNOWN))}, got {', '.join(unknown)}")
    return statements


def as_list(value: Any) -> list[Any]:
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
        _holds(operator, context.get(key.lower()), [str(value) for value in as_list(values)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _holds(operator: str, actual: str | Sequence[str] | None, values: Sequence[str]) -> bool:
    if operator == "Null":
        return [str(not actual).lower()] == list(values)
    several, _, asked = operator.rpartition(":")
    bare = asked.replace("StringNot", "String")
    if bare not in _OPERATORS or several not in {"", "ForAnyValue", "ForAllValues"}:
        raise NotImplementedError(f"condition operator {operator} is not known here")
    if several == "" and not isinstance(actual, str | None):
        raise NotImplementedError(f"condition operator {operator} says nothing of a key with several values")
    given = [] if actual is None else [actual] if isinstance(actual, str) else actual
    found = [any(_OPERATORS[bare](value, each) for value in values) == (bare == asked) for each in given]
    # Of a key that is not there all values are as wanted, but there is not one that is.
    return all(found) if several == "ForAllValues" else any(found)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
}
