"""A function's environment variables, as a frozen dataclass each entry point declares; read and checked once."""

import os
from dataclasses import MISSING, fields
from typing import Any, TypeVar

E = TypeVar("E")
_EXPECTED: dict[Any, str] = {int: "a whole number", bool: "true or false", str: "not empty"}
_read: dict[type[object], object] = {}


def environment(kind: type[E]) -> E:
    """The environment of this function, read when first asked for: the field `register_table` from `REGISTER_TABLE`.

    Fields are `str`, `int` or `bool` (`true` or `false`).

    Raises:
        ValueError: names every variable that is missing or cannot be read, with what was expected and what came.
    """
    known = _read.get(kind)
    if isinstance(known, kind):
        return known
    values: dict[str, Any] = {}
    faults: list[str] = []
    for field in fields(kind):  # pyright: ignore[reportArgumentType] - a dataclass, by contract
        name = field.name.upper()
        text = os.environ.get(name)
        if text is None:
            if field.default is MISSING:
                faults.append(f"{name} is missing")
            continue
        if field.type is int and text.isdecimal():
            values[field.name] = int(text)
        elif field.type is bool and text in {"true", "false"}:
            values[field.name] = text == "true"
        elif field.type is str and text:
            values[field.name] = text
        else:
            faults.append(f"{name} must be {_EXPECTED[field.type]}, got {text!r}")
    if faults:
        raise ValueError("The function's environment is wrong: " + "; ".join(faults) + ".")
    _read[kind] = made = kind(**values)
    return made
