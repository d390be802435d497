"""Claims on DynamoDB, in the register's table: items that no index sees."""

import contextlib

from handlers.aws.dynamodb.changes import Change
from handlers.aws.dynamodb.items import claim_key, read_claim
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.claim import Claim
from handlers.sharing.model.record import VERSION


class DynamoClaims:
    """`Claims` on DynamoDB: each step one conditional write."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def take(self, key: str, mine: Claim, over: Claim | None) -> Claim:
        """Take a claim that nobody holds, that `mine` holds, or that `over` holds still; says who holds it now."""
        condition, values = "attribute_not_exists(#holder) OR #holder = :mine", {":mine": mine.holder}
        if over is not None:
            condition += " OR (#holder = :over AND #at = :over_at)"
            values |= {":over": over.holder, ":over_at": over.at}
        fields = {"version": VERSION, "holder": mine.holder, "at": mine.at}
        try:
            return read_claim(
                self._table.change(claim_key(key), Change(set=fields, condition=condition, values=values))
            )
        except ConditionFailed as failed:
            return read_claim(failed.item or {})

    def give_back(self, key: str, holder: str) -> None:
        """Give a claim back that this request holds."""
        change = Change(remove=("holder", "at"), condition="#holder = :mine", values={":mine": holder})
        with contextlib.suppress(ConditionFailed):
            self._table.change(claim_key(key), change)
