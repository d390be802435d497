"""Checks of tags, and of LF-Tags, as `checks`."""

from __future__ import annotations

import re

from settings.checks import Unexpected

_TAG_TEXT = re.compile(r"[\w .:/=+@-]*")
_LF_TAG_TEXT = re.compile(r"[\w .:/=+@%-]+")


def tag_key(value: object) -> str:
    """A tag's key: AWS keeps `aws:` for itself."""
    if (
        isinstance(value, str)
        and 1 <= len(value) <= 128
        and _TAG_TEXT.fullmatch(value)
        and not value.lower().startswith("aws:")
    ):
        return value
    raise Unexpected("a tag's key: 1 to 128 letters, digits, spaces or characters of _.:/=+-@, not beginning with aws:")


def lf_tag_key(value: object) -> str:
    """The key of an LF-Tag, as Lake Formation keeps it: in lower case."""
    if _is_lf_tag_text(value, 128):
        return str(value)
    raise Unexpected("the key of an LF-Tag, in lower case: 1 to 128 letters, digits, spaces or characters of _.:/=+-@%")


def lf_tag_value(value: object) -> str:
    """A value of an LF-Tag, as Lake Formation keeps it: in lower case."""
    if _is_lf_tag_text(value, 256):
        return str(value)
    raise Unexpected("a value of an LF-Tag, in lower case: 1 to 256 letters, digits, spaces or characters of _.:/=+-@%")


def _is_lf_tag_text(value: object, most: int) -> bool:
    return (
        isinstance(value, str)
        and 1 <= len(value) <= most
        and value == value.strip().lower()
        and bool(_LF_TAG_TEXT.fullmatch(value))
    )


def tag_value(value: object) -> str:
    """A tag's value."""
    if isinstance(value, str) and len(value) <= 256 and _TAG_TEXT.fullmatch(value):
        return value
    raise Unexpected("a tag's value in quotes: at most 256 letters, digits, spaces or characters of _.:/=+-@")
