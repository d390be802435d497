"""What would become of a request: the workflow's own judgement, without a request."""

from dataclasses import dataclass
from enum import StrEnum

from handlers.sharing.classify import judge
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.ports import Catalogue, Lake


class Prospect(StrEnum):
    """What would become of a request; the words are those of Classify's outcome."""

    GRANT = "grant"
    NEEDS_APPROVAL = "needs_approval"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Preview:
    """The prospect of a request; `reason` if it would be refused, `classification` if it would not."""

    prospect: Prospect
    message: str
    reason: str | None = None
    classification: Classification | None = None


def preview(request: ShareRequest, *, rules: Rules, catalogue: Catalogue, lake: Lake) -> Preview:
    """Say what would become of a request now.

    Raises:
        TryAgain, AccessRefused: the catalogue is out of reach.
    """
    try:
        classification = judge(request, rules=rules, catalogue=catalogue, lake=lake)
    except Refused as refused:
        return Preview(Prospect.REFUSED, str(refused), reason=refused.reason)
    if classification.needs_approval:
        message = f"This goes to {classification.owner} for approval. {classification.summary}"
        return Preview(Prospect.NEEDS_APPROVAL, message, classification=classification)
    return Preview(Prospect.GRANT, f"This is shared at once. {classification.summary}", classification=classification)
