"""When what is shared ends: what a request and its approver say of it, and what comes of that and of the config.

Days are those of UTC, and a day that is named is the last one: what is shared ends as it does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from handlers.sharing.model.checks import is_object, kind_of, shown
from handlers.sharing.model.errors import EndDatePassed, EndTooLate, InvalidInput

LONGEST_DAYS: Final = 3_660
"""Ten years. Whoever wants more wants no end, and has to say that by saying nothing."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Term:
    """How long data is shared: until a day, or for some days from the grant on; with neither, without an end."""

    until: date | None = None
    days: int | None = None

    def last_day(self, at: datetime) -> date | None:
        """The day on which what is shared at that moment ends; `None`: it has no end."""
        return self.until if self.days is None else _today(at) + timedelta(self.days)

    def __str__(self) -> str:
        if self.until is not None:
            return f"until the end of {day(self.until)} (UTC)"
        if self.days is not None:
            return f"for {_days(self.days)}"
        return "without an end"


NO_END: Final = Term()
"""What a request asks for that says nothing of an end, and what holds where the config says nothing either."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """What the stack's config says of how long data is shared, in days. `None`: nothing.

    `default`: where a request says nothing; without it, `longest` is.
    """

    default: int | None = None
    longest: int | None = None

    def within(self, outer: "Lengths") -> "Lengths":
        """These of one producer, where the whole stack's are `outer`: nothing becomes longer by them."""
        return Lengths(_least(self.default, outer.default), _least(self.longest, outer.longest))

    def term_of(self, asked: Term, at: datetime) -> Term:
        """What is to hold of a request that asks for `asked` at that moment.

        Raises:
            EndDatePassed: that day is over.
            EndTooLate: nobody may have the data so long.
            InvalidInput: it is further away than any end.
        """
        if asked == NO_END:
            return Term(days=_least(self.default, self.longest))
        today = _today(at)
        if asked.until is not None:
            _check_day(asked.until, today)
        latest = self.latest_day(at)
        if self.longest is not None and latest is not None:
            may = f"This data is shared for {_days(self.longest)} at most, as of today until {latest}"
            if asked.until is not None and asked.until > latest:
                raise EndTooLate(f"{may}; until was {asked.until}.", "until")
            if asked.days is not None and asked.days > self.longest:
                raise EndTooLate(f"{may}; days was {asked.days}.", "days")
        return asked

    def latest_day(self, at: datetime) -> date | None:
        """The last day that may be asked for at that moment; `None`: there is none."""
        return Term(days=self.longest).last_day(at)


NO_LENGTHS: Final = Lengths()


def ends_at(term: Term, at: datetime, *, shortened: date | None, longest: int | None) -> datetime | None:
    """When what is granted at that moment ends: the earliest end that anybody set. `None`: it has no end.

    Args:
        term: of the request.
        at: the moment of granting, from which days count.
        shortened: the last day that its approver wants, if they said one.
        longest: how many days the config allows as of now.
    """
    days = [_midnight_after(each) for each in (term.until, shortened) if each is not None]
    spans = [at.astimezone(UTC) + timedelta(each) for each in (term.days, longest) if each is not None]
    return min([*days, *spans], default=None)


def parse_term(document: object) -> Term:
    """What somebody says of the end, `until` or `days` at the top of what they ask for; `null` says nothing.

    Raises:
        InvalidInput: both are given, or one is none.
    """
    given: Mapping[str, object] = document if is_object(document) else {}
    until, days = given.get("until"), given.get("days")
    if until is not None and days is not None:
        raise InvalidInput("until and days must not both be given: each says when it ends.", "days")
    if days is not None:
        if isinstance(days, bool) or not isinstance(days, int):
            raise InvalidInput(f"days must be a whole number, got {kind_of(days)}.", "days")
        if not 1 <= days <= LONGEST_DAYS:
            raise InvalidInput(f"days must be from 1 to {LONGEST_DAYS:,}, got {shown(str(days))}.", "days")
        return Term(days=days)
    return NO_END if until is None else Term(until=parse_day(until, "until"))


def fields_of(term: Term) -> dict[str, str | int]:
    """The inverse of `parse_term`."""
    fields: dict[str, str | int] = {} if term.until is None else {"until": term.until.isoformat()}
    return fields if term.days is None else {**fields, "days": term.days}


def parse_day(value: object, field: str) -> date:
    """A day as `YYYY-MM-DD`; `field` says what it is called where it stands.

    Raises:
        InvalidInput: it is none.
    """
    if not isinstance(value, str):
        raise InvalidInput(f"{field} must be a string, got {kind_of(value)}.", field)
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise InvalidInput(f"{field} must be a day that there is, as YYYY-MM-DD, got {shown(value)}.", field)


def shortened_to(day_: date, term: Term, at: datetime) -> date:
    """The last day that an approver may give a request at that moment, checked.

    Raises:
        EndDatePassed: that day is over.
        EndTooLate: the request asks for less, or it is further away than any end.
    """
    if day_ < _today(at):
        raise EndDatePassed(f"until was {day_}, and that day is over.")
    if day_ > latest_of(term, at):
        raise EndTooLate(f"The request asks for the data until {latest_of(term, at)} at most.", "until")
    return day_


def latest_of(term: Term, at: datetime) -> date:
    """The latest day to which an approver may shorten a term at that moment."""
    return term.last_day(at) or _today(at) + timedelta(LONGEST_DAYS)


def day(value: date) -> str:
    """A day as people write it: `1 May 2025`."""
    return f"{value.day} {value:%B %Y}"


def minute(at: datetime) -> str:
    """A moment as people write it: `1 May 2025, 14:03 UTC`."""
    return f"{day(at.date())}, {at:%H:%M} UTC"


def _check_day(value: date, today: date) -> None:
    if value < today:
        raise EndDatePassed(f"until was {value}, and that day is over.")
    if value > today + timedelta(LONGEST_DAYS):
        raise InvalidInput(f"until must be at most {LONGEST_DAYS:,} days away, got {value}.", "until")


def _days(number: int) -> str:
    return "one day" if number == 1 else f"{number:,} days"


def _today(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _midnight_after(value: date) -> datetime:
    return datetime.combine(value, time(), UTC) + timedelta(1)


def _least(*lengths: int | None) -> int | None:
    return min((each for each in lengths if each is not None), default=None)
