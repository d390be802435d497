"""All cases of bad input, in one table."""

from __future__ import annotations

from tests.proof.bad_input import (
    catalogue,
    config,
    config_keys,
    decision,
    ending,
    execution,
    reading,
    requests,
    signed_in,
)
from tests.proof.bad_input.case import Case, Door

CASES: tuple[Case, ...] = (
    *decision.CASES,
    *requests.CASES,
    *reading.CASES,
    *execution.CASES,
    *ending.CASES,
    *signed_in.CASES,
    *catalogue.CASES,
    *config.CASES,
    *config_keys.CASES,
)


def through(*doors: Door) -> list[Case]:
    """The cases that go in at these doors."""
    return [case for case in CASES if case.door in doors]
