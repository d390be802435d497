"""What somebody posts to the requests API, and its check: the workflow's own, with the same words, for every field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handlers.sharing.model.checks import came, checked_object, checked_text, is_object, refuse_unknown
from handlers.sharing.model.errors import Declined, InvalidInput, Refused
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.request import (
    FURTHER,
    ShareRequest,
    check_consumer,
    check_roles,
    parse_purpose,
    parse_renews,
    parse_request,
)
from handlers.sharing.model.term import NO_END, Term, parse_term

OF_END: Final = ("reason",)
"""What is posted with the end of a share."""
OF_NEW: Final = ("client_token", *FURTHER)
"""What a posted request has beside source and target."""
_CLIENT_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


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
    """A checked request. `purpose` is what its maker typed for the owner of the data, `renews` a share's id, if any."""

    client_token: str
    request: ShareRequest
    purpose: str | None
    term: Term
    renews: str | None = None


def parse_new(document: object, central_account: str, parties: Parties, at: datetime) -> NewRequest:
    """Check a posted request: `{"client_token", "source", "target", "purpose", "until", "days", "renews"}`.

    It has no other field. Who asks is what the sign-in says.

    Raises:
        InvalidRequest: one or more of the fields are wrong, or the workflow would refuse the target or the end.
    """
    faults: list[FieldFault] = []
    request, purpose, term, renews, reasons = None, None, NO_END, None, list[str]()
    try:
        request = parse_request(document, OF_NEW, ())
        check_consumer(request.consumer, central_account, parties.consumers)
        check_roles(request, parties.kits)
    except Refused as refused:
        reasons.append(refused.reason)
        faults.append(fault_of(refused))
    if not is_object(document):
        raise InvalidRequest(tuple(faults))
    token = document.get("client_token")
    if not isinstance(token, str) or not _CLIENT_TOKEN.fullmatch(token):
        faults.append(
            FieldFault(
                "client_token",
                "client_token must be 8 to 64 letters, digits or characters of _-, the same for a retry, got "
                f"{came(token)}.",
            )
        )
    try:
        purpose = parse_purpose(document)
    except InvalidInput as invalid:
        faults.append(fault_of(invalid))
    try:
        renews = parse_renews(document)
    except InvalidInput as invalid:
        faults.append(fault_of(invalid))
    try:
        term = parse_term(document)
        # The owner is not known yet; what no owner's data can be asked for, nobody has to wait to hear.
        parties.lengths.term_of(term, at)
    except Refused as refused:
        reasons.append(refused.reason)
        faults.append(fault_of(refused))
    if request is None or faults:
        raise InvalidRequest(tuple(faults), *reasons[:1])
    return NewRequest(str(token), request, purpose, term, renews)


def parse_question(document: object) -> tuple[ShareRequest, Term, str | None]:
    """Check what a preview is asked about: a posted request, of which source, target, end and what it renews count.

    Raises:
        InvalidRequest: it is not that. What *can* be asked, and would be refused, is the preview's own answer.
    """
    try:
        return parse_request(document, OF_NEW, ()), parse_term(document), parse_renews(document)
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def parse_reason(document: object) -> str:
    """Check what somebody posts who ends a share, `{"reason"}`: why they do, in their words.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        return checked_reason(checked_object(document, OF_END, "what ends a share"))
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def parse_nothing(document: object) -> None:
    """Check what somebody posts who has nothing more to say: `{}`.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        checked_object(document, (), "this call")
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def checked_reason(document: Mapping[str, object]) -> str:
    """The reason that somebody gives for what they do.

    Raises:
        InvalidInput: it is no text, or says nothing.
    """
    reason = checked_text(document.get("reason"), "reason")
    if not reason:
        raise InvalidInput("reason must say why, got nothing.", "reason")
    return reason


def check_query(query: Iterable[str], known: tuple[str, ...]) -> None:
    """Check that a call of the API has only parameters that it takes.

    Raises:
        InvalidRequest: it has another one.
    """
    try:
        refuse_unknown([name for name in query if name not in known], known, "the query of this call")
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def fault_of(refused: Refused) -> FieldFault:
    """What a refusal is about, and its words."""
    return FieldFault(refused.field, str(refused))
