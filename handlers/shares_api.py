"""The shares API: shows people the shares, holds and changes that they may see, and ends shares for owners.

Where accounts have a kit, it shows besides what becomes of shares there, and has them delivered again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.api.answers import Answer
from handlers.api.calls import Call
from handlers.api.deliveries import delivery_fields
from handlers.api.routes import answer_call
from handlers.api.share_lists import changes_cursor, read_changes_query, read_owner, read_shares_query, shares_cursor
from handlers.api.share_shapes import change, listed_share, one_share, outcome, put_hold
from handlers.aws.dynamodb.deliveries import DynamoDeliveries
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.share_lists import DynamoShareLists
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.people import standings
from handlers.aws.stepfunctions import RevokeRuns
from handlers.sharing import end_shares
from handlers.sharing.approvers import Standings
from handlers.sharing.deliver_again import deliver_again
from handlers.sharing.end_shares import Ender, Outcome
from handlers.sharing.list_shares import list_changes, list_holds, list_shares, see_effective, see_share
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.listed_shares import ListedShare
from handlers.sharing.model.new_end import parse_hold, parse_revoke
from handlers.sharing.model.new_request import parse_nothing
from handlers.sharing.model.person import Person
from handlers.sharing.model.share import Share


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function, beside those of `handlers.aws.people`."""

    register_table: str
    ledger_table: str
    revoke_state_machine_arn: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API."""
    routes = {
        "GET /shares": _list,
        "GET /shares/{id}": _show,
        "POST /shares/{id}/revoke": _revoke,
        "POST /shares/{id}/deliver": _deliver,
        "GET /holds": _holds,
        "POST /holds": _hold,
        "POST /holds/lift": _lift,
        "GET /changes": _changes,
    }
    return answer_call(
        event,
        routes,
        standing=lambda person: _known().looking(person),
        settings=lambda: environment(Environment),
        log=log,
    )


def _list(call: Call, person: Person, settings: Environment) -> Answer:
    wanted = read_shares_query(call.query, person, now())
    found, place = list_shares(wanted, person, standings=_known(), lists=DynamoShareLists(settings.ledger_table))
    links = _links(found, settings)
    shown = [{**listed_share(each), **links.get(each.id, {})} for each in found]
    return Answer(200, {"shares": shown, "next": shares_cursor(wanted, place)})


def _show(call: Call, person: Person, settings: Environment) -> Answer:
    return _shown(200, call, person, settings)


def _shown(status: int, call: Call, person: Person, settings: Environment) -> Answer:
    ledger = DynamoLedger(settings.ledger_table)
    register = DynamoRegister(settings.register_table)
    share = see_share(call.parameters["id"], person, standings=_known(), register=register, ledger=ledger)
    read = see_effective(share, person, standings=_known(), ledger=ledger)
    names = ledger.names(share)
    return Answer(status, {**one_share(share, names, read), **_delivery(share, names, settings)})


def _holds(call: Call, person: Person, settings: Environment) -> Answer:
    lists = DynamoShareLists(settings.ledger_table)
    found = list_holds(read_owner(call.query), person, standings=_known(), lists=lists)
    return Answer(200, {"holds": [put_hold(each) for each in found]})


def _changes(call: Call, person: Person, settings: Environment) -> Answer:
    since, only, limit, after = read_changes_query(call.query, now())
    found, place, unreadable = list_changes(
        since, only, limit, after, person, standings=_known(), lists=DynamoShareLists(settings.ledger_table)
    )
    return Answer(
        200,
        {
            "changes": [change(each) for each in found],
            "since": since,
            "unreadable": unreadable,
            "next": changes_cursor(call.query, since, only, place),
        },
    )


def _revoke(call: Call, person: Person, settings: Environment) -> Answer:
    wish = parse_revoke(call.document(), call.parameters["id"])
    return _done(end_shares.revoke_share(wish, person, by=_ender(settings), at=now()), settings, call)


def _deliver(call: Call, person: Person, settings: Environment) -> Answer:
    parse_nothing(call.document())
    after = deliver_again(
        call.parameters["id"],
        person,
        register=DynamoRegister(settings.register_table),
        ledger=DynamoLedger(settings.ledger_table),
        deliveries=DynamoDeliveries(settings.ledger_table),
        kits=load_parties().kits,
        standings=_known(),
        at=now(),
    )
    log("share to be delivered again", after.share.rpartition(":")[0], share=after.share)
    # Deliver runs each minute.
    return _shown(202, call, person, settings)


def _hold(call: Call, person: Person, settings: Environment) -> Answer:
    wish = parse_hold(call.document(), lift=False)
    return _done(end_shares.put_hold(wish, person, by=_ender(settings), at=now()), settings, call)


def _lift(call: Call, person: Person, settings: Environment) -> Answer:
    wish = parse_hold(call.document(), lift=True)
    return _done(end_shares.lift_hold(wish, person, by=_ender(settings), at=now()), settings, call)


def _done(of: Outcome, settings: Environment, call: Call) -> Answer:
    if not of.dry_run:
        log("shares ended or held", of.share.request_id if of.share else "-", route=call.route, run=of.run)
    names = DynamoLedger(settings.ledger_table).names(of.share) if of.share else ()
    # What goes on in an execution is not done yet.
    return Answer(202 if of.run else 200, outcome(of, names))


def _links(shares: Sequence[ListedShare], settings: Environment) -> dict[str, dict[str, Any]]:
    """The link of each share, by its id; nothing where no account has a kit."""
    kits = load_parties().kits
    if not kits:
        return {}
    with_kit = [(each.consumer, each.id) for each in shares if each.consumer in kits]
    links = DynamoDeliveries(settings.ledger_table).links(with_kit)
    return {each.id: {"link": links.get(each.id)} for each in shares}


def _delivery(share: Share, names: Sequence[str], settings: Environment) -> dict[str, Any]:
    """What becomes of a share in its account; nothing where no account has a kit."""
    kits = load_parties().kits
    if not kits:
        return {}
    try:
        delivery = DynamoDeliveries(settings.ledger_table).find(share.consumer, share.id)
    except RegisterUnreadable as error:
        delivery = error
    fields = None if delivery is None else delivery_fields(delivery, share, names)
    return {"kit": share.consumer in kits, "delivery": fields}


def _known() -> Standings:
    """Finds out what people are in this stack."""
    return standings(load_parties())


def _ender(settings: Environment) -> Ender:
    return Ender(
        DynamoRegister(settings.register_table),
        DynamoLedger(settings.ledger_table),
        RevokeRuns(settings.revoke_state_machine_arn),
        _known(),
    )
