"""IAM policies: whether a document allows an action on a resource.

It knows what is common, and refuses to guess at the rest: a condition operator that it does not know
is an error.
"""

import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple, cast

Context = Mapping[str, str | tuple[str, ...]]
"""Condition keys of a request, in lower case, and their values; a tuple's key is one that can have several."""


class Need(NamedTuple):
    """A permission that a call needs.

    Attributes:
        action: an IAM action.
        resource: the ARN of what it is on.
        context: the condition keys that this part of the call has by itself, and their values.
    """

    action: str
    resource: str
    context: Context = MappingProxyType({})


class Verdict(Enum):
    """What policies say of a request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    SILENT = "silent"


@dataclass(frozen=True)
class Statement:
    """One statement of a policy; patterns as they were written, lists always."""

    allow: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def applies(self, action: str, resource: str, context: Context) -> bool:
        """Whether it speaks of this action on this resource under these conditions."""
        if self.actions and not matches_any(self.actions, action, ignore_case=True):
            return False
        if self.not_actions and matches_any(self.not_actions, action, ignore_case=True):
            return False
        if self.resources and not matches_any(self.resources, resource):
            return False
        if self.not_resources and matches_any(self.not_resources, resource):
            return False
        return all(_holds(operator, context.get(key), values) for operator, key, values in self.conditions)

    def names(self, principals: Iterable[str]) -> bool:
        """For a trust or resource policy: whether it speaks of one of these principals."""
        return any(matches_any(self.principals, principal) for principal in principals)


Policy = tuple[Statement, ...]


@functools.lru_cache(maxsize=4096)
def parse(document: str) -> Policy:
    """Reads a policy document.

    Raises:
        ValueError: it is not JSON.
    """
    statements: Any = json.loads(document).get("Statement", [])
    listed = cast("list[dict[str, Any]]", statements if isinstance(statements, list) else [statements])
    return tuple(_statement(each) for each in listed)


def verdict(policies: Iterable[Policy], action: str, resource: str, context: Context) -> Verdict:
    """What policies say, taken together: a denial wins, then a permission."""
    found = Verdict.SILENT
    for policy in policies:
        for statement in policy:
            if statement.applies(action, resource, context):
                if not statement.allow:
                    return Verdict.DENIED
                found = Verdict.ALLOWED
    return found


def keys_of(policies: Iterable[Policy]) -> frozenset[str]:
    """The condition keys, in lower case, that policies look at."""
    return frozenset(key for policy in policies for statement in policy for _, key, _ in statement.conditions)


def matches_any(patterns: Iterable[str], text: str, *, ignore_case: bool = False) -> bool:
    """Whether one of the patterns, with IAM's ``*`` and ``?``, fits the whole text."""
    return any(_regex(pattern, ignore_case).fullmatch(text) for pattern in patterns)


@functools.lru_cache(maxsize=8192)
def _regex(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    body = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.compile(body, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _statement(raw: Mapping[str, Any]) -> Statement:
    principals: list[str] = []
    principal: Any = raw.get("Principal", ())
    for value in cast("Mapping[str, Any]", principal).values() if isinstance(principal, dict) else [principal]:
        principals.extend(_texts(value))
    conditions: list[tuple[str, str, tuple[str, ...]]] = []
    for operator, tests in raw.get("Condition", {}).items():
        conditions.extend((operator, key.lower(), _texts(values)) for key, values in tests.items())
    return Statement(
        allow=raw["Effect"] == "Allow",
        actions=_texts(raw.get("Action", ())),
        not_actions=_texts(raw.get("NotAction", ())),
        resources=_texts(raw.get("Resource", ())),
        not_resources=_texts(raw.get("NotResource", ())),
        principals=tuple(principals),
        conditions=tuple(conditions),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(_text(each) for each in cast("list[Any]", value))
    return (_text(value),)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(values: tuple[str, ...], actual: str) -> bool:
    return actual in values


def _equal_ignoring_case(values: tuple[str, ...], actual: str) -> bool:
    return actual.lower() in {value.lower() for value in values}


_POSITIVE: Mapping[str, Callable[[tuple[str, ...], str], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": matches_any,
    "ArnEquals": matches_any,  # AWS lets the two ARN operators behave alike
    "ArnLike": matches_any,
    "Bool": _equal_ignoring_case,
}
_NEGATIVE: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _holds(operator: str, actual: str | tuple[str, ...] | None, values: tuple[str, ...]) -> bool:
    several, _, bare = operator.removesuffix("IfExists").rpartition(":")
    if bare == "Null":
        return (not actual) == (values[0].lower() == "true")
    negated = bare in _NEGATIVE
    test = _POSITIVE.get(_NEGATIVE.get(bare, bare))
    if test is None:
        raise NotImplementedError(
            f"condition operator {operator}: the mesh knows {', '.join((*_POSITIVE, *_NEGATIVE))} and Null"
        )
    if actual is None or actual == ():
        # A key that is not there fails a positive test, unless it says IfExists; it passes a negative one. Of no values
        # at all, all are as wanted, and there is not one that is.
        return operator.endswith("IfExists") or several == "ForAllValues" or (negated and several != "ForAnyValue")
    if isinstance(actual, tuple) and not several:
        raise NotImplementedError(
            f"condition operator {operator}: expected ForAllValues: or ForAnyValue: for a key with several values"
        )
    found = [test(values, each) != negated for each in (actual if isinstance(actual, tuple) else (actual,))]
    return all(found) if several == "ForAllValues" else any(found)
