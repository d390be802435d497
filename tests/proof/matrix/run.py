"""Runs cases of the fault matrix, many at once on one mesh, and holds each to what is promised."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from handlers.sharing.model.clock import iso, now
from tests.proof.matrix.axes import Fault, Site, sites_of
from tests.proof.matrix.ends import sweep
from tests.proof.matrix.paths import FINAL, Case, Path, status_of, wait
from tests.proof.sample import sample
from tests.proof.visitors.traces import events
from tests.workflow.accounts import Grants
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL, retry_seconds=0.01)
"""How the matrix wants its mesh."""
AT_ONCE = 12
RETAIL_TABLES = 25
_UNFORESEEN = {"Fault", "UnknownOutcome"}
_EVENT_OF = {status: f"Request{status.capitalize()}" for status in FINAL}
_MEETING_SECONDS = 20.0
_CLOSING_SECONDS = 2.0
_SWEEP_SECONDS = 20.0
_TAKING_BACK_SECONDS = 60.0


@dataclass
class Tally:
    """What came of the cases that were run."""

    ends: Counter[str] = field(default_factory=Counter)
    swept: int = 0
    twice: int = 0
    pages: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


Judge = Callable[[Mesh, Sequence[Case], Tally], None]
"""Holds cases that are over to what is promised; what was not as promised stands in the tally."""


def record(
    mesh: Mesh, paths: Iterable[Path], known: Iterable[tuple[str, Site]] = (), by: Judge | None = None
) -> list[tuple[Path, Site]]:
    """Goes each way once, without a fault, and gives the places that nobody came by before, with the way to each.

    Args:
        mesh: the mesh.
        paths: the ways.
        known: the places of other ways, each with who calls there.
        by: who judges; `None`: who judges requests.
    """
    seen = {(entry, site.same) for entry, site in known}
    found: list[tuple[Path, Site]] = []
    for path in paths:
        case = Case(path)
        go(mesh, case)
        (by or judge)(mesh, [case], Tally())
        assert not case.wrong, f"{case}: {case.wrong}"
        for site in case.seen or sites_of(mesh, case.event):
            if (path.entry, site.same) in seen or (path.functions and site.short not in path.functions):
                continue
            seen.add((path.entry, site.same))
            found.append((path, site))
    return found


def cases_of(found: Iterable[tuple[Path, Site]], faults: Sequence[Fault]) -> list[Case]:
    """Every fault at every place, or a sample of them."""
    every = [(path, site, fault) for path, site in found for fault in faults]
    some = sample(
        every,
        name=lambda each: f"{each[0].name} {each[1]} {each[2]}",
        kind=lambda each: f"{each[1].short} {each[2].what}",
    )
    return [Case(*each) for each in some]


def run(mesh: Mesh, cases: Sequence[Case], at_once: int = AT_ONCE, by: Judge | None = None) -> Tally:
    """Runs cases, and gives what came of them."""
    tally = Tally()
    with ThreadPoolExecutor(at_once) as people:
        list(people.map(lambda case: go(mesh, case), cases))
    (by or judge)(mesh, cases, tally)
    return tally


def go(mesh: Mesh, case: Case) -> None:
    """One request, from its start to its end, or to where only the sweep can end it."""
    try:
        if case.path.before is not None:
            case.path.before(mesh, case)
        if case.site is None:
            mesh.control("DELETE", "/calls")
        elif case.fault is not None:
            mesh.control("POST", "/faults", **case.fault.settings(case.site, case.event))
        case.path.act(mesh, case)
        if case.path.after is not None:
            case.seen = () if case.site else sites_of(mesh, case.event)
            lift(mesh, case)
            case.path.after(mesh, case)
        wait(lambda: is_met(mesh, case), case, "fault", _MEETING_SECONDS)
        wait(lambda: is_told(mesh, case), Case(case.path), "closing", _CLOSING_SECONDS)
    except Exception as fault:  # one case that breaks must not hide what came of the others
        case.wrong.append(f"{type(fault).__name__}: {fault}")
    finally:
        lift(mesh, case)


def lift(mesh: Mesh, case: Case) -> None:
    """Removes the case's fault, and those that belong to its way; notes if nothing met the former."""
    if case.site is not None and not is_met(mesh, case):
        case.wrong.append("nothing met the fault")
    mesh.control("DELETE", "/faults", event=case.event)


def is_met(mesh: Mesh, case: Case) -> bool:
    """Whether the case's faults, if it has any, were met."""
    return all(each["used"] > 0 for each in mesh.control("GET", "/faults") if each["event"] == case.event)


def is_told(mesh: Mesh, case: Case) -> bool:
    """Whether the request has ended, and its event is out."""
    return bool(mesh.register_item(case.id).get("announced_at"))


# --- what is promised -------------------------------------------------------------------------------------------


def judge(mesh: Mesh, cases: Sequence[Case], tally: Tally) -> None:
    """Holds cases that are over to what is promised; what has no end yet, the sweep has to end."""
    _sweep(mesh, [case for case in cases if not is_told(mesh, case)])
    busy = _taken_back(mesh, cases, tally)
    items, types, grants = mesh.items(), _types(mesh), mesh.all_grants()
    for case in cases:
        item = items.get(case.id, {})
        told = types.get(case.id, [])
        case.wrong += _wrong(item, told, grants.get(case.account, {}), case, taken_back=case.account not in busy)
        if status_of(mesh, case) == "RUNNING":
            case.wrong.append("the execution runs on")
        if "token" in items.get(f"approval#{case.id}", {}):
            case.wrong.append("the task token is still there")
        reason = item.get("reason")
        tally.ends[f"{item.get('status')}{f' {reason}' if reason else ''}"] += 1
        tally.swept += case.swept
        tally.twice += told.count(_EVENT_OF.get(item.get("status", ""), "")) > 1
        tally.pages.update(reply.status for reply in case.replies)
        tally.wrong += [f"{case}: {what}" for what in case.wrong]


def _sweep(mesh: Mesh, left: Sequence[Case]) -> None:
    if not left:
        return
    sweep(mesh, Case(left[0].path))
    deadline = time.monotonic() + _SWEEP_SECONDS
    for case in left:
        case.swept = True
        while not is_told(mesh, case) and time.monotonic() < deadline:
            time.sleep(0.1)


def _taken_back(mesh: Mesh, cases: Sequence[Case], tally: Tally) -> Set[str]:
    """Has taken back what was granted to requests that did not end as shared.

    Returns:
        The accounts to which a function that died may be granting still, as far as anybody knows.
    """
    accounts = {case.account for case in cases}
    deadline = time.monotonic() + _TAKING_BACK_SECONDS
    while True:
        revoking = [each for each in mesh.revoking() if each["pk"] in accounts]
        present = iso(now())
        left = [each for each in revoking if each.get("busy_until", "") < present]
        if not left:
            return {each["pk"] for each in revoking}
        if time.monotonic() > deadline:
            tally.wrong += [f"{each['pk']} {each['entry']}: was not taken back" for each in left]
            return {each["pk"] for each in revoking}
        sweep(mesh, Case(cases[0].path))
        time.sleep(0.5)


def _wrong(item: dict[str, Any], told: Sequence[str], grants: Grants, case: Case, *, taken_back: bool) -> Iterator[str]:
    status = item.get("status")
    if status not in FINAL:
        yield f"no end: {status}"
        return
    if status not in {case.usual, "FAILED", "REFUSED"}:
        yield f"it ended as {status}"
    if status != "SHARED" and (not item.get("reason") or item["reason"] in _UNFORESEEN):
        yield f"{status} without a name: {item.get('reason')}: {item.get('message')}"
    if not told or told[-1] != _EVENT_OF[status]:
        yield f"{status}, and the events were {list(told)}"
    if len(set(told) & set(_EVENT_OF.values())) != 1:
        yield f"events of more than one end: {list(told)}"
    more = {name: what for name, what in grants.items() if case.granted.get(name) != what}
    if more:
        yield f"granted otherwise, or not to be granted: {more}"
    if status != "SHARED" and taken_back and grants:
        yield f"{status}, and granted still: {grants}"
    if status == "SHARED" and set(grants) != set(case.granted):
        yield f"granted {sorted(grants)}, not {sorted(case.granted)}"
    if status == "SHARED" and item["granted"]["tables"] != _tables(case.granted):
        yield f"the register knows of {item['granted']}"


def _tables(grants: Grants) -> int:
    names = [name for name in grants if "." in name]
    return RETAIL_TABLES if names == ["retail.*"] else len(names)


def _types(mesh: Mesh) -> dict[str, list[str]]:
    """The types of all events, by request."""
    found: dict[str, list[str]] = {}
    for event in events(mesh):
        found.setdefault(event["detail"]["request_id"], []).append(event["detail-type"])
    return found


def prove(  # noqa: PLR0917 - a part of the matrix, and how it is run
    mesh: Mesh,
    cases: Sequence[Case],
    note: Callable[[str, object], None],
    what: str,
    at_once: int = AT_ONCE,
    by: Judge | None = None,
) -> None:
    """Runs a part of the matrix, prints its figures, and fails with all that was wrong, by name."""
    tally = run(mesh, cases, at_once, by)
    ends = ", ".join(f"{count} {end}" for end, count in tally.ends.most_common())
    sites = len({(case.path.name, case.site) for case in cases})
    note(f"{what}: calls and faults", f"{sites} calls, {len(cases)} cases: {ends}")
    note(f"{what}: ended by the sweep only, event of the end sent twice", f"{tally.swept}, {tally.twice}")
    if tally.pages:
        note(f"{what}: pages", dict(sorted(tally.pages.items())))
    assert not tally.wrong, f"{len(tally.wrong)} of {len(cases)}:\n" + "\n".join(tally.wrong)
