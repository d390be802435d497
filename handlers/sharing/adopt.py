"""Makes shares of what somebody granted past Lakeshare, so that it has an owner, an end and a history like any other.

Nothing is granted. What somebody wants taken back is adopted, too, and ended at once: so it is taken back as everything
is, and no other share of the account loses what it covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.sharing.model.applied import Applied
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import NotForLakeshare, OnHold, TryAgain
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.hold import holds_on, refuse_held
from handlers.sharing.model.parties import Owner, Parties
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import WHOLE_DATABASE, Source
from handlers.sharing.model.runs import run_name
from handlers.sharing.model.share import ADOPTED, Share, ShareStatus, share_id
from handlers.sharing.model.share_steps import adopted
from handlers.sharing.model.term import Term, ends_at
from handlers.sharing.model.transition import on_record
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Register


@dataclass(frozen=True, slots=True)
class Adopter:
    """The ports, and when what is adopted ends: `until`, if not earlier by how long the owner's data is shared."""

    register: Register
    ledger: Ledger
    parties: Parties
    until: date | None = None

    def end_for(self, owner: Owner, at: datetime) -> str | None:
        """When what is adopted now ends; `None`: it has no end.

        Raises:
            NotForLakeshare: that has passed.
        """
        longest = self.parties.lengths_of(owner).longest
        end = ends_at(Term(until=self.until), at, shortened=None, longest=longest)
        if end is not None and end <= at:
            raise NotForLakeshare(
                f"What is adopted would have ended by now: config adoptedUntil says {self.until}. The platform team "
                "can set a later day."
            )
        return None if end is None else iso(end)

    def owner_of(self, finding: Finding) -> Owner:
        """Who answers for the data of a finding: the share that is made of it needs an owner.

        Raises:
            NotForLakeshare: nobody does.
        """
        producer = self.parties.producers.get(finding.owner or "")
        if producer is None:
            raise NotForLakeshare(
                "No registered producer is known as the one owner of these data, so no share can be made of them. The "
                "catalogue says whose they are (data_owner)."
            )
        return Owner(producer.account_id, producer.name or "")

    def check(self, finding: Finding, at: datetime) -> str | None:
        """Check that a finding can be adopted now; returns when the shares of it end, `None`: they have no end.

        Raises:
            NotForLakeshare: it cannot: nobody owns the data, they are held, or their end has passed.
        """
        owner = self.owner_of(finding)
        _check_free(finding, owner, self.ledger)
        return self.end_for(owner, at)


def pieces(database: str, tables: Sequence[str]) -> list[tuple[Source, Scope, tuple[str, ...]]]:
    """The shares that cover this of a database, and the tables that each covers by name; all tables are one of them."""
    names = tuple(each for each in tables if each not in {"", WHOLE_DATABASE})
    found: list[tuple[Source, Scope, tuple[str, ...]]] = []
    if WHOLE_DATABASE in tables:
        found.append((Source(database, WHOLE_DATABASE), Scope.WILDCARD, ()))
    if len(names) == 1 and set(tables) <= {*names, WHOLE_DATABASE}:
        found.append((Source(database, names[0]), Scope.TABLE, ()))
    elif names or not found:
        found.append((Source(database, WHOLE_DATABASE), Scope.TABLES_BY_NAME, names))
    return found


def _check_free(finding: Finding, owner: Owner, ledger: Ledger) -> None:
    """Check that nothing is held of what somebody wants to keep.

    Raises:
        NotForLakeshare: it is.
    """
    for source, _, _ in pieces(finding.database, finding.tables):
        try:
            refuse_held(ledger.held(holds_on(source, finding.principal, owner)))
        except OnHold as held:
            raise NotForLakeshare(f"{held} It can be revoked.") from held


def adopt(
    finding: Finding, owner: Owner, until: str | None, by: str, note: str, *, adopter: Adopter, at: datetime
) -> list[Share]:
    """Write shares down of what a finding is about; safe to repeat for the same settling of it.

    Args:
        finding: as it was settled.
        owner: of the data.
        until: when they end.
        by, note: who wants it, and what they say.
        adopter: ports.
        at: the present.

    Raises:
        TryAgain: an outage, or something else has this name.
    """
    made: list[Share] = []
    for number, (source, scope, names) in enumerate(pieces(finding.database, finding.tables), start=1):
        request_id = _request_id(finding, number)
        record = RequestRecord(
            request_id,
            Status.SHARED,
            iso(at),
            source=source,
            consumer=finding.principal,
            message="Somebody granted this past Lakeshare; it was adopted.",
            closed_at=iso(at),
            round=1,
            owner=owner,
        )
        written = adopter.register.apply(request_id, on_record(record, by))
        there = written.record if isinstance(written, Applied) else written.there
        if there is None or (there.source, there.consumer, there.status) != (source, finding.principal, Status.SHARED):
            raise TryAgain(f"{request_id} is another request.")
        share = Share(
            share_id(request_id, 1),
            finding.principal,
            ShareStatus.ACTIVE,
            source,
            scope,
            owner,
            fingerprint=ADOPTED,
            since=iso(at),
            tables=len(names) or 1,
            until=until,
        )
        # Its names first: a share covers nothing that it does not name.
        share = replace(share, parts=adopter.ledger.write_names(share, names))
        after, _ = adopter.ledger.apply(share.consumer, share.id, adopted(share, by, note))
        made.append(after or share)
    return made


def _request_id(finding: Finding, number: int) -> str:
    """The same for each settling of a finding, and nobody can tell it before."""
    return run_name("adopted", f"{finding.id}|{finding.settled_at}|{number}")
