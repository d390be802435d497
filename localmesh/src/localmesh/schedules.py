"""When the schedules of EventBridge rules fall due: ``rate(…)`` and ``cron(…)``, in UTC.

See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_RATE = re.compile(r"rate\(([1-9]\d{0,8}) (minute|minutes|hour|hours|day|days)\)", re.ASCII)
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", re.ASCII)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", re.ASCII)
_YEARS = range(1970, 2200)


class ScheduleError(ValueError):
    """The expression is none that EventBridge takes, or none that the mesh can follow."""


@dataclass(frozen=True)
class Rate:
    """Every so often."""

    every: timedelta

    def after(self, moment: datetime) -> datetime | None:
        """The next time after a moment at which it fell due, or was made."""
        return moment + self.every


@dataclass(frozen=True)
class Cron:
    """At the minutes that all fields allow."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def after(self, moment: datetime) -> datetime | None:
        """The next time after a moment; None if there is none any more."""
        first = moment.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = first.replace(hour=0, minute=0)
        while day.year <= max(self.years):
            if day.year in self.years and day.month in self.months and self._on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        if (found := day.replace(hour=hour, minute=minute)) >= first:
                            return found
            day += timedelta(days=1)
        return None

    def _on(self, day: datetime) -> bool:
        return day.day in self.days and day.isoweekday() % 7 + 1 in self.weekdays


def parse(expression: str) -> Rate | Cron:
    """Reads a schedule.

    Raises:
        ScheduleError: it is none, or has L, W or #, which the mesh does not know.
    """
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        number, unit = int(rate[1]), rate[2]
        if unit.endswith("s") == (number == 1):
            raise ScheduleError(f"expected 1 {unit.removesuffix('s')} or {number} {unit}, got {expression}")
        return Rate(timedelta(**{unit.removesuffix("s") + "s": number}))
    cron = _CRON.fullmatch(expression)
    if cron is None:
        raise ScheduleError(f"expected rate(value unit), or cron() with six fields, got {expression!r}")
    if (cron[3] == "?") == (cron[5] == "?"):
        raise ScheduleError(
            f"expected ? as the day of the month or as the day of the week, and not as both: {expression}"
        )
    return Cron(
        _field(cron[1], range(60)),
        _field(cron[2], range(24)),
        _field("*" if cron[3] == "?" else cron[3], range(1, 32)),
        _field(cron[4], range(1, 13), _MONTHS),
        _field("*" if cron[5] == "?" else cron[5], range(1, 8), _DAYS),
        _field(cron[6], _YEARS),
    )


def _field(text: str, allowed: range, names: Sequence[str] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ScheduleError(f"expected *, numbers, ranges or steps, got {text!r}")
        start = allowed[0] if match[1] is None else _number(match[1], allowed, names)
        # A step without an end goes on to the last value.
        last = allowed[-1] if match[1] is None or (match[3] and not match[2]) else start
        end = _number(match[2], allowed, names) if match[2] else last
        step = int(match[3] or 1)
        if step == 0 or end < start:
            raise ScheduleError(f"expected a range that goes up, in steps of at least 1, got {text!r}")
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _number(text: str, allowed: range, names: Sequence[str]) -> int:
    if text.upper() in names:
        return allowed[0] + names.index(text.upper())
    if text.isdecimal() and int(text) in allowed:
        return int(text)
    raise ScheduleError(f"expected a number from {allowed[0]} to {allowed[-1]}, got {text!r}")
