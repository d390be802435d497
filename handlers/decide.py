"""Decide: the page behind the links of the mail. GET and HEAD show it, POST decides."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log
from handlers.aws.notifying import NotifyFunction
from handlers.aws.parties import load_signed_in
from handlers.aws.stepfunctions import StepFunctions
from handlers.pages import decision as pages
from handlers.pages.addresses import in_portal
from handlers.pages.document import Page
from handlers.sharing.decide import Link, LinkState, Outcome, Posted, decide, follow, wants_new_key
from handlers.sharing.model.checks import shown
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import DecisionNotKnown, Fault, TryAgain
from handlers.sharing.model.record import Action, RequestRecord

# Form fields, percent-encoded, with room for the longest comment in any script.
LONGEST_BODY = 100_000
_WRITTEN_OUT = re.compile(r"^(?:amp;)+", re.IGNORECASE)
_PROBLEMS = {
    Outcome.NO_ADDRESS: pages.Problem.MALFORMED_ADDRESS,
    Outcome.COMMENT_TOO_LONG: pages.Problem.COMMENT_TOO_LONG,
    Outcome.NO_DAY: pages.Problem.MALFORMED_DAY,
    Outcome.DAY_PASSED: pages.Problem.DAY_PASSED,
    Outcome.DAY_TOO_LATE: pages.Problem.DAY_TOO_LATE,
    Outcome.WRONG_ADDRESS: pages.Problem.WRONG_ADDRESS,
    Outcome.TOO_MANY_TRIES: pages.Problem.TOO_MANY_TRIES,
}


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `portal_url` is empty where there is no portal."""

    register_table: str
    vault_table: str
    notify_function: str
    portal_url: str = ""


class _Malformed(ValueError):
    """The link or the form is not what the mail and the page hold; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class _Query:
    action: Action
    request_id: str
    key: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0) with a page."""
    page = _page(event)
    body = "" if event["requestContext"]["http"]["method"] == "HEAD" else page.html
    return {"statusCode": page.status, "headers": dict(page.headers), "body": body}


def _page(event: Mapping[str, Any]) -> Page:
    parameters: Mapping[str, str] = event.get("queryStringParameters") or {}
    if _values(parameters, "token"):
        return pages.old_system()
    posted = event["requestContext"]["http"]["method"] == "POST"
    try:
        query = _query(parameters)
        form = _form(event, query.action) if posted else None
    except _Malformed as malformed:
        return pages.malformed(str(malformed))
    try:
        settings = environment(Environment)
        register, vault = DynamoRegister(settings.register_table), DynamoVault(settings.vault_table)
        notify = NotifyFunction(settings.notify_function)
        link = follow(
            query.request_id, query.key, signed_in=load_signed_in(), register=register, vault=vault, now=now()
        )
        if wants_new_key(link):
            # It was told when the key died, or should have been: what came of that may be lost.
            notify.notify(query.request_id)
        if form is None or link.state not in {LinkState.OPEN, LinkState.DECIDED}:
            return _show(link, query.action, settings.portal_url, posted=posted)
        return _decide(link, form, register, vault, notify)
    except (TryAgain, Fault) as error:
        log("decision route out of order", query.request_id, error=error.reason)
        return pages.try_again()


def _query(parameters: Mapping[str, str]) -> _Query:
    # What is said twice is joined, as API Gateway joins it: then it fits nothing.
    action, request_id, key = (",".join(_values(parameters, name)) for name in ("action", "request", "key"))
    if action not in {"approve", "deny"}:
        raise _Malformed(
            f"The link must say action=approve or action=deny, got {shown(action) if action else 'neither'}."
        )
    if not request_id or not key:
        missing = " and ".join(name for name, value in (("request", request_id), ("key", key)) if not value)
        raise _Malformed(f"The link must name a request and a key, got no {missing}.")
    # Names of executions have at most 80 characters: of one that is longer so much is left that it stays unknown.
    return _Query(cast("Action", action), request_id[:81], key[:256])


def _values(parameters: Mapping[str, str], name: str) -> list[str]:
    """What a link says under a name: one text as a rule, several only where it says different things.

    Some mail programs write the `&` of a link as `&amp;`, so that all names but the first begin with `amp;`.
    """
    return sorted({value for given, value in parameters.items() if _WRITTEN_OUT.sub("", given) == name})


def _form(event: Mapping[str, Any], action: Action) -> Posted:
    body: str = event.get("body") or ""
    if len(body) > LONGEST_BODY:
        raise _Malformed(f"The form holds at most {LONGEST_BODY:,} characters, got {len(body):,}.")
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body
        text.encode()
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise _Malformed(
            "The form could not be read. Please open the link again and use the page's own form."
        ) from error
    http = event["requestContext"]["http"]
    return Posted(
        action=action,
        address=fields.get("email", [""])[0],
        # Browsers send line breaks as CR LF.
        comment=fields.get("comment", [""])[0].replace("\r\n", "\n"),
        ip=http["sourceIp"],
        user_agent=http.get("userAgent", ""),
        until=fields.get("until", [""])[0],
    )


def _unlisted(link: Link) -> bool:
    return link.approval is not None and link.approval.approvers is None


def _show(link: Link, action: Action, portal_url: str, *, posted: bool) -> Page:
    if link.record is None or link.state is LinkState.UNKNOWN:
        return pages.unknown()
    match link.state:
        case LinkState.OPEN:
            return pages.form(link.record, action, at=now(), unlisted=_unlisted(link))
        case LinkState.DECIDED:
            return _decided_before(link.record, reveal=False)
        case LinkState.SUPERSEDED:
            return pages.superseded(link.record)
        case LinkState.DEAD:
            return pages.dead(link.record)
        case LinkState.SIGNED_IN:
            portal = in_portal(portal_url, link.record.id) if portal_url else None
            return pages.signed_in(link.record, portal, posted=posted)
        case LinkState.ENDED:
            return pages.ended(link.record)


def _decide(link: Link, form: Posted, register: DynamoRegister, vault: DynamoVault, notify: NotifyFunction) -> Page:
    record = link.record
    if record is None:
        return pages.unknown()
    try:
        answer = decide(
            link,
            form,
            register=register,
            vault=vault,
            workflow=StepFunctions(),
            events=EventBridge(),
            notify=notify,
            now=now(),
        )
    except TryAgain as error:
        log("decision not passed on", record.id, error=error.reason, cause=str(error))
        problem = pages.Problem.NOT_KNOWN if isinstance(error, DecisionNotKnown) else pages.Problem.TRY_AGAIN
        return _again(record, link, form, problem)
    log("decision posted", record.id, action=form.action, outcome=answer.outcome.name)
    match answer.outcome:
        case Outcome.RECORDED:
            return pages.decided(answer.record, form.action, form.address.strip(), answer.decision)
        case Outcome.DECIDED_BEFORE:
            return _decided_before(answer.record, reveal=answer.reveal)
        case Outcome.NOT_WRITTEN_YET:
            return pages.overtaken(answer.record)
        case Outcome.ENDED:
            return pages.ended(answer.record)
        case Outcome.OWN_REQUEST:
            return pages.own_request()
        case problem:
            return _again(answer.record, link, form, _PROBLEMS[problem])


def _again(record: RequestRecord, link: Link, form: Posted, problem: pages.Problem) -> Page:
    """The form with what was typed, but for the address."""
    return pages.form(
        record,
        form.action,
        at=now(),
        unlisted=_unlisted(link),
        problem=problem,
        comment=form.comment,
        until=form.until,
    )


def _decided_before(record: RequestRecord, *, reveal: bool) -> Page:
    decision = record.decision
    return pages.overtaken(record) if decision is None else pages.already_decided(record, decision, reveal=reveal)
