"""Who answers for data: those in the producer's group of approvers, and the confirmed subscribers of its topic.

Nothing of it is written down, so who leaves is none of them from then on. It is asked when it matters: for what changes
something, at that moment; for what only shows something, a token that is half an hour old and a list that is a minute
old will do. Only Notify enters producers' accounts, so all others ask it.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.model.access import NOTHING, Deed, Groups, Standing, Thing
from handlers.sharing.model.errors import EmailNotVerified
from handlers.sharing.model.keys import normal_address
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.person import Person
from handlers.sharing.ports import ApproverFinder, Found, People, Producers

STILL_GOOD: Final = timedelta(minutes=1)
"""So old a list of subscribers may be by which something is only shown."""
AT_ONCE: Final = 16
"""So many producers are asked at a time."""
SECONDS_TO_ASK: Final = 15.0
"""So long; an HTTP API waits half a minute. Who has not answered by then is unknown."""
SESSION: Final = "who-approves"
"""What sessions in producers' accounts are called after: there is no request that they are for."""

Recent = MutableMapping[str, tuple[datetime, frozenset[str]]]
"""The subscribers of producers, as they were a moment ago: when, and their addresses as they are compared."""


@dataclass(frozen=True, slots=True)
class Standings:
    """Finds out what people are in this stack.

    Attributes:
        groups: what the pool's groups mean.
        parties: the producers.
        people, approvers: ports.
    """

    groups: Groups
    parties: Parties
    people: People
    approvers: ApproverFinder

    def looking(self, person: Person, owners: Iterable[str] = ()) -> Standing:
        """What somebody is who looks at something: by their token, and by lists that are a minute old at most.

        Args:
            person: who, as their token says.
            owners: the producers that it is about: whether they answer for these.

        Raises:
            SignInEnded: there is no such user any more.
            TryAgain: an outage.
        """
        return self._standing(person, owners, fresh=False)

    def acting(self, person: Person, owners: Iterable[str] = ()) -> Standing:
        """What somebody is who does something: by the pool and the producers' topics as they are now.

        Raises:
            SignInEnded, TryAgain: as above.
        """
        return self._standing(self._now(person), owners, fresh=True)

    def check_looking(self, person: Person, deed: Deed, thing: Thing) -> None:
        """Check that somebody may look at a thing; its owner is asked only where nothing else lets them.

        Raises:
            UnknownRequest, UnknownShare, NotAllowed, ApproversUnknown: they may not.
            SignInEnded, TryAgain: as above.
        """
        self._check(person, deed, thing, fresh=False)

    def check_list(self, person: Person, deed: Deed, thing: Thing) -> None:
        """Check that somebody may look at all there is of an account or an owner: at each, or at everybody's.

        Raises:
            AuditorsOnly, ApproversUnknown: they may not, or nobody can say now whether they may.
            SignInEnded, TryAgain: as above.
        """
        standing = self.looking(person)
        if not standing.may(deed, thing) and thing.owner is not None:
            standing = self.looking(person, [thing.owner])
        if not standing.may(deed, thing) and thing.owner not in standing.unknown:
            # A list is there, whoever asks: there is nothing to hide but what is in it.
            standing.check(Deed.AUDIT, NOTHING)
        standing.check(deed, thing)

    def check_acting(self, person: Person, deed: Deed, thing: Thing) -> None:
        """Check that somebody may do something to a thing, as things are now; raises as above."""
        self._check(self._now(person), deed, thing, fresh=True)

    def _check(self, person: Person, deed: Deed, thing: Thing, *, fresh: bool) -> None:
        standing = self._standing(person, (), fresh=fresh)
        if thing.owner is not None and not standing.may(deed, thing):
            standing = self._standing(person, [thing.owner], fresh=fresh)
        standing.check(deed, thing)

    def _now(self, person: Person) -> Person:
        return replace(person, groups=self.people.groups_of(person.id, person.username))

    def _standing(self, person: Person, owners: Iterable[str], *, fresh: bool) -> Standing:
        producers = [each for owner in owners if (each := self.parties.producers.get(owner)) is not None]
        found = _found(person, producers, people=self.people, approvers=self.approvers, fresh=fresh)
        return replace(self.groups.standing(person), approves=found.approves, unknown=found.unknown)


def _found(
    person: Person, producers: Sequence[Producer], *, people: People, approvers: ApproverFinder, fresh: bool
) -> Found:
    """Which of these producers somebody answers for."""
    by_group = frozenset(each.account_id for each in producers if each.approvers_group in person.groups)
    # The old kit's role may not list whom a typed address would be compared with, either.
    others = [each.account_id for each in producers if each.account_id not in by_group and not each.legacy_kit]
    if not others:
        return Found(by_group)
    try:
        email = people.email_of(person.id, person.username)
    except EmailNotVerified:
        return Found(by_group)
    asked = approvers.find(email, others, fresh=fresh)
    return Found(by_group | asked.approves, asked.unknown)


def find_approver(
    email: str,
    accounts: Iterable[str],
    *,
    fresh: bool,
    producers: Producers,
    parties: Parties,
    recent: Recent,
    now: Callable[[], datetime],
) -> Found:
    """Find out which producers somebody is an approver of: a confirmed subscriber of the topic. Notify's part.

    Args:
        email: their address, verified.
        accounts: the producers that are asked. One that is not registered has no approvers.
        fresh: no list that was read before will do.
        producers: port.
        parties: the registered producers.
        recent: what was read before.
        now: tells the time.

    Returns:
        Those they answer for, and those that did not say.
    """
    asked = [each for account in accounts if (each := parties.producers.get(account)) and not each.legacy_kit]
    lists = {} if fresh else _still_good(recent, now())
    to_ask = [each for each in asked if each.account_id not in lists]
    lists |= _read(to_ask, producers, recent, now)
    address = normal_address(email)
    return Found(
        frozenset(each.account_id for each in asked if address in lists.get(each.account_id, ())),
        frozenset(each.account_id for each in asked) - lists.keys(),
    )


def _still_good(recent: Recent, now: datetime) -> dict[str, frozenset[str]]:
    return {account: who for account, (at, who) in recent.items() if timedelta() <= now - at < STILL_GOOD}


def _read(
    asked: Sequence[Producer], producers: Producers, recent: Recent, now: Callable[[], datetime]
) -> Mapping[str, frozenset[str]]:
    """The subscribers of all that could be read in time."""
    if not asked:
        return {}
    # Only here, as most calls of Notify ask nobody anything.
    from concurrent.futures import ThreadPoolExecutor, wait

    pool = ThreadPoolExecutor(min(AT_ONCE, len(asked)))
    running = {pool.submit(_subscribers, each, producers): each.account_id for each in asked}
    done, _ = wait(running, SECONDS_TO_ASK)
    pool.shutdown(wait=False, cancel_futures=True)
    read = {running[each]: who for each in done if (who := each.result()) is not None}
    recent.update({account: (now(), who) for account, who in read.items()})
    return read


def _subscribers(producer: Producer, producers: Producers) -> frozenset[str] | None:
    """The addresses of a topic's confirmed subscribers; `None`: nobody can say now."""
    try:
        addresses = producers.reach(producer, SESSION).approvers()
    except Exception:
        # Whatever is wrong with one account, the others are asked; and nobody approves by what could not be read.
        return None
    return None if addresses is None else frozenset(map(normal_address, addresses))
