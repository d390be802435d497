"""What somebody posts who settles a finding, and its check."""

from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.errors import InvalidInput, Refused
from handlers.sharing.model.finding import Action
from handlers.sharing.model.new_request import InvalidRequest, checked_reason, fault_of
from handlers.sharing.model.request import came, checked_text, is_object, kind_of, refuse_unknown

OF_SETTLEMENT: Final = ("action", "digest", "reason")
"""What is posted with the id of a finding."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A checked wish: to do this about a finding that looked like this. `reason`: what they say of it."""

    finding: str
    action: Action
    digest: str
    reason: str


def parse_settlement(finding: str, document: object) -> Settlement:
    """Check what is posted.

    Raises:
        InvalidRequest: it is not that.
    """
    try:
        if not is_object(document):
            raise InvalidInput(f"the input must be an object, got {kind_of(document)}.")
        refuse_unknown([name for name in document if name not in OF_SETTLEMENT], OF_SETTLEMENT, "a settlement")
        digest = checked_text(document.get("digest"), "digest")
        if not digest:
            raise InvalidInput("digest must be that of the finding as you saw it, got nothing.", "digest")
        reason = checked_reason(document)
        return Settlement(finding, _action(document.get("action")), digest, reason)
    except Refused as refused:
        raise InvalidRequest((fault_of(refused),), refused.reason) from refused


def _action(value: object) -> Action:
    words = [each.value for each in Action]
    if isinstance(value, str) and value in words:
        return Action(value)
    raise InvalidInput(f"action must be one of {', '.join(words)}, got {came(value)}.", "action")
