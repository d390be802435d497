"""Producer accounts in memory, with a mailbox."""

from typing import NamedTuple

from handlers.sharing.model.errors import CannotReachProducer
from handlers.sharing.model.parties import Producer
from tests.fakes.fake import Fake, port


class Mail(NamedTuple):
    """A mail that a topic's subscribers got."""

    account: str
    subject: str
    body: str


class MemoryProducers(Fake):
    """`Producers`. `subscribers`: by account id; `None`: the role may not list them; absent: no such role."""

    def __init__(self, subscribers: dict[str, list[str] | None]) -> None:
        super().__init__()
        self.subscribers = subscribers
        self.mails: list[Mail] = []

    @port
    def reach(self, producer: Producer, request_id: str) -> "MemoryProducer":
        if producer.account_id not in self.subscribers:
            raise CannotReachProducer(f"no role in {producer.account_id}")
        return MemoryProducer(self, producer.account_id)

    @port
    def approvers(self, account: str) -> list[str] | None:
        return self.subscribers[account]

    @port
    def publish(self, account: str, subject: str, body: str) -> None:
        self.mails.append(Mail(account, subject, body))


class MemoryProducer:
    """`ProducerAccount`; plan its failures on the `MemoryProducers` that it came from."""

    def __init__(self, producers: MemoryProducers, account: str) -> None:
        self._producers = producers
        self._account = account

    def approvers(self) -> list[str] | None:
        return self._producers.approvers(self._account)

    def publish(self, subject: str, body: str) -> None:
        self._producers.publish(self._account, subject, body)
