"""The share that a request is granted by, made of what was asked for, classified and decided."""

from handlers.sharing.model.classification import Classification
from handlers.sharing.model.record import Decision, RequestRecord
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.share import Share, ShareStatus, share_id


def new_share(
    record: RequestRecord,
    request: ShareRequest,
    classification: Classification,
    decision: Decision | None,
    *,
    until: str | None,
    at: str,
) -> Share:
    """The share of this round, as it is written down before its first grant (`until` of `None`: it has no end)."""
    return Share(
        share_id(record.id, record.round),
        request.consumer,
        ShareStatus.GRANTING,
        request.source,
        classification.scope,
        classification.owner,
        classification.fingerprint,
        at,
        tables=classification.tables_total,
        part=request.part,
        roles=request.roles,
        columns=classification.columns,
        columns_total=0 if request.part.is_whole else classification.columns_total,
        columns_in=classification.columns_in,
        row_filter=classification.row_filter,
        requester=record.requester,
        purpose=record.purpose,
        approver=decision.approver if decision else None,
        until=until,
    )
