"""What owners and operators post to end shares, and to put and lift holds; checked as the state machine's input is."""

from typing import Final

from handlers.sharing.model.checks import checked_object, kind_of
from handlers.sharing.model.errors import InvalidInput, Refused
from handlers.sharing.model.new_request import InvalidRequest, fault_of
from handlers.sharing.model.revocation import Revocation, parse_revocation

OF_REVOKE: Final = ("reason", "dry_run", "hold")
"""What is posted to revoke a share."""
OF_HOLD: Final = ("consumer", "owner", "source", "reason", "dry_run")
"""What is posted to put a hold."""
OF_LIFT: Final = ("consumer", "owner", "source", "reason")
"""What is posted to lift one."""


def parse_revoke(document: object, share_id: str) -> Revocation:
    """Check what is posted to revoke a share, `{"reason", "dry_run", "hold"}`. `hold`: hold its data, too.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        given = checked_object(document, OF_REVOKE, "what revokes a share")
        hold = given.get("hold")
        if hold is not None and not isinstance(hold, bool):
            raise InvalidInput(f"hold must be true or false, got {kind_of(hold)}.", "hold")
        # The state machine's own input has no hold on a share: it is put on the share's data.
        rest = {name: value for name, value in given.items() if name != "hold"}
        wish = parse_revocation({**rest, "share": share_id})
        return Revocation(wish.reason, share=share_id, dry_run=wish.dry_run, hold=hold or None)
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def parse_hold(document: object, *, lift: bool) -> Revocation:
    """Check what is posted to put a hold, `{"consumer" | "owner" | "source", "reason", "dry_run"}`, or to lift one.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        given = checked_object(document, OF_LIFT if lift else OF_HOLD, "a hold")
        return parse_revocation({**given, "hold": not lift})
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused
