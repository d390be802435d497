"""A year of the mesh's clock, in which many sequences go on at once: all do a step, all is compared, days pass."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from localmesh.reading import Lake, Table, readable
from tests.portal.portal import Portal
from tests.proof.sequences.choosing import change, deed
from tests.proof.sequences.doing import POLL_SECONDS, SECONDS, Doer
from tests.proof.sequences.life import Life, in_words
from tests.proof.sequences.steps import Step
from tests.workflow.accounts import Grants, grants_of, name_of
from tests.workflow.driver import wait_until

AT_ONCE = 16

Item = Mapping[str, Any]
DROP = (("DROP",), ())
"""What the role that revokes is granted on each filter."""


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
        self._doer = Doer(self.portal, sorted({each.user for each in self.lives}))
        self._lakes: Mapping[str, Lake] = {}
        self._elsewhere: Mapping[str, Grants] = {}
        (self._remover,) = self.mesh.roles("revoke")

    def begin(self) -> None:
        """Makes the data, and lets it be noon: no day ends while something is done."""
        for service in ("glue", "stepfunctions", "dynamodb", "lakeformation", "iam"):
            self.mesh.client(service)  # made once, before the threads ask for it
        self._without_survey()
        with ThreadPoolExecutor(AT_ONCE) as people:
            list(people.map(self._doer.make, self.lives))
        now = self._doer.now()
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        self.mesh.clock(f"+{int(((noon - now) % timedelta(days=1)).total_seconds())}s")
        self._elsewhere = grants_of(self.mesh.permissions())
        self._doer.sign_in()

    def _without_survey(self) -> None:
        """It looks through all of the catalogue, remembers flags, and has no part in this: at the start or by night."""
        rules = self.mesh.client("events").list_rules()["Rules"]
        for rule in rules:
            if "survey" in rule["Name"]:
                self.mesh.client("events").disable_rule(Name=rule["Name"])
        wait_until(
            lambda: any("-survey-" in each["function"] for each in self.mesh.control("GET", "/functions/log")),
            SECONDS,
            "the survey that a mesh with a portal makes when it starts",
        )

    def step(self) -> None:
        """The data of some change, all do something, and what comes of it is compared."""
        self._all_do(change)
        for life, step in self._all_do(deed):
            self._settle(life, step)
        self._doer.wait_for_ends(self._doer.revoking)
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
        self._doer.sign_in()
        self.compare()
        self._doer.wait_for_ends(self._doer.revoking)
        failed = self._doer.listed(self._doer.revoking, "FAILED")
        assert failed == [], failed

    def _all_do(self, choose: Callable[[Life], Step]) -> list[tuple[Life, Step]]:
        steps = [(life, choose(life)) for life in self.lives]
        for life, step in steps:
            life.done.append(f"day {self.day}: {step}")
            self.did[step.kind] += 1
            self.did["of parts"] += step.asks and not step.part.is_whole
            if life.is_news(step):
                self.did["flagged in somebody's part"] += 1
        with ThreadPoolExecutor(AT_ONCE) as people:
            list(people.map(lambda each: self._doer.do(*each), steps))
        self._doer.wait_for_ends(self.mesh.machine)
        for life, step in steps:
            if not step.asks:
                life.settle(step)
        return [(life, step) for life, step in steps if step.asks]

    def _settle(self, life: Life, step: Step) -> None:
        request, end = self._doer.finish(life)
        verdict = life.verdict(step)
        self.did[verdict.reason or verdict.status] += 1
        self.did["narrowed"] += verdict.asks and bool(step.gives)
        self.did["shared already"] += verdict.is_there
        assert end.end == (verdict.status, verdict.reason), (life.done, verdict, end)
        life.came(step, f"{request}:1")

    # --- what is compared ---------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Holds ledger and lake to what all sequences know, as soon as the ledger says that all is settled."""
        wrong = self._settled()
        # Read at once: what the ledger calls over is over in the lake by then.
        entries: dict[str, list[Item]] = {}
        for entry in self.mesh.permissions():
            entries.setdefault(str(entry["Principal"]["DataLakePrincipalIdentifier"]), []).append(entry)
        filters: dict[str, list[Item]] = {}
        for each in self.mesh.filters():
            filters.setdefault(each["DatabaseName"], []).append(each)
        for life in self.lives:
            said = wrong.get(life.seed, [])
            lake = replace(self._lakes[life.database], filters=filters.get(life.database, ()))
            words = {name_of({"DataCellsFilter": each}): _in_words(each) for each in lake.filters}
            wanted = {account: life.grants(account) for account in life.accounts}
            for account in life.accounts:
                own = entries.pop(account, [])
                self.did["comparisons"] += 1
                granted = {words.get(name, name): of for name, of in grants_of(own).get(account, {}).items()}
                if granted != wanted[account]:
                    said.append(f"{account} is granted {granted} and not {wanted[account]}")
                expected = life.reads(account)
                if (reads := readable(replace(lake, grants=own), account)) != expected:
                    said.append(f"{account} reads {reads} and not {expected}")
            if sorted(words.values()) != sorted({name for of in wanted.values() for name in of if " (" in name}):
                said.append(f"there are filters {sorted(words.values())}")
            if said:
                wrong[life.seed] = said
        told = {life.seed: "\n  ".join((*wrong[life.seed], *life.done)) for life in self.lives if life.seed in wrong}
        assert not told, "\n".join(f"seed {seed}:\n  {lines}" for seed, lines in told.items())
        assert grants_of(chain(*entries.values())) == self._with_filters(chain(*filters.values()))

    def _settled(self) -> dict[int, list[str]]:
        """Waits until the ledger has all shares as the sequences know them; else what it has otherwise, by seed."""
        deadline = time.monotonic() + SECONDS
        while (wrong := self._wrong_in_ledger()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
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

    def _with_filters(self, filters: chain[Item]) -> dict[str, Grants]:
        """What everybody else has: as it was at first, and who revokes may delete each of these filters."""
        drops = {name_of({"DataCellsFilter": each}): DROP for each in filters}
        return {**self._elsewhere, self._remover: {**self._elsewhere.get(self._remover, {}), **drops}}

    def _look(self) -> None:
        lake = self.mesh.lake()
        tables: dict[str, list[Table]] = {}
        for table in lake.tables:
            tables.setdefault(table.database, []).append(table)
        self._lakes = {name: replace(lake, tables=found, grants=()) for name, found in tables.items()}


def _in_words(body: Item) -> str:
    """A filter as `Life.grants` names it."""
    table = f"{body['DatabaseName']}.{body['TableName']}"
    rows = "" if "AllRowsWildcard" in body["RowFilter"] else body["RowFilter"]["FilterExpression"]
    return in_words(table, (tuple(sorted(body.get("ColumnNames") or ("*",))), rows))


def _state(item: Item) -> tuple[str, str, str]:
    return item["pk"]["S"], item["status"]["S"], item.get("reason", {}).get("S", "")
