"""A thousand requests wait, and fifty decisions a second arrive: each request ends as it was decided, and none is lost.

The decisions are offered, not fed: whoever is due posts, whether those before have been answered or not. What is
slow then is the local mesh, on the machine's cores; that nothing is lost however long the queue grows is the promise.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from localmesh.reading import readable
from tests.proof.conftest import Figure
from tests.proof.offering import Post, Posted, offer, percentile
from tests.proof.sample import fewer
from tests.proof.visitors import traces
from tests.workflow.accounts import columns_of
from tests.workflow.driver import OLGA, ROHAN, SELECT_AND_DESCRIBE, Mesh, wait_until
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL)
REQUESTS = 2 * fewer(500)
A_SECOND = 50
LONGEST_SECONDS = 360
TABLES = {"retail.customer": OLGA, "amazon.productreviews": ROHAN}
"""The tables that are asked for, and who decides: mails are paced by producer, so two halve the wait for them."""

Items = Mapping[str, Mapping[str, Any]]
"""The register's items, by key."""


@dataclass(frozen=True)
class Waiting:
    """A request that waits, and the decision that it will get."""

    id: str
    account: str
    table: str
    action: str
    post: Post


@pytest.mark.timeout(900)
def test_a_thousand_decisions_at_fifty_a_second_all_count(mesh: Mesh, figure: Figure) -> None:
    began = time.monotonic()
    crowd = _requests(mesh)
    figure(f"{REQUESTS:,} requests, from the first start until all wait", f"{time.monotonic() - began:.1f} s")

    posted = offer([each.post for each in crowd], A_SECOND)
    _all_end(mesh)
    items = mesh.items()
    _figures(posted, items, figure)

    _everybody_was_told(posted)
    _ended_as_decided(mesh, crowd, posted, items)
    _granted_as_approved(mesh, crowd)
    _told_the_world(mesh, crowd)
    figure("requests that ended as they were decided, with one decision and one closing event", f"{len(crowd):,}")


def _requests(mesh: Mesh) -> list[Waiting]:
    """A thousand requests for two tables, each for an account of its own, once all wait for their owners."""
    tables = {f"load-{number:04}": list(TABLES)[number % len(TABLES)] for number in range(REQUESTS)}
    waiting = traces.crowd(mesh, tables, LONGEST_SECONDS)
    mailed = [mesh.links(mail).request for mail in mesh.mails()]
    assert len(set(mailed)) == len(waiting) == REQUESTS
    # A mail goes out once more only where AWS was silent for so long that something was tried again.
    assert len(mailed) - REQUESTS <= sum(mesh.tried_again().values())
    actions = ["approve", "deny"] * (REQUESTS // 2)
    random.Random(10).shuffle(actions)
    crowd: list[Waiting] = []
    for number, ((name, (account, links)), action) in enumerate(zip(waiting.items(), actions, strict=True)):
        url, approver = links.approve if action == "approve" else links.deny, TABLES[tables[name]]
        # A thousand people do not share one address of the network.
        source = f"127.0.{1 + number // 250}.{1 + number % 250}"
        crowd.append(
            Waiting(name, account, tables[name], action, Post(url, approver, f"seen as number {number}", source))
        )
    mesh.kept.typed.update([*TABLES.values(), *(each.post.comment for each in crowd)])
    return crowd


def _all_end(mesh: Mesh) -> None:
    """Waits until no execution runs any more."""
    states = mesh.client("stepfunctions")
    running = {"stateMachineArn": mesh.machine, "statusFilter": "RUNNING", "maxResults": 1}
    wait_until(
        lambda: not states.list_executions(**running)["executions"] or time.sleep(0.5), LONGEST_SECONDS, "all ends"
    )


def _figures(posted: list[Posted], items: Items, figure: Figure) -> None:
    first = posted[0].due
    offered = len(posted) / (posted[-1].began - posted[0].began + 1 / A_SECOND)
    answered = len(posted) / (max(each.ended for each in posted) - first)
    figure(f"{len(posted):,} decisions, a second", f"{offered:.1f} offered, {answered:.1f} answered")
    figure("from when a decision was due to its answer", _spread([each.seconds for each in posted]))
    grants = [_moment(item["closed_at"]) - first for item in items.values() if item.get("status") == "SHARED"]
    figure(
        "from when the first decision was due until the last approved request was closed as shared",
        f"{max(grants):.1f} s",
    )
    again = Counter(status for each in posted for status in each.statuses[:-1])
    figure("answers after which somebody tried again", dict(again) or "none")


def _spread(seconds: list[float]) -> str:
    parts = (f"p{part * 100:.0f} {percentile(seconds, part):.2f} s" for part in (0.5, 0.95, 0.99))
    return f"{', '.join(parts)}, longest {max(seconds):.2f} s"


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _everybody_was_told(posted: list[Posted]) -> None:
    """Every try ended with a page that says that the decision counts: also that of somebody whose first was cut off."""
    assert Counter(each.statuses[-1] for each in posted if len(each.statuses) == 1).keys() == {200}
    assert {each.statuses[-1] for each in posted} <= {200, 409}


def _ended_as_decided(mesh: Mesh, crowd: list[Waiting], posted: list[Posted], items: Items) -> None:
    assert traces.executions(mesh) == {each.id: "SUCCEEDED" for each in crowd}
    kept = Counter(item["decision"]["request_id"] for pk, item in items.items() if pk.startswith("decision#"))
    for each, came in zip(crowd, posted, strict=True):
        item = items[each.id]
        decision = item["decision"]
        traces.ended_as_decided(
            mesh, each.id, item, (each.action, each.post.email, each.post.comment, each.post.source)
        )
        assert items[f"decision#{decision['id']}"]["decision"] == decision
        # Who tried again may have left the particulars of a try that did not count.
        assert 1 <= kept[each.id] <= len(came.statuses)
        assert "token" not in items[f"approval#{each.id}"]


def _granted_as_approved(mesh: Mesh, crowd: list[Waiting]) -> None:
    approved = {each.account: each.table for each in crowd if each.action == "approve"}
    assert mesh.all_grants() == {account: {table: SELECT_AND_DESCRIBE} for account, table in approved.items()}
    lake = mesh.lake()
    columns = {table: columns_of(lake, table) for table in TABLES}
    assert all(readable(lake, each.account) == columns.get(approved.get(each.account, ""), {}) for each in crowd)


def _told_the_world(mesh: Mesh, crowd: list[Waiting]) -> None:
    told: dict[str, list[str]] = defaultdict(list)
    for event in traces.events(mesh):
        told[event["detail"]["request_id"]].append(event["detail-type"])
    once = {key: sorted(mesh.once_each(sorted(types), key)) for key, types in told.items()}
    assert once == {
        each.id: sorted(["RequestReceived", "ApprovalRequested", traces.ENDS[each.action].event]) for each in crowd
    }
