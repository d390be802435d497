"""The model of the workflow can fail: each of these faults, put into the product, breaks a promise that it watches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing import close as closing
from handlers.sharing import decide as deciding
from handlers.sharing import grant as granting
from handlers.sharing import tally
from handlers.sharing.model import grounds, selection
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Ground
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.record import Status
from handlers.sharing.model.sensitivity import Flag
from tests.asl import definition
from tests.fakes.memory import FlagMemory
from tests.fakes.register import MemoryRegister
from tests.proof.conftest import Figure
from tests.proof.model.run import run
from tests.proof.model.wiring import wire
from tests.proof.model.wishes import OF_PARTS, OF_WHOLES, Flavour
from tests.proof.parts.faults import FAULTS_OF_PARTS
from tests.proof.sample import sample

pytestmark = pytest.mark.timeout(900)
"""A rare fault is looked for in many sequences; beside other load that takes minutes."""

WITHIN = 3_000
"""Sequences within which a fault must be found."""
SEEDS = (3, 4, 5)
"""What is rare may be missed from one beginning: that of an execution that is closed just while Grant writes, say."""

Patch = pytest.MonkeyPatch


class _SameAsAny(str):
    """A fingerprint that no other one differs from; every other text does."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and len(other) == len(self)

    def __ne__(self, other: object) -> bool:
        return not self == other


def catalogue_not_compared(patch: Patch) -> None:
    known = granting._classified_request

    def as_any(record: Any) -> Any:
        request, classification = known(record)
        return request, replace(classification, fingerprint=_SameAsAny("f" * 64))

    patch.setattr(granting, "_classified_request", as_any)


def nothing_is_remembered(patch: Patch) -> None:
    patch.setattr(FlagMemory, "remember", lambda *_: None)


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


def a_database_binds_no_table(patch: Patch) -> None:
    def of_itself(table: Table, within: Database) -> Iterator[Ground]:
        return grounds.own_grounds(table, within)

    for reader in (tally, selection):
        patch.setattr(reader, "grounds_of_table", of_itself)


def any_word_lifts(patch: Patch) -> None:
    patch.setattr(grounds, "plainly_no", lambda _values: True)


def lists_are_whole_schemas(patch: Patch) -> None:
    patch.setattr(grounds, "_schema_grounds", lambda _table, _named: ())


def an_end_is_overwritten(patch: Patch) -> None:
    closed = closing.closed
    patch.setattr(closing, "closed", lambda *arguments: replace(closed(*arguments), starts_from=tuple(Status)))


def silent_ends_stay_silent(patch: Patch) -> None:
    patch.setattr(MemoryRegister, "unfinished", lambda self: [r for r in self.records.values() if r.status.is_open])


def mails_are_never_due(patch: Patch) -> None:
    patch.setattr(MemoryRegister, "mails_due", lambda _self, _at: [])


def dead_keys_decide(patch: Patch) -> None:
    patch.setattr(SentKey, "is_dead", False)
    patch.setattr(deciding, "WRONG_TRIES_A_KEY", 1_000)


def what_failed_stays_granted(patch: Patch) -> None:
    patch.setattr(closing, "end_all", lambda *_: None)


def what_changed_stays_granted(patch: Patch) -> None:
    patch.setattr(granting, "end", lambda *_: None)


def whoever_is_closed_meanwhile_goes_on(patch: Patch) -> None:
    patch.setattr(granting, "_check_open", lambda *_: None)


FAULTS: list[Callable[[Patch], None]] = [
    catalogue_not_compared,
    nothing_is_remembered,
    decision_not_compared,
    any_key_opens,
    any_address_decides,
    unreadable_is_clean,
    a_database_binds_no_table,
    any_word_lifts,
    lists_are_whole_schemas,
    an_end_is_overwritten,
    silent_ends_stay_silent,
    mails_are_never_due,
    dead_keys_decide,
    what_failed_stays_granted,
    what_changed_stays_granted,
    whoever_is_closed_meanwhile_goes_on,
]


SEEN_IN_PARTS = (*FAULTS_OF_PARTS, nothing_is_remembered)
"""What is found where parts are asked for."""


def no_time_out(document: dict[str, Any]) -> None:
    document["States"]["RequestApproval"]["Catch"].pop(0)


def share_is_not_caught(document: dict[str, Any]) -> None:
    del document["States"]["Grant"]["Catch"]


CHANGES: list[Callable[[dict[str, Any]], None]] = [no_time_out, share_is_not_caught]


def finds(monkeypatch: Patch, document: dict[str, Any] | None = None, *, of: Sequence[Flavour] = OF_WHOLES) -> str:
    wire(monkeypatch)
    for seed in SEEDS:
        try:
            run(seed=seed, sequences=WITHIN, document=document, asked_for=of, shrink=False)
        except AssertionError as found:
            return str(found).splitlines()[0][:100]
    pytest.fail("No promise was seen to be broken.")


SOME = sample(
    [*FAULTS, *FAULTS_OF_PARTS],
    name=lambda fault: fault.__name__,
    kind=lambda fault: "of parts" if fault in FAULTS_OF_PARTS else "of the rules",
)


@pytest.mark.parametrize("fault", SOME, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_rules_is_found(fault: Callable[[Patch], None], monkeypatch: Patch, figure: Figure) -> None:
    fault(monkeypatch)
    figure(f"with {fault.__name__}", finds(monkeypatch, of=OF_PARTS if fault in SEEN_IN_PARTS else OF_WHOLES))


@pytest.mark.parametrize(
    "change",
    sample(CHANGES, name=lambda change: change.__name__, kind=lambda _: "of the definition"),
    ids=lambda change: change.__name__,
)
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
