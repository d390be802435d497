"""What an operator wants ended, held, or free to be shared again, as an execution's input; and what is said of it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.checks import LONGEST_PURPOSE, came, checked_name, is_object, kind_of, refuse_unknown
from handlers.sharing.model.errors import InvalidInput
from handlers.sharing.model.grants import Resource, ended_by, stays
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.request import WHOLE_DATABASE, Source, is_account_id
from handlers.sharing.model.share import Share

REACHES: Final = ("share", "consumer", "owner", "source")
"""What can be ended: one of these."""
_FIELDS: Final = (*REACHES, "reason", "dry_run", "hold")
_IGNORED: Final = ("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID",)
_OF_SOURCE: Final = ("database", "table")
MOST_NAMED: Final = 5
"""So many resources a report names."""
IN_THE_PORTAL: Final = "Somebody who may wants it in the portal."
"""The reason of a wish that the ledger has already, with who wants it and what they say: executions show neither."""


@dataclass(frozen=True, slots=True)
class Work:
    """A share to be taken back. `after`: the table of the last of its resources that somebody came to."""

    consumer: str
    share: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the end of a share takes away, and what its consumer can read all the same, by which other shares."""

    share: str
    consumer: str
    ends: Sequence[Resource]
    stays: Mapping[Resource, Sequence[str]]

    def __str__(self) -> str:
        ends = f"Taken back: {named(self.ends)}." if self.ends else "Other shares cover all of it."
        if not self.stays:
            return ends
        through = sorted({share for shares in self.stays.values() for share in shares})
        return f"{ends} Still readable: {named(list(self.stays))}, through {named(through)}."


def report_of(share: Share, mine: Set[Resource], others: Mapping[str, Set[Resource]]) -> Report:
    """What is to be said of a share's end; `others`: what the consumer's other shares cover that live, by their ids."""
    by_other = {other: stays(mine, [theirs]) for other, theirs in sorted(others.items())}
    left = {
        each: [other for other, read in by_other.items() if each in read]
        for each in sorted(stays(mine, others.values()))
    }
    return Report(share.id, share.consumer, sorted(ended_by(mine, others.values())), left)


def named(all_of_them: Sequence[object]) -> str:
    """The first few, and how many more."""
    names = ", ".join(map(str, all_of_them[:MOST_NAMED]))
    more = len(all_of_them) - MOST_NAMED
    return f"{names} and {more:,} more" if more > 0 else names


@dataclass(frozen=True, slots=True)
class Revocation:
    """A checked wish. Of the first four one is given.

    Attributes:
        reason: what is said of it: it goes to the history of all that it ends.
        share: one share, by its id.
        consumer: all that this account has.
        owner: all data that this account owns.
        source: all shares that reach this table, or with `*` anything of this database.
        dry_run: only say what would end, and what would stay.
        hold: also keep it from being shared until that is lifted; `False`: lift that, and end nothing.
    """

    reason: str
    share: str | None = None
    consumer: str | None = None
    owner: str | None = None
    source: Source | None = None
    dry_run: bool = False
    hold: bool | None = None

    @property
    def held(self) -> Hold | None:
        """The hold that fits; none does for a single share."""
        if self.consumer is not None:
            return Hold("consumer", self.consumer)
        if self.owner is not None:
            return Hold("owner", self.owner)
        return Hold("database", self.source.database, self.source.table) if self.source else None

    def reaches(self, share: Share, began: str) -> bool:
        """Whether this ends a share.

        One that was written down after this `began` is somebody's newer wish, unless a hold keeps such from counting.
        """
        if self.hold is None and share.since > began:
            return False
        wanted = {"id": self.share, "consumer": self.consumer}
        if any(value not in {None, getattr(share, name)} for name, value in wanted.items()):
            return False
        if self.owner not in {None, share.owner.account_id}:
            return False
        return self.source is None or self.names(share.source)

    def names(self, source: Source) -> bool:
        """Whether the data that this names, if it names any, are among these or the other way round."""
        return self.source is not None and Hold("database", self.source.database, self.source.table).stops(source)


def parse_revocation(document: object) -> Revocation:
    """Check the input of the state machine that revokes.

    Raises:
        UnknownField: it has a field that there is not.
        InvalidInput: a field is missing, of the wrong type or malformed, or more is given than one thing to end.
    """
    if not is_object(document):
        raise InvalidInput(f"the input must be an object, got {kind_of(document)}.")
    source = document.get("source")
    unknown = [name for name in document if name not in _FIELDS and name not in _IGNORED]
    if is_object(source):
        unknown += [f"source.{name}" for name in source if name not in _OF_SOURCE]
    refuse_unknown(unknown, (*REACHES[:3], *(f"source.{name}" for name in _OF_SOURCE), *_FIELDS[4:]), "a revocation")
    given = [name for name in REACHES if document.get(name) is not None]
    if len(given) != 1:
        came = " and ".join(given) or "none of them"
        raise InvalidInput(f"one of {', '.join(REACHES)} must be given, and only one; got {came}.")
    wish = Revocation(
        reason=_text(document, "reason"),
        share=_text(document, "share") if given == ["share"] else None,
        consumer=_account(document, "consumer"),
        owner=_account(document, "owner"),
        source=_source(source),
        dry_run=_switch(document, "dry_run") or False,
        hold=_switch(document, "hold"),
    )
    if wish.share is not None and wish.hold is not None:
        raise InvalidInput("hold must not be given with a share: put it on consumer, owner or source.", "hold")
    return wish


def _text(document: Mapping[str, object], field: str) -> str:
    value = document.get(field)
    if not isinstance(value, str) or not value.strip():
        given = "an empty one" if isinstance(value, str) else kind_of(value)
        raise InvalidInput(f"{field} must be a text, got {given}.", field)
    text = value.strip()
    if len(text) > LONGEST_PURPOSE or not text.isprintable():
        raise InvalidInput(f"{field} must be one line of at most {LONGEST_PURPOSE} characters.", field)
    return text


def _account(document: Mapping[str, object], field: str) -> str | None:
    value = document.get(field)
    if value is None or (isinstance(value, str) and is_account_id(value)):
        return value
    raise InvalidInput(f"{field} must be a string of 12 digits, got {came(value)}.", field)


def _switch(document: Mapping[str, object], field: str) -> bool | None:
    value = document.get(field)
    if value is None or isinstance(value, bool):
        return value
    raise InvalidInput(f"{field} must be true or false, got {kind_of(value)}.", field)


def _source(value: object) -> Source | None:
    if value is None:
        return None
    if not is_object(value):
        raise InvalidInput(f"source must be an object, got {kind_of(value)}.", "source")
    database = checked_name(value.get("database"), "source.database")
    if database == WHOLE_DATABASE:
        raise InvalidInput("source.database must be the name of one database, got '*'.", "source.database")
    return Source(database, checked_name(value.get("table"), "source.table"))
