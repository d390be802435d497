"""What is granted of a request that is not shared: people are told of it, and that it is taken back."""

from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.request import in_words

_GRANTING = frozenset({"Approved", "AutomaticallyApproved"})
"""Lines of the history after which something may have been granted."""


def remains(record: RequestRecord) -> str:
    """What is granted by now, and what becomes of it; empty if that is nothing, and once the request is shared."""
    what = "" if record.status is Status.SHARED else _what(record)
    if not what or record.status is Status.SHARING:
        return f"Granted so far: {what}." if what else ""
    return f"Granted already: {what}. That is taken back from account {record.consumer or 'unknown'}."


def outcome(record: RequestRecord) -> str:
    """What a request shared that ended in another way than shared. Says that it is nothing only where that is known."""
    if any(entry.event in _GRANTING for entry in record.history):
        return remains(record) or "The register knows of nothing that was shared."
    return "Nothing was shared."


def told(record: RequestRecord) -> str:
    """The message of a request that has ended, with what is taken back."""
    return f"{record.message} {remains(record)}".strip()


def _what(record: RequestRecord) -> str:
    granted, source = record.granted, record.source
    if granted is None or source is None:
        return ""
    if not source.is_database:
        what = in_words(source, record.part)
        return f"{what[0].lower()}{what[1:]}" if granted.tables else ""
    if granted.wildcard:
        return f"all tables of database {source.database}, those added later too"
    if granted.tables:
        tables = "one table" if granted.tables == 1 else f"{granted.tables:,} tables"
        return f"{'' if record.part.is_whole else 'parts of '}{tables} of database {source.database}"
    return f"DESCRIBE on database {source.database}, and none of its tables" if granted.database else ""
