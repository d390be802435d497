"""What the register's conditions keep from happening on DynamoDB, where two writers meet or an item is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.store import Change, ConditionFailed, Table
from handlers.sharing.model.record import Granted, Status
from tests.fakes.table import TABLE, all_items, make_table
from tests.unit.test_register import ENDING, RECEIVED, STARTED


@pytest.fixture
def register() -> Iterator[DynamoRegister]:
    with mock_aws():
        make_table()
        yield DynamoRegister(TABLE)


def test_nothing_is_noted_about_a_request_that_is_not_there(register: DynamoRegister) -> None:
    for note in (
        lambda: register.granted("nobody", Granted(1, ("people",))),
        lambda: register.announced("nobody"),
        lambda: register.count_try("nobody", "a"),
        lambda: register.forgive_try("nobody", "a"),
    ):
        with pytest.raises(ConditionFailed):
            note()
    assert all_items() == []


def test_a_request_that_is_written_down_while_it_is_closed_unheard_keeps_what_it_says(
    register: DynamoRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Table.change

    def late(table: Table, key: str, wanted: Change) -> Any:
        try:
            return change(table, key, wanted)
        except ConditionFailed as failed:
            if failed.item is None:  # somebody else is quicker
                monkeypatch.setattr(Table, "change", change)
                register.receive(RECEIVED)
            raise

    monkeypatch.setattr(Table, "change", late)
    assert register.close("r1", "2026-11-24T08:00:00.000Z", ENDING) is None
    record = register.load("r1")
    assert (record.status, record.started_at) == (Status.RECEIVED, STARTED)


def test_only_what_came_since_is_counted(register: DynamoRegister) -> None:
    table = Table(TABLE)
    for hour in ("07", "08", "09"):
        table.put(f"r{hour}", {"requester_id": "alex", "received_at": f"2026-11-24T{hour}:00:00.000Z"})
    for since, most, found in (("08:00", 10, 2), ("09:30", 10, 0), ("00:00", 2, 2)):
        since_at = f"2026-11-24T{since}:00.000Z"
        assert table.count("by_requester", "requester_id", "alex", since=since_at, most=most) == found
