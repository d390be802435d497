"""What an account can read of a table through several parts: as the evaluator adds filters up, and said in words."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.effective import MOST_COLUMNS, MOST_ROWS, Effective, Reach, Terms, effective
from handlers.sharing.model.excerpt import MOST_BYTES
from localmesh import cells

ROWS = [{"a": a, "b": b, "c": a + b, "d": 7} for a in range(3) for b in range(3)]
EXPRESSIONS = (None, "a = 1", "b = 1", "a > 0 AND b > 0")

columns = st.sets(st.sampled_from("abcd"), min_size=1).map(lambda found: tuple(sorted(found)))
parts = st.tuples(columns, st.sampled_from(EXPRESSIONS))


def part(names: str, expression: str | None = None) -> Terms:
    return tuple(names), expression


def oracle(every: list[Terms]) -> cells.Cells:
    """As the evaluator of the mesh adds grants up."""
    return cells.either(
        *(cells.opened(names, cells.ALL_ROWS if rows is None else frozenset({rows})) for names, rows in every)
    )


@given(parts, st.lists(parts, max_size=4))
def test_it_is_what_the_evaluator_reads(mine: Terms, others: list[Terms]) -> None:
    found = effective(mine, others)
    if found is None:
        assert set(others) <= {mine}
        return
    read = {column: reach.rows for reach in found.reaches for column in reach.columns}
    wanted = {
        column: tuple(sorted(cells.text(each) for each in some)) if cells.ALL_ROWS not in some else ()
        for column, some in oracle([mine, *others]).items()
    }
    assert read == wanted
    assert found.others == len({mine, *others}) - 1
    assert found.reaches_total == len(found.reaches)


@given(parts, st.lists(parts, min_size=1, max_size=4))
def test_columns_side_by_side_that_no_part_shows(mine: Terms, others: list[Terms]) -> None:
    """By sample rows: only if it says so, a row can show more columns than any one part."""
    found = effective(mine, others)
    every = [mine, *others]

    def shown(of: list[Terms]) -> list[set[str]]:
        opened = oracle(of)
        rows = {
            name: {cells.text(each) for each in some} for name, some in opened.items() if cells.ALL_ROWS not in some
        }
        return [set(row) for row in cells.visible(rows, opened, ROWS)]

    alone = [set(each[0]) for each in every]
    more = any(not any(row <= one for one in alone) for row in shown(every))
    if more:
        assert found is not None
        assert found.side_by_side
    if found is not None and not found.side_by_side:
        assert any(set(each[0]) == set().union(*alone) for each in every)


@pytest.mark.parametrize(
    ("mine", "others", "text"),
    [
        (
            part("ab", "x = 1"),
            [part("bc", "y = 2")],
            "The account has another part of this table. With this one, it can read: a: in rows where x = 1; b: "
            "in rows where (x = 1) or (y = 2); c: in rows where y = 2. In a row that several parts let through, their "
            "columns can be read side by side: no part alone does that.",
        ),
        (
            part("ab"),
            [part("a", "y = 2"), part("b", "z")],
            "The account has 2 other parts of this table. With this one, it can read: a, b: in all rows.",
        ),
    ],
)
def test_in_words(mine: Terms, others: list[Terms], text: str) -> None:
    assert str(effective(mine, others)) == text


def test_nothing_else_is_nothing_to_say() -> None:
    assert effective(part("ab"), []) is None
    assert effective(part("ab"), [part("ba")]) is None


def test_who_has_the_whole_table_reads_all_of_it() -> None:
    found = effective(part("ab"), [part("c")], whole=True)
    assert found == Effective(1, whole=True)
    assert str(found) == "The account can read all of the table through another share, columns added later too."


def test_what_the_ledger_does_not_tell_is_said_not_to_be_told() -> None:
    found = effective(part("ab"), [], untold=1)
    assert found == Effective(1, False, (Reach(("a", "b")),), 1, True, True)
    assert "It also reads columns that are not told here, by the safe subset of the whole database." in str(found)


def test_what_is_told_fits_into_an_item() -> None:
    """As many filters as there may be, of the longest names and expressions: the first group is told all the same."""
    wide = tuple(f"{number:05}".rjust(255, "ß") for number in range(2_000))
    expressions = [f"{number:03}".rjust(2_048, "x") for number in range(99)]
    every: list[Terms] = [(wide[number:], each) for number, each in enumerate(expressions)]
    found = effective(every[0], every[1:])
    assert found is not None
    assert found.reaches
    assert found.reaches_total == 99
    assert sum(len(str(each).encode()) for each in found.reaches) <= MOST_BYTES
    assert found.lines[-1] == f"and {99 - len(found.reaches)} more groups of columns, in other rows"
    many = effective((tuple(f"c{n}" for n in range(150)), None), [part("x", f"a = {n}") for n in range(9)])
    assert many is not None
    assert (many.reaches[0].more_columns, many.reaches[1].more_rows) == (150 - MOST_COLUMNS, 9 - MOST_ROWS)
    assert "and 50 more: in all rows" in str(many.reaches[0])
    assert asdict(many.reaches[1])["rows"][0] == "a = 0"


def test_a_reach_in_words() -> None:
    assert str(Reach(("a",), ("x", "y"), 0, 2)) == "a: in rows where (x) or (y) or 2 other filters"
