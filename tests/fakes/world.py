"""All fakes together, with a small lake in them, and the steps of a request through them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handlers.sharing.classify import classify
from handlers.sharing.close import announce_owed, close, ending_of_execution
from handlers.sharing.decide import Answer, Link, Posted, decide, follow
from handlers.sharing.grant import Shared, grant
from handlers.sharing.memory import RememberingCatalogue
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.parties import DirectRequests, Parties, Producer, Rules
from handlers.sharing.model.record import Action, Decision, Ending, RequestRecord, Status
from handlers.sharing.model.share import Share
from handlers.sharing.notify import Notifier, notify, notify_due
from handlers.sharing.request_approval import request_approval
from handlers.sharing.sweep import Swept, sweep
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.claims import MemoryClaims
from tests.fakes.closer import MemoryCloser
from tests.fakes.deliveries import MemoryDeliveries
from tests.fakes.events import MemoryEvents
from tests.fakes.lake import MemoryLake
from tests.fakes.ledger import MemoryLedger
from tests.fakes.memory import FlagMemory
from tests.fakes.notify_caller import MemoryNotifyCaller
from tests.fakes.pace import MemoryPace
from tests.fakes.producers import MemoryProducers
from tests.fakes.register import MemoryRegister
from tests.fakes.revokes import MemoryRevokes
from tests.fakes.vault import MemoryVault
from tests.fakes.workflow import MemoryWorkflow

CENTRAL = "123456789012"
OWNER = "111111111111"
OTHER_OWNER = "222222222222"
LEGACY_OWNER = "444444444444"
STRANGER = "333333333333"
CONSUMER = "999999999999"
APPROVER = "jane@owner.example"


def input_of(database: object = "sales", table: object = "orders", consumer: object = CONSUMER) -> dict[str, Any]:
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


class SharedAlready(Exception):
    """Classify found a share by which the account has it already."""


@dataclass
class World:
    """Everything a request meets. `sales.people` has personal data, `sales.orders` and `weather` have none."""

    register: MemoryRegister = field(default_factory=MemoryRegister)
    claims: MemoryClaims = field(default_factory=MemoryClaims)
    vault: MemoryVault = field(default_factory=MemoryVault)
    catalogue: MemoryCatalogue = field(default_factory=_catalogue)
    lake: MemoryLake = field(default_factory=MemoryLake)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    memory: FlagMemory = field(default_factory=FlagMemory)
    producers: MemoryProducers = field(
        default_factory=lambda: MemoryProducers({OWNER: [APPROVER], OTHER_OWNER: ["joe@two.example"]})
    )
    workflow: MemoryWorkflow = field(default_factory=MemoryWorkflow)
    events: MemoryEvents = field(default_factory=MemoryEvents)
    pace: MemoryPace = field(default_factory=MemoryPace)
    revokes: MemoryRevokes = field(default_factory=MemoryRevokes)
    notify_caller: MemoryNotifyCaller = field(default_factory=MemoryNotifyCaller)
    parties: Parties = field(default_factory=_parties)
    wildcard_on_approval: bool = False
    direct_requests: DirectRequests = DirectRequests.ALLOW
    timeout: timedelta = timedelta(days=7)
    portal: bool = False
    keys: list[str] = field(default_factory=list[str])
    """Keys of the links that were mailed, oldest first."""

    def __post_init__(self) -> None:
        self.closer = MemoryCloser(self._called)
        self.found_shared: Share | None = None

    def _called(self, event: Mapping[str, object]) -> RequestRecord:
        """Close, as Sweep calls it."""
        request_id = str(event["request_id"])
        if "owed" in event:
            return announce_owed(
                request_id, register=self.register, vault=self.vault, ledger=self.ledger, events=self.events
            )
        started_at = None if event["started_at"] is None else str(event["started_at"])
        return self.close(ending_of_execution(str(event["execution_status"])), request_id, started_at)

    @property
    def rules(self) -> Rules:
        return Rules(CENTRAL, self.parties, self.wildcard_on_approval)

    @property
    def remembering(self) -> RememberingCatalogue:
        """The catalogue with what is remembered of it."""
        return RememberingCatalogue(self.catalogue, self.memory)

    def classify(
        self, request_id: str = "r1", document: object = None, round_: int = 1, started_at: str = "2026-11-24T09:00:00Z"
    ) -> Classification:
        """Classify."""
        came = RequestRecord(
            request_id, Status.RECEIVED, iso(now()), execution_arn=f"arn:{request_id}", started_at=started_at
        )
        self.workflow.executions.add(f"arn:{request_id}")
        found = classify(
            came,
            input_of() if document is None else document,
            round_,
            rules=self.rules,
            direct=self.direct_requests,
            register=self.register,
            claims=self.claims,
            ledger=self.ledger,
            catalogue=self.remembering,
            lake=self.lake,
            memory=self.memory,
            events=self.events,
        )
        if isinstance(found, Classification):
            return found
        self.found_shared = found
        raise SharedAlready(found.id)

    def request_approval(self, request_id: str = "r1", token: str = "token-1") -> str:  # noqa: S107 - no real one
        """RequestApproval, and the call of Notify that comes of it; returns the key of the links."""
        self.await_decision(request_id, token)
        self.notify_called()
        return self.keys[-1]

    def await_decision(self, request_id: str = "r1", token: str = "token-1", at: datetime | None = None) -> None:  # noqa: S107
        """RequestApproval alone."""
        self.workflow.waiting.add(token)
        request_approval(
            request_id,
            token,
            register=self.register,
            vault=self.vault,
            notify=self.notify_caller,
            timeout=self.timeout,
            now=at or now(),
        )

    @property
    def notifier(self) -> Notifier:
        """What it takes to mail."""
        return Notifier(
            self.register,
            self.vault,
            self.pace,
            self.producers,
            self.parties,
            self.workflow,
            self.events,
            self._compose,
            self.portal,
        )

    def _compose(self, record: RequestRecord, key: str | None) -> tuple[str, str]:
        if key is None:
            return f"Please decide on {record.id}", "in the portal"
        self.keys.append(key)
        return f"Please decide on {record.id}", f"key={key} until={record.expires_at}"

    def notify(self, request_id: str = "r1", at: datetime | None = None, *, again: bool = False) -> RequestRecord:
        """Notify, about one request."""
        return notify(request_id, again=again, by=self.notifier, **self._clock(at))

    def notify_called(self, at: datetime | None = None) -> None:
        """Let the calls of Notify come that were made and have not come yet."""
        while self.notify_caller.calls_to_come:
            self.notify(self.notify_caller.calls_to_come.pop(0), at)

    def notify_due(self, at: datetime | None = None, seconds_left: Callable[[], float] = lambda: 60.0) -> int:
        """Notify, as its schedule calls it; time passes while it pauses."""
        return notify_due(lists=self.register, by=self.notifier, seconds_left=seconds_left, **self._clock(at))

    @staticmethod
    def _clock(at: datetime | None) -> dict[str, Any]:
        """A time that passes by pauses alone."""
        clock = [at or now()]

        def pause(seconds: float) -> None:
            clock[0] += timedelta(seconds=seconds)

        return {"now": lambda: clock[0], "pause": pause}

    def follow(self, key: str, request_id: str = "r1", at: datetime | None = None) -> Link:
        """Follow a link of the mail."""
        return follow(
            request_id, key, signed_in=self.signed_in(), register=self.register, vault=self.vault, now=at or now()
        )

    def signed_in(self) -> frozenset[str]:
        """The owners who decide in the portal only."""
        return frozenset(each for each in self.parties.producers if self.parties.decides_signed_in(each))

    def post(
        self,
        key: str | Link,
        action: Action = "approve",
        *,
        address: str = APPROVER,
        comment: str = "",
        until: str = "",
        ip: str = "192.0.2.1",
        user_agent: str = "a browser",
        at: datetime | None = None,
        pause: Callable[[float], None] = lambda _seconds: None,
    ) -> Answer:
        """Decide, as a POST does, by a key or a link that was followed before."""
        return decide(
            key if isinstance(key, Link) else self.follow(key, at=at),
            Posted(action, address, comment, ip, user_agent, until),
            register=self.register,
            vault=self.vault,
            workflow=self.workflow,
            events=self.events,
            notify=self.notify_caller,
            now=at or now(),
            pause=pause,
        )

    def decided(self, key: str | Link, action: Action = "approve", **more: Any) -> Decision:
        """Decide, where it counts; returns the decision."""
        decision = self.post(key, action, **more).decision
        assert decision is not None
        return decision

    def grant(
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
            rules=self.rules,
            register=self.register,
            vault=self.vault,
            ledger=self.ledger,
            deliveries=self.deliveries,
            catalogue=self.remembering,
            lake=self.lake,
            memory=self.memory,
            seconds_left=seconds_left,
            pause=pause,
        )

    def close(
        self, ending: Ending, request_id: str = "r1", started_at: str | None = "2026-11-24T09:00:00Z"
    ) -> RequestRecord:
        """Close."""
        return close(
            request_id,
            started_at,
            ending,
            register=self.register,
            vault=self.vault,
            ledger=self.ledger,
            events=self.events,
        )

    def sweep(self, at: datetime | None = None) -> Swept:
        """Sweep."""
        return sweep(
            lists=self.register,
            workflow=self.workflow,
            closer=self.closer,
            longest_run=timedelta(days=33),
            at=at or now(),
        )
