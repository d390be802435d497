"""What is known of a resource: its state from what AWS says, its inputs after a refresh, and what an update changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from localmesh.provider.archives import is_packed
from localmesh.provider.resource import ResourceType
from localmesh.provider.values import UNKNOWN, Props, is_unknown, prune


@dataclass(frozen=True)
class Difference:
    """One place where what is wanted differs from what there is.

    Attributes:
        path: The property, with what is inside it: `tags.team`, `permissions[1]`.
        kind: `add`, `delete` or `update`.
        replaces: It cannot be changed in place.
    """

    path: str
    kind: str
    replaces: bool


@dataclass(frozen=True)
class Diff:
    """What an update would change.

    Attributes:
        names: The inputs that differ.
        replaces: Those of them that cannot be changed in place.
        details: Every place that differs.
        delete_before_replace: The old one must go first, as the new one bears its name.
    """

    names: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    details: tuple[Difference, ...] = ()
    delete_before_replace: bool = False


def settled(kind: ResourceType, asked: Props, found: Props) -> Props:
    """Give the state of a resource: what AWS says, spelt as it was asked for where that means the same.

    Args:
        kind: The resource's type.
        asked: Its inputs, or the state that was last known.
        found: What AWS says of it.
    """
    state: Props = {}
    for name, what in kind.all_inputs().items():
        wanted = asked.get(name)
        if not what.readable and name not in found:
            value = wanted if wanted is not None else what.default
        else:
            spelt = name in asked and not what.told and what.same(wanted, found.get(name))
            value = wanted if spelt else found.get(name)
        if value is not None:
            state[name] = value
    outputs = {name: found[name] for name in kind.all_outputs() if found.get(name) is not None}
    if kind.tagged:
        outputs["tagsAll"] = found.get("tags") or {}
    return {**state, **outputs}


def refreshed_inputs(kind: ResourceType, asked: Props, state: Props) -> Props:
    """Give the inputs that would lead to this state: those that were asked for, and what somebody changed by hand."""
    inputs: Props = {}
    for name, what in kind.all_inputs().items():
        wanted, there = asked.get(name), state.get(name)
        if name in asked:
            if what.same(wanted, there):
                inputs[name] = wanted
            elif what.told and isinstance(there, dict):
                # What AWS added is nothing that anybody asked for.
                inputs[name] = {key: item for key, item in cast(Props, there).items() if key in (wanted or {})}
            elif prune(there) is not None:
                inputs[name] = there
        elif (name == "name" and "namePrefix" in asked) or what.computed or not what.readable:
            continue
        elif prune(there) is not None and not what.same(there, what.default):
            inputs[name] = there
    return inputs


def difference(
    kind: ResourceType, old: Props, new: Props, *, state: Props | None = None, ignored: Collection[str] = ()
) -> Diff:
    """Compare the inputs that a resource was made from with those that are wanted now.

    Args:
        kind: The resource's type.
        old: The inputs that it was made from.
        new: Those that are wanted.
        state: All that is known of it, for what is compared with that; none: the inputs stand for it.
        ignored: Places (as in `Difference.path`) where the program wants no difference to count.
    """
    names: list[str] = []
    replaces: list[str] = []
    details: list[Difference] = []
    for name, what in kind.all_inputs().items():
        before, after = (state if what.told and state else old).get(name, what.default), new.get(name, what.default)
        if name not in new and (what.computed or (what.auto and name in old and "namePrefix" in new)):
            continue
        if not is_unknown(after) and what.same(before, after):
            continue
        kinds = dict(_places(name, before, after)) or {name: "update"}
        kinds = {path: kind_ for path, kind_ in kinds.items() if path not in ignored}
        if not kinds:
            continue
        names.append(name)
        if what.replaces:
            replaces.append(name)
        details += [Difference(path, kind_, what.replaces) for path, kind_ in kinds.items()]
    # A name that the program chose is taken until the old one is gone.
    named = [name for name, what in kind.all_inputs().items() if what.auto]
    same_name = any(new.get(name) is not None and new.get(name) == old.get(name) for name in named)
    taken = bool(replaces) and (kind.delete_first or same_name)
    return Diff(tuple(names), tuple(replaces), tuple(details), taken)


def foreseen(kind: ResourceType, inputs: Props, state: Props | None = None) -> Props:
    """Give the state as a preview can know it: what only AWS will tell is unknown.

    Args:
        kind: The resource's type.
        inputs: What is wanted.
        state: What there is, if the resource is to be updated in place.
    """
    known = {name: inputs[name] for name in kind.all_inputs() if inputs.get(name) is not None}
    for name, what in kind.all_outputs().items():
        known[name] = UNKNOWN if state is None or what.volatile else state.get(name)
    for name, what in kind.all_inputs().items():
        if name not in known and (what.computed or (what.auto and "namePrefix" in inputs)):
            known[name] = UNKNOWN if state is None else state.get(name)
    if kind.tagged:
        known["tagsAll"] = inputs.get("tags") or {}
    return {name: value for name, value in known.items() if value is not None}


def _places(path: str, before: Any, after: Any) -> Iterator[tuple[str, str]]:
    before, after = (value if is_packed(value) else prune(value) for value in (before, after))
    if before is None or after is None:
        if before is not after:
            yield path, "add" if before is None else "delete"
    elif isinstance(before, Mapping) and isinstance(after, Mapping) and not is_packed(cast(object, before)):
        one, two = cast(Mapping[str, Any], before), cast(Mapping[str, Any], after)
        for key in sorted(one.keys() | two.keys()):
            inner = f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]'
            yield from _places(inner, one.get(key), two.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        first, second = cast(list[Any], before), cast(list[Any], after)
        for index in range(max(len(first), len(second))):
            pair = (items[index] if index < len(items) else None for items in (first, second))
            yield from _places(f"{path}[{index}]", *pair)
    elif before != after:
        yield path, "update"
