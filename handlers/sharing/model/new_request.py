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


def foreign_next() -> InvalidRequest:
    """The refusal of a `next` that no page of this list gave."""
    return InvalidRequest((FieldFault("next", "next must be what the page before it gave, of the same list."),))


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
    request, reason = None, InvalidInput.__name__
    try:
        request = parse_request(document)
        check_consumer(request.consumer, central_account, consumers)
    except Refused as refused:
        reason = refused.reason
        faults.append(FieldFault(refused.field, str(refused)))
    if not isinstance(document, dict):
        raise InvalidRequest(tuple(faults))
    fields = cast("Mapping[str, object]", document)
    token, typed = fields.get("client_token"), fields.get("purpose")
    if not isinstance(token, str) or not _CLIENT_TOKEN.fullmatch(token):
        came = shown(token) if isinstance(token, str) else kind_of(token)
        faults.append(
            FieldFault(
                "client_token",
                f"client_token must be 8 to 64 letters, digits or characters of _-, the same for a retry, got {came}.",
            )
        )
    purpose = _purpose(typed) if isinstance(typed, str) else None
    wrong = _wrong_purpose(typed, purpose)
    if wrong is not None:
        faults.append(FieldFault("purpose", wrong))
    if request is None or faults:
        raise InvalidRequest(tuple(faults), reason)
    return NewRequest(str(token), request, purpose or None)


def parse_question(document: object) -> ShareRequest:
    """Check what a preview is asked about: `{"source", "target"}`.

    Raises:
        InvalidRequest: it is not that. What *can* be asked, and would be refused, is the preview's own answer.
    """
    try:
        return parse_request(document)
    except Refused as refused:
        raise InvalidRequest((FieldFault(refused.field, str(refused)),), refused.reason) from refused


def _purpose(typed: str) -> str:
    """The purpose as it is kept."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def _wrong_purpose(typed: object, purpose: str | None) -> str | None:
    """What is wrong with what came as a purpose, `None` for nothing."""
    if purpose is None:
        return None if typed is None else f"purpose must be a string, got {kind_of(typed)}."
    if len(purpose) > LONGEST_PURPOSE:
        return f"purpose must have at most {LONGEST_PURPOSE} characters, got {len(purpose)}."
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in _LINES for character in purpose):
        return "purpose must be text without control characters."
    return None
