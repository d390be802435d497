"""The steps of a request that waits for its owner: mails become due, go out, are put off, and their keys die."""

from handlers.sharing.model.announcement import approval_requested, new_key_needed
from handlers.sharing.model.record import HistoryEntry, Status
from handlers.sharing.model.transition import Transition, known


def waiting(expires_at: str, due: str) -> Transition:
    """The request waits for its owner, who is owed a mail by `due`."""
    return Transition(
        starts_from=(Status.RECEIVED, Status.WAITING),
        sets={"status": Status.WAITING, "expires_at": expires_at, "mail_due_at": due},
    )


def mail_put_off(due: str | None, until: str) -> Transition:
    """Others come first: the mail that was due is sent later."""
    return Transition(starts_from=(Status.WAITING,), matches={"mail_due_at": due}, sets={"mail_due_at": until})


def mailed(due: str, approvers: int | None, expires_at: str, at: str) -> Transition:
    """The mail that was due is out; `approvers` of `None`: their number is not known."""
    whom = "to the topic's subscribers" if approvers is None else f"to {approvers} approver(s)"
    return Transition(
        starts_from=(Status.WAITING,),
        # What became due meanwhile, in another round say, is owed still.
        matches={"mail_due_at": due},
        removes=("mail_due_at",),
        entry=HistoryEntry(at, "ApprovalRequested", detail=f"A mail went {whom}."),
        announces=approval_requested(approvers, expires_at),
    )


def mail_wanted(at: str) -> Transition:
    """An operator wants another mail, with a new key."""
    return Transition(starts_from=(Status.WAITING,), sets={"mail_due_at": at}, entry=HistoryEntry(at, "NewKeyWanted"))


def key_died(before: int, dead: int, due: str | None, at: str) -> Transition:
    """Of the keys that were mailed `dead` are dead now, after `before`; `due` of `None`: no new one is mailed."""
    return Transition(
        starts_from=(Status.WAITING,),
        matches={"dead_keys": before or None},
        sets=known({"dead_keys": dead, "mail_due_at": due}),
        entry=HistoryEntry(at, "KeyDied"),
        announces=None if due else new_key_needed(dead),
    )
