"""Carries out an order: accepts what was shared, makes its link, and lets the roles read it; or takes that from them.

Each part is safe to repeat, and says what it could not do. What a role could not be given keeps no other role waiting.
"""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from handlers.consumer.order import Deed, Order, Rules
from handlers.consumer.ports import RESOURCES_A_BATCH, Account, Invitation, InvitationStatus, Link
from handlers.consumer.refusals import (
    InvitationExpired,
    InvitationRejected,
    KitRefusal,
    LinkForeign,
    LinkNameTooLong,
    NotArrived,
    NotGranted,
    RoleNotThere,
    StrangeInvitation,
)
from handlers.sharing.model.checks import LONGEST_NAME
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.retry import tries


class State(StrEnum):
    """How far an order has come. `GONE`: what was to be taken back is; `REFUSED`: it ended before that, by name."""

    REFUSED = "REFUSED"
    INVITED = "INVITED"
    LINKED = "LINKED"
    READY = "READY"
    GONE = "GONE"


@dataclass(frozen=True, slots=True)
class Failure:
    """What was not done: for which role (empty: for none in particular), the named reason, and a text for people."""

    role: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order.

    `link`: what queries name; empty as long as there is none. `tried_as`: the roles as which it was looked at what is
    shared; of others, which do not let the kit take them, it is known only what Lake Formation lists.
    """

    state: State
    link: str = ""
    failures: tuple[Failure, ...] = ()
    tried_as: tuple[str, ...] = ()


def link_of(order: Order, rules: Rules) -> Link:
    """The link of what an order is about. Raises `LinkNameTooLong`."""
    source = order.source
    if source.is_database:
        link = Link(f"{rules.link_database}_{source.database}", "", source)
    else:
        link = Link(f"{source.database}__{source.table}", rules.link_database, source)
    if len(link.name) > LONGEST_NAME:
        raise LinkNameTooLong(
            f"The link to {source} would be called {link.name[:40]}…, {len(link.name)} characters long; Glue takes "
            f"{LONGEST_NAME}. Make one by hand, under a name of your own."
        )
    return link


def carry_out(order: Order, rules: Rules, account: Account, pause: Callable[[float], None] = time.sleep) -> Done:
    """Do what an order says, as far as the rules let it.

    Raises:
        KitRefusal: nothing of it may be done.
        TryAgain: an outage; sending it again is safe.
    """
    rules.check(order)
    taking = _Taking(order, rules, account, pause)
    return taking.deliver() if order.deed is Deed.DELIVER else taking.undo()


@dataclass(slots=True)
class _Taking:
    order: Order
    rules: Rules
    account: Account
    pause: Callable[[float], None]
    failures: list[Failure] = field(default_factory=list[Failure])
    tried_as: list[str] = field(default_factory=list[str])

    def deliver(self) -> Done:
        try:
            self._arrive()
        except KitRefusal as refusal:
            return Done(State.INVITED, failures=(_failure(refusal),))
        try:
            link = self._link()
        except KitRefusal as refusal:
            return Done(State.INVITED, failures=(_failure(refusal),))
        self._let_read(link)
        state = State.LINKED if self.failures else State.READY
        return Done(state, link.in_words, tuple(self.failures), tuple(self.tried_as))

    def _arrive(self) -> None:
        """Accept what waits, and look whether what was shared can be seen."""
        invitations = self.account.invitations()
        pending = [each for each in invitations if each.status is InvitationStatus.PENDING]
        strange: list[KitRefusal] = []
        for each in pending:
            if self.order.source.database in each.databases:
                try:
                    self._check(each)
                except StrangeInvitation as refusal:
                    strange.append(refusal)
                else:
                    self.account.accept(each)
        # What has just been accepted is there a moment later.
        unseen = _first(self.order.resources)
        for _ in tries(self.pause):
            unseen = [each for each in unseen if not self.account.sees(each.carrier)]
            if not unseen:
                return
            if not pending:
                break
        # One that is not accepted is in nobody's way, as long as what this order is about has come by another.
        raise strange[0] if strange else self._why_not(_last_sent(invitations), unseen[0])

    def _check(self, invitation: Invitation) -> None:
        """Check that accepting an invitation takes up nothing but what the rules let be taken up."""
        others = sorted(each for each in invitation.databases if not self.rules.takes(each))
        strange = [*invitation.strange, *(f"database {each}" for each in others)]
        if strange:
            raise StrangeInvitation(
                f"An invitation of account {self.order.central} holds {', '.join(strange[:3])}, which is not "
                "taken up here. It was not accepted. Accept or reject it by hand. A kit accepts what its config key "
                "allowedDatabases names."
            )

    def _why_not(self, statuses: set[InvitationStatus], unseen: Resource) -> KitRefusal:
        seen = f"Account {self.rules.account} does not see {unseen.carrier} of account {self.order.central}"
        if InvitationStatus.EXPIRED in statuses:
            return InvitationExpired(
                f"{seen}: an invitation ran out before it was accepted, and does not come again for what is granted. "
                f"{_ANEW}"
            )
        if InvitationStatus.REJECTED in statuses:
            return InvitationRejected(f"{seen}: somebody has rejected an invitation. {_ANEW}")
        return NotArrived(
            f"{seen}. Either AWS needs a moment, or whoever looks is no data lake administrator there; the output "
            "AdministratorCommands of a kit's stack makes its role one."
        )

    def _link(self) -> Link:
        link = link_of(self.order, self.rules)
        there = self.account.leads_to(link)
        if there is None:
            self.account.make(link)
            # Somebody else may have been quicker.
            there = self.account.leads_to(link) or link.leads_to
        if there != link.leads_to:
            raise LinkForeign(
                f"{link.in_words} is there already and leads to {there}, not to {link.leads_to}. Rename or delete it; "
                "if another share is read through it, make a link by hand, under another name."
            )
        return link

    def _let_read(self, link: Link) -> None:
        """Let the roles read what they do not read yet: whoever looks every night changes nothing."""
        roles = [role for role in self.order.roles if self._try(role, partial(self._check_role, role))]
        if not roles:
            return
        readers = {each: self.account.readers(each) for each in self.order.resources}
        lacking = {role: [each for each in readers if role not in readers[each]] for role in roles}
        sees = self.account.link_readers(link)
        granted = [role for role in roles if self._try(role, partial(self._grant, role, lacking[role], link, sees))]
        for each in dict.fromkeys(each for role in granted for each in lacking[role]):
            readers[each] = self.account.readers(each)
        sees = sees if sees >= set(granted) else self.account.link_readers(link)
        for role in granted:
            self._try(role, partial(self._check_reads, role, readers, link, sees))

    def _check_role(self, role: str) -> None:
        self.rules.check_role(role)
        if not self.account.has_role(role):
            raise RoleNotThere(f"There is no role {role}, or it may not be looked for. Make it first.")

    def _grant(self, role: str, lacking: Sequence[Resource], link: Link, sees: Set[str]) -> None:
        if role not in sees:
            self.account.grant_link(role, link)
        self._in_batches(lacking, partial(self.account.grant, role))

    def _check_reads(self, role: str, readers: Mapping[Resource, Set[str]], link: Link, sees: Set[str]) -> None:
        missing = next((str(each) for each in readers if role not in readers[each]), None)
        if missing is not None or role not in sees:
            raise NotGranted(f"{role} was let read {missing or link.in_words}, and Lake Formation does not show it.")
        # Of a database's resources the last is a table of its, or all.
        if self.order.resources and self.account.reads_as(role, link, max(self.order.resources)):
            self.tried_as.append(role)

    def undo(self) -> Done:
        """Also of what the config names no more: it was let be read when it did."""
        if self.order.deed is Deed.UNLINK:
            self._try("", self._unlink)
        for role in filter(self.rules.is_own, self.order.roles):
            self._try(role, partial(self._withdraw if self.order.deed is Deed.WITHDRAW else self._hide, role))
        return Done(State.LINKED if self.failures else State.GONE, failures=tuple(self.failures))

    def _try(self, role: str, act: Callable[[], None]) -> bool:
        try:
            act()
        except KitRefusal as refusal:
            self.failures.append(_failure(refusal, role))
            return False
        return True

    def _withdraw(self, role: str) -> None:
        self._in_batches(self.order.resources, partial(self.account.revoke, role))

    def _hide(self, role: str) -> None:
        if (link := self._own_link()) is not None:
            self.account.hide(role, link)

    def _unlink(self) -> None:
        if (link := self._own_link()) is not None:
            self.account.drop(link)

    def _own_link(self) -> Link | None:
        """The link that this kit would have made, if it is there."""
        try:
            link = link_of(self.order, self.rules)
            return link if self.account.leads_to(link) == link.leads_to else None
        except (LinkNameTooLong, LinkForeign):
            return None

    def _in_batches(
        self, todo: Sequence[Resource], act: Callable[[Sequence[Resource]], Sequence[KitRefusal | TryAgain]]
    ) -> None:
        """Do something with resources, a batch at a time, and what passes by itself again."""
        for start in range(0, len(todo), RESOURCES_A_BATCH):
            batch = todo[start : start + RESOURCES_A_BATCH]
            for left in tries(self.pause):
                # What will not pass by itself comes first.
                failures = sorted(act(batch), key=lambda each: isinstance(each, TryAgain))
                if not failures:
                    break
                if not left or not isinstance(failures[0], TryAgain):
                    raise failures[0]


_TOGETHER: Final = 3600.0
"""Seconds: a first share sends several invitations, one after the other."""


def _last_sent(invitations: Sequence[Invitation]) -> set[InvitationStatus]:
    """How those stand that were sent last: of what the account was invited to before, RAM tells long after it ended."""
    newest = max((each.sent for each in invitations), default=0.0)
    return {each.status for each in invitations if each.sent >= newest - _TOGETHER}


_ANEW: Final = "All shares that have not arrived have to be revoked, then asked for again."
"""RAM carries them together, and invites anew only once nothing is left of what it invited to."""
_LOOKED_AT: Final = 20
"""So many of an order's tables are looked at to know whether they have come: RAM carries those of one kind together."""


def _first(resources: Sequence[Resource]) -> list[Resource]:
    """Those that are looked at; of all tables of a database, the database."""
    looked = dict.fromkeys(Resource(each.database) if each.table == "*" else each.carrier for each in resources)
    return list(looked)[:_LOOKED_AT]


def _failure(error: LakeshareError, role: str = "") -> Failure:
    return Failure(role, error.reason, str(error))
