"""How a word that somebody types fits a word of the catalogue: as it is, as its beginning, within it, or mistyped."""

import re
from typing import Final

LONGEST_WORD: Final = 40
"""Letters of a word that count; what goes on longer is a hash, or no word."""

EXACT, BEGINNING, WITHIN, ONE_TYPO, TWO_TYPOS = 1.0, 0.8, 0.5, 0.4, 0.25
"""How well a typed word fits."""

_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SHORTEST_WITHIN: Final = 3
_SHORTEST_MISTYPED: Final = 4
_SHORTEST_UNFINISHED: Final = 6
"""Letters from which a mistyped word may go on: shorter ones, with a typo, begin too much."""
_SHORTEST_WITH_TWO: Final = 8


def words_of(text: str) -> list[str]:
    """The words of a text, in order: `CustomerOrders_2024` is `customer`, `orders`, `2024`."""
    return [word.casefold()[:LONGEST_WORD] for word in _WORD.findall(_HUMP.sub(" ", text))]


def fit(typed: str, word: str) -> float:
    """How well a typed word fits `word`; 0 if it does not."""
    if typed == word:
        return EXACT
    if len(typed) > 1 and word.startswith(typed):
        return BEGINNING
    if len(typed) >= _SHORTEST_WITHIN and typed in word:
        return WITHIN
    return (0.0, ONE_TYPO, TWO_TYPOS)[typos(typed, word)]


def splits(typed: str) -> list[tuple[str, str]]:
    """The pairs of words that may have been typed as one (`customerid`), each of two letters or more."""
    return [(typed[:at], typed[at:]) for at in range(2, len(typed) - 1)]


def typos(typed: str, word: str) -> int:
    """How many typos (a letter too many, missing, wrong, or two swapped) make `word` of `typed`, or its beginning.

    0: more than are forgiven, which is one from four letters on, two from eight. Only of six letters or more the word
    may go on.
    """
    forgiven = _forgiven(typed)
    if not forgiven or len(typed) - len(word) > forgiven or len(set(typed).difference(word)) > forgiven:
        return 0
    goes_on = len(typed) >= _SHORTEST_UNFINISHED
    if not goes_on and len(word) - len(typed) > forgiven:
        return 0
    distance = _distance(typed, word[: len(typed) + forgiven], forgiven, goes_on)
    return distance if distance <= forgiven else 0


def starts_to_try(typed: str) -> tuple[frozenset[str], frozenset[str]]:
    """What words begin with that `typed` is a typo of, and what else they have behind their first letter.

    They narrow the search: a wrong first letter is forgiven where the next three are right.
    """
    if not _forgiven(typed):
        return frozenset(), frozenset()
    return frozenset(typed[:2]), frozenset({typed[:3], typed[1:4]})


def _forgiven(typed: str) -> int:
    return (len(typed) >= _SHORTEST_MISTYPED) + (len(typed) >= _SHORTEST_WITH_TWO)


def _distance(typed: str, word: str, enough: int, goes_on: bool) -> int:
    """The optimal string alignment distance of `typed` from `word`, or from the beginning of it that is nearest.

    More than `enough` is as good as any other number that is more.
    """
    before: list[int] = []
    row = list(range(len(word) + 1))
    for at, letter in enumerate(typed, start=1):
        further, before, row = before, row, [at]
        for place, other in enumerate(word, start=1):
            cost = min(before[place - 1] + (letter != other), before[place] + 1, row[place - 1] + 1)
            if further and place > 1 and letter == word[place - 2] and typed[at - 2] == other:
                cost = min(cost, further[place - 2] + 1)
            row.append(cost)
        if min(row) > enough and min(before) > enough:
            return enough + 1
    return min(row) if goes_on else row[-1]
