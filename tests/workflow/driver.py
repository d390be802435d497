"""Drives a local mesh from outside, as its users do: AWS clients, a mail client, a browser, and the control address.

arn = mesh.start("retail", "customer", account)
mail = mesh.mail_about(arn)
mesh.post(mesh.links(mail).approve, email=mail["to"])
assert mesh.finish(arn).output["status"] == "SHARED"
assert mesh.grants(account) == {"retail.customer": SELECT_AND_DESCRIBE}
"""

from __future__ import annotations

import itertools
import json
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from tests.workflow.accounts import CENTRAL, DESCRIBE, SELECT_AND_DESCRIBE, Grants
from tests.workflow.catalogue import Catalogue
from tests.workflow.http_client import Reply, form, send
from tests.workflow.kept import Kept
from tests.workflow.register import ALL_EVENTS, EVENT_GROUPS, Register, request_id

__all__ = [
    "ALL_EVENTS",
    "CENTRAL",
    "DESCRIBE",
    "EVENT_GROUPS",
    "OLD_KIT",
    "OLGA",
    "RETAIL",
    "REVIEWS",
    "ROHAN",
    "SELECT_AND_DESCRIBE",
    "UNREGISTERED",
    "Asked",
    "Finished",
    "Grants",
    "Links",
    "Mesh",
    "request_id",
    "wait_until",
]

RETAIL = "111111111111"
REVIEWS = "222222222222"
UNREGISTERED = "333333333333"
OLD_KIT = "444444444444"
OLGA, ROHAN = "olga.marin@example.org", "rohan.iyer@example.org"
"""Who approves for retail, and who for reviews."""

T = TypeVar("T")


@dataclass(frozen=True)
class Finished:
    """How an execution ended. `output`: of one that succeeded; `error`, `cause`: of one that did not."""

    status: str
    output: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    cause: str | None = None

    @property
    def end(self) -> tuple[str | None, str | None]:
        """Status and reason, of one that succeeded."""
        return self.output.get("status"), self.output.get("reason")


@dataclass(frozen=True)
class Asked:
    """A request that waits for its owner: the execution, its first mail and the mail's links."""

    arn: str
    mail: Mapping[str, str]
    approve: str
    deny: str


@dataclass(frozen=True)
class Links:
    """The two links of a mail, and the request and the key in both."""

    approve: str
    deny: str
    request: str
    key: str


def _waits(item: Mapping[str, Any]) -> bool:
    """Whether a request waits for a decision, and the mail about it is noted as sent."""
    return item["status"] == "WAITING" and "mail_due_at" not in item


def _leads_to(request: str, mail: str) -> bool:
    """Whether a mail's links decide on a request, or its one link leads to it in the portal."""
    return f"request={request}&" in mail or f"/decisions/{request}\n" in mail


def wait_until(found: Callable[[], T | None], seconds: float = 20, what: str = "it") -> T:
    """What `found` gives, as soon as it is true."""
    deadline = time.monotonic() + seconds
    while True:
        result = found()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s, last seen: {result!r}")
        time.sleep(0.02)


class Mesh(Register):
    """A running mesh.

    Args:
        description: what its `mesh.json` holds.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        super().__init__(description)
        self.machine: str = description["state_machine_arn"]
        self.kept = Kept()
        self._accounts = itertools.count(900_000_000_000)

    # --- AWS --------------------------------------------------------------------------------------------------

    @cached_property
    def revoking_machine(self) -> str:
        """The state machine that ends shares."""
        machines = self.client("stepfunctions").list_state_machines()["stateMachines"]
        (arn,) = [str(each["stateMachineArn"]) for each in machines if "revoking" in each["name"]]
        return arn

    @cached_property
    def catalogue(self) -> Catalogue:
        """The central account's catalogue, to be changed."""
        return Catalogue(self.client("glue"))

    def new_account(self) -> str:
        """A consumer account that nothing was shared with before."""
        return str(next(self._accounts))

    # --- executions -------------------------------------------------------------------------------------------

    def start(self, database: str, table: str, account: str, name: str | None = None) -> str:
        """Asks for a table, or with `*` for a database; gives the execution's ARN."""
        return self.start_with(
            {"source": {"database": database, "table": table}, "target": {"account_id": account}}, name
        )

    def start_with(self, document: object, name: str | None = None) -> str:
        """Starts an execution with any input: a text as it is, everything else as JSON."""
        text = document if isinstance(document, str) else json.dumps(document)
        named = {} if name is None else {"name": name}
        states = self.client("stepfunctions")
        return str(states.start_execution(stateMachineArn=self.machine, input=text, **named)["executionArn"])

    def finish(self, arn: str, seconds: float = 30) -> Finished:
        """Waits until an execution is over, and the register knows."""
        described = wait_until(lambda: self._ended(arn), seconds, f"the end of {request_id(arn)}")
        output = json.loads(described.get("output") or "{}")
        return Finished(described["status"], output, described.get("error"), described.get("cause"))

    def ask(self, database: str, table: str, account: str) -> tuple[str, Finished]:
        """Asks and waits for the end, where no person has to decide; gives the request's id too."""
        arn = self.start(database, table, account)
        return request_id(arn), self.finish(arn)

    def ask_owner(self, database: str, table: str, account: str) -> Asked:
        """Asks, where a person has to decide, and waits until that person was mailed."""
        arn = self.start(database, table, account)
        mail = self.mail_about(arn)
        links = self.links(mail)
        return Asked(arn, mail, links.approve, links.deny)

    def decide(self, asked: Asked, action: str, email: str, **fields: str) -> Finished:
        """Posts a decision that counts, `approve` or `deny`, and waits for the end."""
        reply = self.post(getattr(asked, action), email=email, **fields)
        assert reply.status == 200, reply.title
        return self.finish(asked.arn)

    def _ended(self, arn: str) -> Any:
        described = self.client("stepfunctions").describe_execution(executionArn=arn)
        return described if described["status"] != "RUNNING" else None

    # --- mail and pages ---------------------------------------------------------------------------------------

    def mails(self, to: str | None = None, about: str | None = None) -> list[dict[str, str]]:
        """Mails, newest first; `about`: only those about the request of that execution or id."""
        found: list[dict[str, str]] = json.loads(send("GET", self.description["mailbox_url"] + "/messages.json").body)
        return [
            mail
            for mail in found
            if to in {None, mail["to"]} and (about is None or _leads_to(request_id(about), mail["body"]))
        ]

    def mail_about(self, arn: str, number: int = 1, seconds: float = 20) -> dict[str, str]:
        """Waits for the mail about a request, with `number` for its nth, until the request waits for the answer."""
        mails = wait_until(
            lambda: found if len(found := self.mails(about=arn)) >= number else None, seconds, f"mail {number}"
        )
        wait_until(lambda: _waits(self.register_item(arn)), what="waiting for a decision")
        return mails[-number]

    def only_mail(self, arn: str) -> dict[str, str]:
        """The one mail about a request; where a retry mailed once more, the newest."""
        found = self.mails(about=arn)
        assert len(found) == 1 or (found and self.was_repeated(arn)), f"{len(found)} mails about {arn}, expected one"
        return found[0]

    def links(self, mail: Mapping[str, str]) -> Links:
        """The links of a mail, each of which stands alone on a line."""
        lines = [line for line in mail["body"].splitlines() if line.startswith("http")]
        approve, deny = lines
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(approve).query))
        return Links(approve, deny, query["request"], query["key"])

    def get(self, url: str, source: str = "127.0.0.1") -> Reply:
        """Opens a page."""
        reply = send("GET", url, source=source)
        # The mailbox is the mesh's, and mails hold links.
        return reply if url.startswith(self.description["mailbox_url"]) else self.kept.page(url, reply)

    def head(self, url: str, source: str = "127.0.0.1") -> Reply:
        """Asks whether a page is there."""
        return send("HEAD", url, source=source)

    def post(self, url: str, source: str = "127.0.0.1", **fields: str) -> Reply:
        """Posts the page's form: `email`, `comment`."""
        typed = {fields[name] for name in ("email", "comment") if fields.get(name, "").strip()}
        body, headers = form(fields)
        return self.kept.page(url, send("POST", url, body=body, headers=headers, source=source), typed)

    # --- control ----------------------------------------------------------------------------------------------

    @contextmanager
    def fault(self, service: str, operation: str, code: str | None = None, **more: object) -> Iterator[None]:
        """AWS answers with a fault: see `localmesh.aws.faults`. All faults go when this ends."""
        given = {"service": service, "operation": operation, **({"code": code} if code else {}), **more}
        self.control("POST", "/faults", **given)
        try:
            yield
        finally:
            self.control("DELETE", "/faults")

    def clock(self, step: str) -> list[str]:
        """Moves the mesh's clock on, such as by `+8d`; gives the rules whose schedules fell due and run now."""
        return self.control("POST", "/clock", forward=step)["ran"]

    def faults_used(self) -> list[int]:
        """How often each fault that is set was met."""
        return [fault["used"] for fault in self.control("GET", "/faults")]

    @contextmanager
    def recorded(self) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
        """Records which actions roles use meanwhile; gives a function that lists those whose name contains a text."""
        self.control("DELETE", "/access")

        def actions(text: str) -> list[dict[str, Any]]:
            return [record for record in self.control("GET", "/access") if text in record["action"]]

        yield actions
