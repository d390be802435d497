"""moto's serializer, made quicker: it looks for every field under half a dozen names, one costlier than the other.

That takes longer than all the rest that moto does with an item of DynamoDB, whose values may have ten fields and have
one, with a page of log lines, or with the events of an execution, each of which might have forty kinds of details.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localmesh.aws import moto

_BINARY = frozenset({"B", "BS"})
_PLAIN = frozenset({str, int, float, bool, dict, list})  # what cannot stand for something that is missing


def install() -> None:
    """Corrects moto."""
    serialize = moto.module("moto.core.serialize")

    @moto.correct(serialize.AttributePicker, "__call__")
    def _pick(original: Any, self: Any, context: Any) -> Any:
        found: Any = context.obj.get(context.key) if context.obj.__class__ is dict else None
        # A name that is there as it stands is the first that moto would find.
        return found if found.__class__ in _PLAIN and not self.response_transformers else original(self, context)

    @moto.correct(serialize.BaseJSONSerializer, "_serialize_type_structure")
    def _structure(original: Any, self: Any, serialized: Any, value: Any, *rest: Any) -> None:
        shape, key = rest
        if shape.name == "AttributeValue" and not _has_binary(value):
            serialized[key] = value
        elif shape.name == "HistoryEvent":
            moment = datetime.fromisoformat(value["timestamp"])
            serialized[key] = {**value, "timestamp": moment.timestamp()}
        else:
            original(self, serialized, value, *rest)


def _has_binary(value: Mapping[str, Any]) -> bool:
    """Whether anything in an attribute's value must be encoded, and so is left to moto."""
    for kind, held in value.items():
        nested = held.values() if kind == "M" else held if kind == "L" else ()
        if kind in _BINARY or any(map(_has_binary, nested)):
            return True
    return False
