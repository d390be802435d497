"""What the printed policy of a deployer is worth: with a statement less, a stack is not deployed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pulumi import automation as auto

from localmesh.provider import Endpoint

from .conftest import StackMaker, producer_config
from .deployers import hold, printed
from .leftovers import left_in

ACCOUNT = "530000000001"


def test_each_statement_of_a_producers_policy(
    deployed_as_printed: StackMaker, endpoint_in: Callable[[str], Endpoint]
) -> None:
    stack = deployed_as_printed("allowed", "producer", ACCOUNT, **producer_config())
    (policy,) = printed("producer", ACCOUNT, producer_config())
    for missing in policy["Statement"]:
        rest = [one for one in policy["Statement"] if one is not missing]
        hold(endpoint_in(ACCOUNT), ACCOUNT, [{**policy, "Statement": rest}])
        with pytest.raises(auto.CommandError, match="is not authorized to perform") as refused:
            stack.up()
        assert any(f"perform: {action}" in str(refused.value) for action in missing["Action"])
        hold(endpoint_in(ACCOUNT), ACCOUNT, [policy])
        stack.destroy()
        assert left_in(endpoint_in(ACCOUNT)) == []
