"""What people are told of what was shared, or goes on being shared: what, with whom, until when, and why."""

from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.clock import moment
from handlers.sharing.model.request import ShareRequest, in_words
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import minute


def shared_message(request: ShareRequest, classification: Classification, until: str | None, narrowed: str) -> str:
    """What was shared until then (`None`: without an end); `narrowed`: what an approval took away, in words."""
    total = classification.tables_total
    tables = "one table" if total == 1 else f"{total:,} tables"
    match classification.scope:
        case Scope.TABLE | Scope.FILTERED:
            what = in_words(request.source, request.part)
        case Scope.TABLES_BY_NAME:
            what = f"Database {request.source.database} with {tables}, by name,"
        case Scope.FILTERED_TABLES:
            what = f"The safe subset of database {request.source.database}, of {tables},"
        case Scope.WILDCARD:
            what = f"Database {request.source.database} with all its tables, those added later too,"
    approved = f"The owner of the data approved. {narrowed} ".replace("  ", " ")
    why = approved if classification.needs_approval or narrowed else "No approval was needed. "
    ends = f" until {minute(moment(until))}" if until else ""
    message = f"{what} is shared with account {request.consumer}{ends}. {why}{classification.summary}"
    return f"{message} {classification.warning}".rstrip()


def renewed_message(share: Share, classification: Classification) -> str:
    """That a share goes on, as it was."""
    ends = f"until {minute(moment(share.until))}" if share.until else "without an end"
    why = f"No approval was needed. It is as it was when it was shared. {classification.summary}"
    return f"{share.in_words} goes on being shared with account {share.consumer} {ends}. {why}"
