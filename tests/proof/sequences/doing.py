"""Does on a mesh what sequences choose: asks, decides, ends, changes the catalogue; all over real HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.portal.portal import Portal, User, new_request
from tests.proof.sequences.choosing import PEOPLE
from tests.proof.sequences.life import Life, people
from tests.proof.sequences.steps import Step
from tests.proof.sequences.tables import FILTER, Table
from tests.workflow.catalogue import Entry, column
from tests.workflow.driver import OLGA, RETAIL, REVIEWS, ROHAN, Finished, request_id, wait_until

APPROVERS = {RETAIL: OLGA, REVIEWS: ROHAN}
POLL_SECONDS = 1.0
"""Often enough, and seldom enough not to keep the mesh from its work."""
SECONDS = 120
_ROWS = f"lakeshare_filter_{FILTER}"


class Doer:
    """Everybody who does something.

    Args:
        portal: of a mesh.
        names: of the people who ask through the API.
    """

    def __init__(self, portal: Portal, names: Iterable[str]) -> None:
        self.portal = portal
        self.mesh = portal.mesh
        self.revoking = self.mesh.revoking_machine
        self._users: Mapping[str, User] = {
            **{name: portal.new_user(name) for name in names},
            **{owner: portal.approver_of(owner) for owner in APPROVERS},
        }
        self._tokens: dict[str, str] = {}
        self._arns: dict[int, str] = {}

    def sign_in(self) -> None:
        """Everybody signs in anew: their tokens are over once the clock has moved."""
        self._tokens = {
            name: self.portal.oauth().sign_in(user.username, user.password)["access_token"]
            for name, user in self._users.items()
        }

    def now(self) -> datetime:
        """The time of the mesh."""
        return datetime.fromisoformat(self.mesh.control("GET", "/clock")["now"])

    def make(self, life: Life) -> None:
        """Makes the data of a sequence."""
        self.mesh.catalogue.add_database(life.database, owner=life.owner)
        for name, table in life.tables.items():
            self._add_table(life, name, table)
        self.mesh.let_grant(life.database)

    def do(self, life: Life, step: Step) -> None:
        """Does a step; of a request also what its owner says."""
        match step.kind:
            case "ask" | "rest" | "renew":
                self._arns[life.seed] = arn = self._ask(life, step)
                if life.verdict(step).asks:
                    self._decide(life, step, arn)
            case "give back":
                reply = self.portal.call(
                    "POST", f"/shares/{step.share}/give-back", self._tokens[str(step.user)], {"reason": "a test"}
                )
                assert reply.status == 200, (life.done, reply.body)
            case "people":
                self._add_table(life, PEOPLE, people())
            case "flag":
                self.mesh.catalogue.flag_column(life.database, step.table, step.column, step.value)
            case "column":
                new = _column(step.column, step.value)
                self.mesh.catalogue.change_table(
                    life.database, step.table, lambda entry: entry["StorageDescriptor"]["Columns"].append(new)
                )
            case "rows":
                self.mesh.catalogue.set_table_parameters(life.database, step.table, {_ROWS: step.value})
            case "revoke" | "look" | "hold" | "lift":
                states = self.mesh.client("stepfunctions")
                states.start_execution(stateMachineArn=self.revoking, input=json.dumps(step.wish(life.database)))
            case _:
                pass

    def finish(self, life: Life) -> tuple[str, Finished]:
        """Waits for the end of the request that a sequence has made last; gives its id, too."""
        arn = self._arns[life.seed]
        return request_id(arn), self.mesh.finish(arn)

    def wait_for_ends(self, machine: str) -> None:
        """Waits until no execution of a state machine runs."""
        deadline = time.monotonic() + SECONDS
        while running := self.listed(machine, "RUNNING"):
            seeds = [seed for seed, arn in self._arns.items() if request_id(arn) in running]
            assert time.monotonic() < deadline, f"{running} go on; seeds {seeds} asked for them"
            time.sleep(POLL_SECONDS)

    def listed(self, machine: str, status: str) -> list[str]:
        """The executions of a state machine that stand so."""
        pages = self.mesh.client("stepfunctions").get_paginator("list_executions")
        listed = pages.paginate(stateMachineArn=machine, statusFilter=status)
        return [each["name"] for page in listed for each in page["executions"]]

    def _add_table(self, life: Life, name: str, table: Table) -> None:
        columns = [_column(each, table.flags[each]) for each in table.columns]
        keys = [column(each) for each in table.keys]
        self.mesh.catalogue.add_table(life.database, name, columns, PartitionKeys=keys, Parameters={_ROWS: table.rows})

    def _ask(self, life: Life, step: Step) -> str:
        more: dict[str, Any] = dict(step.part.fields)
        if step.days is not None:
            more["days"] = step.days
        if step.share:
            more["renews"] = step.share
        if step.user is None:
            source = {"database": life.database, "table": step.table}
            return self.mesh.start_with({"source": source, "target": {"account_id": step.account}, **more})
        wish = {**new_request(life.database, step.table, step.account), **more}
        reply = self.portal.call("POST", "/requests", self._tokens[step.user], wish)
        assert reply.status == 201, (life.done, reply.body)
        return f"{self.mesh.machine.replace(':stateMachine:', ':execution:')}:{json.loads(reply.body)['id']}"

    def _decide(self, life: Life, step: Step, arn: str) -> None:
        """By the mail, or signed in, where columns are taken away."""
        wait_until(lambda: self._waits(arn) or time.sleep(POLL_SECONDS), SECONDS, f"the mail of {life.done}")
        last = {} if step.shorter is None else {"until": f"{self.now() + timedelta(step.shorter):%Y-%m-%d}"}
        if step.gives:
            wish = {"action": step.decision, "round": 1, "columns": list(step.gives), **last}
            path = f"/requests/{request_id(arn)}/decision"
            answer = self.portal.call("POST", path, self._tokens[life.owner], wish)
            assert answer.status == 200, (life.done, answer.body)
            return
        link = getattr(self.mesh.links(self.mesh.only_mail(arn)), step.decision)
        reply = self.mesh.post(link, email=APPROVERS[life.owner], **last)
        assert reply.status == 200, (life.done, reply.title)

    def _waits(self, arn: str) -> bool:
        item = self.mesh.raw_item(arn)
        return item.get("status") == {"S": "WAITING"} and "mail_due_at" not in item


def _column(name: str, flag: str) -> Entry:
    return column(name, "bigint" if name == "id" else "string", **({"pii_flag": flag} if flag else {}))
