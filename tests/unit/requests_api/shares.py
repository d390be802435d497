"""The shares API as people call it, and shares for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from handlers import shares_api
from handlers.aws.clients import client
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.sharing.model import share_steps as steps
from handlers.sharing.model.hold import holds_on
from handlers.sharing.model.record import Announcement, Requester
from handlers.sharing.model.share import EndReason, Share
from handlers.sharing.ports import Found
from tests.fakes.table import LEDGER, put_item
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.requests_api.world import Api
from tests.unit.test_ledger import SHARE

CONSUMER, OTHER = SHARE.consumer, "888888888888"
OWNER, OTHER_OWNER = "111111111111", "222222222222"


@dataclass
class Shares:
    """The shares API, as people call it; `approvers`: whose data somebody answers for, by their address."""

    api: Api
    approvers: dict[str, set[str]]
    silent: set[str] = field(default_factory=set[str])
    groups: set[str] = field(default_factory=set[str])

    def find(self, email: str, accounts: Any, *, fresh: bool) -> Found:
        del fresh
        asked = frozenset(accounts)
        return Found(asked & self.approvers.get(email, set()) - self.silent, asked & self.silent)

    def user(self, name: str, *groups: str, owns: tuple[str, ...] = ()) -> Caller:
        made = self.api.user(name, groups=f"[{' '.join(groups)}]")
        for group in groups:
            if group not in self.groups:
                client("cognito-idp").create_group(UserPoolId=self.api.pool, GroupName=group)
                self.groups.add(group)
            client("cognito-idp").admin_add_user_to_group(UserPoolId=self.api.pool, Username=name, GroupName=group)
        self.approvers[f"{name}@consumer.example"] = set(owns)
        return made

    def __call__(self, route: str, caller: Caller, body: object = None, **query: str) -> Answered:
        share = query.pop("id", None)
        return call(
            shares_api.handler, route, caller, body=body, query=query, **({} if share is None else {"id": share})
        )


def at(hour: int) -> str:
    return f"2026-11-24T{hour:02}:00:00.000Z"


def grant(name: str, hour: int, *, by: Caller | None = None, done: bool = True, **more: Any) -> Share:
    """A share, with the request that it came of."""
    requester = None if by is None else Requester(by.sub, f"{by.username}@consumer.example")
    share = replace(SHARE, **{"id": f"{name}:1", "since": at(hour), "requester": requester, **more})
    put_item(
        {
            "pk": name,
            "version": 1,
            "status": "SHARED",
            "received_at": at(hour),
            "round": 1,
            "target": {"account_id": share.consumer},
            "consumer_account": share.consumer,
        }
    )
    ledger = DynamoLedger(LEDGER)
    holds = holds_on(share.source, share.consumer, share.owner)
    assert ledger.apply_unless_held(share, steps.granting(share, at(hour), None), holds, at(hour))
    if done:
        ledger.apply(share.consumer, share.id, steps.active(share, at(hour)))
    return share


def end(share: Share, hour: int) -> None:
    ledger = DynamoLedger(LEDGER)
    ledger.apply(share.consumer, share.id, steps.ending(EndReason.EXPIRED, at(hour)))
    ledger.apply(share.consumer, share.id, steps.revoked(at(hour), "All of it.", Announcement("ShareEnded")))
