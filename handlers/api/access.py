"""What people want to do who call a route: the API's side of the table of who may do what."""

from collections.abc import Mapping
from typing import Final

from handlers.sharing.model.access import NOTHING, Deed, Standing

DEEDS: Final[Mapping[str, Deed]] = {
    "GET /me": Deed.BROWSE,
    # One's own; lists of everybody's are looked at by those who watch. What waits is for whoever answers for the data.
    "GET /requests": Deed.BROWSE,
    "POST /requests": Deed.ASK,
    "POST /requests/preview": Deed.ASK,
    "GET /requests/{id}": Deed.SEE_REQUEST,
    "GET /decisions": Deed.BROWSE,
    "GET /requests/{id}/decision": Deed.DECIDE,
    "POST /requests/{id}/decision": Deed.DECIDE,
    "POST /shares/{id}/give-back": Deed.GIVE_BACK,
    # One's own; those of an account or an owner, for who may see each of them; everybody's for those who watch.
    "GET /shares": Deed.BROWSE,
    "GET /shares/{id}": Deed.SEE_SHARE,
    "POST /shares/{id}/revoke": Deed.REVOKE,
    # Only where accounts have a kit.
    "POST /shares/{id}/deliver": Deed.DELIVER,
    # Those on an owner's data; all of them for those who watch.
    "GET /holds": Deed.BROWSE,
    "POST /holds": Deed.HOLD,
    "POST /holds/lift": Deed.HOLD,
    "GET /changes": Deed.AUDIT,
    # All of it for those who watch, and for owners what their data are about.
    "GET /findings": Deed.BROWSE,
    "POST /findings/{id}/settle": Deed.SETTLE_DRIFT,
    # Of an owner's data; of everybody's for operators.
    "POST /findings/adopt": Deed.SETTLE_DRIFT,
    "GET /executions": Deed.SEE_EXECUTIONS,
    "GET /executions/{name}": Deed.SEE_EXECUTIONS,
    "GET /catalogue/databases": Deed.BROWSE,
    "GET /catalogue/database": Deed.BROWSE,
    "GET /catalogue/tables": Deed.BROWSE,
    "GET /catalogue/table": Deed.BROWSE,
    "GET /search": Deed.BROWSE,
}
"""Every route of the portal's API, with the least that its caller must be allowed."""

AT_THE_DOOR: Final = frozenset({Deed.BROWSE, Deed.AUDIT, Deed.SEE_EXECUTIONS})
"""Deeds that are about no single thing. All others are checked where the thing is known, once it has been read."""


def admit(route: str, standing: Standing) -> None:
    """Check at the door what can be checked there.

    Raises:
        NotAllowed: they may not; the message says who may.
        KeyError: the table does not know the route, which then does nothing.
    """
    deed = DEEDS[route]
    if deed in AT_THE_DOOR:
        standing.check(deed, NOTHING)
