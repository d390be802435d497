"""All that a visit can leave behind on a mesh: kept before, and compared afterwards."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.workflow.accounts import Grants
from tests.workflow.driver import Mesh

EVENTS = "lakeshare-test-events"
"""The log group with all of Lakeshare's events."""
_COUNTERS = re.compile(r"tries_\w+")


@dataclass(frozen=True)
class State:
    """What a mesh holds.

    Attributes:
        register: all items, by key.
        executions: the status of each, by name.
        grants: of all accounts.
        events: Lakeshare's, by request and type.
        mails: how many.
    """

    register: Mapping[str, Mapping[str, Any]]
    executions: Mapping[str, str]
    grants: Mapping[str, Grants]
    events: Mapping[tuple[str, str], int]
    mails: int

    @classmethod
    def of(cls, mesh: Mesh) -> State:
        """What a mesh holds now."""
        executions = mesh.client("stepfunctions").get_paginator("list_executions")
        listed = [each for page in executions.paginate(stateMachineArn=mesh.machine) for each in page["executions"]]
        events = [json.loads(line) for line in mesh.log_lines(EVENTS)]
        return cls(
            register={item["pk"]["S"]: item for item in _items(mesh)},
            executions={each["name"]: each["status"] for each in listed},
            grants=mesh.all_grants(),
            events=Counter((event["detail"]["request_id"], event["detail-type"]) for event in events),
            mails=len(mesh.mails()),
        )

    def without_tries(self) -> State:
        """The same but for the wrong addresses that were counted."""
        kept = {
            key: {name: value for name, value in item.items() if not _COUNTERS.fullmatch(name)}
            for key, item in self.register.items()
        }
        return replace(self, register=kept)


def _items(mesh: Mesh) -> Iterable[Mapping[str, Any]]:
    return mesh.raw_items()


def used(records: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Which actions roles used, and how often: all but those by which each function writes its own log."""
    return Counter(each["action"] for each in records if not each["action"].startswith("logs:"))
