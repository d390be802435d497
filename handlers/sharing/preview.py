"""What would become of a request: the workflow's own judgement, without a request."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from handlers.sharing.already_shared import already_shared, told_before
from handlers.sharing.classify import judge
from handlers.sharing.filters import beside_others
from handlers.sharing.lake import Lake
from handlers.sharing.model.access import Standing
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.errors import Refused, TooManyPreviews
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import Term
from handlers.sharing.own import check_renews
from handlers.sharing.ports import Catalogue
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Pace

PREVIEWS_A_MINUTE = 30
"""Of one person: each reads the catalogue, up to all tables of a database, as the workflow does."""


class Prospect(StrEnum):
    """What would become of a request; the words are those of Classify's outcome."""

    GRANT = "grant"
    NEEDS_APPROVAL = "needs_approval"
    SHARED = "shared"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Preview:
    """The prospect of a request; `reason` if it would be refused, what follows if it would not.

    `term`: when it would end. `latest_day`: until when one may ask for it; `None`: without an end. `already`: the share
    of an earlier request, by which the account has all of it; `own`: whoever asks made that request.
    """

    prospect: Prospect
    message: str
    reason: str | None = None
    classification: Classification | None = None
    term: Term | None = None
    latest_day: date | None = None
    already: Share | None = None
    own: bool = False


def preview(
    request: ShareRequest,
    asked: Term,
    renews: str | None,
    standing: Standing,
    *,
    rules: Rules,
    catalogue: Catalogue,
    ledger: Ledger,
    lake: Lake,
    pace: Pace,
    at: datetime,
) -> Preview:
    """Say what would become of a request now.

    That the account has it already is said only to whoever asked for that share, and to people bound to the account:
    from a preview, which leaves no trace, nobody else learns what others asked for.

    Args:
        request: what is asked about.
        asked: what it says of its end.
        renews: the share that it renews, if any.
        standing: what they are who ask.
        rules: who may own data and be granted access.
        catalogue, ledger, lake, pace: ports.
        at: the present.

    Raises:
        AccountNotYours: they are bound to other accounts.
        UnknownShare: it renews a share of this account that is not theirs to renew, or there is none of that id.
        TooManyPreviews: the person has asked as often as one may within a minute.
        TryAgain, AccessRefused: the catalogue is out of reach.
    """
    standing.check_asks_for(request.consumer)
    if not pace.step(f"preview {standing.person_id}", PREVIEWS_A_MINUTE, at):
        raise TooManyPreviews(
            f"You have looked {PREVIEWS_A_MINUTE} times within a minute at what would become of a request, and no more "
            "is shown. Go on in a minute; a request can be sent without it."
        )
    if renews is not None:
        check_renews(renews, request.consumer, standing, ledger)
    try:
        found, term = judge(request, asked, renews, rules=rules, catalogue=catalogue, ledger=ledger, lake=lake, at=at)
    except Refused as refused:
        return Preview(Prospect.REFUSED, str(refused), reason=refused.reason)
    classification = found.classification
    latest = rules.parties.lengths_of(classification.owner).latest_day(at)
    only_of = None if request.consumer in (standing.accounts or ()) else standing.person_id
    already = already_shared(request, classification, term, ledger=ledger, lake=lake, requester_id=only_of)
    if already is not None:
        own = already.requester is not None and already.requester.id == standing.person_id
        return Preview(Prospect.SHARED, told_before(already), None, classification, term, latest, already, own)
    try:
        classification = beside_others(request, found, ledger, renews=renews, requester_id=only_of)
    except Refused as refused:
        return Preview(Prospect.REFUSED, str(refused), reason=refused.reason)
    if classification.needs_approval:
        prospect, what = Prospect.NEEDS_APPROVAL, f"This goes to {classification.owner} for approval."
    else:
        prospect, what = Prospect.GRANT, f"This is {'shared' if renews is None else 'renewed'} at once."
    message = f"{what} {classification.summary}"
    return Preview(prospect, message, classification=classification, term=term, latest_day=latest)
