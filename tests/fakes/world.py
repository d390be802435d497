"""All fakes together, with a small lake in them, and the steps of a request through them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from handlers.sharing.intake import take_in

from handlers.sharing.decide import Answer, Posted, decide, follow
from handlers.sharing.grant import Shared, grant
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.record import Action, RequestRecord, Status
from handlers.sharing.request_approval import request_approval
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.events import MemoryEvents
from tests.fakes.lake import MemoryLake
from tests.fakes.producers import MemoryProducers
from tests.fakes.register import MemoryRegister
from tests.fakes.workflow import MemoryWorkflow

CENTRAL = "123456789012"
OWNER = "111111111111"
OTHER_OWNER = "222222222222"
LEGACY_OWNER = "444444444444"
STRANGER = "333333333333"
CONSUMER = "999999999999"
APPROVER = "jane@owner.example"


def input_of(database: str = "sales", table: str = "orders", consumer: str = CONSUMER) -> dict[str, Any]:
    """An execution's input."""
    return {"source": {"database": database, "table": table}, "target": {"account_id": consumer}}


def plain_table(name: str = "orders", **more: Any) -> Table:
    """A table without personal data."""
    return Table(name, **{"columns": (Column("id", "int"), Column("day", "date", is_partition_key=True)), **more})


def pii_table(name: str = "people", **more: Any) -> Table:
    """A table with personal data in one column."""
    return plain_table(name, columns=(Column("id", "int"), Column("email", "string", ("true",))), **more)


def _catalogue() -> MemoryCatalogue:
    catalogue = MemoryCatalogue()
    catalogue.put(Database("sales", owner=OWNER), plain_table(), pii_table())
    catalogue.put(Database("weather", owner=OWNER), plain_table("rain"), plain_table("wind"))
    return catalogue


def _parties() -> Parties:
    producers = (Producer(OWNER), Producer(OTHER_OWNER), Producer(LEGACY_OWNER, legacy_kit=True))
    return Parties({each.account_id: each for each in producers})


@dataclass
class World:
    """Everything a request meets. `sales.people` has personal data, `sales.orders` and `weather` have none."""

    register: MemoryRegister = field(default_factory=MemoryRegister)
    catalogue: MemoryCatalogue = field(default_factory=_catalogue)
    lake: MemoryLake = field(default_factory=MemoryLake)
    producers: MemoryProducers = field(
        default_factory=lambda: MemoryProducers({OWNER: [APPROVER], OTHER_OWNER: ["joe@two.example"]})
    )
    workflow: MemoryWorkflow = field(default_factory=MemoryWorkflow)
    events: MemoryEvents = field(default_factory=MemoryEvents)
    parties: Parties = field(default_factory=_parties)
    wildcard_on_approval: bool = False
    timeout: timedelta = timedelta(days=7)
    keys: list[str] = field(default_factory=list[str])
    """Keys of the links that were mailed, oldest first."""

    def take_in(
        self, request_id: str = "r1", document: object = None, round_: int = 1, started_at: str = "2026-11-24T09:00:00Z"
    ) -> Classification:
        """Classify."""
        received = RequestRecord(
            request_id, Status.RECEIVED, iso(now()), execution_arn=f"arn:{request_id}", started_at=started_at
        )
        self.workflow.executions.add(f"arn:{request_id}")
        return take_in(
            received,
            input_of() if document is None else document,
            round_,
            central_account=CENTRAL,
            register=self.register,
            catalogue=self.catalogue,
            lake=self.lake,
            parties=self.parties,
            events=self.events,
            wildcard_on_approval=self.wildcard_on_approval,
        )

    def ask(self, request_id: str = "r1", token: str = "token-1") -> str:  # noqa: S107 - no real one
        """RequestApproval; returns the key of the links."""
        self.workflow.waiting.add(token)

        def compose(record: RequestRecord, key: str) -> tuple[str, str]:
            self.keys.append(key)
            return f"Please decide on {record.id}", f"key={key} until={record.expires_at}"

        request_approval(
            request_id,
            token,
            register=self.register,
            producers=self.producers,
            parties=self.parties,
            events=self.events,
            compose=compose,
            timeout=self.timeout,
            now=now(),
        )
        return self.keys[-1]

    def post(
        self,
        key: str,
        action: Action = "approve",
        *,
        address: str = APPROVER,
        comment: str = "",
        request_id: str = "r1",
        ip: str = "192.0.2.1",
        pause: Callable[[float], None] = lambda _seconds: None,
    ) -> Answer:
        """Decide, as a POST does."""
        link = follow(request_id, key, self.register, now())
        posted = Posted(action, address, comment, ip, "a browser")
        return decide(
            link,
            posted,
            register=self.register,
            workflow=self.workflow,
            events=self.events,
            now=now(),
            pause=pause,
        )

    def share(
        self,
        request_id: str = "r1",
        decision_id: str | None = None,
        after: str | None = None,
        seconds_left: Callable[[], float] = lambda: 900.0,
        pause: Callable[[float], None] = lambda _seconds: None,
    ) -> Shared:
        """Grant."""
        return grant(
            request_id,
            decision_id,
            after,
            register=self.register,
            catalogue=self.catalogue,
            lake=self.lake,
            parties=self.parties,
            wildcard_on_approval=self.wildcard_on_approval,
            seconds_left=seconds_left,
            pause=pause,
        )
