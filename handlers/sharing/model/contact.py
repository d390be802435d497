"""How the people behind data are reached: an address or a page that the catalogue's `data_owner_contact` names."""

import re
from typing import Final
from urllib.parse import urlsplit

from handlers.sharing.model.checks import shown

LONGEST_CONTACT: Final = 300

# Plain addresses only: what a mail program would read as more than one recipient, or as a header, is none of them.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_URL: Final = re.compile(r"https://[!-~]+")


def read_contact(given: str | None) -> tuple[str | None, str | None]:
    """A contact that people can be led to, a mail address or the address of a page; or why there is none."""
    text = (given or "").strip()
    if not text:
        return None, None
    if len(text) <= LONGEST_CONTACT and (_ADDRESS.fullmatch(text) or _is_page(text)):
        return text, None
    return None, (
        "data_owner_contact must be a mail address or an address that begins with https://, of at most "
        f"{LONGEST_CONTACT} characters, got {shown(text)}."
    )


def _is_page(text: str) -> bool:
    if not _URL.fullmatch(text) or set(text) & set('<>"\\^`{|}'):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    # A name before the host makes an address look like that of another page.
    return bool(parts.hostname) and "@" not in parts.netloc
