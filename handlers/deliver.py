"""Deliver: has shares taken up in accounts that have a kit, looks whether they still are, and has them withdrawn."""

import json
from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.deliveries import DynamoDeliveries
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.kits import ConsumerKits
from handlers.aws.log import log, measure
from handlers.sharing.deliver import Deliverer, deliver_due
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


def handler(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """See to all deliveries that are due, whatever it was called for: an event of a share, or the schedule.

    Args:
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
    by = Deliverer(DynamoDeliveries(settings.ledger_table), DynamoLedger(settings.ledger_table), kits, EventBridge())
    seen = deliver_due(by=by, at=now(), seconds_left=lambda: context.get_remaining_time_in_millis() / 1000)
    measure(DeliveriesDue=seen.deliveries)
    for share, error in seen.left:
        log("delivery not seen to", share, error=error.reason, cause=str(error))
    if seen.left:
        raise DeliveryIncomplete(f"{len(seen.left)} delivery(ies) could not be seen to; the log names each.")
    return {"seen": seen.deliveries}
