"""The proof of a password without sending it (SRP-6a, as Cognito has it), from the side that checks it.

moto takes any proof for a good one.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
_GENERATOR = 2


@dataclass(frozen=True)
class Exchange:
    """One attempt to prove a password.

    Args:
        pool_name: what stands after the underscore in the pool's id.
        username: of whom.
        password: what the pool knows.
        client_value: `SRP_A`, in hex.

    Raises:
        ValueError: that value is none that a client may send.
    """

    pool_name: str
    username: str
    password: str = field(repr=False)
    client_value: str
    salt: int = field(default_factory=lambda: secrets.randbits(128))
    secret_block: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(64)).decode())
    _own: int = field(default_factory=lambda: secrets.randbits(256), repr=False)

    def __post_init__(self) -> None:
        if int(self.client_value, 16) % _PRIME == 0:
            raise ValueError("expected SRP_A not to be 0")

    @property
    def server_value(self) -> str:
        """`SRP_B`, in hex."""
        return f"{self._public:x}"

    @property
    def salt_text(self) -> str:
        """`SALT`, in hex."""
        return f"{self.salt:x}"

    def proves(self, signature: str, timestamp: str) -> bool:
        """Whether a signature is what somebody who knows the password would send."""
        message = f"{self.pool_name}{self.username}".encode() + base64.b64decode(self.secret_block) + timestamp.encode()
        wanted = hmac.digest(self._key(), message, "sha256")
        try:
            return hmac.compare_digest(base64.b64decode(signature, validate=True), wanted)
        except (ValueError, binascii.Error):
            return False

    @property
    def _verifier(self) -> int:
        identity = hashlib.sha256(f"{self.pool_name}{self.username}:{self.password}".encode()).digest()
        return pow(_GENERATOR, _hash(_padded(self.salt) + identity), _PRIME)

    @property
    def _public(self) -> int:
        multiplier = _hash(_padded(_PRIME) + _padded(_GENERATOR))
        return (multiplier * self._verifier + pow(_GENERATOR, self._own, _PRIME)) % _PRIME

    def _key(self) -> bytes:
        theirs = int(self.client_value, 16)
        scramble = _hash(_padded(theirs) + _padded(self._public))
        shared = pow(theirs * pow(self._verifier, scramble, _PRIME), self._own, _PRIME)
        extracted = hmac.digest(_padded(scramble), _padded(shared), "sha256")
        return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]


def _padded(value: int) -> bytes:
    """The bytes of a number, with a zero before them where they would read as a negative one."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest(), "big")
