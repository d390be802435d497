"""The mail that asks an owner to decide: plain text, as SNS sends it."""

from dataclasses import dataclass

from handlers.pages.environment import environment
from handlers.pages.text import clean, that_fit
from handlers.pages.wording import (
    NO_PURPOSE,
    NOT_VERIFIED,
    RENEWS,
    VERIFIED,
    Finding,
    classification_of,
    extent_of,
    findings,
    grants,
    lasts,
    name_of,
    omitted_of,
    scale_of,
    size_of,
    source_of,
    term_of,
)
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.remains import remains
from handlers.sharing.model.request import Source

LONGEST_SUBJECT = 99
"""SNS takes fewer than 100 characters, ASCII, without line breaks or control characters."""

LONGEST_LIST = 8000
"""Characters of names of personal data that a mail lists, and of why tables are left out: far below SNS's 256 KB
whatever script they are in."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail for SNS: a subject that it accepts, and a plain-text body of at most 256 KB in UTF-8."""

    subject: str
    body: str


def approval_mail(record: RequestRecord, *, approve_url: str, deny_url: str) -> Mail:
    """The mail about a request that waits for a decision, with the links that decide.

    Each link stands alone on a line of its own, and they are the only two in the mail. What other people wrote
    (names, texts, purposes) is quoted line by line with `>`, so that it can neither pass for ours nor for a link.

    Raises:
        ValueError: the record was never classified.
    """
    return _mail(record, approve_url=approve_url, deny_url=deny_url)


def portal_mail(record: RequestRecord, *, portal_url: str) -> Mail:
    """The same where people decide who are signed in: its one link leads to the request in the portal, with no key."""
    return _mail(record, portal_url=portal_url)


def _mail(record: RequestRecord, *, approve_url: str = "", deny_url: str = "", portal_url: str = "") -> Mail:
    source, classification = source_of(record), classification_of(record)
    listed, hidden = _listed(classification)
    body = (
        environment()
        .get_template("mail.txt")
        .render(
            again=record.round > 1,
            approve_url=approve_url,
            consumer=record.consumer or "unknown",
            deny_url=deny_url,
            description=clean(classification.description, 500),
            expires_at=record.expires_at,
            extent=extent_of(classification),
            findings=listed,
            omitted=omitted_of(classification, LONGEST_LIST),
            only_changed=classification.only_changed,
            renews=RENEWS if record.renews else "",
            grants=grants(classification.scope, classification.tables_total),
            hidden=hidden,
            lasts=lasts(term_of(record)),
            name=name_of(source),
            owner=classification.owner,
            portal_url=portal_url,
            purpose=clean(record.purpose or ""),
            no_purpose=NO_PURPOSE,
            request_id=record.id,
            remains=clean(remains(record)),
            roles=[clean(each) for each in record.roles],
            requester=record.requester.email if record.requester else None,
            size=size_of(source, classification),
            verified=VERIFIED if record.requester else NOT_VERIFIED,
            warning=classification.warning,
        )
    )
    return Mail(_subject(source, record), body)


def _subject(source: Source, record: RequestRecord) -> str:
    start = "Data access request, changed: " if record.round > 1 else "Data access request: "
    end = f"{scale_of(source, record.part)} for account {record.consumer or 'unknown'}"
    name = "".join(character if " " <= character <= "~" else "?" for character in name_of(source))
    room = LONGEST_SUBJECT - len(start) - len(end)
    return start + (name if len(name) <= room else name[: room - 3] + "...") + end


def _listed(classification: Classification) -> tuple[list[Finding], int]:
    """As many of the grounds as a mail can show, and how many it does not."""
    lengths = (len(each.table or "") + len(each.column or "") for each in classification.grounds)
    shown = that_fit(lengths, LONGEST_LIST)
    return list(findings(classification.grounds[:shown])), classification.grounds_total - shown
