"""What was granted before stands in the register, whatever a later attempt or round grants."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.record import Granted

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True).map(tuple)


@st.composite
def granted(draw: st.DrawFn, *, cut: bool = False) -> Granted:
    names = draw(NAMES)
    unnamed = draw(st.integers(0, 5)) if cut else 0
    return Granted(len(names) + unnamed, names, draw(st.booleans()), draw(st.booleans()))


@given(granted(), granted())
def test_both_together(now: Granted, before: Granted) -> None:
    both = now.over(before)
    assert set(both.names) == {*now.names, *before.names}
    assert both.tables == len(both.names) == len(set(both.names))
    assert both.database == (now.database or before.database)
    assert both.wildcard == (now.wildcard or before.wildcard)


@given(granted(cut=True), granted(cut=True))
def test_a_count_never_shrinks_although_names_were_cut(now: Granted, before: Granted) -> None:
    both = now.over(before)
    assert both.tables >= max(now.tables, before.tables)
    assert set(both.names) >= {*now.names, *before.names}


@given(granted(cut=True))
def test_the_same_once_more_changes_nothing(now: Granted) -> None:
    assert now.over(now) == now
    assert now.over(None) == now
