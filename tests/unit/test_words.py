"""How a typed word fits a word of the catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.words import BEGINNING, EXACT, ONE_TYPO, TWO_TYPOS, WITHIN, fit, splits, words_of

LETTERS = st.text("abcdeé1", max_size=12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer_orders", ["customer", "orders"]),
        ("CustomerOrders2024", ["customer", "orders2024"]),
        ("  who buys, and WHAT? ", ["who", "buys", "and", "what"]),
        ("Straße-ÉTÉ_東京", ["strasse", "été", "東京"]),
        ("_-. ", []),
        ("x" * 100, ["x" * 40]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("typed", "word", "quality"),
    [
        ("customer", "customer", EXACT),
        ("c", "c", EXACT),
        ("cu", "customer", BEGINNING),
        ("c", "customer", 0),
        ("tom", "customer", WITHIN),
        ("to", "customer", 0),
        # A letter missing, too many, wrong, or two swapped.
        ("sals", "sales", ONE_TYPO),
        ("salees", "sales", ONE_TYPO),
        ("sakes", "sales", ONE_TYPO),
        ("slaes", "sales", ONE_TYPO),
        ("ales", "sales", WITHIN),
        ("asles", "sales", ONE_TYPO),
        # Short words take no typo, longer ones one, and from eight letters two.
        ("sle", "sale", 0),
        ("sxlxs", "sales", 0),
        ("cusxomxr", "customer", TWO_TYPOS),
        ("cuxxomxr", "customer", 0),
        # From six letters a mistyped word may go on.
        ("custme", "customers", ONE_TYPO),
        ("cxstom", "customers", ONE_TYPO),
        ("custm", "customers", 0),
        ("custoners", "customer", TWO_TYPOS),
    ],
)
def test_how_well_a_word_fits(typed: str, word: str, quality: float) -> None:
    assert fit(typed, word) == quality


@pytest.mark.parametrize(
    ("typed", "pairs"),
    [("abc", []), ("abcd", [("ab", "cd")]), ("abcdef", [("ab", "cdef"), ("abc", "def"), ("abcd", "ef")])],
)
def test_two_words_typed_as_one(typed: str, pairs: list[tuple[str, str]]) -> None:
    assert splits(typed) == pairs


@given(word=st.text("abcdeé1", min_size=6, max_size=12), at=st.integers(0, 10), letter=st.sampled_from("abz"))
def test_one_typo_is_forgiven_wherever_it_is(word: str, at: int, letter: str) -> None:
    for typed in (
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    ):
        assert fit(typed, word) > 0, typed


@given(typed=LETTERS, word=LETTERS)
def test_what_fits_differs_by_no_more_than_is_forgiven(typed: str, word: str) -> None:
    quality = fit(typed, word)
    forgiven = (len(typed) > 3) + (len(typed) > 7)
    # No change of a letter brings in more than one letter that is not there.
    if len(set(typed) - set(word)) > forgiven or len(typed) - len(word) > forgiven:
        assert quality == 0
    if typed and typed in word and len(typed) > 2:
        assert quality >= WITHIN
