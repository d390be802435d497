"""A request as the decision page lists it."""

from dataclasses import dataclass

from handlers.pages.text import clean
from handlers.pages.wording import (
    NO_PURPOSE,
    NOT_VERIFIED,
    RENEWS,
    VERIFIED,
    Extent,
    Finding,
    LeftOut,
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
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.remains import remains


@dataclass(frozen=True, slots=True)
class Brief:
    """Enough to recognise a request: what, for whom, its id."""

    id: str
    name: str
    consumer: str


@dataclass(frozen=True, slots=True)
class Details:
    """All that a person needs to decide. Texts are clean, and escaped when they are rendered.

    `short` is the name as a heading bears it: two names of 255 characters would fill the screen of a phone.
    `whole`: a database is asked for; `in_part`: a part of it, or of the table.
    """

    id: str
    name: str
    short: str
    whole: bool
    in_part: bool
    consumer: str
    roles: tuple[str, ...]
    requester: str | None
    verified: str
    size: str
    extent: Extent | None
    omitted: LeftOut
    description: str
    purpose: str
    no_purpose: str
    owner: str
    owner_account: str
    findings: tuple[Finding, ...]
    only_changed: bool
    hidden: int
    grants: tuple[str, ...]
    lasts: str
    renews: str
    warning: str
    remains: str
    expires_at: str | None
    again: bool


def brief(record: RequestRecord) -> Brief:
    """The request in brief, for pages on which nothing is decided."""
    part = "" if record.part.is_whole else scale_of(record.source, record.part)
    return Brief(clean(record.id, 80), name_of(record.source) + part, record.consumer or "unknown")


def details(record: RequestRecord) -> Details:
    """The request in full.

    Raises:
        ValueError: the record was never classified.
    """
    source, classification = source_of(record), classification_of(record)
    return Details(
        id=clean(record.id, 80),
        name=name_of(source),
        short=clean(name_of(source), 80),
        whole=source.is_database,
        in_part=not record.part.is_whole,
        consumer=record.consumer or "unknown",
        roles=tuple(clean(each) for each in record.roles),
        requester=clean(record.requester.email, 254) if record.requester else None,
        verified=VERIFIED if record.requester else NOT_VERIFIED,
        size=size_of(source, classification),
        extent=extent_of(classification),
        omitted=omitted_of(classification),
        description=clean(classification.description),
        purpose=clean(record.purpose or ""),
        no_purpose=NO_PURPOSE,
        owner=clean(classification.owner.name, 255),
        owner_account=classification.owner.account_id,
        findings=findings(classification.grounds),
        only_changed=classification.only_changed,
        hidden=classification.grounds_total - len(classification.grounds),
        lasts=lasts(term_of(record)),
        renews=RENEWS if record.renews else "",
        grants=grants(classification.scope, classification.tables_total),
        warning=classification.warning,
        remains=clean(remains(record)),
        expires_at=record.expires_at,
        again=record.round > 1,
    )
