"""The decision route as API Gateway calls it, over a world in memory."""

import base64
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest

from handlers import decide
from handlers.sharing import decide as deciding
from tests.fakes.world import APPROVER, World, input_of

PORTAL = "https://portal.example"


def route(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTER_TABLE", "register")
    monkeypatch.setenv("VAULT_TABLE", "vault")
    monkeypatch.setenv("NOTIFY_FUNCTION", "notify")
    monkeypatch.setenv("PORTAL_URL", PORTAL)
    monkeypatch.setattr(decide, "load_signed_in", world.signed_in)
    monkeypatch.setattr(decide, "NotifyFunction", lambda _name: world.notify_caller)
    monkeypatch.setattr(decide, "DynamoRegister", lambda _table: world.register)
    monkeypatch.setattr(decide, "DynamoVault", lambda _table: world.vault)
    monkeypatch.setattr(decide, "StepFunctions", lambda: world.workflow)
    monkeypatch.setattr(decide, "EventBridge", lambda: world.events)
    monkeypatch.setattr(decide, "decide", partial(deciding.decide, pause=lambda _seconds: None))


def waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The route over a world in which one request, r1, waits for its decision."""
    world.classify(document=input_of("sales", "people"))
    world.request_approval()
    route(world, monkeypatch)
    return world


def event(
    method: str, query: dict[str, str] | None, body: str | None = None, *, encoded: bool = False
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} /workflow/update-state",
        "rawPath": "/workflow/update-state",
        "rawQueryString": urlencode(query or {}),
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "requestContext": {
            "http": {
                "method": method,
                "sourceIp": "192.0.2.1",
                "userAgent": "a browser",
                "path": "/workflow/update-state",
            }
        },
        "isBase64Encoded": encoded,
    }
    if query:
        made["queryStringParameters"] = query
    if body is not None:
        made["body"] = body
    return made


def link(world: World, action: str = "approve", **change: str) -> dict[str, str]:
    return {"action": action, "request": "r1", "key": world.keys[0], **change}


def get(world: World, action: str = "approve", **change: str) -> dict[str, Any]:
    return decide.handler(event("GET", link(world, action, **change)), None)


def post(
    world: World, action: str = "approve", address: str = APPROVER, comment: str = "", until: str = "", **change: str
) -> dict[str, Any]:
    form = urlencode({"email": address, "comment": comment, "until": until})
    body = base64.b64encode(form.encode()).decode()
    return decide.handler(event("POST", link(world, action, **change), body, encoded=True), None)


def status_of(world: World) -> dict[str, Any]:
    """All that a visit could change."""
    return {
        "sent": dict(world.workflow.sent),
        "decisions": dict(world.vault.decisions),
        "records": dict(world.register.records),
        "approvals": dict(world.vault.approvals),
        "tries": dict(world.vault.tries),
        "events": len(world.events.put),
    }
