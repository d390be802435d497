"""Keys of stack configurations that are of another type or another role's; and what the unit tests know to be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from tests.proof.bad_input.case import Case
from tests.proof.bad_input.config import config
from tests.unit import test_settings_portal, test_settings_refusals
from tests.unit.configured import CENTRAL, CONSUMER, PRODUCER, faults

KEYS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parents[3] / "Pulumi.yaml").read_text())["config"]
OF_PRODUCER = ("centralAccountId", "externalId", "approverEmails", "adopt")
OF_CONSUMER = ("allowedDatabases", "allowedRoles", "linkDatabase")
# Pulumi hands texts over as they are, so that a list is the text of a list where a text is wanted.
OF_ANOTHER_TYPE: Mapping[str, tuple[object, str]] = {
    "string": (["a", "b"], ""),
    "boolean": (["true"], "true or false"),
    "integer": (1.5, "a whole number"),
    "array": ({"a": 1}, "a list"),
    "object": (["a"], "a map"),
    "list or word": ({"a": 1}, "the accounts that may be granted access"),
}


def typed(key: str) -> Case:
    """A key with a value of another type, in a stack of the role that takes it."""
    value, expected = OF_ANOTHER_TYPE[KEYS[key].get("type", "list or word")]
    base = PRODUCER if key in OF_PRODUCER else CONSUMER if key in OF_CONSUMER else CENTRAL
    return config(key, f"lakeshare:{key}: expected {expected}", base={**base, key: value})


def other_role(key: str) -> Case:
    """A key that the stack's role does not take."""
    base = CENTRAL if key in OF_PRODUCER else PRODUCER
    of_type: dict[str, object] = {
        "boolean": not KEYS[key].get("default"),
        "integer": 30,
        "array": ["x"],
        "object": {"x": "y"},
    }
    says = f"lakeshare:{key}: expected nothing: a {base['role']} stack does not take it"
    value: Any = of_type.get(KEYS[key].get("type", ""), "x-value")
    return config(key, says, base=base, **{key: value})


def known(wrong: Iterable[Mapping[str, object]]) -> Iterable[Case]:
    """Cases of the unit tests: here the program itself gets them."""
    seen: Counter[str] = Counter()
    for values in wrong:
        found = faults(values)
        key = " ".join(fault.key.removeprefix("lakeshare:") for fault in found)
        secret = values.get("externalId")
        hidden = (secret,) if "not shown" in found[0].got and isinstance(secret, str) and len(secret) > 3 else ()
        case = config(key, *map(str, found), base=values, hidden=hidden)
        name = f"config: {values.get('role', 'no role')}: {key}: {found[0].got}"
        seen[name] += 1
        yield replace(case, name=f"{name}, unit test {seen[name]}")


CASES = (
    *(typed(key) for key in KEYS if key != "portalDomainPrefix"),
    *(other_role(key) for key in KEYS if key not in {"role", "accountId", "tags"}),
    *known([*test_settings_refusals.WRONG, *test_settings_portal.WRONG]),
)
