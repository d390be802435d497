"""Nothing secret and nothing personal may stand where it does not belong: in a log, an event, a history or a page."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.workflow import evidence
from tests.workflow.driver import EVENT_GROUPS, Mesh
from tests.workflow.kept import Page

_SHORTEST = 8
_LETTERS = 4
"""Texts that are shorter, such as the comment "ok", or have fewer different letters, as fillers have, stand everywhere
by chance."""
OF_PEOPLE = {"address", "typed", "requester"}
"""Kinds that are written down, and that some page may show to some reader; all else no page shows to anybody."""
_SHOWN = {"approver", "comment", "by", "detail", "email", "ended_by", "note", "purpose", "settled_by"}
"""Fields of the portal's API that show whoever may read a request what people said and who they are."""

_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|\bA[KS]IA[A-Z2-7]{16}\b")
"""What looks like a token of a sign-in or like an access key, whosever it is: browsers have some that no test knows."""

Secrets = Mapping[str, str]
"""Kinds by text."""
Spellings = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Place:
    """A text that must hold no secret: a `log line`, an `event`, a `history` or a `page`."""

    kind: str
    name: str
    text: str
    page: Page | None = None


def assert_nothing_leaked(mesh: Mesh) -> Counter[str]:
    """Holds a mesh to that; gives how many places of each kind were searched, and for how many secrets."""
    places = list(places_of(mesh))  # first: it finds task tokens
    secrets = secrets_of(mesh)
    leaks = leaks_in(places, secrets)
    assert not leaks, "\n".join(leaks)
    return Counter(place.kind for place in places) + Counter(secrets=len(secrets))


def as_it_is(secret: str) -> Iterable[str]:
    """The one spelling that is looked for usually."""
    return (secret,)


def leaks_in(places: Iterable[Place], secrets: Secrets, spellings: Spellings = as_it_is) -> list[str]:
    """What stands where it must not, a line for each."""
    listed = list(places)
    everything = "\n".join(place.text for place in listed)
    found = [
        (secret, spelling, kind)
        for secret, kind in secrets.items()
        for spelling in set(spellings(secret))
        if spelling in everything
    ]
    if _TOKEN.search(everything):
        found += [(token, token, "signed token or access key") for token in set(_TOKEN.findall(everything))]
    right = {secret for secret, kind in secrets.items() if kind == "address"}
    return [
        f"{place.kind} {place.name} holds the {kind} {secret}: {place.text}"
        for place in listed
        for secret, spelling, kind in found
        if spelling in place.text and not _may_show(place.page, secret, kind, right)
    ]


def _may_show(page: Page | None, secret: str, kind: str, addresses: set[str]) -> bool:
    """Whether a page may show something to its reader."""
    if page is None or kind not in OF_PEOPLE:
        return False
    if kind == "requester" or secret in page.typed:
        return True  # approvers must know who asks; nobody learns what they have just typed
    # Who decided, and what they said, is for those who prove to be approvers.
    return page.status == 409 and bool(page.typed & addresses)


# --- what is secret ---------------------------------------------------------------------------------------------


def secrets_of(mesh: Mesh) -> Secrets:
    """All that is secret or personal on a mesh, as far as anybody ever handed it out or typed it."""
    found = dict(_secrets(mesh))
    return {text: kind for text, kind in found.items() if len(text) >= _SHORTEST and len(set(text)) >= _LETTERS}


def _secrets(mesh: Mesh) -> Iterator[tuple[str, str]]:
    for text in mesh.kept.typed:
        yield text, "typed"
    for mail in (each for each in mesh.mails() if not each["subject"].startswith("AWS Notification")):
        yield mail["to"], "address"
        if "key=" in mail["body"]:  # none is mailed where people decide signed in
            yield mesh.links(mail).key, "key"
    for text, kind in mesh.kept.used.items():
        yield text, kind
    for token in mesh.kept.tokens:
        yield token, "task token"
    for given in mesh.control("GET", "/credentials"):
        for name in ("access_key", "secret_key", "session_token"):
            yield given[name], "credential"
    for role in evidence.of(mesh)["roles"].values():
        for statement in role["trust"]["Statement"]:
            external_id = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
            if external_id:
                yield external_id, "external id"


# --- where it must not be ---------------------------------------------------------------------------------------


def places_of(mesh: Mesh) -> Iterator[Place]:
    """All texts: of histories those that were not searched before, of all else all."""
    pages = mesh.client("logs").get_paginator("describe_log_groups").paginate()
    for group in [each["logGroupName"] for page in pages for each in page["logGroups"]]:
        kind = "event" if group in EVENT_GROUPS else "log line"
        yield from (Place(kind, group, line) for line in mesh.log_lines(group))
    for invocation in mesh.control("GET", "/functions/log"):
        yield from (Place("log line", invocation["function"], line) for line in invocation["lines"])
    yield from _histories(mesh)
    for page in mesh.kept.pages:
        yield Place("page", f"{page.status}", _shown(page), page)


def _histories(mesh: Mesh) -> Iterator[Place]:
    states = mesh.client("stepfunctions")
    machines = [each["stateMachineArn"] for each in states.list_state_machines()["stateMachines"]]
    executions = states.get_paginator("list_executions")
    for listed in (page for machine in machines for page in executions.paginate(stateMachineArn=machine)):
        for execution in listed["executions"]:
            arn = execution["executionArn"]
            if arn in mesh.kept.read:
                continue
            pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
            events = [event for page in pages for event in page["events"]]
            mesh.kept.tokens.update(filter(None, map(_without_token, events)))
            if execution["status"] != "RUNNING":
                mesh.kept.read.add(arn)
            yield Place("history", execution["name"], json.dumps(events, default=str))


def _without_token(event: dict[str, Any]) -> str | None:
    """Takes the task token out of an event that must hold one: Step Functions writes down what it calls a task with."""
    scheduled = event.get("taskScheduledEventDetails") or {}
    parameters = json.loads(scheduled.get("parameters") or "{}")
    token: str | None = (parameters.get("Payload") or {}).pop("token", None)
    if token is not None:
        scheduled["parameters"] = json.dumps(parameters)
    return token


_OF_THE_API = tuple(f"/api/{name}" for name in ("requests", "decisions", "shares", "holds", "changes", "findings"))
"""Answers that show people to those who may see them."""


def _shown(page: Page) -> str:
    """A page's text; of the API's answers about requests and shares, all but what its readers may see of people."""
    if page.status != 200 or not any(part in page.address for part in _OF_THE_API):
        return page.text

    def plain(fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if name not in _SHOWN or isinstance(value, dict | list)}

    return json.dumps(json.loads(page.text, object_hook=plain))
