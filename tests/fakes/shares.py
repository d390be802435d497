"""Shares as they stand in a ledger in memory, and what they were granted."""

from collections.abc import Sequence
from typing import Any

from handlers.sharing.model.classification import Scope
from handlers.sharing.model.grants import Resource, covered
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import WHOLE_DATABASE, Source
from handlers.sharing.model.share import Share, ShareStatus
from tests.fakes.grants import grant_of
from tests.fakes.world import CONSUMER, OWNER, World

SINCE = "2026-11-24T09:00:00.000Z"


def put_share(world: World, share_id: str, table: str, names: Sequence[str] = (), **more: Any) -> Share:
    """A share of `sales`: of a table, of all tables (`*`), or of those named; written down and granted."""
    scope = Scope.TABLE if table != WHOLE_DATABASE else Scope.TABLES_BY_NAME if names else Scope.WILDCARD
    fields = {
        "consumer": CONSUMER,
        "status": ShareStatus.ACTIVE,
        "owner": Owner(OWNER),
        "fingerprint": "f" * 64,
        "since": SINCE,
        "tables": len(names) or 1,
        "parts": 1 if names else 0,
        "live": True,
        **more,
    }
    share = Share(share_id, source=Source("sales", table), scope=scope, **fields)
    world.ledger.shares[share_id] = share
    world.ledger.covered[share_id] = tuple(names)
    world.lake.grants |= {grant_of(each, share.consumer) for each in resources(world, share)}
    record = RequestRecord(share.request_id, Status.SHARED, SINCE, consumer=share.consumer, round=1)
    world.register.records.setdefault(share.request_id, record)
    return share


def resources(world: World, share: Share) -> frozenset[Resource]:
    """What a share covers."""
    return covered(share.source, share.scope, world.ledger.covered.get(share.id, ()))
