"""Wrong stack configurations that the unit tests know, one fault each: here the program itself gets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tests.proof.bad_input.case import Case, Config, Door
from tests.unit import test_settings_portal, test_settings_refusals

Wrong = Iterable[tuple[Mapping[str, object], str, str, str]]


def known(wrong: Wrong) -> Iterable[Case]:
    """Cases of the unit tests: named by key and value, with a number where there are several."""
    seen: Counter[str] = Counter()
    for values, key, expected, got in wrong:
        name = f"config: {values.get('role', 'no role')}: {key}: {got}"
        seen[name] += 1
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        said = f"lakeshare:{key}: expected {expected}, got {got}"
        yield Case(name + number, Door.CONFIG, Config(values), f"lakeshare:{key}", (said,), _hidden(values, got))


def _hidden(values: Mapping[str, object], got: str) -> tuple[str, ...]:
    secret = values.get("externalId")
    return (secret,) if got == "a secret, not shown" and isinstance(secret, str) and len(secret) > 3 else ()


CASES = tuple(known([*test_settings_refusals.WRONG, *test_settings_portal.WRONG]))
