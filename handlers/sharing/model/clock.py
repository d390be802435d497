"""Times as the register keeps them: ISO 8601 in UTC with milliseconds, so that text sorts as time does."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """`moment` as the register writes it, for instance `2026-11-24T11:19:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def moment(text: str) -> datetime:
    """The inverse of `iso`. Raises `ValueError` for what is no such time."""
    return datetime.fromisoformat(text)
