"""What would become of a request: the workflow's own judgement, without a request."""

from dataclasses import dataclass
from enum import StrEnum

from handlers.sharing.intake import judge
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.ports import Catalogue, Lake


class Prospect(StrEnum):
    """What would become of a request."""

    SHARE = "share"
    ASK = "ask"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Preview:
    """The prospect of a request; `reason` if it would be refused, `classification` if it would not."""

    prospect: Prospect
    message: str
    reason: str | None = None
    classification: Classification | None = None


def preview(
    request: ShareRequest,
    *,
    central_account: str,
    catalogue: Catalogue,
    lake: Lake,
    parties: Parties,
    wildcard_on_approval: bool,
) -> Preview:
    """Say what would become of a request now.

    Raises:
        TryAgain, AccessRefused: the catalogue is out of reach.
    """
    try:
        classification = judge(
            request,
            central_account=central_account,
            catalogue=catalogue,
            lake=lake,
            parties=parties,
            wildcard_on_approval=wildcard_on_approval,
        )
    except Refused as refused:
        return Preview(Prospect.REFUSED, str(refused), reason=refused.reason)
    if classification.needs_approval:
        message = f"This goes to {classification.owner} for approval. {classification.summary}"
        return Preview(Prospect.ASK, message, classification=classification)
    return Preview(Prospect.SHARE, f"This is shared at once. {classification.summary}", classification=classification)
