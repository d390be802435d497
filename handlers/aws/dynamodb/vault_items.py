"""The items of the vault, but decisions, which the register has too (`items`): keys, and what waits for approval."""

import hashlib

from handlers.aws.dynamodb.items import Item, read_item
from handlers.sharing.model.keys import Approval, SentKey


def approval_key(request_id: str) -> str:
    """Key of the item that guards the decision on a request. No execution name has a `#`."""
    return f"approval#{request_id}"


def decision_key(decision_id: str) -> str:
    """Key of the item with a decision's particulars."""
    return f"decision#{decision_id}"


def tries_of(key_hash: str) -> str:
    """The attribute that counts the addresses typed with one key: numbers in a list could not be counted at once."""
    return f"tries_key_{key_hash[:16]}"


def pace_key(who: str, window: int) -> str:
    """Key of the item that counts what somebody does within a span of time; nobody learns from it who it is."""
    return f"pace#{hashlib.sha256(f'{window} {who}'.encode()).hexdigest()}"


def read_approval(item: Item) -> Approval:
    """Read the item that guards a decision.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    request_id = str(item.get("pk", "")).partition("#")[2]
    return read_item(item, f"the approval of request {request_id}", lambda: _approval(item))


def _approval(item: Item) -> Approval:
    # Absent before the first key: nobody can decide yet.
    approvers = item.get("approvers", ())
    return Approval(
        token=item.get("token"),
        salt=item.get("salt", ""),
        approvers=None if approvers is None else tuple(approvers),
        expires_at=item["expires_at"],
        keys=tuple(
            SentKey(each["hash"], each["round"], each["fingerprint"], item.get(tries_of(each["hash"]), 0))
            for each in item.get("keys", ())
        ),
    )


def write_key(key: SentKey) -> dict[str, object]:
    """A key as the item that guards a decision keeps it; its tries stand beside it."""
    return {"hash": key.hash, "round": key.round, "fingerprint": key.fingerprint}
