"""What stands in Lake Formation by what was heard of it: each cell that is opened was asked for, and named if it asks.

A filter never changes under a grant, and nothing is taken back that a live share covers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from handlers.sharing.lake import GrantFailure, Held, RevokeFailure
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.share import Share
from tests.fakes.grants import grant_of
from tests.fakes.lake import Grant
from tests.fakes.world import World
from tests.proof.model.cells import Once, asked, asks, covered_by, opened
from tests.proof.model.heard import Basis, Invocation, Posting
from tests.proof.parts.opinion import WHOLE


@dataclass
class Opened:
    """Grants and filters. `stands`: what is granted; `bodies`: what each filter that there ever was let read last.

    By the share's id, `named`: what the decision on it named; `known`: what had been seen flagged when it was granted.
    """

    world: World
    wrong: list[str]
    stands: set[Grant] = field(default_factory=set[Grant])
    named: dict[str, frozenset[str | None]] = field(default_factory=dict[str, frozenset[str | None]])
    known: dict[str, Once] = field(default_factory=dict[str, Once])
    bodies: dict[Resource, CellsFilter] = field(default_factory=dict[Resource, CellsFilter])

    def filters(
        self,
        run: Invocation,
        granted: tuple[Sequence[CellsFilter], str],
        failures: Collection[GrantFailure],
        decision: Posting | None,
        once: Once,
    ) -> list[Grant]:
        """Take note of filters that were granted, and look at what each opens; those that were."""
        cells, consumer = granted
        failed = {each.table for each in failures}
        made = [Grant(each.database, each.table, consumer, each.name) for each in cells if each.table not in failed]
        for grant in made:
            self._filter(run, grant, decision, once)
        return made

    def _filter(self, run: Invocation, grant: Grant, decision: Posting | None, once: Once) -> None:
        basis, table = run.loaded, run.seen.get(str(grant.table))
        if basis is None or run.database is None or table is None:
            self.wrong.append(f"{grant}, and nothing was read")
            return
        reads = opened(grant.database, table, grant.consumer, [grant], self.world.lake.filters)
        decided = decision.basis if decision is not None else basis
        shown = next((each for each in (decided or basis).tables if each.name == table.name), table)
        wanted = asked(basis.part, run.database, shown, once, decision.columns if decision else ())
        if reads != wanted:
            self.wrong.append(f"{grant} opens {reads}, and {wanted} was asked for and decided")
        named = decided.named if decision is not None and decided is not None else frozenset[str | None]()
        if unnamed := ({WHOLE, *reads} & asks(run.database, table, once)) - named:
            self.wrong.append(f"{grant} opens {sorted(map(str, unnamed))}, and nobody named that")
        for share in self.world.ledger.shares.values():
            if share.consumer == grant.consumer and share.busy_until and grant in covered_by(share, self.world.ledger):
                self.named.setdefault(share.id, named)
                self.known.setdefault(share.id, dict(once))

    def found(self, name: str, share: Share, basis: Basis, once: Once) -> None:
        """A request is answered by a share of a part that is there: nobody is asked, and it is what was asked for."""
        grants = covered_by(share, self.world.ledger)
        for table in basis.tables:
            mine = [each for each in grants if each.table == table.name]
            reads = opened(basis.source.database, table, share.consumer, mine, self.world.lake.filters)
            wanted = asked(basis.part, basis.database, table, once)
            if reads != wanted:
                self.wrong.append(f"{name} is answered by {share.id}, which opens {reads}, and {wanted} was asked for")
            # By what was known then: a flag that came and went since leaves the data as they were.
            known = self.known.get(share.id, once)
            asking = ({WHOLE, *reads} & asks(basis.database, table, known)) if reads else set[str | None]()
            if unnamed := asking - self.named.get(share.id, frozenset()):
                self.wrong.append(f"{name} is answered by {share.id}, and nobody named {sorted(map(str, unnamed))}")

    def revoked(self, what: Sequence[Held], consumer: str, failures: Sequence[RevokeFailure]) -> None:
        """Take note of what was taken back: nothing that a live share covers."""
        failed = {each.resource for each in failures}
        gone = {grant_of(each.resource, consumer) for each in what if each.resource not in failed}
        for share in self.world.ledger.shares.values():
            if share.holds and share.consumer == consumer and (lost := gone & covered_by(share, self.world.ledger)):
                self.wrong.append(f"{share.id} is {share.status}, and lost {lost}")
        self.stands -= gone

    def look(self) -> None:
        """Look whether a filter has changed, or is gone, that is granted."""
        filters = self.world.lake.filters
        granted = {Resource(each.database, str(each.table), each.filter) for each in self.stands if each.filter}
        for each in granted:
            if each in self.bodies and filters.get(each) != self.bodies[each]:
                self.wrong.append(f"{each} is granted, and now lets read {filters.get(each)}, not {self.bodies[each]}")
        self.bodies |= filters
