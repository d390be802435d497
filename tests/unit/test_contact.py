"""Contacts of owners: what people may be led to, and what not."""

from __future__ import annotations

import pytest

from handlers.sharing.model.contact import LONGEST_CONTACT, read_contact

PAGE = "https://wiki.example/"


@pytest.mark.parametrize(
    "text",
    [
        "stores@example.org",
        "first.last+data@sub.example.org",
        PAGE,
        "https://wiki.example:8443/teams/stores?tab=people#contact",
        PAGE + "x" * (LONGEST_CONTACT - len(PAGE)),
    ],
)
def test_a_contact(text: str) -> None:
    assert read_contact(f" {text}\n") == (text, None)


@pytest.mark.parametrize("text", [None, "", "  "])
def test_none_is_none(text: str | None) -> None:
    assert read_contact(text) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Ask Jane",
        "stores",
        "stores@",
        "stores@localhost",
        "a@b.example,c@d.example",
        "a@b.example?bcc=c@d.example",
        "Jane <jane@b.example>",
        "http://wiki.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//wiki.example/",
        "HTTPS://wiki.example/",
        "https://",
        "https:///path",
        "https://wiki.example@evil.example/",
        "https://[wiki.example/",
        'https://wiki.example/"onclick="x',
        "https://wiki.example/a b",
        "https://wiki.example/\u2028x",
        "https://wiki.example/\\evil",
        PAGE + "x" * (LONGEST_CONTACT - len(PAGE) + 1),
        "x" * 500_000,
    ],
)
def test_what_is_none_says_what_was_expected(text: str) -> None:
    contact, fault = read_contact(text)
    assert contact is None
    assert fault is not None
    assert fault.startswith("data_owner_contact must be a mail address or an address that begins with https://")
    assert len(fault) < 500
