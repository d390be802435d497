"""The pages of `/workflow/update-state`: the form on which a person decides, and what is said after it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from handlers.pages.details import brief, details
from handlers.pages.document import Page, headers, page
from handlers.pages.problem import Problem
from handlers.pages.text import clean, clean_lines, masked, moment, typed
from handlers.pages.wording import lasts, term_of
from handlers.sharing.model.checks import LONGEST_COMMENT
from handlers.sharing.model.record import Action, DecidedBy, Decision, RequestRecord, Status
from handlers.sharing.model.remains import outcome, remains
from handlers.sharing.model.term import latest_of

__all__ = [
    "Page",
    "Problem",
    "already_decided",
    "dead",
    "decided",
    "ended",
    "form",
    "headers",
    "malformed",
    "old_system",
    "overtaken",
    "own_request",
    "signed_in",
    "superseded",
    "try_again",
    "unknown",
]

_Tone = Literal["good", "no", "plain", "wait"]
_BEHIND: Mapping[DecidedBy, str] = {
    "mailbox": "a mailbox that the mail went to",
    "signed-in": "signed in to the portal",
    "unverified": "address not verified",
}
_NEWER_MAIL = "If the data is still wanted, a newer mail has been sent to you or will be shortly. Please decide there."


def form(
    record: RequestRecord,
    action: Action,
    *,
    at: datetime,
    unlisted: bool = False,
    problem: Problem | None = None,
    comment: str = "",
    until: str = "",
) -> Page:
    """The form of one link. With a `problem` it is shown again: comment and last day kept, the typed address not.

    `at`: the present. `unlisted`: the producer's old kit does not list its approvers, so no address can be checked, and
    the page says so.

    Raises:
        ValueError: the record was never classified.
    """
    return page(
        problem.status if problem else 200,
        "form.html",
        action=action,
        comment=typed(comment),
        limit=LONGEST_COMMENT,
        days=(at.astimezone(UTC).date(), latest_of(term_of(record), at)),
        until=typed(until),
        problem=problem,
        request=details(record),
        unlisted=unlisted,
    )


def decided(record: RequestRecord, action: Action, approver: str, decision: Decision | None) -> Page:
    """Thanks for the decision that was just made, and what happens next."""
    facts = [("Decided by", clean(approver, 254))]
    if action == "approve":
        facts.append(("How long", lasts(term_of(record), decision)))
    if action == "approve":
        after = (
            "Lakeshare now shares the data, usually within a minute.",
            "If the data changed since the mail was sent, what is not shared yet waits, and you will get a new mail.",
        )
    else:
        stays = remains(record)
        after = (
            "Nothing more is shared." if stays else "Nothing is shared.",
            clean(stays),
            "The requester can ask again, and you would get a new mail.",
        )
    return _notice(
        200,
        "good" if action == "approve" else "no",
        "Thank you. You approved this request." if action == "approve" else "Thank you. You denied this request.",
        *after,
        "You can close this page.",
        record=record,
        facts=tuple(facts),
    )


def already_decided(record: RequestRecord, decision: Decision, *, reveal: bool) -> Page:
    """Somebody decided before. Who it was, and the comment, only with `reveal`: after a right address was typed."""
    approved = decision.action == "approve"
    who = clean(decision.approver, 254) if reveal else masked(decision.approver)
    facts = [("Decided by", f"{who} ({_BEHIND[decision.decided_by]})")]
    facts.append(("Decided on", moment(decision.at)))
    if decision.until is not None:
        facts.append(("Last day", clean(decision.until, 40)))
    if decision.columns:
        facts.append(("Columns", f"{len(decision.columns):,} of those that were asked for"))
    if reveal and decision.comment.strip():
        facts.append(("Comment", clean_lines(decision.comment, LONGEST_COMMENT)))
    return _notice(
        409,
        "good" if approved else "no",
        f"This request was already {'approved' if approved else 'denied'}.",
        "The first decision counts. Your visit changed nothing.",
        record=record,
        facts=tuple(facts),
    )


def overtaken(record: RequestRecord) -> Page:
    """The request waits no more, and what came of it is not written down yet."""
    return _notice(
        409,
        "wait",
        "It is not known yet which decision counts.",
        "The request does not wait any more: a decision on it was taken a moment ago, yours or another, or it was "
        "ended.",
        "What became of it is being written down just now. Open the link in the mail again in a minute to see.",
        record=record,
    )


def ended(record: RequestRecord) -> Page:
    """The request ended, or goes on, without waiting for a decision any more."""
    tone: _Tone = "plain"
    match record.status:
        case Status.WAITING:
            tone, title = "wait", "The time to decide is over."
            text = (
                "What became of this request is being written down just now.",
                "Open the link in the mail again in a minute to see.",
            )
        case Status.EXPIRED:
            tone = "wait"
            until = f" by {moment(record.expires_at)}" if record.expires_at else ""
            title = "This request has expired."
            text = (
                f"Nobody decided{until}.",
                clean(outcome(record)),
                "If the data is still wanted, the requester can ask again.",
            )
        case Status.FAILED if record.reason == "Aborted":
            title = "This request was stopped."
            text = ("The platform team stopped it.", clean(outcome(record)), "There is nothing left for you to do.")
        case Status.FAILED:
            title = "This request failed."
            text = (
                "A technical fault ended it, and the platform team has to look into it.",
                clean(outcome(record)),
                "There is nothing left for you to do.",
            )
        case Status.REFUSED:
            title = "This request cannot be granted."
            text = (clean(record.message), clean(outcome(record)), "There is nothing left for you to decide.")
        case Status.DENIED:
            tone, title = "no", "This request was denied."
            text = (clean(outcome(record)), "There is nothing left for you to do.")
        case Status.SHARED:
            tone, title = "good", "This request was approved, and the data is shared."
            text = ("There is nothing left for you to do.",)
        case Status.RECEIVED | Status.SHARING:
            title = "This request is not waiting for a decision."
            text = ("It is being worked on just now. If a decision is needed after that, you will get a new mail.",)
    return _notice(410, tone, title, *text, record=record)


def superseded(record: RequestRecord) -> Page:
    """The catalogue changed since the mail of this link."""
    return _notice(
        410,
        "plain",
        "This link has been replaced.",
        "The data in the catalogue changed after this mail was sent, so its links no longer decide anything.",
        _NEWER_MAIL,
        record=record,
    )


def dead(record: RequestRecord) -> Page:
    """So many wrong addresses were typed with the key of this link that it decides nothing any more."""
    return _notice(
        410,
        "plain",
        "This link does not work any more.",
        "Too many wrong addresses were typed with it. The request still waits for your decision.",
        "A new mail with new links is sent to you by itself, up to three times. Please decide there. If none comes, "
        "please ask the platform team for one.",
        record=record,
    )


def signed_in(record: RequestRecord, portal_url: str | None, *, posted: bool) -> Page:
    """This request is decided in the portal, at `portal_url` if that is known. What was `posted` is not taken."""
    return _notice(
        403 if posted else 200,
        "wait",
        "This request is decided in the portal.",
        *(("Your decision was not taken: links of mails do not decide on this request.",) if posted else ()),
        "The owner's approvers decide there under their own names, once they are signed in. The request still waits.",
        record=record,
        link=portal_url,
    )


def unknown() -> Page:
    """No such request, or not its key: one page for both, so that nobody learns which requests there are."""
    return _notice(
        404,
        "plain",
        "This link does not work.",
        "No request belongs to it. It may have been cut or changed on its way.",
        "Please open the link in the mail again, or copy the whole of it, from https to its last character.",
    )


def malformed(what: str) -> Page:
    """The link or the form cannot be read; `what` says so in a sentence."""
    return _notice(
        400,
        "plain",
        "This cannot be read.",
        clean(what),
        "Please open the link in the mail again, or copy the whole of it, from https to its last character.",
    )


def old_system() -> Page:
    """A link of the system before Lakeshare, with a task token in it."""
    return _notice(
        410,
        "plain",
        "This link belongs to the old system.",
        "The request was made before Lakeshare replaced it, and can no longer be decided here.",
        "This page does not know what became of it.",
        "If the data is still wanted, the requester can ask again. You will then get a new mail.",
    )


def own_request() -> Page:
    """The typed address is the requester's own."""
    return _notice(
        403,
        "plain",
        "You cannot decide on your own request.",
        "You asked for this data yourself. Another approver of the data's owner has to decide.",
        "The other approvers got the same mail. The request waits for one of them.",
    )


def try_again() -> Page:
    """Lakeshare cannot look the request up just now."""
    return _notice(
        503,
        "wait",
        "Please try again in a minute.",
        "Lakeshare cannot look up the request just now. Nothing is lost, and this visit decided nothing.",
        "Reload this page, or open the link in the mail again.",
    )


def _notice(
    status: int,
    tone: _Tone,
    title: str,
    *text: str,
    record: RequestRecord | None = None,
    facts: tuple[tuple[str, str], ...] = (),
    link: str | None = None,
) -> Page:
    return page(
        status,
        "notice.html",
        tone=tone,
        title=title,
        text=[sentence for sentence in text if sentence],
        facts=facts,
        link=link,
        request=brief(record) if record else None,
    )
