"""All that a visit can leave behind on a mesh: kept before, and compared afterwards."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
        mails: to whom they went, by request.
    """

    register: Mapping[str, Mapping[str, Any]]
    executions: Mapping[str, str]
    grants: Mapping[str, Grants]
    events: Mapping[tuple[str, str], int]
    mails: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, mesh: Mesh) -> State:
        """What a mesh holds now."""
        executions = mesh.client("stepfunctions").get_paginator("list_executions")
        listed = [each for page in executions.paginate(stateMachineArn=mesh.machine) for each in page["executions"]]
        events = [json.loads(line) for line in mesh.log_lines(EVENTS)]
        return cls(
            register=mesh.raw_items(),
            executions={each["name"]: each["status"] for each in listed},
            grants=mesh.all_grants(),
            events=Counter((event["detail"]["request_id"], event["detail-type"]) for event in events),
            mails=Counter((mesh.links(mail).request, mail["to"]) for mail in mesh.mails()),
        )

    def without_tries(self) -> State:
        """The same but for the wrong addresses that were counted."""
        kept = {
            key: {name: value for name, value in item.items() if not _COUNTERS.fullmatch(name)}
            for key, item in self.register.items()
        }
        return replace(self, register=kept)


@contextmanager
def used(mesh: Mesh) -> Iterator[Callable[[], Counter[str]]]:
    """Counts meanwhile which actions roles use: all but those by which each function writes its own log.

    A call that the SDK made once more, for AWS was silent, is one call. Gives a function that tells the counts.
    """
    before = mesh.tried_again()
    with mesh.recorded() as actions:
        yield (
            lambda: (
                Counter(each["action"] for each in actions("") if not each["action"].startswith("logs:"))
                - (mesh.tried_again() - before)
            )
        )
