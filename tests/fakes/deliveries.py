"""The deliveries in memory, and kits that carry out orders on accounts in memory."""

from collections.abc import Iterable, Mapping, Sequence

from handlers.aws.kits import payload
from handlers.consumer.order import Rules, parse_order
from handlers.consumer.refusals import KitRefusal
from handlers.consumer.take_up import State, carry_out
from handlers.sharing.model.delivery import Delivery, DeliveryStatus, Failure, Outcome
from handlers.sharing.model.kit_order import KitOrder
from handlers.sharing.model.transition import Transition
from tests.fakes.consumer_account import FakeAccount
from tests.fakes.fake import Fake, port
from tests.fakes.register import allows, fields_after


class MemoryDeliveries(Fake):
    """`Deliveries`. It applies the domain's steps as they are written and has no rule of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.deliveries: dict[tuple[str, str], Delivery] = {}
        self.leases: dict[str, tuple[str, str]] = {}

    @port
    def find(self, consumer: str, share_id: str) -> Delivery | None:
        return self.deliveries.get((consumer, share_id))

    @port
    def of(self, consumer: str) -> Sequence[Delivery]:
        return [each for each in self.deliveries.values() if each.live and each.consumer == consumer]

    @port
    def links(self, shares: Iterable[tuple[str, str]]) -> Mapping[str, str]:
        found = [each for key in shares if (each := self.deliveries.get(key))]
        return {each.share: each.link for each in found if each.link}

    @port
    def due(self, at: str) -> Iterable[tuple[str, str]]:
        due = [each for each in self.deliveries.values() if each.due_at is not None and each.due_at <= at]
        return [(each.consumer, each.share) for each in sorted(due, key=lambda each: each.due_at or "")]

    @port
    def lease(self, consumer: str, holder: str, until: str, at: str) -> bool:
        mine, theirs = (holder, until), self.leases.get(consumer)
        if theirs is not None and theirs[0] != holder and theirs[1] >= at:
            return False
        self.leases[consumer] = mine
        return True

    @port
    def give_back_lease(self, consumer: str, holder: str) -> None:
        if self.leases.get(consumer, ("",))[0] == holder:
            del self.leases[consumer]

    @port
    def apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Delivery | None, bool]:
        there = self.deliveries.get((consumer, share_id))
        if not allows(step, there):
            return there, False
        fields = fields_after(step, {"consumer": consumer, "share": share_id}, there)
        self.deliveries[consumer, share_id] = made = Delivery(**fields)
        return made, True


class MemoryKits(Fake):
    """`Kits`, whose kits are the real ones.

    Attributes:
        accounts: those with a kit, and what is in them.
        rules: of each.
        sent: the orders, in order.
    """

    def __init__(self, central: str) -> None:
        super().__init__()
        self._central = central
        self.accounts: dict[str, FakeAccount] = {}
        self.rules: dict[str, Rules] = {}
        self.sent: list[KitOrder] = []

    @port
    def has(self, consumer: str) -> bool:
        return consumer in self.accounts

    @port
    def carry_out(self, consumer: str, order: KitOrder) -> Outcome:
        self.sent.append(order)
        try:
            read = parse_order(payload(order, self._central))
            done = carry_out(read, self.rules[consumer], self.accounts[consumer], lambda _: None)
        except KitRefusal as refusal:
            return Outcome(None, failures=(Failure("", refusal.reason, str(refusal)),))
        failures = tuple(Failure(each.role, each.reason, each.message) for each in done.failures)
        status = DeliveryStatus.WITHDRAWN if done.state is State.GONE else DeliveryStatus(done.state.value)
        return Outcome(status, done.link, failures, done.tried_as)
