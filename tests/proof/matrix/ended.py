"""What is promised of shares that end, whatever fails: they are gone, told so once, and nothing else is touched."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localmesh.reading import readable
from tests.proof.matrix.ends import sweep
from tests.proof.matrix.paths import Case
from tests.proof.matrix.run import Tally
from tests.workflow.accounts import Grants
from tests.workflow.driver import Mesh
from tests.workflow.register import Item

_LATER = "+2h"
"""By then an invocation that died is over, its lease, too, and what came to nothing is due again."""
_SECONDS = 180.0


def share_of(case: Case) -> str:
    """The id of the share that a case is about."""
    return f"{case.id}:1"


def ledger_share(mesh: Mesh, case: Case) -> Item:
    """The share of a case as it stands."""
    return mesh.shares(case.account)[share_of(case)]


def is_over(share: Item) -> bool:
    """Whether a share is taken back, and the world was told so."""
    return share["status"] == "REVOKED" and "owed_events" not in share


def is_held(mesh: Mesh, account: str) -> bool:
    """Whether there is a hold on an account."""
    key = {"pk": {"S": f"hold#consumer#{account}"}, "entry": {"S": "hold"}}
    answer = mesh.client("dynamodb").get_item(TableName=mesh.ledger, Key=key, ConsistentRead=True)
    return "held" in answer.get("Item", {})


def told_of_holds(mesh: Mesh, account: str) -> set[str]:
    """The types of the events about holds on an account."""
    return {each["detail-type"] for each in mesh.told() if each["detail"].get("account_id") == account}


def judge(mesh: Mesh, cases: Sequence[Case], tally: Tally) -> None:
    """Holds cases to what is promised, once Sweep has had what has no end tried again."""
    _sweep(mesh, cases)
    shares, told, grants, lake = _shares(mesh), _told(mesh), mesh.all_grants(), mesh.lake()
    running = _running(mesh)
    for case in cases:
        ends = told.get(share_of(case), [])
        case.wrong += _wrong_of_share(shares[share_of(case)], case)
        if len(set(ends)) != 1:
            case.wrong.append(f"its end was told {len(set(ends))} times")
        case.wrong += _wrong_of_lake(grants.get(case.account, {}), set(readable(lake, case.account)), case)
        if not _may_stay(case):
            case.wrong += [f"{each['Name']} is there still" for each in lake.filters if each["DatabaseName"] == case.id]
        case.wrong += [f"{name} runs on" for name in running if case.id in name]
        failed = any(each["status"] != "SUCCEEDED" for each in case.runs)
        how = ", by the next sweep" if case.swept else ", by a second run" if failed else ""
        tally.ends[f"{case.usual}{how}"] += 1
        tally.swept += case.swept
        tally.twice += len(ends) > 1
        tally.pages.update(reply.status for reply in case.replies)
        tally.wrong += [f"{case}: {what}" for what in case.wrong]


def _may_stay(case: Case) -> bool:
    """Whether the role that revokes may not delete a filter that nobody has any more: it opens nothing."""
    deletes = case.site is not None and case.site.operation == "DeleteDataCellsFilter"
    return deletes and case.fault is not None and case.fault.what == "access denied"


def _sweep(mesh: Mesh, cases: Sequence[Case]) -> None:
    """Has tried again what came to nothing, and told what is owed, all at one time."""
    left = [case for case in cases if not is_over(_shares(mesh)[share_of(case)])]
    if not left:
        return
    for case in left:
        case.swept = True
    mesh.clock(_LATER)
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        sweep(mesh, Case(left[0].path))
        shares = _shares(mesh)
        if all(is_over(shares[share_of(case)]) for case in left):
            return
        time.sleep(1.0)


def _wrong_of_share(share: Item, case: Case) -> Iterator[str]:
    if (share["status"], share.get("reason")) != ("REVOKED", case.usual):
        yield f"the share is {share['status']}: {share.get('reason')}"
    if more := {"live", "live_database", "live_owner", "busy_until", "due_at", "due", "owed_events"} & set(share):
        yield f"it has {sorted(more)} still"
    happened = [each["event"] for each in share["history"]]
    if happened != ["Granting", "Active", case.usual, "Ended"]:
        yield f"its history is {happened}"


def _wrong_of_lake(grants: Grants, reads: set[str], case: Case) -> Iterator[str]:
    if grants != case.granted:
        yield f"granted is {grants}, not {case.granted}"
    if reads != (tables := {name for name in case.granted if "." in name}):
        yield f"it reads {sorted(reads)}, not {sorted(tables)}"


def _shares(mesh: Mesh) -> dict[str, Item]:
    """All shares of all accounts, by id."""
    kinds = ((item["entry"].partition("#"), item) for item in mesh.ledger_items())
    return {name: item for (kind, _, name), item in kinds if kind == "share"}


def _told(mesh: Mesh) -> Mapping[str, list[str]]:
    """The ids of the events that a share has ended, by share."""
    found: dict[str, list[str]] = {}
    for each in mesh.told():
        if each["detail-type"] == "ShareEnded":
            found.setdefault(each["detail"]["share_id"], []).append(each["detail"]["event_id"])
    return found


def _running(mesh: Mesh) -> list[Any]:
    listed = mesh.client("stepfunctions").get_paginator("list_executions")
    pages = listed.paginate(stateMachineArn=mesh.revoking_machine, statusFilter="RUNNING")
    return [each["name"] for page in pages for each in page["executions"]]
