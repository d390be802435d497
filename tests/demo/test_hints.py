"""What `make demo` says of the portal: where it is and who may sign in, or why it is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo import stacks
from demo.setup import Lakeshare
from localmesh import hints
from localmesh.commands import Commands

MESH: dict[str, Any] = {
    "aws_endpoint_url": "http://127.0.0.1:1",
    "region": "us-east-1",
    "api_url": "http://127.0.0.1:2/api",
    "mailbox_url": "http://127.0.0.1:3",
    "state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:x",
    "consumer_accounts": [],
    "portal_url": "http://127.0.0.1:4",
    "portal_users": [
        {"username": "alex", "email": "alex@consumer.example", "groups": [], "first_password": "Heron-Birch-4821"},
        {"username": "audit", "email": "a@consumer.example", "groups": ["auditors"], "first_password": "Elm-Otter-12"},
    ],
}


def said(mesh: dict[str, Any]) -> str:
    commands = Commands(look_for_cli=False)
    return hints.text(Lakeshare(), mesh, ["transport", "retail"], Path(".localmesh"), commands, deployed=True)


def test_address_users_and_passwords_are_printed() -> None:
    text = said(MESH)
    assert "Portal   http://127.0.0.1:4" in text
    assert "alex   Heron-Birch-4821" in text
    assert "sees all requests" in text


def test_a_page_that_is_not_built_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stacks, "PAGE", tmp_path / "index.html")
    assert stacks.with_portal({}) is False
    text = said({**MESH, "portal_url": None, "portal_users": []})
    assert "Portal   left out: the page is not built; `make portal` does, with Node" in text


def test_a_portal_that_is_switched_off_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.touch()
    monkeypatch.setattr(stacks, "PAGE", page)
    assert stacks.with_portal({}) is True
    assert stacks.with_portal({"portal": False}) is False
    assert "left out: it is switched off" in said({**MESH, "portal_url": None, "portal_users": []})


def test_whoever_has_a_kit_is_asked_for_with_a_role() -> None:
    assert "whose kit" not in said(MESH)
    role = "arn:aws:iam::555555555555:role/analyst"
    text = said({**MESH, "consumer_accounts": [{"id": "555555555555", "roles": [role, f"{role}s"]}]})
    assert "a role of account 555555555555, whose kit makes it ready to query" in text
    assert role in text
    assert f"{role}s" not in text
