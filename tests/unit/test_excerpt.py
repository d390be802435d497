"""Long lists: the first items that fit, and the count of all."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.excerpt import MOST_BYTES, MOST_ITEMS, Excerpt

SIZES = st.sampled_from([0, 1, 10, 1000, 15_000, MOST_BYTES - 1, MOST_BYTES, MOST_BYTES + 1])


@given(st.lists(SIZES, max_size=12))
def test_a_beginning_that_fits(sizes: list[int]) -> None:
    items = ["x" * size for size in sizes]
    excerpt = Excerpt[str]()
    for item in items:
        excerpt.add(item)
    kept = len(excerpt.items)
    assert excerpt.total == len(items)
    assert excerpt.items == items[:kept]
    assert sum(map(len, excerpt.items)) <= MOST_BYTES
    # As many as fit: the next one would not have.
    assert kept == len(items) or sum(map(len, items[: kept + 1])) > MOST_BYTES
    assert Excerpt[str].of(items) == tuple(excerpt.items)


def test_bytes_are_counted_not_characters() -> None:
    assert len(Excerpt[str].of(["漢" * 10_000] * 3)) == 1
    assert Excerpt[str].of(["\ud800"]) == ("\ud800",)


def test_no_more_than_a_person_reads() -> None:
    assert len(Excerpt[str].of(str(at) for at in range(MOST_ITEMS + 1))) == MOST_ITEMS
