"""The vault: the same rules on DynamoDB and in memory, where other tests use them."""

from dataclasses import replace

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.keys import SentKey
from tests.fakes.steps import Steps
from tests.fakes.table import TABLE, all_items, make_tables
from tests.unit.register_items import APPROVAL, DECISION

KEY = SentKey("k" * 64, 1, "f" * 64)


def test_approvals(steps: Steps) -> None:
    vault = steps.vault
    vault.forget_token("r1")
    assert vault.approval("r1") is None
    vault.prepare_approval("r1", APPROVAL, KEY)
    assert vault.approval("r1") == replace(APPROVAL, keys=(KEY,))
    second, later = SentKey("l" * 64, 2, "g" * 64), replace(APPROVAL, token="token-2", salt="pepper", approvers=None)
    vault.prepare_approval("r1", later, second)
    assert vault.approval("r1") == replace(later, keys=(KEY, second))
    vault.forget_token("r1")
    assert vault.approval("r1") == replace(later, token=None, keys=(KEY, second))


def test_tries(steps: Steps) -> None:
    vault = steps.vault
    vault.prepare_approval("r1", APPROVAL, KEY)
    assert [vault.count_try("r1", "a") for _ in range(3)] == [(1, 1), (2, 2), (3, 3)]
    assert vault.count_try("r1", "b") == (1, 4)
    vault.forgive_try("r1", "a")
    assert vault.count_try("r1", "a") == (3, 4)
    # A retried attempt of the mail forgives nobody.
    vault.prepare_approval("r1", APPROVAL, KEY)
    assert vault.count_try("r1", "c") == (1, 5)


def test_decisions(steps: Steps) -> None:
    unverified = replace(DECISION, id="d2", approver_verified=False, comment="", action="deny")
    for decision in (DECISION, unverified, DECISION):
        steps.vault.save_decision(decision)
    assert steps.vault.decision(DECISION.id) == DECISION
    assert steps.vault.decision("d2") == unverified
    assert steps.register.find("d2") is None


def test_no_try_is_noted_where_nobody_was_mailed() -> None:
    with mock_aws():
        make_tables()
        vault = Steps.on_dynamodb().vault
        for note in (vault.count_try, vault.forgive_try):
            with pytest.raises(ConditionFailed):
                note("nobody", "a")
        assert all_items() == []
        assert Table(TABLE).absent(["nobody"]) == ["nobody"]
