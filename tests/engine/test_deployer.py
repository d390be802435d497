"""What the printed policy of a deployer is worth: with a statement less, a stack is not deployed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi import automation as auto

from localmesh.provider import Endpoint

from .conftest import StackMaker, consumer_config, producer_config
from .deployers import hold, printed
from .leftovers import left_in


@pytest.mark.parametrize(
    ("kind", "account", "config"),
    [("producer", "530000000001", producer_config()), ("consumer", "530000000002", consumer_config())],
)
def test_each_statement_of_a_policy(
    deployed_as_printed: StackMaker,
    endpoint_in: Callable[[str], Endpoint],
    kind: str,
    account: str,
    config: dict[str, Any],
) -> None:
    stack = deployed_as_printed(f"allowed-{kind}", kind, account, **config)
    (policy,) = printed(kind, account, config)
    for missing in policy["Statement"]:
        rest = [one for one in policy["Statement"] if one is not missing]
        hold(endpoint_in(account), account, [{**policy, "Statement": rest}])
        with pytest.raises(auto.CommandError, match="is not authorized to perform") as refused:
            stack.up()
        assert any(f"perform: {action}" in str(refused.value) for action in missing["Action"])
        hold(endpoint_in(account), account, [policy])
        stack.destroy()
        # A group that was made, and could not be read, is in nobody's state.
        logs = endpoint_in(account).client("logs", "us-east-1")
        for group in logs.describe_log_groups()["logGroups"]:
            assert missing["Action"] == ["logs:DescribeLogGroups"]
            logs.delete_log_group(logGroupName=group["logGroupName"])
        assert left_in(endpoint_in(account)) == []
