"""The headers of the requests API's answers, all of them, whatever became of the call."""

from __future__ import annotations

import pytest

from handlers.api.answers import Answer, answered, problem_of
from handlers.sharing.model.errors import (
    Declined,
    LakeshareError,
    RegisterUnreadable,
    SignInEnded,
    TokenReused,
    TooManyOpenRequests,
    TooManyPreviews,
    TooManyRequests,
    TryAgain,
)

ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def test_what_was_asked_for() -> None:
    answer = answered(lambda: Answer(200, {"a": "ä"}), lambda *_, **__: None)
    assert answer["headers"] == {"content-type": "application/json", **ALWAYS}
    assert (answer["statusCode"], answer["body"]) == (200, '{"a": "ä"}')


def test_what_the_browser_may_keep_for_a_while() -> None:
    answer = answered(lambda: Answer(200, {}, seconds_kept=60), lambda *_, **__: None)
    kept = {"cache-control": "private, max-age=60", "vary": "authorization"}
    assert answer["headers"] == {"content-type": "application/json", **ALWAYS, **kept}


class SlowDown(Declined):
    """Something of which `answers` knows nothing, and that says itself how long it takes."""

    try_again_after = 7


@pytest.mark.parametrize(
    ("error", "status", "more"),
    [
        (SignInEnded("x"), 401, {"www-authenticate": 'Bearer error="invalid_token"'}),
        (TooManyRequests("x"), 429, {"retry-after": "600"}),
        (TooManyOpenRequests("x"), 429, {"retry-after": "600"}),
        (TooManyPreviews("x"), 429, {"retry-after": "60"}),
        (TryAgain("x"), 503, {"retry-after": "5"}),
        (RegisterUnreadable("x"), 500, {}),
        (TokenReused("x"), 409, {}),
        (SlowDown("x"), 500, {"retry-after": "7"}),
    ],
)
def test_what_it_could_not_be(error: LakeshareError, status: int, more: dict[str, str]) -> None:
    answer = problem_of(error)
    assert answer["headers"] == {"content-type": "application/problem+json", **ALWAYS, **more}
    assert answer["statusCode"] == status
