"""How often somebody does something: the same rules on DynamoDB and in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.pace import DynamoPace
from handlers.sharing.stores import Pace
from tests.fakes.pace import MemoryPace
from tests.fakes.table import VAULT, all_items, make_tables

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["dynamodb", "memory"])
def pace(request: pytest.FixtureRequest) -> Iterator[Pace]:
    if request.param == "memory":
        yield MemoryPace()
        return
    with mock_aws():
        make_tables()
        yield DynamoPace(VAULT)


def test_so_many_steps_a_minute_and_no_more(pace: Pace) -> None:
    at = [NOON + timedelta(seconds=second) for second in (0, 20, 40, 59)]
    assert [pace.step("preview alex", 3, each) for each in at] == [True, True, True, False]
    assert pace.step("preview ben", 3, at[0])
    assert pace.step("other alex", 3, at[0])
    assert [pace.step("preview alex", 3, NOON + timedelta(seconds=60)) for _ in range(4)] == [True, True, True, False]


def test_other_spans_of_time(pace: Pace) -> None:
    at = [NOON + timedelta(milliseconds=number) for number in (0, 400, 999, 1000)]
    assert [pace.step("mails", 2, each, seconds=1) for each in at] == [True, True, False, True]


def test_what_is_kept_says_of_nobody_who_it_is_and_goes() -> None:
    with mock_aws():
        make_tables()
        pace = DynamoPace(VAULT)
        for _ in range(3):
            pace.step("preview alex", 2, NOON)
        (item,) = all_items()
        assert item["pk"].startswith("pace#")
        assert (item.keys(), item["steps"]) == ({"pk", "steps", "ttl"}, 2)
        assert "alex" not in str(item)
        assert item["ttl"] == NOON.timestamp() + 60 + 3600
