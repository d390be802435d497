"""What guards the decision on a request: the keys that were mailed, the approvers, the task token."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentKey:
    """A key that may have been mailed: its hash, and the round and fingerprint that the mail was about."""

    hash: str
    round: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What guards the decision on a request; an item of its own, which no index sees.

    `token`: the task token that the workflow waits with, `None` once the request closed. `approvers`: salted hashes
    of the addresses that may decide; `None`: the producer's role may not list them.
    """

    token: str | None
    salt: str
    approvers: tuple[str, ...] | None
    expires_at: str
    keys: tuple[SentKey, ...] = ()

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
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def hash_address(address: str, salt: str) -> str:
    """Salted hash of a mail address, the same however the address is capitalised."""
    return hmac.new(salt.encode(), normal_address(address).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def normal_address(address: str) -> str:
    """A mail address as it is compared: without spaces around it, in lower case."""
    return address.strip().casefold()
