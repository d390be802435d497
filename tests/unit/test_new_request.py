"""What somebody posts to the requests API: each fault in words that say what was expected and what came."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.sharing.model.errors import InvalidInput
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, NewRequest, parse_new
from handlers.sharing.model.request import ShareRequest, Source
from tests.fakes.world import CENTRAL, CONSUMER, input_of

TOKEN = "client_token must be 8 to 64 letters, digits or characters of _-, the same for a retry"


def posted(**more: Any) -> dict[str, Any]:
    return {"client_token": "token-0001", **input_of(), **more}


def faults_of(document: object) -> tuple[FieldFault, ...]:
    with pytest.raises(InvalidRequest) as raised:
        parse_new(document, CENTRAL, None)
    return raised.value.faults


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("client_token", None, f"{TOKEN}, got nothing."),
        ("client_token", 7, f"{TOKEN}, got a number."),
        ("client_token", "short", f"{TOKEN}, got 'short'."),
        ("purpose", 7, "purpose must be a string, got a number."),
        ("purpose", [], "purpose must be a string, got a list."),
        ("purpose", f"  {'x' * 1001} ", "purpose must have at most 1000 characters, got 1001."),
        ("purpose", "\x07", "purpose must be text without control characters."),
        ("source", 7, "source must be an object, got a number."),
    ],
)
def test_a_wrong_field(field: str, value: object, message: str) -> None:
    assert faults_of(posted(**{field: value})) == (FieldFault(field, message),)


def test_what_is_no_object_is_wrong_as_a_whole() -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_new([], CENTRAL, None)
    assert raised.value.faults == (FieldFault("", "the input must be an object, got a list."),)
    assert raised.value.reason == InvalidInput.__name__


def test_a_right_one_with_the_ends_of_lines_of_any_system() -> None:
    request = ShareRequest(Source("sales", "orders"), CONSUMER)
    reason = " One\r\ntwo\rthree\n\tfour\n"
    assert parse_new(posted(purpose=reason), CENTRAL, None) == NewRequest(
        "token-0001", request, "One\ntwo\nthree\n\tfour"
    )
