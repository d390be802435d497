"""Long lists: the first items that fit, and the count of all."""

from handlers.sharing.model.listing import MOST_BYTES, MOST_ITEMS, Listing
from hypothesis import given
from hypothesis import strategies as st

SIZES = st.sampled_from([0, 1, 10, 1000, 15_000, MOST_BYTES - 1, MOST_BYTES, MOST_BYTES + 1])


@given(st.lists(SIZES, max_size=12))
def test_a_beginning_that_fits(sizes: list[int]) -> None:
    items = ["x" * size for size in sizes]
    listing = Listing[str]()
    for item in items:
        listing.add(item)
    kept = len(listing.items)
    assert listing.total == len(items)
    assert listing.items == items[:kept]
    assert sum(map(len, listing.items)) <= MOST_BYTES
    # As many as fit: the next one would not have.
    assert kept == len(items) or sum(map(len, items[: kept + 1])) > MOST_BYTES
    assert Listing[str].of(items) == tuple(listing.items)


def test_bytes_are_counted_not_characters() -> None:
    assert len(Listing[str].of(["漢" * 10_000] * 3)) == 1
    assert Listing[str].of(["\ud800"]) == ("\ud800",)


def test_no_more_than_a_person_reads() -> None:
    assert len(Listing[str].of(str(at) for at in range(MOST_ITEMS + 1))) == MOST_ITEMS
