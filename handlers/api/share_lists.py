"""Which list of shares, holds or changes a call asks for, and where in it: the query, checked, and the cursor."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from handlers.api.cursors import decoded, encoded
from handlers.api.lists import read_limit
from handlers.sharing.list_shares import ChangePlace, Only, SharesWanted
from handlers.sharing.model.checks import checked_name, shown
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.listed_shares import ShareList, SharePlace
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, fault_of, foreign_next
from handlers.sharing.model.person import Person
from handlers.sharing.model.request import is_account_id, is_share_id

VIEWS: Final = ("mine", "account", "owner", "all")
STATES: Final = ("live", "ended")
USUAL_DAYS: Final = 7
MOST_DAYS: Final = 90
_TIME: Final = re.compile(r"[0-9TZ:.+-]{1,40}")
_NEEDS: Final = {"account": "account_id", "owner": "owner"}


def read_shares_query(query: Mapping[str, str], person: Person, at: datetime) -> SharesWanted:
    """Check the query of `GET /shares`; `at`: what has ended is listed of the days before.

    Raises:
        InvalidRequest: a parameter is not what the API takes, or the cursor is not of this list.
    """
    view = query.get("view", "mine")
    if view not in VIEWS:
        raise _fault("view", f"view must be one of {', '.join(VIEWS)}, got {shown(view)}.")
    needed = _NEEDS.get(view)
    if needed and needed not in query:
        raise _fault(needed, f"{needed} must be given with view {view}.")
    only = _only(query)
    if only.live is False and view == "all":
        raise _fault("state", "state must be live here: ended shares are in the views mine, account and owner.")
    shares = _shares(view, only, person, at)
    has_both = shares.kind in {"requester", "consumer"}
    live = (True if view == "all" else only.live) if has_both else None
    # What the list is of need not be looked at again.
    only = Only(
        None if shares.kind == "database" else only.database,
        None if shares.kind == "consumer" else only.consumer,
        None if shares.kind in {"owner", "ended"} else only.owner,
        live,
    )
    after = _place(query["next"], _name(shares, only)) if "next" in query else None
    return SharesWanted(shares, only, read_limit(query), after, everybodys=view == "all")


def shares_cursor(wanted: SharesWanted, place: SharePlace | None) -> str | None:
    """The cursor of a place in a list; it holds nothing but the place."""
    if place is None:
        return None
    return encoded(_name(wanted.shares, wanted.only), place.since, place.consumer, place.share_id)


def read_changes_query(query: Mapping[str, str], at: datetime) -> tuple[str, Only, int, ChangePlace | None]:
    """Check the query of `GET /changes`: since when, of which shares, how many, and where to go on.

    Raises:
        InvalidRequest: as above.
    """
    days = query.get("days", str(USUAL_DAYS))
    if not re.fullmatch("[1-9][0-9]?", days) or int(days) > MOST_DAYS:
        raise _fault("days", f"days must be a whole number from 1 to {MOST_DAYS}, got {shown(days)}.")
    only = _only(query)
    since = iso(at - timedelta(days=int(days)))
    if "next" not in query:
        return since, only, read_limit(query), None
    match decoded(_changes_name(days, only), query["next"]):
        # Later pages are of the same days as the first.
        case [str(begun), str(when), str(of), int(number)] if _TIME.fullmatch(begun) and _TIME.fullmatch(when):
            return begun, only, read_limit(query), ChangePlace(when, of, number)
        case _:
            raise foreign_next()


def changes_cursor(query: Mapping[str, str], since: str, only: Only, place: ChangePlace | None) -> str | None:
    """The cursor of a place among changes."""
    if place is None:
        return None
    name = _changes_name(query.get("days", str(USUAL_DAYS)), only)
    return encoded(name, since, place.at, place.of, place.number)


def read_owner(query: Mapping[str, str]) -> str | None:
    """The owner whose holds are asked for; `None`: all of them. Raises `InvalidRequest`."""
    return _account(query, "owner")


def _only(query: Mapping[str, str]) -> Only:
    state = query.get("state")
    if state not in {None, *STATES}:
        raise _fault("state", f"state must be one of {', '.join(STATES)}, got {shown(state or '')}.")
    database = None
    if "database" in query:
        try:
            database = checked_name(query["database"], "database")
        except Refused as refused:
            raise InvalidRequest((fault_of(refused),), refused.reason) from refused
    live = None if state is None else state == "live"
    return Only(database, _account(query, "account_id"), _account(query, "owner"), live)


def _shares(view: str, only: Only, person: Person, at: datetime) -> ShareList:
    match view:
        case "mine":
            return ShareList("requester", person.id)
        case "account":
            return ShareList("consumer", str(only.consumer))
        case "owner" if only.live is False:
            return ShareList("ended", str(only.owner), iso(at - timedelta(days=MOST_DAYS)))
        case "owner":
            return ShareList("owner", str(only.owner))
        case _ if only.database:
            return ShareList("database", only.database)
        case _ if only.consumer:
            return ShareList("consumer", only.consumer)
        case _ if only.owner:
            return ShareList("owner", only.owner)
        case _:
            return ShareList("all")


def _account(query: Mapping[str, str], name: str) -> str | None:
    account = query.get(name)
    if account is not None and not is_account_id(account):
        raise _fault(name, f"{name} must be 12 digits, got {shown(account)}.")
    return account


def _place(text: str, name: str) -> SharePlace:
    match decoded(name, text):
        case [str(since), str(consumer), str(share_id)] if (
            _TIME.fullmatch(since) and is_account_id(consumer) and is_share_id(share_id)
        ):
            return SharePlace(since, consumer, share_id)
        case _:
            raise foreign_next()


def _name(shares: ShareList, only: Only) -> str:
    return f"shares {shares.kind} {shares.value} {only}"


def _changes_name(days: str, only: Only) -> str:
    return f"changes {days} {only}"


def _fault(field: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldFault(field, message),))
