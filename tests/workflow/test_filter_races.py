"""Accounts with the same terms share one filter: whoever comes or goes at the same instant, nobody else notices."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest

from handlers.sharing.model.clock import iso
from localmesh.reading import readable
from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, RETAIL, Mesh, request_id, wait_until
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(retry_seconds=0.2, retries=50, config=WITHOUT_PORTAL)
SAFE = {"id", "city"}
ROUNDS = 3
_tables = count()


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("turns", owner=RETAIL)
    mesh.let_grant("turns")


@dataclass(frozen=True)
class Crowd:
    """Accounts that ask for the safe subset of one table, and what each of them reads."""

    mesh: Mesh
    table: str

    def ask(self, *accounts: str) -> list[str]:
        """Asks for each; gives the executions."""
        source = {"database": "turns", "table": self.table}
        wanted = [{"source": source, "target": {"account_id": each}, "scope": "safe"} for each in accounts]
        return [self.mesh.start_with(each) for each in wanted]

    def shared(self, arns: Collection[str]) -> None:
        """Waits until all of these are."""
        for arn in arns:
            assert self.mesh.finish(arn, 90).end == ("SHARED", None), request_id(arn)

    def revoke(self, *accounts: str) -> list[str]:
        """Begins to take back what each has; gives the executions."""
        states = self.mesh.client("stepfunctions")
        wishes = [json.dumps({"reason": "a test", "consumer": each}) for each in accounts]
        machine = self.mesh.revoking_machine
        return [states.start_execution(stateMachineArn=machine, input=each)["executionArn"] for each in wishes]

    def gone(self, arns: Collection[str]) -> None:
        """Waits until all of that is taken back."""
        states = self.mesh.client("stepfunctions")
        for arn in arns:
            ended = wait_until(
                lambda arn=arn: (
                    found if (found := states.describe_execution(executionArn=arn))["status"] != "RUNNING" else None
                ),
                90,
                "the end of revoking",
            )
            assert ended["status"] == "SUCCEEDED", ended

    def read_by(self, accounts: Collection[str], of: Collection[str]) -> None:
        """Holds the lake to letting just these of some accounts read the safe subset, by one filter or none."""
        lake = self.mesh.lake()
        found = {each: readable(lake, each) for each in of}
        columns = {each: set(read[f"turns.{self.table}"].columns) for each, read in found.items() if read}
        assert columns == dict.fromkeys(accounts, SAFE)
        live = {each for each in of for share in self.mesh.shares(each).values() if share["status"] == "ACTIVE"}
        assert live == set(accounts)
        assert len(self.filters()) == bool(accounts)

    def filters(self) -> list[str]:
        """The names of the filters that there are."""
        named = {"CatalogId": CENTRAL, "DatabaseName": "turns", "Name": self.table}
        found = self.mesh.client("lakeformation").list_data_cells_filter(Table=named)["DataCellsFilters"]
        return [each["Name"] for each in found]


@pytest.fixture
def crowd(mesh: Mesh) -> Crowd:
    """Around a table of its own."""
    name = f"t{next(_tables)}"
    mesh.catalogue.add_table("turns", name, [column("id", "bigint"), column("mail", pii_flag="true"), column("city")])
    return Crowd(mesh, name)


def test_those_who_come_at_once(crowd: Crowd) -> None:
    accounts = [crowd.mesh.new_account() for _ in range(4)]
    crowd.shared(crowd.ask(*accounts))
    crowd.read_by(accounts, accounts)
    crowd.gone(crowd.revoke(*accounts))
    crowd.read_by([], accounts)


@pytest.mark.parametrize("_", range(ROUNDS))
@pytest.mark.parametrize("goes_first", [True, False])
def test_one_comes_while_the_last_one_goes(crowd: Crowd, goes_first: bool, _: int) -> None:
    """Deleted between the two, the filter is made anew; granted before, it stays."""
    goes, comes = crowd.mesh.new_account(), crowd.mesh.new_account()
    crowd.shared(crowd.ask(goes))
    if goes_first:
        runs, asks = crowd.revoke(goes), crowd.ask(comes)
    else:
        asks, runs = crowd.ask(comes), crowd.revoke(goes)
    crowd.shared(asks)
    crowd.gone(runs)
    crowd.read_by([comes], [goes, comes])


@pytest.mark.parametrize("_", range(ROUNDS))
def test_some_come_while_some_go_and_one_stays(crowd: Crowd, _: int) -> None:
    stays, *others = (crowd.mesh.new_account() for _ in range(5))
    go, come = others[:2], others[2:]
    crowd.shared(crowd.ask(stays, *go))
    runs, asks = crowd.revoke(*go), crowd.ask(*come)
    crowd.shared(asks)
    crowd.gone(runs)
    crowd.read_by([stays, *come], [stays, *others])
    crowd.gone(crowd.revoke(stays, *come))
    crowd.read_by([], [stays, *others])


def test_a_turn_whose_holder_died_keeps_others_waiting_until_it_ends(crowd: Crowd) -> None:
    first, second = crowd.mesh.new_account(), crowd.mesh.new_account()
    crowd.shared(crowd.ask(first))
    (name,) = crowd.filters()
    until = datetime.fromisoformat(crowd.mesh.control("GET", "/clock")["now"]) + timedelta(seconds=4)
    turn = {"version": {"N": "1"}, "until": {"S": iso(until)}, "holder": {"S": "who died"}}
    crowd.mesh.client("dynamodb").put_item(
        TableName=crowd.mesh.ledger, Item={"pk": {"S": f"turn#{name}"}, "entry": {"S": "lease"}, **turn}
    )
    asks, runs = crowd.ask(second), crowd.revoke(first)
    crowd.shared(asks)
    crowd.gone(runs)
    crowd.read_by([second], [first, second])
    ((granted,), (ended,)) = (crowd.mesh.shares(each).values() for each in (second, first))
    # Neither went on before that turn was over.
    assert min(granted["active_at"], ended["history"][-1]["at"]) > iso(until)
