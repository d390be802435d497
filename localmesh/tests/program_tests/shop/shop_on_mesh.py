"""The shop on the mesh: its warehouse has an account of its own, and is there first."""

import argparse
from collections.abc import Sequence

from localmesh.setup import SetUp, StackPlan, WarmUp

SHOP, WAREHOUSE = "111100001111", "222200002222"


class Shop(SetUp):
    """Two stacks in two accounts."""

    title = "Shop"
    accounts = {SHOP: "shop", WAREHOUSE: "warehouse"}  # noqa: RUF012 - read only

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Adds ``--keeper``."""
        parser.add_argument("--keeper", default="keeper@example.org", help="who is told of orders")

    def warm_up(self, given: argparse.Namespace) -> WarmUp:
        """What takes longest."""
        return WarmUp(resources=("apigatewayv2", "dynamodb", "iam", "lambda_", "s3", "sns"))

    def stacks(self, given: argparse.Namespace) -> Sequence[StackPlan]:
        """The warehouse, then the shop."""
        region = {"aws:region": "us-east-1"}
        return (
            StackPlan("warehouse", WAREHOUSE, {**region, "part": "warehouse", "shop": SHOP, "keeper": given.keeper}),
            StackPlan("shop", SHOP, region),
        )
