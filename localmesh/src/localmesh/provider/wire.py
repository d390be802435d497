"""Pulumi's wire: protobuf structs, or Pulumi's own objects made of them, to plain properties and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pulumi
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

from localmesh.provider.archives import SIGNATURE, on_wire
from localmesh.provider.values import UNKNOWN, Props

SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a signature)
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"


def plain(value: Any) -> Any:
    """Give a value without Pulumi's wrappings: no secrets, no output values; whole numbers as such.

    The engine marks again as secret what came from a secret, under the same names, for a provider that does not take
    secrets; so they need not be carried through.
    """
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return on_wire(value)
    if isinstance(value, Mapping):
        return _plain_object(cast(Mapping[str, Any], value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast(list[Any], value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a struct knows floats only, and AWS takes no 300.0 seconds
    return value


def read_struct(message: Struct) -> Props:
    """Read properties off the wire."""
    return cast(Props, plain(json_format.MessageToDict(message)))


def write_struct(properties: Props) -> Struct:
    """Put properties on the wire."""
    message = Struct()
    json_format.ParseDict(properties, message)
    return message


def _plain_object(value: Mapping[str, Any]) -> Any:
    match value.get(SIGNATURE):
        case signature if signature == SECRET:
            return plain(value.get("value"))
        case signature if signature == OUTPUT:
            return plain(value["value"]) if "value" in value else UNKNOWN
        case signature if signature == REFERENCE:
            return value.get("id") or value.get("urn")
        case _:
            return {key: plain(item) for key, item in value.items()}
