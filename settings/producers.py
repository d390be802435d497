"""How the key `producers` is read: who owns data, and how long it is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

from settings import checks
from settings.keys import KeyReader
from settings.people import DECISIONS
from settings.portal import own_group
from settings.stacks import RegisteredProducer

MAX_PRODUCERS: Final = 810
"""Nine managed policies with 90 role ARNs each (`components.policies`), of the ten that a role may have."""

_PRODUCER_FIELDS: Final = (
    "accountId",
    "externalId",
    "region",
    "name",
    "databases",
    "legacyKit",
    "defaultShare",
    "longestShare",
    "approversGroup",
    "decisions",
    "safeSubset",
)

_T = TypeVar("_T")


def read_producers(reader: KeyReader) -> tuple[RegisteredProducer, ...]:
    """The accounts that may be asked for approval: each once, and none with a database of another's."""
    entries = cast("list[object]", reader.values["producers"])
    if len(entries) > MAX_PRODUCERS:
        reader.fault("producers", f"at most {MAX_PRODUCERS} producers", got=f"{len(entries)} of them")
    producers = tuple(_registered(reader, f"producers[{index}]", entry) for index, entry in enumerate(entries))
    seen: set[str] = set()
    owners: dict[str, str] = {}
    for index, producer in enumerate(producers):
        if producer.account_id and producer.account_id in seen:
            reader.fault(f"producers[{index}].accountId", "an account that is not listed above", producer.account_id)
        seen.add(producer.account_id)
        for database in producer.databases or ():
            owner = owners.setdefault(database, producer.account_id)
            if owner != producer.account_id and not checks.is_pattern(database):
                expected = f"databases that no other producer owns (producer {owner} does)"
                reader.fault(f"producers[{index}].databases", expected, database)
    return producers


def _registered(reader: KeyReader, key: str, entry: object) -> RegisteredProducer:
    if not isinstance(entry, dict):
        reader.fault(key, "a map with accountId and, if need be, " + ", ".join(_PRODUCER_FIELDS[1:]), entry)
        return RegisteredProducer(account_id="")
    values = cast("dict[str, object]", entry)
    for name in values.keys() - set(_PRODUCER_FIELDS):
        reader.fault(f"{key}.{name}", f"one of {', '.join(_PRODUCER_FIELDS)}", got="a field of another name")

    def given(name: str, check: Callable[[object], _T], *, secret: bool = False) -> _T | None:
        value = values.get(name)
        return None if value is None else reader.check(f"{key}.{name}", value, check, None, secret=secret)

    return RegisteredProducer(
        account_id=reader.check(f"{key}.accountId", values.get("accountId"), checks.account_id, ""),
        external_id=given("externalId", checks.external_id, secret=True),
        region=given("region", checks.region),
        name=given("name", checks.text),
        databases=reader.listed(f"{key}.databases", values.get("databases"), checks.database_pattern) or None,
        legacy_kit=given("legacyKit", checks.boolean) or False,
        default_share_days=given("defaultShare", checks.whole_days),
        longest_share_days=given("longestShare", checks.whole_days),
        approvers_group=given("approversGroup", own_group),
        decisions=given("decisions", checks.one_of(DECISIONS)),
        safe_subset=given("safeSubset", checks.boolean) or False,
    )


def read_share_days(reader: KeyReader, producers: tuple[RegisteredProducer, ...]) -> tuple[int | None, int | None]:
    """How long data is shared, where a request says nothing and at most: no producer's is longer than all's."""
    default, longest = (reader.optional(name, checks.whole_days) for name in ("defaultShare", "longestShare"))
    _at_most(reader, "defaultShare", default, "longestShare", longest)
    for index, producer in enumerate(producers):
        key = f"producers[{index}]"
        own_default, own_longest = producer.default_share_days, producer.longest_share_days
        _at_most(reader, f"{key}.defaultShare", own_default, f"{key}.longestShare", own_longest)
        _at_most(reader, f"{key}.defaultShare", own_default, "the stack's defaultShare", default)
        _at_most(reader, f"{key}.defaultShare", own_default, "the stack's longestShare", longest)
        _at_most(reader, f"{key}.longestShare", own_longest, "the stack's longestShare", longest)
    return default, longest


def _at_most(reader: KeyReader, key: str, days: int | None, bound: str, most: int | None) -> None:
    if days is not None and most is not None and days > most:
        reader.fault(key, f"at most {bound}, {most}d", got=f"{days}d")
