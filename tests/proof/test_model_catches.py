"""The model of the workflow can fail: each of these faults, put into the product, breaks a promise that it watches."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing import close as closing
from handlers.sharing import grant as granting
from handlers.sharing.model import grounds
from handlers.sharing.model.keys import Approval
from handlers.sharing.model.record import Status
from handlers.sharing.model.sensitivity import Flag
from tests.asl import definition
from tests.fakes.register import MemoryRegister
from tests.proof.conftest import Figure
from tests.proof.model.run import run
from tests.proof.model.wiring import wire

WITHIN = 1_000
"""Sequences within which a fault must be found."""

Patch = pytest.MonkeyPatch


class _SameAsAny(str):
    """A fingerprint that no other differs from."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False


def catalogue_not_compared(patch: Patch) -> None:
    known = granting._classified_request
    patch.setattr(granting, "_classified_request", lambda record: (known(record)[0], _SameAsAny("")))


def decision_not_compared(patch: Patch) -> None:
    def found(_record: Any, decision_id: str | None, vault: Any) -> Any:
        return None if decision_id is None else vault.decision(decision_id)

    patch.setattr(granting, "_matching_decision", found)
    catalogue_not_compared(patch)


def any_key_opens(patch: Patch) -> None:
    patch.setattr(Approval, "key", lambda self, _key: self.keys[-1] if self.keys else None)


def any_address_decides(patch: Patch) -> None:
    patch.setattr(Approval, "knows", lambda _self, _address: True)


def unreadable_is_clean(patch: Patch) -> None:
    strictest = grounds.strictest
    patch.setattr(grounds, "strictest", lambda v: Flag.NO if strictest(v) is Flag.UNREADABLE else strictest(v))


def an_end_is_overwritten(patch: Patch) -> None:
    closed = closing.closed
    patch.setattr(closing, "closed", lambda *arguments: replace(closed(*arguments), starts_from=tuple(Status)))


def silent_ends_stay_silent(patch: Patch) -> None:
    patch.setattr(MemoryRegister, "unfinished", lambda self: [r for r in self.records.values() if r.status.is_open])


FAULTS: list[Callable[[Patch], None]] = [
    catalogue_not_compared,
    decision_not_compared,
    any_key_opens,
    any_address_decides,
    unreadable_is_clean,
    an_end_is_overwritten,
    silent_ends_stay_silent,
]


def no_time_out(document: dict[str, Any]) -> None:
    document["States"]["RequestApproval"]["Catch"].pop(0)


def share_is_not_caught(document: dict[str, Any]) -> None:
    del document["States"]["Grant"]["Catch"]


CHANGES: list[Callable[[dict[str, Any]], None]] = [no_time_out, share_is_not_caught]


def finds(monkeypatch: Patch, document: dict[str, Any] | None = None) -> str:
    wire(monkeypatch)
    with pytest.raises(AssertionError) as found:
        run(seed=3, sequences=WITHIN, document=document, shrink=False)
    return str(found.value).splitlines()[0][:100]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_rules_is_found(fault: Callable[[Patch], None], monkeypatch: Patch, figure: Figure) -> None:
    fault(monkeypatch)
    figure(f"with {fault.__name__}", finds(monkeypatch))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_fault_of_the_definition_is_found(
    change: Callable[[dict[str, Any]], None], monkeypatch: Patch, figure: Figure
) -> None:
    figure(f"with {change.__name__}", finds(monkeypatch, definition.load(change)))


@pytest.mark.parametrize(
    "change",
    [
        lambda states: states["Grant"].update(HeartbeatSeconds=5),
        lambda states: states["Shared"].update(Type="Map"),
        lambda states: states["Close"].update(Resource="arn:aws:states:::sqs:sendMessage"),
        lambda states: states["Shared"]["Choices"][0].update(NumericEquals=1),
    ],
)
def test_what_the_walker_does_not_know_it_refuses(change: Callable[[Any], None]) -> None:
    with pytest.raises(definition.Unknown):
        definition.load(lambda document: change(document["States"]))
