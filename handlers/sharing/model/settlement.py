"""What somebody posts who settles a finding, or adopts many, and its check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.checks import came, checked_name, checked_object, checked_text, kind_of
from handlers.sharing.model.errors import InvalidInput, Refused
from handlers.sharing.model.finding import Action
from handlers.sharing.model.new_request import InvalidRequest, checked_reason, fault_of
from handlers.sharing.model.request import is_account_id

OF_SETTLEMENT: Final = ("action", "digest", "reason")
"""What is posted with the id of a finding."""
OF_ADOPTION: Final = ("owner", "database", "reason", "dry_run", "seen")
"""What is posted to adopt many."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A checked wish: to do this about a finding that looked like this. `reason`: what they say of it."""

    finding: str
    action: Action
    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """A checked wish to adopt what was granted past Lakeshare.

    Attributes:
        reason: what they say of it.
        owner: of this producer's data only; `None`: of everybody's.
        database: in this one only; `None`: in all.
        seen: what a dry run called all that it showed; `None`: this is a dry run.
    """

    reason: str
    owner: str | None = None
    database: str | None = None
    seen: str | None = None


def parse_settlement(finding: str, document: object) -> Settlement:
    """Check what is posted.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        given = checked_object(document, OF_SETTLEMENT, "a settlement")
        digest = checked_text(given.get("digest"), "digest")
        if not digest:
            raise InvalidInput("digest must be that of the finding as you saw it, got nothing.", "digest")
        reason = checked_reason(given)
        return Settlement(finding, _action(given.get("action")), digest, reason)
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def parse_adoption(document: object) -> Adoption:
    """Check what is posted to adopt many: `{"reason"}` with `dry_run` or `seen`, and of whose data and where.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        given = checked_object(document, OF_ADOPTION, "an adoption")
        owner, database = given.get("owner"), given.get("database")
        if owner is not None and not (isinstance(owner, str) and is_account_id(owner)):
            raise InvalidInput(f"owner must be a string of 12 digits, got {came(owner)}.", "owner")
        database = None if database is None else checked_name(database, "database")
        return Adoption(checked_reason(given), owner, database, _seen(given))
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def _seen(given: Mapping[str, object]) -> str | None:
    """What was looked at, of whoever does not only look."""
    dry_run, seen = given.get("dry_run") or False, given.get("seen")
    if not isinstance(dry_run, bool):
        raise InvalidInput(f"dry_run must be true or false, got {kind_of(dry_run)}.", "dry_run")
    if dry_run and seen is not None:
        raise InvalidInput("seen must not be given with a dry run, which says what it is.", "seen")
    if dry_run:
        return None
    if not isinstance(seen, str) or not seen:
        what = "nothing" if seen == "" else came(seen)
        raise InvalidInput(f"seen must be what a dry run answered, so that you looked first, got {what}.", "seen")
    return seen


def _action(value: object) -> Action:
    words = [each.value for each in Action]
    if isinstance(value, str) and value in words:
        return Action(value)
    raise InvalidInput(f"action must be one of {', '.join(words)}, got {came(value)}.", "action")
