"""The ways of operators who end shares, on which the fault matrix makes AWS fail."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from handlers.sharing.model.clock import iso, now
from tests.proof.matrix.copies import Original, grant, resource_of
from tests.proof.matrix.ended import is_held, is_over, ledger_share, share_of, told_of_holds
from tests.proof.matrix.ends import sweep
from tests.proof.matrix.paths import SAFE, Case, Path, Way, arn_of, many_tables, own_parts, part_of, share_part, wait
from tests.workflow.accounts import Grants
from tests.workflow.driver import SELECT_AND_DESCRIBE, Mesh

FOREIGN: Grants = {"retail.customer": SELECT_AND_DESCRIBE}
"""What somebody else has granted to every account: nobody but them takes it back."""
NAMED = {"AccessRefused", "RevokeIncomplete", "TryAgain"}
"""How a run may fail that AWS disturbs."""
_numbers = itertools.count(1)

Wish = Callable[[Case], Mapping[str, object]]


def originals(mesh: Mesh) -> Mapping[str, Original]:
    """Has granted what is copied: a table, a database of 25 tables by name, one of these tables, part of a table."""
    many_tables(mesh)
    wanted = {"table": ("transport", "yellow_tripdata"), "database": ("many", "*"), "one of it": ("many", "t03")}
    asked = {name: mesh.ask(*what, mesh.new_account()) for name, what in wanted.items()}
    part = Case(SAFE)
    own_parts(mesh, part)
    share_part(mesh, part)
    asked["part"] = (part.id, mesh.finish(arn_of(mesh, part)))
    assert {end.end for _, end in asked.values()} == {("SHARED", None)}
    return {name: Original.of(mesh, request) for name, (request, _) in asked.items()}


class Ending:
    """The ways in which shares of a mesh end; what they are copies of stays.

    Args:
        of: what is ended is a copy of one of these.
    """

    def __init__(self, of: Mapping[str, Original]) -> None:
        self._of = of

    def paths(self) -> Sequence[Path]:
        """The ways."""
        return (
            _path("a share of a table", _by_share, self.share),
            _path("a share of part of a table", _by_share, self._part),
            _path("a share of a database, of which another has a table", _by_share, self._database),
            _path("all of an account, which is held", _held_by_account, self._to_be_held, _hold_again),
            _path("all of a database", _by_source, self.own_database),
            _path("a dry run", _dry_run, self._of_an_owner, _end_after_all),
            _path("a hold on who has nothing", _held, self.share, _end_after_all, "holding"),
            _path("a hold that is lifted", _lifted, self._held, _end_after_all, "lifting"),
        )

    def over(self) -> Path:
        """The way of a share whose end has come: Sweep sees to it."""
        return Path("a share whose end has come", sweep, self._over, _sweep_again, ("sweep",), "sweep")

    # --- before -------------------------------------------------------------------------------------------------

    def share(self, mesh: Mesh, case: Case) -> None:
        """A share of a table."""
        self._given(mesh, case)
        self._of["table"].copy(mesh, case.id, case.account)

    def _database(self, mesh: Mesh, case: Case) -> None:
        other = self._of["one of it"]
        self._given(mesh, case, other.grants)
        other.copy(mesh, f"other-{case.id}", case.account)
        self._of["database"].copy(mesh, case.id, case.account)

    def _part(self, mesh: Mesh, case: Case) -> None:
        """A share of part of a table, by a filter that nobody else has, and that the role that revokes may delete."""
        self._given(mesh, case)
        own_parts(mesh, case)
        grants = part_of(case, "id")
        (cells,) = (resource_of(name) for name in grants)
        lake = mesh.client("lakeformation")
        lake.create_data_cells_filter(
            TableData={**cells["DataCellsFilter"], "ColumnNames": ["id"], "RowFilter": {"AllRowsWildcard": {}}}
        )
        (role,) = mesh.roles("revoke")
        lake.grant_permissions(Principal={"DataLakePrincipalIdentifier": role}, Resource=cells, Permissions=["DROP"])
        self._of["part"].copy(mesh, case.id, case.account, grants, database=case.id, live_database=case.id)

    def own_database(self, mesh: Mesh, case: Case) -> None:
        """A share of a table in a database of which nobody else has anything."""
        self._given(mesh, case)
        mesh.catalogue.add_database(case.id, "111111111111")
        mesh.catalogue.add_table(case.id, "t")
        grants = {f"{case.id}.t": SELECT_AND_DESCRIBE}
        self._of["table"].copy(mesh, case.id, case.account, grants, database=case.id, live_database=case.id, table="t")

    def _of_an_owner(self, mesh: Mesh, case: Case) -> None:
        self._given(mesh, case)
        owner = other_account(case)
        self._of["table"].copy(mesh, case.id, case.account, None, owner_account=owner, live_owner=owner)

    def _over(self, mesh: Mesh, case: Case) -> None:
        self._given(mesh, case)
        case.usual = "Expired"
        past = iso(now())
        self._of["table"].copy(mesh, case.id, case.account, None, until=past, due_at=past, due="DUE")

    def _to_be_held(self, mesh: Mesh, case: Case) -> None:
        self.share(mesh, case)
        case.usual = "Held"

    def _held(self, mesh: Mesh, case: Case) -> None:
        self.share(mesh, case)
        mesh.hold(f"consumer#{other_account(case)}")

    @staticmethod
    def _given(mesh: Mesh, case: Case, more: Grants | None = None) -> None:
        case.account, case.granted = mesh.new_account(), {**FOREIGN, **(more or {})}
        case.usual = "Revoked"
        grant(mesh, case.account, FOREIGN)


def _sweep_again(mesh: Mesh, case: Case) -> None:
    """What one could not mark or begin is due still, and the next one does it."""
    share = ledger_share(mesh, case)
    if share["status"] != "REVOKED" and share["due_at"] <= mesh.control("GET", "/clock")["now"]:
        case.swept = True
        sweep(mesh, case)
    wait(lambda: is_over(ledger_share(mesh, case)), case, "end of the share")


# --- what operators want ------------------------------------------------------------------------------------------


def _by_share(case: Case) -> Mapping[str, object]:
    return {"share": share_of(case)}


def _by_source(case: Case) -> Mapping[str, object]:
    return {"source": {"database": case.id, "table": "*"}}


def _held(case: Case) -> Mapping[str, object]:
    return {"consumer": other_account(case), "hold": True}


def _held_by_account(case: Case) -> Mapping[str, object]:
    return {"consumer": case.account, "hold": True}


def _dry_run(case: Case) -> Mapping[str, object]:
    return {"owner": other_account(case), "dry_run": True}


def _lifted(case: Case) -> Mapping[str, object]:
    return {"consumer": other_account(case), "hold": False}


def other_account(case: Case) -> str:
    """An account of which there is nothing but what this case has to do with it."""
    return f"8{case.account[1:]}"


def _path(
    name: str, wish: Wish, before: Way, then: Callable[[Wish, Mesh, Case], None] | None = None, entry: str = "revoking"
) -> Path:
    return Path(name, partial(run_of, wish), before, partial(then or _again, wish), ("revoke",), entry)


def run_of(wish: Wish, mesh: Mesh, case: Case) -> Mapping[str, Any]:
    """Starts the state machine for what an operator wants, and waits until it is over: it fails by name, if it does."""
    states = mesh.client("stepfunctions")
    name, text = f"{case.id}-{next(_numbers)}", json.dumps({"reason": "A test.", **wish(case)})
    run = states.start_execution(stateMachineArn=mesh.revoking_machine, name=name, input=text)["executionArn"]
    wait(lambda: states.describe_execution(executionArn=run)["status"] != "RUNNING", case, "end of revoking")
    ended: Mapping[str, Any] = states.describe_execution(executionArn=run)
    case.runs.append(ended)
    if not _succeeded(case) and ended.get("error") not in NAMED:
        case.wrong.append(f"revoking ended as {ended['status']}: {ended.get('error')}: {ended.get('cause')}")
    return ended


def _succeeded(case: Case) -> bool:
    return case.runs[-1]["status"] == "SUCCEEDED"


def _must_succeed(wish: Wish, mesh: Mesh, case: Case) -> Mapping[str, Any]:
    ended = run_of(wish, mesh, case)
    if not _succeeded(case):
        case.wrong.append(f"it failed once more: {ended.get('cause')}")
    return ended


def _again(wish: Wish, mesh: Mesh, case: Case) -> None:
    """What a run left as it was, its operator has heard of, and starts it again. All else is seen to by itself."""
    status = ledger_share(mesh, case)["status"]
    if _succeeded(case) and status != "REVOKED":
        case.wrong.append(f"the run succeeded, and the share is {status}")
    elif status == "ACTIVE":
        _must_succeed(wish, mesh, case)


def _hold_again(wish: Wish, mesh: Mesh, case: Case) -> None:
    """What is held stays so, and the world hears of it, once a run has succeeded."""
    if not _succeeded(case):
        run_of(wish, mesh, case)
    if not is_held(mesh, case.account):
        case.wrong.append("no hold stands")
    if _succeeded(case) and told_of_holds(mesh, case.account) != {"HoldPut"}:
        case.wrong.append("the run succeeded, and nobody heard of the hold")


def _end_after_all(wish: Wish, mesh: Mesh, case: Case) -> None:
    """What ends nothing has ended nothing. Tried again, it does what it is to; and then the share is ended."""
    if ledger_share(mesh, case)["status"] != "ACTIVE":
        case.wrong.append("the share was ended")
    ended = case.runs[-1] if _succeeded(case) else _must_succeed(wish, mesh, case)
    reports = [each["share"] for each in json.loads(ended.get("output") or "{}").get("reports", ())]
    found = (reports, is_held(mesh, other_account(case)), told_of_holds(mesh, other_account(case)))
    if found != _OUTCOMES[wish](case):
        case.wrong.append(f"reports, whether it is held, what was told of that: {found}")
    _must_succeed(_by_share, mesh, case)


_OUTCOMES: Mapping[Wish, Callable[[Case], object]] = {
    _dry_run: lambda case: ([share_of(case)], False, set[str]()),
    _held: lambda _: ([], True, {"HoldPut"}),
    _lifted: lambda _: ([], False, {"HoldLifted"}),
}
