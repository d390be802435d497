"""Has the owner of the data asked: the request waits, its task token is put away, and a mail is owed.

Notify sends the mail: whoever waits with a task token does not enter a producer's account.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from handlers.sharing.model.applied import awaited
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import RegisterUnreadable, RequestClosed, TryAgain
from handlers.sharing.model.mail_steps import waiting
from handlers.sharing.model.record import OVERDUE
from handlers.sharing.ports import NotifyCaller
from handlers.sharing.stores import Register, Vault


def request_approval(
    request_id: str,
    token: str,
    *,
    register: Register,
    vault: Vault,
    notify: NotifyCaller,
    timeout: timedelta,
    now: datetime,
) -> None:
    """Let `request_id` wait for its owner's decision. Repeatable: all keys that were mailed lead to the newest token.

    Raises:
        RequestClosed: the request ended meanwhile.
        TryAgain: an outage.
    """
    record = register.load(request_id)
    if not record.status.is_open:
        raise RequestClosed(f"Request {request_id} ended as {record.status} meanwhile; nobody has to decide any more.")
    if record.classification is None:
        raise RegisterUnreadable(
            f"Request {request_id} is to be approved, but its register item has no classification."
        )
    expires_at = iso(now + timeout)
    vault.await_decision(request_id, token, expires_at)
    awaited(register.apply(request_id, waiting(expires_at, iso(now + OVERDUE))))
    # The mail is owed by now, and due soon, whether or not the call succeeds.
    with suppress(TryAgain):
        notify.notify(request_id)
