"""The vault: the same rules on DynamoDB and in memory, where other tests use them."""

from dataclasses import replace

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.keys import SentKey
from tests.fakes.steps import Steps
from tests.fakes.table import TABLE, all_items, make_tables
from tests.unit.register_items import APPROVAL, DECISION

KEY = SentKey("k" * 64, 1, "f" * 64)


def test_approvals(steps: Steps) -> None:
    vault = steps.vault
    vault.forget_token("r1")
    assert vault.approval("r1") is None
    vault.await_decision("r1", "a-task-token", APPROVAL.expires_at)
    assert vault.approval("r1") == replace(APPROVAL, salt="", approvers=())
    steps.guard("r1", APPROVAL, KEY)
    assert vault.approval("r1") == replace(APPROVAL, keys=(KEY,))
    second, later = SentKey("l" * 64, 2, "g" * 64), replace(APPROVAL, token="token-2", salt="pepper", approvers=None)
    steps.guard("r1", later, second)
    assert vault.approval("r1") == replace(later, keys=(KEY, second))
    vault.forget_token("r1")
    assert vault.approval("r1") == replace(later, token=None, keys=(KEY, second))


def test_links_that_are_closed_and_opened_by_the_next_key(steps: Steps) -> None:
    vault = steps.vault
    with pytest.raises(RegisterUnreadable, match=r"^The item of the approval of request r1 has version None"):
        vault.close_links("r1")
    steps.guard("r1", replace(APPROVAL, approvers=None), KEY)
    vault.close_links("r1")
    assert vault.approval("r1") == replace(APPROVAL, approvers=(), keys=(KEY,))
    steps.guard("r1", APPROVAL, KEY)
    assert vault.approval("r1") == replace(APPROVAL, keys=(KEY, KEY))


def test_tries(steps: Steps) -> None:
    vault = steps.vault
    steps.guard("r1", APPROVAL, KEY)
    assert [vault.count_try("r1", KEY, "a") for _ in range(3)] == [(1, 1), (2, 2), (3, 3)]
    assert vault.count_try("r1", KEY, "b") == (1, 4)
    vault.forgive_try("r1", KEY, "a")
    assert vault.count_try("r1", KEY, "a") == (3, 4)
    # Another mail forgives nobody, and its key has tries of its own.
    other = SentKey("l" * 64, 1, "f" * 64)
    steps.guard("r1", APPROVAL, other)
    assert vault.count_try("r1", KEY, "c") == (1, 5)
    assert vault.count_try("r1", other, "a") == (4, 1)
    assert vault.approval("r1") == replace(APPROVAL, keys=(replace(KEY, tries=5), replace(other, tries=1)))


def test_decisions(steps: Steps) -> None:
    unverified = replace(DECISION, id="d2", decided_by="unverified", comment="", action="deny")
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
                note("nobody", KEY, "a")
        assert all_items() == []
        assert Table(TABLE).absent(["nobody"]) == ["nobody"]


def test_a_key_is_kept_only_where_somebody_waits(steps: Steps) -> None:
    with pytest.raises(RegisterUnreadable, match=r"^The item of the approval of request r1 has version None"):
        steps.vault.add_key("r1", "salt", (), KEY)
    assert steps.vault.approval("r1") is None
