"""How often somebody does something, counted in the vault: an item a person and span of time, which goes by itself."""

from datetime import datetime
from typing import Final

from handlers.aws.dynamodb.changes import Change
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.aws.dynamodb.vault_items import pace_key

_KEEP: Final = 3600
"""Seconds after which DynamoDB may delete an item; it does so within days, and nothing goes by it before."""


class DynamoPace:
    """`Pace` on DynamoDB: one conditional write a step."""

    def __init__(self, table: str) -> None:
        self._table = Table(table, "vault")

    def step(self, who: str, most: int, at: datetime, seconds: int = 60) -> bool:
        """Count one more step of `who` within this span of time, unless `most` have been counted."""
        window = int(at.timestamp()) // seconds
        change = Change(
            set={"ttl": (window + 1) * seconds + _KEEP},
            add={"steps": 1},
            condition="attribute_not_exists(#steps) OR #steps < :most",
            values={":most": most},
        )
        try:
            self._table.change(pace_key(who, window), change)
        except ConditionFailed:
            return False
        return True
