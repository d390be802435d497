"""Execution input: what is taken, what is refused and by which name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.errors import ConsumerNotAllowed, InvalidInput, InvalidTarget, Refused, TargetIsCentral
from handlers.sharing.model.request import (
    LONGEST_NAME,
    ShareRequest,
    Source,
    check_consumer,
    is_account_id,
    parse_request,
)
from tests.fakes.world import CENTRAL, CONSUMER, input_of

SURROGATES = st.text(st.characters(), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SURROGATES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SURROGATES, inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "source": JSON | st.fixed_dictionaries({}, optional={"database": JSON, "table": JSON | st.just("*")}),
        "target": JSON | st.fixed_dictionaries({}, optional={"account_id": JSON | st.from_regex(r"[0-9 ]{11,13}")}),
    },
)


@given(JSON | NEARLY)
def test_any_document_is_a_request_or_refused(document: object) -> None:
    try:
        request = parse_request(document)
    except (InvalidInput, InvalidTarget) as refused:
        text, field = str(refused), refused.field
        request = None
    else:
        text, field = "", ""
    if request is None:
        assert text.isprintable()
        assert len(text) < 600
        assert text.startswith(f"{field or 'the input'} must ")
        return
    assert is_account_id(request.consumer)
    for name in (request.source.database, request.source.table):
        assert name
        assert name == name.lower()
        name.encode()


@pytest.mark.parametrize(
    ("document", "error"),
    [
        *((input_of(database=name), InvalidInput) for name in ("a\nb", "a\x7f", "\xa0a", "*", "")),
        *((input_of(table=name), InvalidInput) for name in (" * ", "\ud800", "x" * 256)),
        *((input_of(consumer=f"9{'9' * each}"), InvalidTarget) for each in (10, 12, 5000)),
        *((input_of(consumer=each), InvalidTarget) for each in (" 999999999999", "999999999999\n", "\u0669" * 12)),
        (input_of(consumer="\uff19" * 12), InvalidTarget),
        (input_of(consumer="arn:aws:iam::999999999999:root"), InvalidTarget),
    ],
)
def test_refusals(document: object, error: type[Refused]) -> None:
    """What each says is in `test_texts.py`."""
    with pytest.raises(error) as raised:
        parse_request(document)
    assert raised.value.reason == error.__name__


def test_names_are_lowered_and_further_fields_ignored() -> None:
    document: dict[str, Any] = {**input_of("Sales", "Orders"), "requester": "me", "reason": "x"}
    document["source"]["columns"] = ["id"]
    assert parse_request(document) == ShareRequest(Source("sales", "orders"), CONSUMER)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=LONGEST_NAME))
def test_every_name_that_glue_may_hold_is_taken(name: str) -> None:
    assert parse_request(input_of(table=name)).source.table == name.lower()


@pytest.mark.parametrize("name", ["two words", "!", "~", "\x80"])
def test_names_that_only_look_odd_are_taken(name: str) -> None:
    assert parse_request(input_of(table=name)).source.table == name


def test_the_whole_database() -> None:
    assert parse_request(input_of(table="*")).source.is_database
    assert not parse_request(input_of()).source.is_database
    assert str(parse_request(input_of(table="*")).source) == "sales.*"


def test_consumers() -> None:
    check_consumer(CONSUMER, CENTRAL, None)
    check_consumer(CONSUMER, CENTRAL, frozenset({CONSUMER}))
    with pytest.raises(TargetIsCentral):
        check_consumer(CENTRAL, CENTRAL, None)
    with pytest.raises(TargetIsCentral):
        check_consumer(CENTRAL, CENTRAL, frozenset({CENTRAL}))
    for allowed in (frozenset[str](), frozenset({"888888888888"})):
        with pytest.raises(ConsumerNotAllowed, match=CONSUMER):
            check_consumer(CONSUMER, CENTRAL, allowed)
