"""Links that nobody mailed, made of one that somebody did: each of them is another link, however little differs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Of keys, in the order of its values."""


@dataclass(frozen=True)
class Query:
    """The query of a link, its values percent-encoded as they go out."""

    action: str
    request: str
    key: str

    def __str__(self) -> str:
        return f"action={self.action}&request={self.request}&key={self.key}"


def bit_flips(text: str) -> Iterator[str]:
    """A text with one of its bits changed, each in turn."""
    for position, character in enumerate(text):
        for bit in range(8):
            yield f"{text[:position]}%{ord(character) ^ 1 << bit:02X}{text[position + 1 :]}"


def key_spellings(key: str) -> Mapping[str, str]:
    """What somebody, or a library that decodes leniently, might take for the same key."""
    secret = base64.urlsafe_b64decode(f"{key}=")
    same_bytes = [f"{key[:-1]}{ALPHABET[ALPHABET.index(key[-1]) ^ unused]}" for unused in (1, 2, 3)]
    assert all(base64.urlsafe_b64decode(f"{each}=") == secret for each in same_bytes)
    return {
        **{f"unused bits of its end, {number}": each for number, each in enumerate(same_bytes)},
        "padded": f"{key}=",
        "padded, escaped": f"{key}%3D",
        "padded twice": f"{key}==",
        "the other alphabet": quote(base64.b64encode(secret), safe=""),
        "in hexadecimal": secret.hex(),
        "its hash, as the register has it": hashlib.sha256(key.encode()).hexdigest(),
        **_spellings(key),
    }


def request_spellings(request: str, arn: str) -> Mapping[str, str]:
    """The same for a request's id."""
    return {
        "without hyphens": request.replace("-", ""),
        "in braces": quote(f"{{{request}}}"),
        "as a URN": f"urn:uuid:{request}",
        "as an ARN": quote(arn),
        "the item that guards it": f"approval%23{request}",
        "a path": f"{request}/",
        "a path, back": f"x/../{request}",
        **_spellings(request),
    }


def twice_said(link: Query) -> Mapping[str, Query]:
    """Links that say one more thing in the way of mail programs, which write `&` as `&amp;`."""
    return {
        f"{name}, {prefix!r} before the second": replace(link, key=f"{link.key}&{prefix}{name}={value}")
        for name, value in (("key", "A" * 43), ("key", ""), ("request", "r"), ("request", ""))
        for prefix in ("amp;", "amp;amp;", "AMP;", "amp%3B")
    }


def _spellings(text: str) -> Mapping[str, str]:
    full_width = quote(chr(ord(text[0]) + 0xFEE0))
    found = {
        "a space after it": f"{text}%20",
        "a plus after it": f"{text}+",
        "a space before it": f"%20{text}",
        "a line break": f"{text}%0D%0A",
        "a tab": f"%09{text}",
        "a null": f"{text}%00",
        "a zero-width space": f"{text}%E2%80%8B",
        "a byte order mark": f"%EF%BB%BF{text}",
        "full width": f"{full_width}{text[1:]}",
        "overlong UTF-8": f"%C1%{0x80 | ord(text[0]) & 0x3F:02X}{text[1:]}",
        "escaped twice": f"%25{ord(text[0]):02X}{text[1:]}",
        "upper case": text.upper(),
        "the other case": text.swapcase(),
        "cut at its end": text[:-1],
        "cut at its beginning": text[1:],
        "longer": f"{text}A",
        "far longer": text + "A" * 4000,
        "twice": text + text,
        "a wildcard": "*",
        "a pattern": f"{text[:-1]}%25",
        "quoted": f"%22{text}%22",
        "a list": f"{text},{text}",
        "an injected condition": quote(f"{text}' OR '1'='1"),
    }
    return {name: value for name, value in found.items() if value != text}
