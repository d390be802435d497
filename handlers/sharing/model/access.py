"""Who may do what in the portal: one table, and the one check that goes by it.

What somebody is depends on the thing: a person is the requester of one share and among the approvers of another. Who
may not know of a thing is told that there is none; who knows of it and may not do what they want is told who may.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from handlers.sharing.model.errors import (
    AccountNotYours,
    ApproversUnknown,
    AuditorsOnly,
    Declined,
    NotAllowed,
    UnknownRequest,
    UnknownShare,
)
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import is_account_id
from handlers.sharing.model.share import Share

ACCOUNT_GROUP: Final = "account-"
"""How the names of the groups begin that bind people to accounts."""


class Role(StrEnum):
    """What somebody is towards a thing; the words are for people."""

    SIGNED_IN = "everybody who is signed in"
    REQUESTER = "whoever asked for it"
    BOUND = "people bound to the account"
    APPROVER = "the approvers of the data's owner"
    AUDITOR = "the auditors' group"
    OPERATOR = "the operators' group"


class Deed(StrEnum):
    """What somebody wants to do; the words are for people."""

    BROWSE = "looking around"
    ASK = "asking for an account"
    SEE_REQUEST = "seeing a request"
    SEE_SHARE = "seeing a share"
    RENEW = "renewing a share"
    GIVE_BACK = "giving a share back"
    DELIVER = "having a share delivered again"
    DECIDE = "deciding on a request"
    REVOKE = "revoking a share"
    HOLD = "putting or lifting a hold"
    AUDIT = "looking at everybody's requests and shares"
    SEE_EXECUTIONS = "looking at executions"
    SETTLE_DRIFT = "settling a finding"


_EVERYBODY: Final = frozenset({Role.SIGNED_IN})
_CONSUMERS: Final = frozenset({Role.REQUESTER, Role.BOUND})
_OWNERS: Final = frozenset({Role.APPROVER, Role.OPERATOR})
_WATCHERS: Final = frozenset({Role.AUDITOR, Role.OPERATOR})

MAY: Final[Mapping[Deed, frozenset[Role]]] = {
    Deed.BROWSE: _EVERYBODY,
    Deed.ASK: frozenset({Role.BOUND}),
    # A colleague's request is their own, with what they say of it; what came of it is the account's.
    Deed.SEE_REQUEST: frozenset({Role.REQUESTER, Role.APPROVER}) | _WATCHERS,
    Deed.SEE_SHARE: _CONSUMERS | frozenset({Role.APPROVER}) | _WATCHERS,
    Deed.RENEW: _CONSUMERS,
    Deed.GIVE_BACK: _CONSUMERS,
    Deed.DELIVER: _CONSUMERS,
    Deed.DECIDE: frozenset({Role.APPROVER}),
    Deed.REVOKE: _OWNERS,
    Deed.HOLD: _OWNERS,
    Deed.AUDIT: _WATCHERS,
    Deed.SEE_EXECUTIONS: _WATCHERS,
    Deed.SETTLE_DRIFT: _OWNERS,
}
"""Who may do what: whoever has one of these roles."""

NEVER: Final[Mapping[Deed, frozenset[Role]]] = {Deed.DECIDE: frozenset({Role.REQUESTER, Role.OPERATOR})}
"""Who may not, whatever else they are: nobody decides on their own request, and who runs the stack decides nothing."""

_SEEN: Final[Mapping[Deed, tuple[Deed, Declined]]] = {
    **dict.fromkeys(
        (Deed.SEE_REQUEST, Deed.DECIDE),
        (Deed.SEE_REQUEST, UnknownRequest("There is no such request, or it is somebody else's.")),
    ),
    **dict.fromkeys(
        (Deed.SEE_SHARE, Deed.RENEW, Deed.GIVE_BACK, Deed.DELIVER, Deed.REVOKE),
        (Deed.SEE_SHARE, UnknownShare("There is no such share, or it is somebody else's.")),
    ),
}
"""Of deeds that are done to a thing: who sees that, and what all others are told, whether it is there or not."""

_REFUSED: Final[Mapping[Deed, type[NotAllowed]]] = {Deed.AUDIT: AuditorsOnly}


@dataclass(frozen=True, slots=True)
class Groups:
    """What the groups of the user pool mean to this stack. An empty name is nobody's group.

    `binds_accounts`: people are bound to accounts, by groups named `account-<id>`; otherwise nobody is.
    """

    auditors: str = ""
    operators: str = ""
    binds_accounts: bool = False

    def standing(self, person: Person) -> "Standing":
        """What somebody is by the groups that they are in."""
        accounts = None
        if self.binds_accounts:
            bound = (name.removeprefix(ACCOUNT_GROUP) for name in person.groups if name.startswith(ACCOUNT_GROUP))
            accounts = frozenset(each for each in bound if is_account_id(each))
        return Standing(person.id, accounts, self._is_in(person, self.auditors), self._is_in(person, self.operators))

    @staticmethod
    def _is_in(person: Person, group: str) -> bool:
        return bool(group) and group in person.groups


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in this stack.

    Attributes:
        person_id: who.
        accounts: the accounts that they are bound to; `None`: the stack binds nobody.
        auditor, operator: whether they are in those groups.
        approves: the producers that they answer for, of those that were asked.
        unknown: those that did not say.
    """

    person_id: str
    accounts: frozenset[str] | None
    auditor: bool = False
    operator: bool = False
    approves: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def roles(self, thing: "Thing") -> frozenset[Role]:
        """What they are towards a thing."""
        has = {
            Role.SIGNED_IN: True,
            Role.REQUESTER: thing.requester is not None and thing.requester == self.person_id,
            Role.BOUND: thing.consumer is not None and thing.consumer in (self.accounts or ()),
            Role.APPROVER: thing.owner is not None and thing.owner in self.approves,
            Role.AUDITOR: self.auditor,
            Role.OPERATOR: self.operator,
        }
        return frozenset(role for role, so in has.items() if so)

    def may(self, deed: Deed, thing: "Thing") -> bool:
        """Whether they may do something to a thing."""
        return may(deed, self.roles(thing))

    def check(self, deed: Deed, thing: "Thing") -> None:
        """Check that they may.

        Raises:
            UnknownRequest, UnknownShare, NotAllowed: as the function `check` does.
            ApproversUnknown: they may if they are among the owner's approvers, and nobody can say now whether they are.
        """
        roles = self.roles(thing)
        if thing.owner in self.unknown and not may(deed, roles) and may(deed, roles | {Role.APPROVER}):
            raise ApproversUnknown(
                f"Whether you are among the approvers of account {thing.owner} cannot be found out just now: its "
                "approval topic does not say who they are. If that lasts, the platform team can look into it."
            )
        check(deed, roles)

    def check_asks_for(self, account: str) -> None:
        """Check that they may ask for an account: any, where the stack binds nobody.

        Raises:
            AccountNotYours: they are bound to others, or to none.
        """
        if self.accounts is None or self.may(Deed.ASK, Thing(consumer=account)):
            return
        own = f"You are bound to {', '.join(sorted(self.accounts))}." if self.accounts else "You are bound to none."
        raise AccountNotYours(
            f"People ask only for accounts that they are bound to, and account {account} is none of yours. {own} The "
            "platform team can bind you to it."
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """What something is done to, as far as it matters who may.

    Attributes:
        requester: the id of the person who asked for it.
        consumer: the account that has it, or gets it.
        owner: the account that answers for the data.
    """

    requester: str | None = None
    consumer: str | None = None
    owner: str | None = None

    @classmethod
    def of_request(cls, record: RequestRecord) -> Self:
        """A request."""
        return cls(record.requester.id if record.requester else None, record.consumer, _account(record.owner))

    @classmethod
    def of_share(cls, share: Share) -> Self:
        """A share."""
        return cls(share.requester.id if share.requester else None, share.consumer, _account(share.owner))


NOTHING: Final = Thing()
"""What deeds are done to that are about no single thing."""


def _account(owner: Owner | None) -> str | None:
    return None if owner is None else owner.account_id


def hidden(deed: Deed) -> Declined:
    """What people are told who may not know of a thing that they want to do this to, and where there is none."""
    unknown = _SEEN[deed][1]
    return type(unknown)(*unknown.args)


def may(deed: Deed, roles: Set[Role]) -> bool:
    """Whether somebody who is all this may do it."""
    return not MAY[deed].isdisjoint(roles) and NEVER.get(deed, frozenset()).isdisjoint(roles)


def check(deed: Deed, roles: Set[Role]) -> None:
    """Check that somebody may do something.

    Raises:
        UnknownRequest, UnknownShare: they may not even know of what they want to do it to.
        NotAllowed: they may not do it; the message says who may. `AuditorsOnly` is such a one.
    """
    if may(deed, roles):
        return
    if deed in _SEEN and not may(_SEEN[deed][0], roles):
        raise hidden(deed)
    raise _REFUSED.get(deed, NotAllowed)(_who_may(deed))


def _who_may(deed: Deed) -> str:
    *others, last = sorted(role.value for role in MAY[deed])
    who = f"{', '.join(others)} and {last}" if others else last
    barred = sorted(role.value for role in NEVER.get(deed, ()))
    more = f", and never for {' or '.join(barred)}" if barred else ""
    return f"{deed[:1].upper()}{deed[1:]} is for {who}{more}. The platform team knows who they are."
