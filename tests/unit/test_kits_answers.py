"""What is made of a kit's answer: it comes from another account, and may be anything, or stop half-way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.aws import kits
from handlers.aws.kits import LONGEST_LINK, ConsumerKits
from handlers.sharing.model.delivery import DeliveryStatus, Failure, Outcome
from handlers.sharing.model.errors import KitMayBeAtWork
from handlers.sharing.model.kit_order import KitDeed, KitOrder
from handlers.sharing.model.request import Source
from tests.unit.consumer.test_order import CENTRAL, JSON, OWN

ORDER = KitOrder("request-1:1", KitDeed.UNLINK, Source("retail", "customer"))


def answer(reason: object) -> bytes:
    failure = {"role": "", "reason": reason, "message": "said"}
    return json.dumps({"state": "LINKED", "link": "a.b", "failures": [failure], "tried_as": []}).encode()


class Answers:
    """A client whose function answers with this; `read` is called for it."""

    def __init__(self, read: Callable[[], bytes], **more: object) -> None:
        self._read, self._more = read, more

    def invoke(self, **_: object) -> dict[str, Any]:
        return {"Payload": self, **self._more}

    def read(self) -> bytes:
        return self._read()


def raises(error: Exception) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def told(monkeypatch: pytest.MonkeyPatch, client: Answers) -> Outcome:
    monkeypatch.setattr(kits, "patient_client", lambda *_: client)
    return ConsumerKits("aws", "eu-central-1", CENTRAL, [OWN]).carry_out(OWN, ORDER)


def test_an_answer_that_breaks_off_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KitMayBeAtWork):
        told(monkeypatch, Answers(raises(ReadTimeoutError(endpoint_url="x"))))


@pytest.mark.parametrize("code", ["KMSAccessDeniedException", "ResourceConflictException", "EFSIOException", "Odd"])
def test_a_kit_that_lambda_does_not_run_keeps_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, "Invoke")
    assert [each.reason for each in told(monkeypatch, Answers(raises(error))).failures] == ["KitFailed"]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"null",
        b"\xff",
        b"[" * 100_000,
        json.dumps({"state": ["READY"], "link": "", "failures": [], "tried_as": []}).encode(),
        json.dumps({"state": "READY", "link": "", "failures": [{"role": ""}], "tried_as": []}).encode(),
        answer("a person typed this"),
        answer("jane@example.org"),
        answer("R" * 65),
        answer(1),
    ],
)
def test_what_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    assert [each.reason for each in told(monkeypatch, Answers(lambda: said)).failures] == ["KitUnreadable"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON | st.fixed_dictionaries({"state": st.just("LINKED"), "link": JSON, "failures": JSON, "tried_as": JSON}))
def test_whatever_is_said_can_be_kept(monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    outcome = told(monkeypatch, Answers(lambda: json.dumps(said).encode()))
    texts = [outcome.link, *outcome.tried_as, *(each.message for each in outcome.failures)]
    assert all(text.encode() is not None for text in texts), "no half of a character"
    assert len(outcome.link) <= LONGEST_LINK


def test_half_a_character_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b'{"state": "LINKED", "link": "\\ud800", "failures": [], "tried_as": []}'
    assert told(monkeypatch, Answers(lambda: said)).link == "?"


def test_a_named_reason_comes_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Answers(lambda: answer("RoleNotThere"))) == Outcome(
        DeliveryStatus.LINKED, "a.b", (Failure("", "RoleNotThere", "said"),)
    )
