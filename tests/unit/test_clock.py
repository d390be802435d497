"""Times in the register: one form, wherever the machine stands, that sorts as time does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.clock import iso, moment, now

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.fixture(params=["UTC", "Asia/Kathmandu"])
def _here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_here")
def test_the_form() -> None:
    there = datetime(2026, 11, 24, 12, 19, 0, 999, timezone(timedelta(hours=1)))
    assert iso(there) == "2026-11-24T11:19:00.000Z"
    assert moment("2026-11-24T11:19:00.000Z") == datetime(2026, 11, 24, 11, 19, tzinfo=UTC)
    assert abs(now() - datetime.now(UTC)) < timedelta(minutes=1)


@given(MOMENTS, ZONES)
def test_what_is_written_is_read_to_the_millisecond(at: datetime, zone: timezone) -> None:
    read = moment(iso(at.astimezone(zone)))
    assert timedelta(0) <= at - read < timedelta(milliseconds=1)
    assert read.utcoffset() == timedelta(0)


@given(MOMENTS, MOMENTS)
def test_text_sorts_as_time_does(one: datetime, other: datetime) -> None:
    assert (iso(one) < iso(other)) == (moment(iso(one)) < moment(iso(other)))


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00.000Z"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        moment(text)
