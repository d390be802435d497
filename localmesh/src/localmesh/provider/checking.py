"""What a resource's inputs become before anything is done with them: checked, named, tagged, with AWS's defaults."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, cast

from localmesh.provider.archives import SIGNATURE
from localmesh.provider.constraints import faults
from localmesh.provider.errors import CheckFailedError
from localmesh.provider.limits import COMMON, LIMITS
from localmesh.provider.resource import AutoName, Fields, Input, ResourceType
from localmesh.provider.values import UNKNOWN, Props, same_json, same_policy

_DIGITS = 7


def checked(
    kind: ResourceType, name: str, news: Props, *, olds: Props, seed: bytes, default_tags: Mapping[str, str]
) -> Props:
    """Give the inputs that the resource is made from.

    Args:
        kind: The resource's type.
        name: Its logical name.
        news: What the program gives.
        olds: The inputs that it was last made from; an automatic name is kept from them.
        seed: Where a new automatic name comes from: the same seed, the same name.
        default_tags: The provider's tags on everything.

    Raises:
        CheckFailedError: Naming every fault at once.
    """
    known = kind.all_inputs()
    inputs = {key: value for key, value in news.items() if value is not None}
    for key, what in known.items():
        if key in inputs:
            if isinstance(inputs[key], dict) and what.same in {same_json, same_policy}:
                inputs[key] = json.dumps(inputs[key])
        elif what.default is not None:
            inputs[key] = what.default
        elif what.auto and not _prefixed(key, inputs):
            inputs[key] = olds.get(key) or auto_name(name, what.auto, seed)
    if kind.tagged:
        tags = _tags(default_tags, inputs.get("tags"))
        inputs.pop("tags", None)
        if tags:
            inputs["tags"] = tags
    failures = (*_faults(known, news), *_beyond(kind, {key: inputs[key] for key in inputs.keys() & known}))
    if failures:
        raise CheckFailedError(kind.type_name, failures)
    return inputs


def _beyond(kind: ResourceType, inputs: Props) -> Iterator[tuple[str, str]]:
    """Give what is not as it must be of what a type takes, names and tags that were added included."""
    for name in sorted(inputs):
        limits = COMMON if name not in kind.inputs else LIMITS[kind.type_name]
        yield from faults(limits, {name: inputs[name]})


def auto_name(name: str, auto: AutoName, seed: bytes) -> str:
    """Name something: its logical name, cut to what fits, a dash and seven hex digits."""
    # The seed itself, not its first bytes: short seeds must differ in the name as well.
    digits = hashlib.sha256(seed + name.encode()).hexdigest()[:_DIGITS] if seed else secrets.token_hex(4)[:_DIGITS]
    return f"{name[: auto.limit - _DIGITS - 1]}-{digits}"


def with_prefix(inputs: Props) -> Props:
    """Give inputs with the name that AWS's provider makes of a prefix: the prefix and 26 hex digits."""
    if inputs.get("namePrefix") and not inputs.get("name"):
        return {**inputs, "name": inputs["namePrefix"] + secrets.token_hex(13)}
    return inputs


def _prefixed(key: str, inputs: Props) -> bool:
    return key == "name" and inputs.get("namePrefix") is not None


def _tags(defaults: Mapping[str, str], own: Any) -> Any:
    if own == UNKNOWN:
        return own
    merged: Props = {**defaults, **(own or {})}
    return merged


def _faults(known: Mapping[str, Input], news: Props) -> Iterator[tuple[str, str]]:
    for key, value in news.items():
        if key not in known:
            yield key, f"expected a property that the mesh knows of this type, got {key}"
        elif known[key].fields is not None:
            for path in _strangers(value, known[key].fields or {}):
                yield key, f"expected a property that the mesh knows of this type, got {key}.{path}"
    for key, what in known.items():
        if what.required and news.get(key) is None:
            yield key, f"expected {key}, got none"
    if news.get("name") is not None and news.get("namePrefix") is not None:
        yield "namePrefix", "expected either name or namePrefix, got both"


def _strangers(value: Any, names: Fields) -> Iterator[str]:
    if isinstance(value, list):
        for item in cast(list[Any], value):
            yield from _strangers(item, names)
    elif isinstance(value, Mapping) and names and SIGNATURE not in value:
        for key, item in cast(Mapping[str, Any], value).items():
            if key not in names:
                yield key
            elif names[key]:
                yield from (f"{key}.{path}" for path in _strangers(item, names[key] or {}))
