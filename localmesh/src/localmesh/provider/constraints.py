"""What the values of properties may be, as data, and what is wrong with those that are not.

Most of it stands in botocore's models already and is read from there (`localmesh.provider.limits` says where); the rest
is a `Rule` with its source. What nobody constrains is `Free`, and says why.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import regex  # the models' patterns are Java's: `\p{L}`, which `re` does not know

from localmesh.provider.archives import is_packed
from localmesh.provider.connection import model
from localmesh.provider.values import UNKNOWN, Props

_SHOWN: Final = 120
_PAIRS: Final = r"\uD800\uDC00-\uDBFF\uDFFF"
_BEYOND: Final = r"\U00010000-\U0010FFFF"
"""How Java writes the characters beyond the first 65,536, and how everybody else does."""
_NUMBERS: Final = frozenset({"integer", "long", "float", "double"})


@dataclass(frozen=True)
class Rule:
    """What a value must be. Of a list every item must be so.

    Attributes:
        source: Where that is written.
        kind: `text`, `number` or `boolean`.
        one_of: The values that there are.
        pattern: What the whole text must match.
        least: The smallest number, or the shortest text.
        most: The largest number, or the longest text; of JSON the longest without spaces.
        items: How many items a list may have at least and at most.
        json: The text is a JSON object.
    """

    source: str
    kind: str = "text"
    one_of: tuple[Any, ...] = ()
    pattern: str = ""
    least: float | None = None
    most: float | None = None
    items: tuple[int | None, int | None] = (None, None)
    json: bool = False

    @property
    def constrains(self) -> bool:
        """Tell whether it says more than of which kind a text or number is."""
        return self != Rule(self.source, self.kind) or self.kind == "boolean"


@dataclass(frozen=True)
class Free:
    """Whatever is given is taken when the resource is checked.

    Attributes:
        reason: Why.
    """

    reason: str


Entry: TypeAlias = "str | Rule | Free"


@dataclass(frozen=True, eq=False)
class Limits:
    """The constraints of one type of resource.

    A property is looked up in the operation's input under its own name, whatever its capitals and plural; `own` says
    what is elsewhere or otherwise.

    Attributes:
        service: botocore's name of the service.
        operation: The operation that makes the resource, and what of its input holds the properties
            (`CreateDistribution.DistributionConfig`).
        own: By the property's path (`ttl.enabled`; `dimensions.*` for whatever a map holds): where else in the same
            input it is, or in another operation's (`PutRetentionPolicy:retentionInDays`), or the rule itself.
    """

    service: str
    operation: str
    own: Mapping[str, Entry]


def faults(limits: Limits, inputs: Props) -> Iterator[tuple[str, str]]:
    """Give every property that is not as it must be, with what was expected and what came, as the plug-in words it."""
    for name, value in inputs.items():
        for reason in _faults(limits, name, name, value):
            yield name, reason


def _faults(limits: Limits, path: str, shown: str, value: Any) -> Iterator[str]:
    rule = rule_for(limits, path)
    if value is None or value == UNKNOWN or isinstance(rule, Free) or is_packed(value):
        return
    if isinstance(value, list):
        found = cast(list[Any], value)
        if rule is not None:
            yield from _in_range(f"number of items of {shown}", len(found), *rule.items, len(found))
        for index, item in enumerate(found):
            yield from _faults(limits, path, f"{shown}[{index}]", item)
    elif isinstance(value, Mapping) and not (rule and rule.json):
        for key, item in cast(Mapping[str, Any], value).items():
            yield from _faults(limits, f"{path}.{key}", f"{shown}.{key}", item)
    elif rule is not None:
        yield from _wrong(rule, shown, json.dumps(value) if isinstance(value, Mapping) else value)


def _wrong(rule: Rule, shown: str, value: Any) -> Iterator[str]:
    kind = "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
    if kind != rule.kind:
        yield f"expected type of {shown} to be {rule.kind}, got {_short(value)}"
    elif rule.one_of and value not in rule.one_of:
        yield f"expected {shown} to be one of [{' '.join(map(str, rule.one_of))}], got {_short(value)}"
    elif kind == "number":
        yield from _in_range(shown, cast(float, value), rule.least, rule.most, value)
    elif kind == "text":
        yield from (_wrong_json if rule.json else _wrong_text)(rule, shown, cast(str, value))


def _wrong_text(rule: Rule, shown: str, value: str) -> Iterator[str]:
    yield from _in_range(f"length of {shown}", len(value), rule.least, rule.most, value)
    if rule.pattern and not regex.fullmatch(rule.pattern, value):
        yield f"expected value of {shown} to match regular expression {rule.pattern}, got {_short(value)}"


def _wrong_json(rule: Rule, shown: str, value: str) -> Iterator[str]:
    try:
        found: object = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        yield f"expected {shown} to be a JSON object, got {_short(value)}"
    else:
        text = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
        yield from _in_range(f"length of {shown}", len(text), rule.least, rule.most, value)


def _in_range(what: str, size: float, least: float | None, most: float | None, value: Any) -> Iterator[str]:
    if (least is not None and size < least) or (most is not None and size > most):
        if least is None:
            expected = f"at most ({most})"
        else:
            expected = f"at least ({least})" if most is None else f"in the range ({least} - {most})"
        yield f"expected {what} to be {expected}, got {_short(value)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


@functools.cache
def rule_for(limits: Limits, path: str) -> Rule | Free | None:
    """Look up the constraint of a property; `None` where nothing is known of it."""
    where, segments = limits.operation, path.split(".")
    shape = _at(limits.service, where)
    for index, segment in enumerate(segments):
        before = segments[:index]
        entry = limits.own.get(".".join([*before, segment])) or limits.own.get(".".join([*before, "*"]))
        if isinstance(entry, Free) or (isinstance(entry, Rule) and index == len(segments) - 1):
            return entry
        if isinstance(entry, str):
            where = entry.replace(":", ".") if ":" in entry else f"{limits.operation}.{entry}"
            shape = _at(limits.service, where)
        elif shape is not None:
            shape, where = _inside(shape, segment), f"{where}.{segment}"
    return None if shape is None else _rule_of(shape, f"botocore {limits.service} {where}")


def _at(service: str, path: str) -> Any:
    operation, *members = path.split(".")
    shape: Any = model(service).operation_model(operation).input_shape
    for member in members:
        shape = _inside(shape, member)
        if shape is None:
            raise KeyError(f"{service} {path}: there is no {member}")
    return shape


def _inside(shape: Any, name: str) -> Any:
    """Give the shape of what an object holds under a name, whatever the capitals and the plural."""
    if shape.type_name == "map":
        return shape.value
    members: Mapping[str, Any] = shape.members if shape.type_name == "structure" else {}
    spelt = {member.lower(): member for member in members}
    wanted = name.lower()
    for each in (wanted, wanted.removesuffix("s"), f"{wanted}s"):
        if each in spelt:
            return members[spelt[each]]
    item = _item(shape)
    return None if item is shape else _inside(item, name)


def _item(shape: Any) -> Any:
    """Give the shape of a list's items; CloudFront keeps its lists inside of objects with their length."""
    while True:
        if shape.type_name == "list":
            shape = shape.member
        elif shape.type_name == "structure" and {"Quantity", "Items"} <= shape.members.keys():
            shape = shape.members["Items"]
        else:
            return shape


def _rule_of(shape: Any, source: str) -> Rule | None:
    item = _item(shape)
    said: Mapping[str, Any] = item.metadata
    counted: Mapping[str, Any] = shape.metadata if shape.type_name == "list" else {}
    items = (counted.get("min"), counted.get("max"))
    if item.type_name == "boolean":
        return Rule(source, "boolean", items=items)
    if item.type_name in _NUMBERS:
        return Rule(source, "number", least=said.get("min"), most=said.get("max"), items=items)
    if item.type_name != "string":
        return None
    return Rule(
        source,
        one_of=tuple(said.get("enum", ())),
        pattern=said.get("pattern", "").replace(_PAIRS, _BEYOND),
        least=said.get("min"),
        most=said.get("max"),
        items=items,
    )
