"""When what is shared ends: what may be asked for, what holds of it, and the earliest of all that was said."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.sharing.model.errors import EndDatePassed, EndTooLate, InvalidInput, Refused
from handlers.sharing.model.parties import Owner, Parties, Producer
from handlers.sharing.model.term import (
    LONGEST_DAYS,
    NO_END,
    NO_LENGTHS,
    Lengths,
    Term,
    ends_at,
    fields_of,
    latest_of,
    minute,
    parse_day,
    parse_term,
    shortened_to,
)

NOON = datetime(2028, 2, 28, 12, tzinfo=UTC)
"""The day before a leap day."""
MIDNIGHT = datetime(2028, 2, 29, tzinfo=UTC)
ONE = timedelta(days=1)

days = st.integers(1, LONGEST_DAYS)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.integers(0, 27_000 * 86_400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, seconds))
local_moments = st.builds(datetime.astimezone, moments, zones)
lengths = st.builds(Lengths, st.none() | days, st.none() | days)
terms = st.one_of(
    st.just(NO_END),
    st.builds(Term, days=days),
    st.builds(Term, until=st.dates(date(2025, 12, 1), date(2110, 1, 1))),
)


# --- what a request says ------------------------------------------------------------------------------------------


@given(terms)
def test_what_is_said_is_read_as_it_was_written(term: Term) -> None:
    assert parse_term(fields_of(term)) == term
    assert parse_term({"until": None, "days": None, **fields_of(term)}) == term


@pytest.mark.parametrize("document", [None, [], "until", {}, {"until": None}, {"days": None}])
def test_what_says_nothing_has_no_end(document: object) -> None:
    assert parse_term(document) is NO_END


@pytest.mark.parametrize(
    ("document", "field"),
    [
        *(({"until": each}, "until") for each in (7, True, [], {}, "", "2026", "20261231", "2026-12-31T00:00:00Z")),
        *(({"until": each}, "until") for each in ("2026-2-1", " 2026-12-31", "2026-12-31\n", "2026-12-32")),
        *(
            ({"until": each}, "until")
            for each in ("2027-02-29", "2100-02-29", "0000-01-01", "\uff12\uff10\uff12\uff16-12-31", "x" * 999)
        ),
        *(({"days": each}, "days") for each in (0, -1, LONGEST_DAYS + 1, 10**4000, 1.0, 1.5, "7", "90d", True, [], {})),
        ({"until": "2026-12-31", "days": 7}, "days"),
        ({"until": 7, "days": 0}, "days"),
    ],
)
def test_what_is_no_end_is_refused_by_its_field(document: object, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_term(document)
    assert raised.value.field == field
    assert len(str(raised.value)) < 250


def test_a_leap_day_is_a_day() -> None:
    assert parse_day("2028-02-29", "until") == date(2028, 2, 29)


# --- what holds of it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "config", "holds"),
    [
        (NO_END, NO_LENGTHS, NO_END),
        (NO_END, Lengths(30), Term(days=30)),
        (NO_END, Lengths(longest=90), Term(days=90)),
        (NO_END, Lengths(30, 90), Term(days=30)),
        (NO_END, Lengths(90, 30), Term(days=30)),
        (Term(days=7), Lengths(30, 90), Term(days=7)),
        (Term(days=60), Lengths(30), Term(days=60)),
        (Term(days=90), Lengths(30, 90), Term(days=90)),
        (Term(days=91), Lengths(30, 90), (EndTooLate, "days")),
        (Term(date(2028, 2, 28)), Lengths(longest=1), Term(date(2028, 2, 28))),
        (Term(date(2028, 2, 29)), Lengths(longest=1), Term(date(2028, 2, 29))),
        (Term(date(2028, 3, 1)), Lengths(longest=1), (EndTooLate, "until")),
        (Term(date(2028, 2, 27)), NO_LENGTHS, (EndDatePassed, "until")),
        (Term(date(2028, 2, 27)), Lengths(longest=1), (EndDatePassed, "until")),
        (Term(NOON.date() + timedelta(LONGEST_DAYS)), NO_LENGTHS, Term(NOON.date() + timedelta(LONGEST_DAYS))),
        (Term(NOON.date() + timedelta(LONGEST_DAYS + 1)), NO_LENGTHS, (InvalidInput, "until")),
        (Term(date.max), Lengths(longest=1), (InvalidInput, "until")),
        (Term(date.min), NO_LENGTHS, (EndDatePassed, "until")),
    ],
)
def test_what_holds(asked: Term, config: Lengths, holds: Term | tuple[type[Refused], str]) -> None:
    if isinstance(holds, Term):
        assert config.term_of(asked, NOON) == holds
        return
    with pytest.raises(holds[0]) as raised:
        config.term_of(asked, NOON)
    assert (type(raised.value), raised.value.field) == holds


@pytest.mark.parametrize(
    ("producer", "stack", "both"),
    [
        (NO_LENGTHS, NO_LENGTHS, NO_LENGTHS),
        (NO_LENGTHS, Lengths(30, 90), Lengths(30, 90)),
        (Lengths(7, 14), Lengths(30, 90), Lengths(7, 14)),
        (Lengths(longest=14), Lengths(30, 90), Lengths(30, 14)),
        (Lengths(longest=365), Lengths(30, 90), Lengths(30, 90)),
        (Lengths(7), Lengths(longest=90), Lengths(7, 90)),
        (Lengths(60), Lengths(30, 90), Lengths(30, 90)),
    ],
)
def test_a_producers_lengths_only_shorten(producer: Lengths, stack: Lengths, both: Lengths) -> None:
    parties = Parties({"1" * 12: Producer("1" * 12, lengths=producer)}, lengths=stack)
    assert parties.lengths_of(Owner("1" * 12)) == both
    assert parties.lengths_of(Owner("2" * 12)) == stack


@given(terms, lengths, lengths, local_moments)
def test_nothing_that_holds_is_longer_than_may_be(asked: Term, own: Lengths, stack: Lengths, at: datetime) -> None:
    config = own.within(stack)
    try:
        term = config.term_of(asked, at)
    except Refused:
        assert asked != NO_END
        return
    last, latest = term.last_day(at), config.latest_day(at)
    assert term == asked or (asked == NO_END and term.until is None)
    assert (last is None) <= (latest is None)
    assert last is None or latest is None or last <= latest
    end = ends_at(term, at, shortened=None, longest=config.longest)
    assert (end is None) == (term == NO_END)
    assert end is None or end > at


# --- when it ends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "at", "shortened", "longest", "end"),
    [
        (NO_END, NOON, None, None, None),
        (Term(days=1), NOON, None, None, NOON + ONE),
        (Term(days=366), NOON, None, None, datetime(2029, 2, 28, 12, tzinfo=UTC)),
        (Term(date(2028, 2, 28)), NOON, None, None, MIDNIGHT),
        (Term(date(2028, 2, 29)), NOON, None, None, datetime(2028, 3, 1, tzinfo=UTC)),
        (Term(date(2028, 2, 28)), MIDNIGHT - timedelta(microseconds=1), None, None, MIDNIGHT),
        (Term(date(2028, 2, 28)), MIDNIGHT, None, None, MIDNIGHT),
        (NO_END, NOON, date(2028, 2, 28), None, MIDNIGHT),
        (NO_END, NOON, None, 2, NOON + 2 * ONE),
        (Term(days=3), NOON, date(2028, 2, 28), 2, MIDNIGHT),
        (Term(days=3), NOON, date(2028, 3, 31), 2, NOON + 2 * ONE),
        (Term(date(2028, 12, 31)), NOON, None, 1, NOON + ONE),
    ],
)
def test_the_earliest_end_is_the_end(
    term: Term, at: datetime, shortened: date | None, longest: int | None, end: datetime | None
) -> None:
    assert ends_at(term, at, shortened=shortened, longest=longest) == end


@given(terms, local_moments, st.none() | st.dates(date(2025, 12, 1), date(2110, 1, 1)), st.none() | days)
@example(Term(date(2028, 2, 28)), datetime(2028, 2, 29, 1, tzinfo=timezone(2 * timedelta(hours=1))), None, None)
def test_an_end_is_no_later_than_any_that_was_said(
    term: Term, at: datetime, shortened: date | None, longest: int | None
) -> None:
    end = ends_at(term, at, shortened=shortened, longest=longest)
    if end is None:
        assert (term, shortened, longest) == (NO_END, None, None)
        return
    for last in (term.until, shortened):
        # Up to the last moment of its day in UTC, wherever whoever asks lives, and no longer.
        assert last is None or end <= datetime(last.year, last.month, last.day, tzinfo=UTC) + ONE
        assert last is None or (end > at) <= (at.astimezone(UTC).date() <= last)
    for length in (term.days, longest):
        assert length is None or end - at <= length * ONE


# --- what an approver may make of it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "latest"),
    [
        (NO_END, NOON.date() + timedelta(LONGEST_DAYS)),
        (Term(days=1), date(2028, 2, 29)),
        (Term(days=2), date(2028, 3, 1)),
        (Term(date(2028, 2, 28)), date(2028, 2, 28)),
        (Term(date(2028, 12, 31)), date(2028, 12, 31)),
    ],
)
def test_an_approver_shortens_and_never_lengthens(term: Term, latest: date) -> None:
    for day in (NOON.date(), latest):
        assert shortened_to(day, term, NOON) == day
    assert latest_of(term, NOON) == latest
    with pytest.raises(EndTooLate) as late:
        shortened_to(latest + ONE, term, NOON)
    assert late.value.field == "until"
    with pytest.raises(EndDatePassed):
        shortened_to(NOON.date() - ONE, term, NOON)


def test_a_day_is_one_in_utc_wherever_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        try:
            assert Lengths(longest=1).latest_day(NOON.replace(hour=23)) == NOON.date() + ONE
        finally:
            elsewhere.undo()
            time.tzset()


def test_a_moment_in_words() -> None:
    assert minute(NOON + timedelta(days=2, minutes=7)) == "1 March 2028, 12:07 UTC"


def test_a_term_in_words() -> None:
    said = [str(each) for each in (NO_END, Term(days=1), Term(days=1000), Term(date(2028, 2, 29)))]
    assert said == ["without an end", "for one day", "for 1,000 days", "until the end of 29 February 2028 (UTC)"]
