"""Deliver: has shares taken up in accounts that have a kit, looks whether they still are, and has them withdrawn."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from handlers.aws.dynamodb.deliveries import DynamoDeliveries
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.kits import ConsumerKits
from handlers.aws.log import log, measure
from handlers.sharing.deliver import Deliverer, deliver_due, look_again
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import DeliveryIncomplete


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `consumer_kits` are accounts, as JSON."""

    ledger_table: str
    central_account_id: str
    partition: str
    region: str
    consumer_kits: str


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """See to all deliveries that are due, by the clock; or make due what a share delivered that has ended.

    Args:
        event: Lakeshare's `ShareEnded`, or the schedule's.
        context: Lambda's; tells how much time is left.

    Returns:
        `{"seen": how many deliveries}`.

    Raises:
        DeliveryIncomplete: some could not be seen to; the log names each.
    """
    settings = environment(Environment)
    kits = ConsumerKits(
        settings.partition, settings.region, settings.central_account_id, json.loads(settings.consumer_kits)
    )
    deliveries = DynamoDeliveries(settings.ledger_table)
    if (ended := event.get("detail", {})).get("share_id"):
        look_again(ended["target"]["account_id"], ended["share_id"], deliveries=deliveries, at=now())
        # The next one by the clock sees to it: an index shows it a moment later.
        return {"seen": 0}
    ledger = DynamoLedger(settings.ledger_table)
    # Lambda calls again under the same id what it ended, whose order a kit may still be at.
    by = Deliverer(deliveries, ledger, kits, EventBridge(), uuid4().hex)
    seen = deliver_due(by=by, at=now(), seconds_left=lambda: context.get_remaining_time_in_millis() / 1000)
    measure(DeliveriesDue=seen.deliveries)
    for share, error in seen.left:
        log("delivery not seen to", share, error=error.reason, cause=str(error))
    if seen.left:
        raise DeliveryIncomplete(f"{len(seen.left)} delivery(ies) could not be seen to; the log names each.")
    return {"seen": seen.deliveries}
