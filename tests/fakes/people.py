"""The user pool and what producers say of their approvers, in memory."""

from collections.abc import Sequence

from handlers.sharing.model.errors import EmailNotVerified, SignInEnded
from handlers.sharing.ports import Found
from tests.fakes.fake import Fake, port


class MemoryPeople(Fake):
    """`People`, of whom `addresses` has the verified address (`None`: not verified), and `groups` the groups."""

    def __init__(self, addresses: dict[str, str | None], groups: dict[str, set[str]] | None = None) -> None:
        super().__init__()
        self.addresses = addresses
        self.groups = groups or {}

    @port
    def email_of(self, person_id: str, username: str) -> str:
        address = self._address(username)
        if address is None:
            raise EmailNotVerified(username)
        return address

    @port
    def groups_of(self, person_id: str, username: str) -> frozenset[str]:
        self._address(username)
        return frozenset(self.groups.get(username, ()))

    def _address(self, username: str) -> str | None:
        if username not in self.addresses:
            raise SignInEnded(username)
        return self.addresses[username]


class MemoryApproverFinder(Fake):
    """`ApproverFinder`. `approvers`: addresses by account; an account that is not there does not say."""

    def __init__(self, approvers: dict[str, set[str]]) -> None:
        super().__init__()
        self.approvers = approvers
        self.asked: list[tuple[str, tuple[str, ...], bool]] = []

    @port
    def find(self, email: str, accounts: Sequence[str], *, fresh: bool) -> Found:
        self.asked.append((email, tuple(accounts), fresh))
        return Found(
            frozenset(each for each in accounts if email in self.approvers.get(each, ())),
            frozenset(each for each in accounts if each not in self.approvers),
        )
