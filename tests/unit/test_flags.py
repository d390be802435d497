"""Flags: the table of cases that the portal passes too, and what holds for every value."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.sensitivity import Flag, flags_of, plainly_no, read_flag, strictest

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "pii_flag_cases.json").read_text())
BLANK = " \t\n\r\f\v"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize("case", CASES)
def test_cases_shared_with_the_portal(case: Mapping[str, Any]) -> None:
    values = flags_of({"owner": "x", case.get("key", "pii_flag"): case["value"]})
    reading = strictest(values)
    assert reading.value == case["reading"]
    assert plainly_no(values) is case["lifts"]
    assert (reading is not Flag.NO) is case["pii"]


def test_the_cases_are_well_formed() -> None:
    assert all(set(case) - {"key"} == {"value", "pii", "reading", "lifts"} for case in CASES)
    assert all(case["pii"] == (case["reading"] != "no") for case in CASES)
    assert not any(case["lifts"] and case["pii"] for case in CASES)
    assert len({json.dumps(case) for case in CASES}) == len(CASES)


def test_a_missing_flag_means_no() -> None:
    assert strictest(flags_of({})) is Flag.NO
    assert strictest(()) is Flag.NO


@given(JSON)
def test_only_the_plain_words_mean_no(value: object) -> None:
    plain = value is None or (isinstance(value, str) and value.strip(BLANK).lower() in {"false", "0", "no", "n", ""})
    assert (read_flag(value) is Flag.NO) == plain


@given(st.lists(JSON, max_size=4))
def test_only_a_plain_word_lifts(values: list[object]) -> None:
    words = [value for value in values if value is not None and not (isinstance(value, str) and not value.strip(BLANK))]
    plain = [isinstance(value, str) and value.strip(BLANK).lower() in {"false", "0", "no", "n"} for value in words]
    assert plainly_no(values) == (bool(plain) and all(plain))


@given(st.lists(JSON, max_size=4), JSON)
def test_one_more_value_never_makes_it_laxer(values: list[object], more: object) -> None:
    order = [Flag.NO, Flag.UNREADABLE, Flag.YES]
    assert order.index(strictest([*values, more])) >= order.index(strictest(values))
    assert strictest([*values, more]) is strictest([more, *values])


@given(
    st.dictionaries(st.sampled_from(["pii_flag", "PII_FLAG", "Pii_flag ", "other"]), st.sampled_from(["true", "no"]))
)
def test_every_way_to_write_the_key_counts(parameters: dict[str, str]) -> None:
    says_yes = any(value == "true" for key, value in parameters.items() if key != "other")
    assert (strictest(flags_of(parameters)) is Flag.YES) == says_yes
