"""TakeUp: the kit's function in a consumer's account, which carries out one order of the central account."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from handlers.aws.consumer_account import OwnAccount
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.consumer.order import Rules, parse_order
from handlers.consumer.take_up import Done, Failure, State, carry_out
from handlers.sharing.model.errors import LakeshareError


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; the two lists as JSON."""

    account_id: str
    central_account_id: str
    allowed_databases: str
    allowed_roles: str
    link_database: str


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Carry out an order, as far as the account's own config lets it.

    Args:
        event: the order, see `handlers.consumer.order`.

    Returns:
        `{"state", "link", "failures": [{"role", "reason", "message"}], "tried_as": [roles]}`; one that must not be
        carried out, or in whose midst AWS did not answer (`TryAgain`), has the state `REFUSED`.
    """
    settings = environment(Environment)
    rules = Rules(
        settings.account_id,
        settings.central_account_id,
        tuple(json.loads(settings.allowed_databases)),
        tuple(json.loads(settings.allowed_roles)),
        settings.link_database,
    )
    share = "-"
    try:
        order = parse_order(event)
        share = order.share
        done = carry_out(order, rules, OwnAccount(rules.account, rules.central))
    except LakeshareError as refusal:
        done = Done(State.REFUSED, failures=(Failure("", refusal.reason, str(refusal)),))
    log("carried out", share, state=done.state.value, failures=[each.reason for each in done.failures])
    return asdict(done)
