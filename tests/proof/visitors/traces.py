"""All that a visit can leave behind on a mesh: kept before, and compared afterwards."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.workflow.accounts import Grants
from tests.workflow.driver import Asked, Links, Mesh, wait_until

_COUNTERS = re.compile(r"tries_\w+")
_BY_THE_CLOCK = re.compile(r"role/(LakeshareNotifier|lakeshare-(sweep|survey|drift)-)")
"""Roles of functions that schedules and events of the lake call, whatever visitors do."""


@dataclass(frozen=True)
class State:
    """What a mesh holds.

    Attributes:
        register: all items, by key.
        executions: the status of each, by name.
        grants: of all accounts.
        events: Lakeshare's, by request and type.
        mails: to whom they went, by request.
    """

    register: Mapping[str, Mapping[str, Any]]
    executions: Mapping[str, str]
    grants: Mapping[str, Grants]
    events: Mapping[tuple[str, str], int]
    mails: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, mesh: Mesh) -> State:
        """What a mesh holds now."""
        return cls(
            register=mesh.raw_items(),
            executions=executions(mesh),
            grants=mesh.all_grants(),
            events=Counter((event["detail"]["request_id"], event["detail-type"]) for event in events(mesh)),
            mails=Counter((mesh.links(mail).request, mail["to"]) for mail in mesh.mails()),
        )

    def without_tries(self) -> State:
        """The same but for the wrong addresses that were counted."""
        kept = {
            key: {name: value for name, value in item.items() if not _COUNTERS.fullmatch(name)}
            for key, item in self.register.items()
        }
        return replace(self, register=kept)


def tries(approval: Mapping[str, Any]) -> int:
    """Addresses typed with the keys of a request that have not proved right; from an item, raw or plain."""
    counted = (value for name, value in approval.items() if name.startswith("tries_key_"))
    return sum(int(value["N"] if isinstance(value, dict) else value) for value in counted)


@dataclass(frozen=True)
class End:
    """How a request ends that was decided: its status, the event, the last entries of its history."""

    status: str
    event: str
    history: tuple[str, ...]


ENDS = {
    "approve": End("SHARED", "RequestShared", ("Approved", "Shared")),
    "deny": End("DENIED", "RequestDenied", ("Denied",)),
}
"""By what was decided."""


def ended_as_decided(mesh: Mesh, name: str, item: Mapping[str, Any], wanted: tuple[str, str, str, str]) -> None:
    """Holds a request to what was decided: action, approver, comment and the address that they posted from."""
    decision, end = item["decision"], ENDS[wanted[0]]
    assert (decision["action"], decision["approver"], decision["comment"], decision["ip"]) == wanted
    history = mesh.once_each([entry["event"] for entry in item["history"]], name)
    told = ["Received", "Classified", "ApprovalRequested", *end.history]
    assert (item["status"], history) == (end.status, told)


def executions(mesh: Mesh) -> dict[str, str]:
    """The status of each execution, by name."""
    pages = mesh.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=mesh.machine)
    return {each["name"]: each["status"] for page in pages for each in page["executions"]}


def events(mesh: Mesh) -> list[dict[str, Any]]:
    """All of Lakeshare's events about requests. Those of shares come when Sweep takes something back, at any time."""
    return [event for event in mesh.told() if "request_id" in event["detail"] and "share_id" not in event["detail"]]


def asked(mesh: Mesh, arn: str) -> Asked:
    """A request that was started, once it waits and all is said about it."""
    mail = mesh.mail_about(arn, seconds=60)
    links = mesh.links(mail)
    all_told(mesh, arn)
    return Asked(arn, mail, links.approve, links.deny)


def all_told(mesh: Mesh, arn: str) -> None:
    """Waits until nothing is owed to the world about a request, and the register has it so: then it changes no more."""
    wait_until(lambda: "owed_events" not in mesh.register_item(arn), what="all events about it")


def crowd(mesh: Mesh, tables: Mapping[str, str], seconds: float = 120) -> dict[str, tuple[str, Links]]:
    """Requests by name, each for a table (`database.table`), once all wait: the new consumer of each, and its links."""
    accounts = {name: mesh.new_account() for name in tables}
    mesh.client("stepfunctions")  # made once, before the threads ask for it
    with ThreadPoolExecutor(8) as pool:
        asked = {name: table.partition(".") for name, table in tables.items()}
        list(pool.map(lambda name: mesh.start(asked[name][0], asked[name][2], accounts[name], name), accounts))

    def all_wait() -> bool:
        told = {event["detail"]["request_id"] for event in events(mesh) if event["detail-type"] == "ApprovalRequested"}
        return accounts.keys() <= told

    wait_until(lambda: all_wait() or time.sleep(0.5), seconds, "waiting for decisions")
    # Of more mails than one, which a retry sends, the newest is read.
    links = {each.request: each for each in map(mesh.links, reversed(mesh.mails()))}
    return {name: (account, links[name]) for name, account in accounts.items()}


@contextmanager
def used(mesh: Mesh) -> Iterator[Callable[[], Counter[str]]]:
    """Counts which actions roles use meanwhile: not those that write a function's own log, nor what schedules do.

    A call that the SDK made once more, for AWS was silent, is one call. Gives a function that tells the counts.
    """
    before = mesh.tried_again()
    with mesh.recorded() as actions:
        yield (
            lambda: (
                Counter(
                    each["action"]
                    for each in actions("")
                    if not each["action"].startswith("logs:") and not _BY_THE_CLOCK.search(each["role"])
                )
                - (mesh.tried_again() - before)
            )
        )
