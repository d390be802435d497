"""The functions of the workflow, and of what is beside it, and what each is called with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from handlers import classify, close, decide, grant, notify, request_approval, revoke, sweep
from handlers.sharing.approvers import Standings
from handlers.sharing.decide_signed_in import decide_signed_in
from handlers.sharing.model.access import Groups
from handlers.sharing.model.new_decision import NewDecision
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Action
from tests.fakes.people import MemoryApproverFinder, MemoryPeople
from tests.proof.model.heard import Posting

MOST_CALLS = 50
"""Calls within which a run that revokes must be over."""


def by_link(posting: Posting, key: str) -> dict[str, Any]:
    """The button of the decision page is pressed."""
    return {
        "queryStringParameters": {"action": posting.action, "request": posting.request_id, "key": key},
        "requestContext": {"http": {"method": "POST", "sourceIp": "192.0.2.1", "userAgent": "a browser"}},
        "body": urlencode({"email": posting.address, "comment": ""}),
    }


def signed_in(request_id: str, action: Action, round_: int, address: str, columns: tuple[str, ...]) -> dict[str, Any]:
    """Somebody decides in the portal on what they saw of that round."""
    return {"id": request_id, "new": NewDecision(action, round_, columns=columns), "address": address}


def revoke_run(
    wish: dict[str, Any], began: str, call: Callable[[dict[str, Any]], dict[str, Any] | None]
) -> bool | None:
    """Go through the state machine that revokes, as far as its calls succeed.

    Returns:
        Whether it did all; `None`: it goes on for ever.
    """
    first = {"run": f"run-{began}", "began": began, "input": wish, "look": "start", "failed": {}}
    event: dict[str, Any] = first
    for _ in range(MOST_CALLS):
        answer = call(event)
        if answer is None:
            return False
        failed = answer["failed"]
        match answer["next"]:
            case "done":
                return not failed
            case "plan":
                event = {**first, "failed": failed, "look": "revoked"}
            case "settle":
                event = {**first, "failed": failed, "look": "settled"}
            case _:
                event = {"run": first["run"], "work": answer["work"], "failed": failed}
    return None


def _decide_signed_in(event: dict[str, Any], plant: Any) -> str:
    world, who = plant.world, event["address"]
    approvers = {account: {*addresses} for account, addresses in world.producers.subscribers.items() if addresses}
    standings = Standings(Groups(), world.parties, MemoryPeople({who: who, "": None}), MemoryApproverFinder(approvers))
    ruling = decide_signed_in(
        event["id"],
        event["new"],
        Person(who, who),
        standings,
        ip="192.0.2.1",
        user_agent="a browser",
        register=world.register,
        vault=world.vault,
        workflow=world.workflow,
        now=plant.clock,
        pause=lambda _: plant.meanwhile(),
    )
    return ruling.outcome.name


FUNCTIONS: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "Classify": classify.handler,
    "RequestApproval": request_approval.handler,
    "Notify": notify.handler,
    "Grant": grant.handler,
    "Close": close.handler,
    "Decide": decide.handler,
    "Sweep": sweep.handler,
    "Revoke": revoke.handler,
    "DecideSignedIn": _decide_signed_in,
}
