"""The functions that a stack has, and how many executions each keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from settings import checks
from settings.keys import KeyReader

PORTAL_FUNCTIONS: Final = (
    *("requests-api", "shares-api", "decide-signed-in", "catalogue-api", "index-catalogue"),
    "findings-api",
)
"""The functions that a stack has with a portal only."""

DRIFT_FUNCTIONS: Final = ("drift", "findings-api")
"""The functions that a stack has with drift only; the second with a portal besides."""

DELIVERING_FUNCTIONS: Final = ("deliver",)
"""The functions that a stack has only where consumers have kits."""

KIT_FUNCTIONS: Final = ("take-up",)
"""The functions of a consumer's stack."""

FUNCTIONS: Final = (
    *("classify", "request-approval", "notify", "decide", "grant", "close", "revoke", "sweep", "survey"),
    "drift",
    *DELIVERING_FUNCTIONS,
    *PORTAL_FUNCTIONS,
)
"""All functions of a central stack, by the names that its logs and alarms give them."""

UNRESERVED: Final = 100
"""Lambda refuses to keep so many executions for single functions that fewer than these are left for all others."""


def read_concurrency(reader: KeyReader) -> Mapping[str, int]:
    """How many of the account's concurrent executions each function keeps, by its name."""
    values = cast("dict[str, object]", reader.values["reservedConcurrency"])
    account = reader.checked("accountConcurrency", checks.positive, 0)
    functions = [name for name in FUNCTIONS if _has(reader, name)]
    for name in values.keys() - set(functions):
        expected = f"one of the stack's functions ({', '.join(functions)})"
        reader.fault(f"reservedConcurrency.{name}", expected, got="a function that it does not have")
    reserved = {
        name: reader.check(f"reservedConcurrency.{name}", value, checks.positive, 0)
        for name, value in values.items()
        if name in functions
    }
    free = account - sum(reserved.values())
    if reserved and account and free < UNRESERVED:
        reader.fault(
            "reservedConcurrency",
            f"{UNRESERVED} of the account's {account} concurrent executions left for all other functions, as "
            "Lambda wants it (accountConcurrency says how many the account has)",
            got=f"{free} left",
        )
    return reserved


def _has(reader: KeyReader, function: str) -> bool:
    """Whether the stack has a function."""
    needs = {"portal": PORTAL_FUNCTIONS, "drift": DRIFT_FUNCTIONS, "consumerKits": DELIVERING_FUNCTIONS}
    return all(reader.values[key] or function not in functions for key, functions in needs.items())
