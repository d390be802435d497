"""What is granted ends when somebody said: Grant grants nothing that would be over by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.sharing.grant import end_of
from handlers.sharing.model.errors import EndDatePassed, RegisterUnreadable
from handlers.sharing.model.record import Decision, Status
from handlers.sharing.model.term import NO_END, Lengths, Term
from tests.fakes.world import OWNER, World, input_of

NOON = datetime(2028, 2, 28, 12, tzinfo=UTC)
YESTERDAY = datetime.now(UTC).date() - timedelta(1)
PEOPLE = input_of("sales", "people")


def approved(world: World, term: Term | None, until: str | None = None) -> Decision:
    """A request with this term that was approved with this last day."""
    world.classify(document=PEOPLE)
    decision = world.decided(world.request_approval())
    decision = world.vault.decisions[decision.id] = replace(decision, until=until)
    world.register.records["r1"] = replace(world.register.records["r1"], term=term)
    return decision


@pytest.mark.parametrize(
    ("term", "until", "longest", "ends"),
    [
        (NO_END, None, None, None),
        (Term(days=7), None, None, NOON + timedelta(7)),
        (Term(days=7), "2028-02-28", None, datetime(2028, 2, 29, tzinfo=UTC)),
        (Term(date(2028, 12, 31)), "2028-03-01", 1, NOON + timedelta(1)),
        (NO_END, None, 30, NOON + timedelta(30)),
    ],
)
def test_the_earliest_end_counts(
    world: World, term: Term, until: str | None, longest: int | None, ends: datetime | None
) -> None:
    """Of the request, of its approver, and of the config as it is when it comes to granting."""
    decision = approved(world, term, until)
    owner = replace(world.parties.producers[OWNER], lengths=Lengths(longest=longest))
    world.parties = replace(world.parties, producers={OWNER: owner})
    record = world.register.records["r1"]
    assert record.classification is not None
    assert end_of(record, record.classification, decision, world.rules, NOON) == ends


@pytest.mark.parametrize(
    ("term", "until"), [(Term(YESTERDAY), None), (NO_END, YESTERDAY.isoformat()), (Term(days=7), "2026-01-01")]
)
def test_what_would_have_ended_is_not_granted(world: World, term: Term, until: str | None) -> None:
    decision = approved(world, term, until)
    with pytest.raises(EndDatePassed, match="before it could be shared"):
        world.grant(decision_id=decision.id)
    assert world.lake.grants == set()
    # Who approved stays known.
    assert (world.register.records["r1"].status, world.register.records["r1"].decision) == (Status.SHARING, decision)


@pytest.mark.parametrize(("term", "until"), [(Term(days=1), None), (Term(YESTERDAY + timedelta(1)), None)])
def test_what_ends_today_is_granted(world: World, term: Term, until: str | None) -> None:
    world.grant(decision_id=approved(world, term, until).id)
    assert world.lake.grants


def test_nothing_is_granted_for_which_nobody_settled_the_end(world: World) -> None:
    decision = approved(world, None)
    with pytest.raises(RegisterUnreadable, match="lacks its end"):
        world.grant(decision_id=decision.id)
    assert world.lake.grants == set()
