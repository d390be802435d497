"""Comparing and spelling property values: what is the same to AWS, and AWS's names for Pulumi's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, cast

from botocore.exceptions import ClientError

from localmesh.provider.errors import code_of

Props: TypeAlias = dict[str, Any]
"""Properties under their names on Pulumi's wire (camelCase)."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine sends in a preview for a value that only the update will know."""


_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")


def is_unknown(value: object) -> bool:
    """Tell whether a value, or anything in it, is still unknown."""
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in cast(Mapping[str, object], value).values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in cast(list[object], value))
    return value == UNKNOWN


def prune(value: Any, *, inside: bool = False) -> Any:
    """Leave out what AWS takes for absent: null, the empty text, list or object, and inside an object also false."""
    if isinstance(value, Mapping):
        items = cast(Mapping[str, Any], value).items()
        kept = {key: prune(item, inside=True) for key, item in items}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, list | tuple):
        return [prune(item) for item in cast(Iterable[Any], value)] or None
    return None if value == "" or (inside and value is False) else value


def same(left: Any, right: Any) -> bool:
    """Compare as they are, but for what counts as absent."""
    return prune(left) == prune(right)


def same_in_any_order(left: Any, right: Any) -> bool:
    """Compare where AWS keeps a set: the order of a list says nothing, at any depth."""
    return _ordered(prune(left)) == _ordered(prune(right))


def same_json(left: Any, right: Any) -> bool:
    """Compare JSON texts by what they say (tf verify.SuppressEquivalentJSONDiffs)."""
    return _read(left) == _read(right)


def same_policy(left: Any, right: Any) -> bool:
    """Compare policies by what they allow (tf verify.PolicyStringsEquivalent, awspolicyequivalence).

    Neither the order of statements, actions, resources and values says anything, nor whether a single one stands
    without its list, nor whether an account is named by its number or by the ARN of its root.
    """
    return _ordered(_policy(_read(left))) == _ordered(_policy(_read(right)))


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(item) for key, item in cast(Mapping[str, Any], value).items()}
    if isinstance(value, list):
        return sorted(
            (_ordered(item) for item in cast(list[Any], value)), key=lambda item: json.dumps(item, sort_keys=True)
        )
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, str):
        return value or None
    try:
        return json.loads(value) if value else None
    except ValueError:
        return value


def _policy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _policy(item) for key, item in cast(dict[str, Any], value).items()}
    if isinstance(value, list):
        items = [_policy(item) for item in cast(list[Any], value)]
        return items[0] if len(items) == 1 else items
    root = _ROOT.fullmatch(value) if isinstance(value, str) else None
    return root[1] if root else value


def pascal(value: Any, names: Mapping[str, str] | None = None) -> Any:
    """Spell the keys of an object as AWS does: a capital first, or the name that `names` gives."""
    if isinstance(value, Mapping):
        items = cast(Mapping[str, Any], value).items()
        return {_spelt(key, names, str.upper): pascal(item, names) for key, item in items if item is not None}
    if isinstance(value, list):
        return [pascal(item, names) for item in cast(list[Any], value)]
    return value


def camel(value: Any, names: Mapping[str, str] | None = None) -> Any:
    """Spell the keys of an object as Pulumi does: the way back from `pascal` (with the same `names`)."""
    back = {aws: pulumi for pulumi, aws in (names or {}).items()}
    if isinstance(value, Mapping):
        items = cast(Mapping[str, Any], value).items()
        return {_spelt(key, back, str.lower): camel(item, names) for key, item in items if item is not None}
    if isinstance(value, list):
        return [camel(item, names) for item in cast(list[Any], value)]
    return value


def _spelt(key: str, names: Mapping[str, str] | None, first: Callable[[str], str]) -> str:
    return (names or {}).get(key) or first(key[0]) + key[1:]


def given(inputs: Props, **names: str) -> Props:
    """Pick the inputs that were given and rename them: `given(inputs, displayName="DisplayName")`."""
    return {aws: inputs[name] for name, aws in names.items() if inputs.get(name) is not None}


def part(value: Mapping[str, Any] | None, name: str) -> Props:
    """Give an object inside an object, empty if it is not there."""
    return (value or {}).get(name) or {}


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Give tags as the list of keys and values that most of AWS's older services take."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def tag_map(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Give tags as an object, from the list of keys and values that most of AWS's older services answer."""
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def tag_changes(old: Props, new: Props) -> tuple[dict[str, str], list[str]]:
    """Tell which tags are to be set, and which names to be taken off."""
    before: dict[str, str] = old.get("tags") or {}
    after: dict[str, str] = new.get("tags") or {}
    return {key: value for key, value in after.items() if before.get(key) != value}, sorted(before.keys() - after)


def or_none(call: Callable[[], Any], *codes: str) -> Any:
    """Call AWS; `None` if it answers with one of these codes (it is not there)."""
    try:
        return call()
    except ClientError as error:
        if code_of(error) in codes:
            return None
        raise
