"""Who is signed in."""

from dataclasses import dataclass

from handlers.sharing.model.record import RequestRecord


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as their token says. `id` never changes hands; `username` may, over the years."""

    id: str
    username: str
    groups: frozenset[str] = frozenset()

    def made(self, record: RequestRecord) -> bool:
        """Whether a request is theirs."""
        return record.requester is not None and record.requester.id == self.id
