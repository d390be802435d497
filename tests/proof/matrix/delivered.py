"""The ways of a share into its consumer's account and out again, on which the fault matrix makes AWS fail.

All cases are of one share: before each, what is delivered and withdrawn is as it was at the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.proof.matrix.paths import Case, Path, wait
from tests.proof.matrix.run import Tally
from tests.workflow import consuming
from tests.workflow.consuming import INSIDE, analyst, delivery, jobs, kit, links, order, reads, reasons, share, told
from tests.workflow.driver import RETAIL, Mesh, request_id

DATABASE, TABLE = "campaigns_faults", "plain"
COLUMNS = {"id", "amount"}
ROLES = (analyst(INSIDE), jobs(INSIDE))
LINK = f"lakeshare.{DATABASE}__{TABLE}"
_LATER = ("+22m", "+22m", "+25h")
"""By then a lease is over that somebody had who was killed, and what failed is due again; at last comes the night."""

_SECONDS = 20.0


@dataclass(frozen=True)
class Stage:
    """A share that is delivered and withdrawn, again and again.

    Attributes:
        id: the share's.
        item: of the share, as it stands in the ledger.
        waiting: its delivery's item, as Grant has written it.
    """

    id: str
    item: dict[str, Any]
    waiting: dict[str, Any]

    @staticmethod
    def of(mesh: Mesh) -> Stage:
        """Has a table shared with roles of an account."""
        consuming.organize(mesh)
        mesh.catalogue.add_database(DATABASE, owner=RETAIL)
        mesh.catalogue.add_table(DATABASE, TABLE)
        mesh.let_grant(DATABASE)
        id_ = share(mesh, DATABASE, TABLE, INSIDE, *ROLES)
        items = mesh.client("dynamodb")
        keys = {INSIDE: f"share#{id_}", f"delivery#{INSIDE}": id_}
        found = [
            items.get_item(TableName=mesh.ledger, Key={"pk": {"S": pk}, "entry": {"S": entry}})["Item"]
            for pk, entry in keys.items()
        ]
        return Stage(id_, *found)

    def paths(self) -> Sequence[Path]:
        """The ways."""
        return (
            Path("a share is delivered", self._deliver, self._begin, self._comes_to("READY")),
            Path("what is there is looked at", self._deliver, self._ready, self._comes_to("READY"), entry="again"),
            Path(
                "a share that ended is withdrawn", self._deliver, self._ended, self._comes_to("WITHDRAWN"), entry="end"
            ),
        )

    def _begin(self, mesh: Mesh, case: Case) -> None:
        case.id = case.event = request_id(self.id.partition(":")[0])
        case.account = INSIDE
        for deed in ("withdraw", "unlink"):
            resources = [] if deed == "unlink" else [{"table": TABLE}]
            answer = told(mesh, INSIDE, order(INSIDE, DATABASE, TABLE, *ROLES, deed=deed, resources=resources))
            assert answer["state"] == "GONE", answer
        for item in (self.item, self.waiting):
            mesh.client("dynamodb").put_item(TableName=mesh.ledger, Item=item)
        lease = {"pk": {"S": f"delivery#{INSIDE}"}, "entry": {"S": "lease"}}
        mesh.client("dynamodb").delete_item(TableName=mesh.ledger, Key=lease)
        consuming.again(mesh, INSIDE, self.id)

    def _ready(self, mesh: Mesh, case: Case) -> None:
        self._begin(mesh, case)
        self._deliver(mesh, case)
        assert delivery(mesh, INSIDE, self.id)["status"] == "READY"
        consuming.again(mesh, INSIDE, self.id)

    def _ended(self, mesh: Mesh, case: Case) -> None:
        self._ready(mesh, case)
        over = {**self.item, "status": {"S": "REVOKED"}}
        mesh.client("dynamodb").put_item(TableName=mesh.ledger, Item={k: v for k, v in over.items() if k != "live"})

    def _deliver(self, mesh: Mesh, case: Case) -> None:
        consuming.deliver(mesh, case.event)

    def _comes_to(self, status: str) -> Callable[[Mesh, Case], None]:
        def after(mesh: Mesh, case: Case) -> None:
            case.usual = status
            self._holds(mesh, case)
            for later in _LATER:
                if self._is(mesh, status):
                    break
                case.swept = True
                mesh.clock(later)
                consuming.deliver(mesh, case.event)
            # The clock has Deliver run, too, and one at a time is at an account.
            wait(lambda: self._is(mesh, status), case, f"{status}, or nobody was told", _SECONDS)
            self._holds(mesh, case)

        return after

    def _is(self, mesh: Mesh, status: str) -> bool:
        """Whether the delivery has come so far, and the world was told."""
        item = delivery(mesh, INSIDE, self.id)
        return (item["status"], reasons(item), item.get("owed_events", [])) == (status, [], [])

    def _holds(self, mesh: Mesh, case: Case) -> None:
        """What a delivery says is so, and the account has nothing but what was delivered."""
        status = delivery(mesh, INSIDE, self.id)["status"]
        found = [reads(mesh, each, DATABASE) for each in ROLES]
        mine = {each for each in links(mesh, INSIDE) if DATABASE in each}
        if status == "READY" and (found, mine) != ([{TABLE: COLUMNS}] * 2, {LINK}):
            case.wrong.append(f"READY, and roles read {found} through {mine}")
        if status == "WITHDRAWN" and (found, mine) != ([{}, {}], set()):
            case.wrong.append(f"WITHDRAWN, and roles read {found} through {mine}")
        if not mine <= {LINK} or any(each not in ({}, {TABLE: COLUMNS}) for each in found):
            case.wrong.append(f"roles read {found} through {mine}")
        granted = {each["Principal"]["DataLakePrincipalIdentifier"] for each in consuming.lake_of(mesh, INSIDE).grants}
        if not granted <= {*ROLES, kit(INSIDE)}:
            case.wrong.append(f"{granted} were let read something")


def judge(_: Mesh, cases: Sequence[Case], tally: Tally) -> None:
    """Tells what was wrong; each case was held to what is promised at its own end."""
    for case in cases:
        tally.ends[case.usual + (", at a later try" if case.swept else "")] += 1
        tally.swept += case.swept
        tally.wrong += [f"{case}: {what}" for what in case.wrong]
