"""People who are signed in and decide, over a world in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.sharing.approvers import Standings
from handlers.sharing.arbiter import Ruling
from handlers.sharing.decide_signed_in import Question, Waiting, decide_signed_in, look, waiting_for
from handlers.sharing.model.access import Groups
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import EmailNotVerified, SignInEnded
from handlers.sharing.model.new_decision import NewDecision
from handlers.sharing.model.parties import Decisions, Parties
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Requester
from handlers.sharing.ports import Found
from tests.fakes.world import APPROVER, OWNER, World, input_of

BOB = "bob@owner.example"
JANE, BOBBY, ALEX, AUDRA, OPAL, SAM = (
    Person(f"sub-{name}", name) for name in ("jane", "bob", "alex", "audra", "opal", "sam")
)
ADDRESSES = {
    JANE.id: APPROVER,
    BOBBY.id: BOB,
    ALEX.id: "alex@consumer.example",
    AUDRA.id: "audra@watch.example",
    OPAL.id: "opal@watch.example",
    SAM.id: "sam@nobody.example",
}
GROUPS = {AUDRA.id: frozenset({"auditors"}), OPAL.id: frozenset({"operators"})}


@dataclass
class Pool:
    """`People`, and `ApproverFinder` by what the producers' topics say in this world."""

    world: World
    addresses: dict[str, str] = field(default_factory=lambda: dict(ADDRESSES))
    groups: dict[str, frozenset[str]] = field(default_factory=lambda: dict(GROUPS))
    silent: set[str] = field(default_factory=set[str])

    def email_of(self, person_id: str, username: str) -> str:
        if person_id not in self.addresses or person_id != f"sub-{username}":
            raise SignInEnded("gone")
        if not self.addresses[person_id]:
            raise EmailNotVerified("not verified")
        return self.addresses[person_id]

    def groups_of(self, person_id: str, username: str) -> frozenset[str]:
        del username
        return self.groups.get(person_id, frozenset())

    def find(self, email: str, accounts: Sequence[str], *, fresh: bool) -> Found:
        del fresh
        subscribers = self.world.producers.subscribers
        mine = {each for each in accounts if email in (subscribers.get(each) or ())}
        return Found(frozenset(mine - self.silent), frozenset(self.silent & set(accounts)))


@dataclass
class Desk:
    """The world, and those who are signed in."""

    world: World
    pool: Pool

    @property
    def standings(self) -> Standings:
        return Standings(Groups("auditors", "operators"), self.world.parties, self.pool, self.pool)

    def person(self, person: Person) -> Person:
        """As their token says."""
        return replace(person, groups=self.pool.groups.get(person.id, frozenset()))

    def waiting(self, person: Person = JANE) -> Waiting:
        return waiting_for(self.person(person), self.standings, self.world.register)

    def look(self, person: Person = JANE, request_id: str = "r1") -> Question:
        return look(
            request_id, self.person(person), self.standings, register=self.world.register, ledger=self.world.ledger
        )

    def decide(
        self, person: Person = JANE, new: NewDecision | None = None, request_id: str = "r1", **more: Any
    ) -> Ruling:
        return decide_signed_in(
            request_id,
            new or NewDecision("approve", 1),
            self.person(person),
            self.standings,
            ip="192.0.2.1",
            user_agent="x" * 300,
            register=self.world.register,
            vault=self.world.vault,
            workflow=self.world.workflow,
            **{"now": now(), "pause": lambda _seconds: None, **more},
        )


def at_work(world: World, document: object = None) -> Desk:
    """`r1` waits, asked for by Alex; Jane and Bob are approvers."""
    world.portal = True
    world.producers.subscribers[OWNER] = [APPROVER, BOB]
    world.classify(document=document or input_of("sales", "people"))
    asked = replace(world.register.records["r1"], requester=Requester(ALEX.id, ADDRESSES[ALEX.id]))
    world.register.records["r1"] = asked
    world.request_approval()
    return Desk(world, Pool(world))


def signed_in_only(world: World) -> None:
    producers = {key: replace(each, decisions=Decisions.SIGNED_IN) for key, each in world.parties.producers.items()}
    world.parties = Parties(producers)
