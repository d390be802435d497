"""DynamoDB's time to live: items go some while after their time has passed.

AWS deletes them "within a few days" and shows them until then, so a program must be right with both. moto keeps them.
Here they go when the clock is moved past two days after their time, and are shown until then. A mesh whose clock
nobody moves keeps them. See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

import time
from typing import Any

from localmesh.aws import moto

_SHOWN_SECONDS = 2 * 86400
_TOO_OLD_SECONDS = 5 * 365 * 86400
"""AWS takes such a time for a mistake, and deletes nothing."""


def delete_expired() -> int:
    """Deletes what has been expired for long enough; nobody else may use the tables meanwhile.

    Returns:
        How many items went.
    """
    now, gone = time.time(), 0
    backends: Any = moto.module("moto.backends").get_backend("dynamodb")
    for account in list(backends):
        for region in list(backends[account]):
            for table in list(backends[account][region].tables.values()):
                if table.ttl["TimeToLiveStatus"] != "ENABLED":
                    continue
                for item in table.all_items():
                    ends = _seconds(item.attrs.get(table.ttl["AttributeName"]))
                    if ends is not None and _SHOWN_SECONDS <= now - ends < _TOO_OLD_SECONDS:
                        table.delete_item(item.hash_key, item.range_key)
                        gone += 1
    return gone


def _seconds(value: Any) -> float | None:
    return float(value.value) if value is not None and value.type == "N" else None
