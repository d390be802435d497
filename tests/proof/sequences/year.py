"""A year of the mesh's clock, in which many sequences go on at once: all do a step, all is compared, days pass."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from localmesh.reading import Lake, Table, readable
from tests.portal.portal import Portal, User, new_request
from tests.proof.sequences.life import PEOPLE, Life, Step
from tests.workflow.accounts import Grants, columns_of, grants_of
from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, REVIEWS, ROHAN, Mesh, request_id, wait_until

AT_ONCE = 16
APPROVERS = {RETAIL: OLGA, REVIEWS: ROHAN}
_POLL_SECONDS = 1.0
"""Often enough, and seldom enough not to keep the mesh from its work."""
_SECONDS = 120

Item = Mapping[str, Any]


def machine_of(mesh: Mesh) -> str:
    """The state machine that revokes."""
    machines = mesh.client("stepfunctions").list_state_machines()["stateMachines"]
    (arn,) = [str(each["stateMachineArn"]) for each in machines if "revoking" in each["name"]]
    return arn


@dataclass
class Year:
    """Sequences on a mesh with a portal.

    Attributes:
        portal: the mesh's.
        lives: the sequences.
        day: of the year.
        did: how often each kind of step was done, and how often it came to what.
    """

    portal: Portal
    lives: Sequence[Life]
    day: int = 0
    did: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self.mesh = self.portal.mesh
        self._revoking = machine_of(self.mesh)
        self._users: Mapping[str, User] = {
            name: self.portal.new_user(name) for name in {each.user for each in self.lives}
        }
        self._tokens: dict[str, str] = {}
        self._arns: dict[int, str] = {}
        self._lakes: Mapping[str, Lake] = {}
        self._elsewhere: Mapping[str, Grants] = {}

    def begin(self) -> None:
        """Makes the data, and lets it be noon: no day ends while something is done."""
        for service in ("glue", "stepfunctions", "dynamodb"):
            self.mesh.client(service)  # made once, before the threads ask for it
        with ThreadPoolExecutor(AT_ONCE) as people:
            list(people.map(self._make, self.lives))
        # It looks through all of the catalogue in the night, and has no part in this.
        rules = self.mesh.client("events").list_rules()["Rules"]
        for rule in rules:
            if "survey" in rule["Name"]:
                self.mesh.client("events").disable_rule(Name=rule["Name"])
        now = self._now()
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        self.mesh.clock(f"+{int(((noon - now) % timedelta(days=1)).total_seconds())}s")
        self._elsewhere = grants_of(self.mesh.permissions())
        self._sign_in()

    def step(self) -> None:
        """All sequences do something, and what comes of it is compared."""
        steps = [(life, life.choose()) for life in self.lives]
        for life, step in steps:
            life.done.append(f"day {self.day}: {step}")
            self.did[step.kind] += 1
        with ThreadPoolExecutor(AT_ONCE) as people:
            list(people.map(lambda each: self._do(*each), steps))
        self._wait_for_ends(self.mesh.machine)
        with ThreadPoolExecutor(AT_ONCE) as people:
            list(people.map(lambda each: self._settle(*each), steps))
        # What was replaced is taken back by Sweep.
        self.mesh.control("POST", "/schedules/run", rule="sweep")
        self._look()
        self.compare()

    def pass_days(self, days: int) -> None:
        """Days pass, Sweep comes, and what is over ends."""
        self.day += days
        ran = self.mesh.clock(f"+{days}d")
        assert [each for each in ran if "sweep" in each], ran
        self.did["expired"] += sum(life.pass_to(self.day) for life in self.lives)
        self._sign_in()
        self.compare()
        self._wait_for_ends(self._revoking)
        failed = self._listed(self._revoking, "FAILED")
        assert failed == [], failed

    # --- steps --------------------------------------------------------------------------------------------------

    def _do(self, life: Life, step: Step) -> None:
        match step.kind:
            case "ask" | "renew":
                self._arns[life.seed] = arn = self._ask(life, step)
                if life.asks_owner(step):
                    self._decide(life, step, arn)
            case "give back":
                reply = self.portal.call(
                    "POST", f"/shares/{step.share}/give-back", self._tokens[str(step.user)], {"reason": "a test"}
                )
                assert reply.status == 200, (life.done, reply.body)
            case "flag":
                self.mesh.catalogue.add_table(life.database, PEOPLE, [column("mail", pii_flag="true")])
            case "revoke" | "look" | "hold" | "lift":
                states = self.mesh.client("stepfunctions")
                states.start_execution(stateMachineArn=self._revoking, input=json.dumps(life.wish(step)))
            case _:
                pass

    def _ask(self, life: Life, step: Step) -> str:
        term: dict[str, Any] = {} if step.days is None else {"days": step.days}
        if step.share:
            term["renews"] = step.share
        if step.user is None:
            source = {"database": life.database, "table": step.table}
            return self.mesh.start_with({"source": source, "target": {"account_id": step.account}, **term})
        wish = {**new_request(life.database, step.table, step.account), **term}
        reply = self.portal.call("POST", "/requests", self._tokens[str(step.user)], wish)
        assert reply.status == 201, (life.done, reply.body)
        return f"{self.mesh.machine.replace(':stateMachine:', ':execution:')}:{json.loads(reply.body)['id']}"

    def _decide(self, life: Life, step: Step, arn: str) -> None:
        wait_until(lambda: self._waits(arn) or time.sleep(_POLL_SECONDS), _SECONDS, f"the mail of {life.done}")
        link = getattr(self.mesh.links(self.mesh.only_mail(arn)), step.decision)
        last = {} if step.shorter is None else {"until": f"{self._now() + timedelta(step.shorter):%Y-%m-%d}"}
        reply = self.mesh.post(link, email=APPROVERS[life.owner], **last)
        assert reply.status == 200, (life.done, reply.title)

    def _waits(self, arn: str) -> bool:
        item = self.mesh.raw_item(arn)
        return item.get("status") == {"S": "WAITING"} and "mail_due_at" not in item

    def _settle(self, life: Life, step: Step) -> None:
        if step.kind not in {"ask", "renew"}:
            life.settle(step)
            return
        arn = self._arns[life.seed]
        end = self.mesh.finish(arn)
        self.did[str(end.output.get("status"))] += 1
        assert end.end == life.expected(step), (life.done, end)
        if end.output["status"] == "SHARED":
            life.shared(step, f"{request_id(arn)}:1", self.day)

    # --- what is compared ---------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Holds ledger and lake to what all sequences know, as soon as the ledger says that all is settled."""
        wrong = self._settled()
        # Read at once: what the ledger calls over is over in the lake by then.
        entries: dict[str, list[Item]] = {}
        for entry in self.mesh.permissions():
            entries.setdefault(str(entry["Principal"]["DataLakePrincipalIdentifier"]), []).append(entry)
        for life in self.lives:
            said = wrong.get(life.seed, [])
            lake = self._lakes[life.database]
            for account in life.accounts:
                own, wanted = entries.pop(account, []), life.grants(account)
                self.did["comparisons"] += 1
                if (granted := grants_of(own).get(account, {})) != wanted:
                    said.append(f"{account} is granted {granted} and not {wanted}")
                expected = columns_of(lake, *wanted) if wanted else {}
                if (reads := readable(replace(lake, grants=own), account)) != expected:
                    said.append(f"{account} reads {sorted(reads)} and not {sorted(expected)}")
            if said:
                wrong[life.seed] = said
        told = {life.seed: "\n  ".join((*wrong[life.seed], *life.done)) for life in self.lives if life.seed in wrong}
        assert not told, "\n".join(f"seed {seed}:\n  {lines}" for seed, lines in told.items())
        assert grants_of(chain(*entries.values())) == self._elsewhere

    def _settled(self) -> dict[int, list[str]]:
        """Waits until the ledger has all shares as the sequences know them; else what it has otherwise, by seed."""
        deadline = time.monotonic() + _SECONDS
        while (wrong := self._wrong_in_ledger()) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return wrong

    def _wrong_in_ledger(self) -> dict[int, list[str]]:
        scan = self.mesh.client("dynamodb").get_paginator("scan").paginate(TableName=self.mesh.ledger)
        items = [item for page in scan for item in page["Items"] if item["entry"]["S"].startswith("share#")]
        there = {item["entry"]["S"].removeprefix("share#"): _state(item) for item in items}
        wrong: dict[int, list[str]] = {}
        for life in self.lives:
            for name, share in life.shares.items():
                wanted = ("REVOKED", share.ended) if share.ended else ("ACTIVE", "")
                if (found := there.pop(name, None)) != (share.account, *wanted):
                    wrong.setdefault(life.seed, []).append(f"{name} is {found} and not {wanted}")
        # What a request was granted that did not end as shared, or what nobody asked for.
        for name, found in there.items():
            wrong.setdefault(-1, []).append(f"{name} is {found}, and nobody knows of it")
        return wrong

    # --- the mesh -----------------------------------------------------------------------------------------------

    def _make(self, life: Life) -> None:
        self.mesh.catalogue.add_database(life.database, owner=life.owner)
        for name in sorted(life.tables):
            self.mesh.catalogue.add_table(life.database, name)

    def _look(self) -> None:
        lake = self.mesh.lake()
        tables: dict[str, list[Table]] = {}
        for table in lake.tables:
            tables.setdefault(table.database, []).append(table)
        self._lakes = {name: replace(lake, tables=found, grants=()) for name, found in tables.items()}

    def _sign_in(self) -> None:
        self._tokens = {}
        for name, user in self._users.items():
            tokens = self.portal.oauth().sign_in(user.username, user.password)
            self._tokens[name] = tokens["access_token"]

    def _now(self) -> datetime:
        return datetime.fromisoformat(self.mesh.control("GET", "/clock")["now"])

    def _listed(self, machine: str, status: str) -> list[str]:
        pages = self.mesh.client("stepfunctions").get_paginator("list_executions")
        listed = pages.paginate(stateMachineArn=machine, statusFilter=status)
        return [each["name"] for page in listed for each in page["executions"]]

    def _wait_for_ends(self, machine: str) -> None:
        wait_until(
            lambda: not self._listed(machine, "RUNNING") or time.sleep(_POLL_SECONDS), _SECONDS, "the end of all runs"
        )


def _state(item: Item) -> tuple[str, str, str]:
    return item["pk"]["S"], item["status"]["S"], item.get("reason", {}).get("S", "")
