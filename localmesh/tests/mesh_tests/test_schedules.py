"""When a schedule falls due, and which steps and times the clock takes; the cases of cron are from AWS's own page.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from localmesh import clock
from localmesh.schedules import ScheduleError, parse

FRIDAY = "2027-01-29T10:07:30"


@pytest.mark.parametrize(
    ("expression", "dues"),
    [
        ("rate(1 minute)", ["2027-01-29T10:08:30", "2027-01-29T10:09:30"]),
        ("rate(12 hours)", ["2027-01-29T22:07:30"]),
        ("rate(1 day)", ["2027-01-30T10:07:30"]),
        ("cron(0 10 * * ? *)", ["2027-01-30T10:00:00", "2027-01-31T10:00:00"]),
        ("cron(15 12 * * ? *)", ["2027-01-29T12:15:00"]),
        ("cron(0 18 ? * MON-FRI *)", ["2027-01-29T18:00:00", "2027-02-01T18:00:00"]),
        ("cron(0 8 1 * ? *)", ["2027-02-01T08:00:00", "2027-03-01T08:00:00"]),
        ("cron(0/15 * * * ? *)", ["2027-01-29T10:15:00", "2027-01-29T10:30:00"]),
        ("cron(0/5 8-17 ? * MON-FRI *)", ["2027-01-29T10:10:00"]),
        ("cron(0/30 20-2 ? * 2 *)", None),
        ("cron(10/20,5 0 ? * 1,sat *)", ["2027-01-30T00:05:00", "2027-01-30T00:10:00", "2027-01-30T00:30:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29T00:00:00"]),
        ("cron(0 0 * jan ? 2029-2030)", ["2029-01-01T00:00:00"]),
        ("cron(0 0 1 1 ? 2026)", []),
        ("rate(1 minutes)", None),
        ("rate(5 minute)", None),
        ("rate(0 minutes)", None),
        ("rate(5 seconds)", None),
        ("cron(0 10 * * * *)", None),
        ("cron(0 10 ? * ? *)", None),
        ("cron(0 10 L * ? *)", None),
        ("cron(0 10 ? * 6#3 *)", None),
        ("cron(60 10 * * ? *)", None),
        ("cron(0 10 * * ?)", None),
        ("cron(0/0 10 * * ? *)", None),
    ],
)
def test_when_a_schedule_falls_due(expression: str, dues: list[str] | None) -> None:
    if dues is None:
        with pytest.raises(ScheduleError):
            parse(expression)
        return
    moment: datetime | None = datetime.fromisoformat(FRIDAY).replace(tzinfo=UTC)
    found: list[str] = []
    while moment is not None and len(found) < max(1, len(dues)):
        moment = parse(expression).after(moment)
        if moment is not None:
            found.append(f"{moment:%Y-%m-%dT%H:%M:%S}")
    assert found == dues


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+90s", timedelta(seconds=90)),
        ("+15m", timedelta(minutes=15)),
        ("+12h", timedelta(hours=12)),
        ("+32d", timedelta(days=32)),
        ("32d", "expected a step forward such as +90s, +15m, +12h or +32d, got '32d'"),
        ("+32", "got '+32'"),
        ("+1.5d", "got '+1.5d'"),
        ("-3d", "got '-3d'"),
        ("+99999999999d", "got '+99999999999d'"),
        ("", "got ''"),
    ],
)
def test_steps(text: str, expected: timedelta | str) -> None:
    if isinstance(expected, timedelta):
        assert clock.step(text) == expected
        return
    with pytest.raises(clock.ClockError, match=re.escape(expected)):
        clock.step(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-31", "2027-01-31T00:00:00+00:00"),
        ("2027-01-31T09:30:00Z", "2027-01-31T09:30:00+00:00"),
        ("2027-01-31T09:30+02:00", "2027-01-31T07:30:00+00:00"),
        ("tomorrow", None),
        ("2027-02-30", None),
        ("0001-01-01T00:00+14:00", None),
    ],
)
def test_moments(text: str, expected: str | None) -> None:
    if expected is not None:
        assert clock.moment(text).isoformat() == expected
        return
    with pytest.raises(clock.ClockError, match="expected a day or a time"):
        clock.moment(text)
