"""What guards the decision on a request: the keys that were mailed, the approvers, the task token."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.errors import NoOtherApprover, RequesterIsApprover

_CAPITALS = re.compile("[A-Z]+")
_PLUS = re.compile(r"\+[^@]*(?=@)")
WRONG_TRIES_A_KEY: Final = 100
"""So many wrong addresses typed with one key, and it is dead. A try counts until its address has proved right."""


@dataclass(frozen=True, slots=True)
class SentKey:
    """A key that may have been mailed: its hash, and the round and fingerprint that the mail was about.

    `tries`: addresses typed with it that have not proved right.
    """

    hash: str
    round: int
    fingerprint: str
    tries: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether so many wrong addresses were typed with it that it decides nothing any more."""
        return self.tries >= WRONG_TRIES_A_KEY


@dataclass(frozen=True, slots=True)
class Approval:
    """What guards the decision on a request; an item of its own, which no index sees.

    `token`: the task token that the workflow waits with, `None` once the request closed. `approvers`: salted hashes
    of the addresses that may decide by a link, as of the newest mail; `None`: the producer's role may not list them;
    none at all: no link decides, and only who is signed in does.
    """

    token: str | None
    salt: str
    approvers: tuple[str, ...] | None
    expires_at: str
    keys: tuple[SentKey, ...] = ()

    @property
    def dead_keys(self) -> int:
        """How many of its keys decide nothing any more."""
        return sum(key.is_dead for key in self.keys)

    def key(self, key: str) -> SentKey | None:
        """The sent key that `key` is, compared in constant time; `None` if it is none."""
        hashed = hash_key(key)
        found = None
        for sent in self.keys:
            if hmac.compare_digest(sent.hash, hashed):
                found = sent
        return found

    def knows(self, address: str) -> bool:
        """Whether `address` is one of the approvers'."""
        hashed = hash_address(address, self.salt)
        # All are compared, so that the time taken tells nothing.
        return any([hmac.compare_digest(known, hashed) for known in self.approvers or ()])  # noqa: C419


def hash_key(key: str) -> str:
    """Hash of a link's key. A key has 256 random bits, so it needs neither salt nor a slow hash."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def hash_address(address: str, salt: str) -> str:
    """Salted hash of a mail address, the same however the address is capitalised."""
    return hmac.new(salt.encode(), normal_address(address).encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def normal_address(address: str) -> str:
    """A mail address as it is compared to find out who somebody is: without spaces around it, in lower case.

    Of the letters A to Z only: `ß` and `ss` are one to `casefold`, and lead to two domains.
    """
    return _CAPITALS.sub(lambda letters: letters[0].lower(), address.strip())


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses may well lead to one mailbox: the same but for capitals and what follows a plus sign."""
    return _PLUS.sub("", one.strip().casefold()) == _PLUS.sub("", other.strip().casefold())


def may_use_links(requester: str | None, approvers: Sequence[str] | None, *, portal: bool, group: bool) -> bool:
    """Whether links may decide: not where whoever asks gets the mail, for they could type a colleague's address.

    Args:
        requester: the address that the sign-in verified; `None` if nobody's identity was.
        approvers: the addresses that the mail goes to; `None` where they cannot be listed, and nothing be checked.
        portal: people can decide who are signed in, and can be told from each other.
        group: so can members of a group, whatever addresses they have.

    Raises:
        NoOtherApprover: nobody but the requester would decide.
        RequesterIsApprover: they are one of several, and nobody can decide otherwise than by a link.
    """
    if requester is None or not approvers:
        return True
    others = sum(not same_mailbox(requester, each) for each in approvers)
    if others == len(approvers):
        return True
    if not others and not (portal and group):
        raise NoOtherApprover(
            "The address of whoever asks is the only one that the owner's approval topic has, and nobody decides on "
            "their own request. The producer can subscribe another approver; then somebody who is no approver can ask."
        )
    if not portal:
        raise RequesterIsApprover(
            "The address of whoever asks is among the approvers of the data's owner, and nobody decides on their own "
            "request. Let somebody ask who is no approver of this owner."
        )
    return False
