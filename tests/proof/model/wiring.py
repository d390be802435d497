"""Connects the entry points with the plant, in place of AWS, of the time, and of time's passing."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

import pytest

from handlers import classify, close, decide, grant, notify, request_approval, revoke, sweep
from handlers.sharing import already_shared, granter, renewal, shares, take_back
from handlers.sharing import classify as classifying
from handlers.sharing import close as closing
from handlers.sharing import decide as deciding
from handlers.sharing import filters as filtering
from handlers.sharing import grant as granting
from handlers.sharing import notify as notifying
from tests.fakes.world import CENTRAL
from tests.proof.model.plant import Plant

HERE: list[Plant] = []
"""The plant that the entry points belong to at present."""


def _pass_time(seconds: float) -> None:
    HERE[-1].pass_time(seconds)


def wire(patch: pytest.MonkeyPatch) -> None:
    """Connect the entry points with whatever plant is `HERE`, until the patches are taken back."""

    def environment(kind: type[Any]) -> Any:
        known = {
            "wildcard_on_approval": HERE[-1].world.wildcard_on_approval,
            "central_account_id": CENTRAL,
            "direct_requests": "allow",
            "longest_run_seconds": 365 * 86_400,
            "sweep_every_minutes": 15,
            "api_url": "https://api.example",
        }
        return kind(**{each.name: known.get(each.name, "any") for each in fields(kind)})

    ports: dict[str, Callable[..., Any]] = {
        "DynamoRegister": lambda *_: HERE[-1].world.register,
        "DynamoClaims": lambda *_: HERE[-1].world.claims,
        "DynamoLists": lambda *_: HERE[-1].world.register,
        "DynamoVault": lambda *_: HERE[-1].world.vault,
        "DynamoDeliveries": lambda *_: HERE[-1].world.deliveries,
        "DynamoLedger": lambda *_: HERE[-1].world.ledger,
        "DynamoMemory": lambda *_: HERE[-1].world.memory,
        "DynamoPace": lambda *_: HERE[-1].world.pace,
        "RevokeRuns": lambda *_: HERE[-1].world.revokes,
        "CloseFunction": lambda *_: HERE[-1].world.closer,
        "NotifyFunction": lambda *_: HERE[-1].world.notify_caller,
        "open_catalogue": lambda *_: HERE[-1].world.catalogue,
        "LakeFormation": lambda *_: HERE[-1].world.lake,
        "LakeFormationGrants": lambda *_: HERE[-1].grants,
        "AssumedProducers": lambda *_: HERE[-1].world.producers,
        "StepFunctions": lambda *_: HERE[-1].world.workflow,
        "EventBridge": lambda *_: HERE[-1].world.events,
        "load_parties": lambda: HERE[-1].world.parties,
        "load_signed_in": frozenset,
        "now": lambda: HERE[-1].clock,
        "log": lambda *_, **__: None,
        "measure": lambda **_: None,
        "environment": environment,
    }
    entries = (classify, request_approval, notify, decide, grant, close, sweep, revoke)
    rules = (classifying, granting, closing, shares, filtering, renewal, already_shared, take_back)
    for module in (*entries, *rules):
        for name, stand_in in ports.items():
            if hasattr(module, name):
                patch.setattr(module, name, stand_in)
    patch.setattr(revoke, "take_back", partial(take_back.take_back, pause=lambda _: None))
    patch.setattr(grant, "grant", partial(granting.grant, pause=lambda _: None))
    patch.setattr(decide, "decide", partial(deciding.decide, pause=lambda _: HERE[-1].meanwhile()))
    for each in (notifying.notify, notifying.notify_due):
        patch.setattr(notify, each.__name__, partial(each, pause=_pass_time))
    # One table a batch, so that an invocation can run out of time in a small database.
    patch.setattr(granter, "ENTRIES_A_BATCH", 1)
    patch.setattr(granter, "FILTERS_A_BATCH", 1)
