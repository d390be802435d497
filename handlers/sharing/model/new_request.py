"""What somebody posts to the requests API, and its check: the workflow's own, with the same words, for every field."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from handlers.sharing.model.errors import Declined, InvalidInput, Refused
from handlers.sharing.model.request import ShareRequest, check_consumer, kind_of, parse_request, shown

LONGEST_PURPOSE = 1000
_CLIENT_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FIELDS = ("source.database", "source.table", "source", "target.account_id", "target")
_LINES = "\n\t"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of what was sent; `field` is empty where it is all of it."""

    field: str
    message: str


class InvalidRequest(Declined):
    """What was sent is not what the API takes; every fault by the name of its field."""

    def __init__(self, faults: tuple[FieldFault, ...], reason: str = InvalidInput.__name__) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = faults
        self._reason = reason

    @property
    def reason(self) -> str:
        """The reason that the workflow would give."""
        return self._reason


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A checked request. `purpose` is what its maker typed for the owner of the data, `None` for nothing."""

    client_token: str
    request: ShareRequest
    purpose: str | None


def parse_new(document: object, central_account: str, consumers: frozenset[str] | None) -> NewRequest:
    """Check a posted request: `{"client_token", "source", "target", "purpose"}`.

    Whatever else it holds is ignored: who asks is what the sign-in says.

    Raises:
        InvalidRequest: one or more of the fields are wrong, or the workflow would refuse the target.
    """
    faults: list[FieldFault] = []
    reason = InvalidInput.__name__
    try:
        request = parse_request(document)
        check_consumer(request.consumer, central_account, consumers)
    except Refused as refused:
        request, reason = None, refused.reason
        faults.append(FieldFault(field_of(refused), str(refused)))
    if not isinstance(document, dict):
        raise InvalidRequest(tuple(faults))
    fields = cast("Mapping[str, object]", document)
    try:
        token = _token(fields.get("client_token"))
    except ValueError as error:
        token = ""
        faults.append(FieldFault("client_token", str(error)))
    try:
        typed = _purpose(fields.get("purpose"))
    except ValueError as error:
        typed = None
        faults.append(FieldFault("purpose", str(error)))
    if request is None or faults:
        raise InvalidRequest(tuple(faults), reason)
    return NewRequest(token, request, typed)


def parse_question(document: object) -> ShareRequest:
    """Check what a preview is asked about: `{"source", "target"}`.

    Raises:
        InvalidRequest: it is not that. What *can* be asked, and would be refused, is the preview's own answer.
    """
    try:
        return parse_request(document)
    except Refused as refused:
        raise InvalidRequest((FieldFault(field_of(refused), str(refused)),), refused.reason) from refused


def field_of(refused: Refused) -> str:
    """The field that a refusal of bad input speaks of: its message begins with it, or is about the target."""
    message = str(refused)
    if message.startswith("the input "):
        return ""
    return next((field for field in _FIELDS if message.startswith(f"{field} ")), "target.account_id")


def _token(value: object) -> str:
    if isinstance(value, str) and _CLIENT_TOKEN.fullmatch(value):
        return value
    came = f", got {shown(value) if isinstance(value, str) else kind_of(value)}"
    raise ValueError(f"client_token must be 8 to 64 letters, digits or characters of _-, the same for a retry{came}.")


def _purpose(value: object) -> str | None:
    """The purpose as it is kept."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"purpose must be a string, got {kind_of(value)}.")  # noqa: TRY004 - one kind for one fault
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST_PURPOSE:
        raise ValueError(f"purpose must have at most {LONGEST_PURPOSE} characters, got {len(text)}.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in _LINES for character in text):
        raise ValueError("purpose must be text without control characters.")
    return text or None
