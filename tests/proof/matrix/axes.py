"""The fault matrix's axes: the calls that functions make, found by recording them; what may go wrong; how often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.workflow.driver import Mesh

_FUNCTION = re.compile(r"^lakeshare-(?:portal-)?(.+?)-function-[0-9a-f]+$")

THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "glue": "ThrottlingException",
    "lakeformation": "ThrottledException",
    "sns": "Throttled",
    "sts": "Throttling",
    "states": "ThrottlingException",
    "events": "ThrottlingException",
    "lambda": "TooManyRequestsException",
    "cognito-idp": "TooManyRequestsException",
    "ram": "ThrottlingException",
    "iam": "Throttling",
}
OUT_OF_ORDER = {
    "dynamodb": "InternalServerError",
    "glue": "InternalServiceException",
    "lakeformation": "InternalServiceException",
    "sns": "InternalError",
    "sts": "InternalFailure",
    "states": "InternalServerException",
    "events": "InternalException",
    "lambda": "ServiceException",
    "cognito-idp": "InternalErrorException",
    "ram": "ServerInternalException",
    "iam": "ServiceFailure",
}
DENIED = {"sns": "AuthorizationError", "sts": "AccessDenied"}
CONFLICT = {"dynamodb": "TransactionConflictException"}

FAULTS = (
    "throttled",
    "5xx",
    "time-out before the effect",
    "time-out after the effect",
    "access denied",
    "concurrent modification",
)
COUNTS: Mapping[str, int | None] = {"first try": 1, "first two": 2, "always": None}
KILLS = ("killed before the call", "killed after the call")


@dataclass(frozen=True)
class Site:
    """A place in a function where AWS is called.

    Attributes:
        function: its name as it is deployed.
        service, operation: what is called.
        kind: what it does to what (`localmesh.aws.journal`).
        invocation: of the function's invocations that make such a call, the first that makes this one.
        nth: of such calls of that invocation, which.
        repeated: whether an earlier call of that invocation was of the same kind.
    """

    function: str
    service: str
    operation: str
    kind: str
    invocation: int
    nth: int
    repeated: bool

    @property
    def short(self) -> str:
        """The function's name in the program."""
        found = _FUNCTION.match(self.function)
        return found[1] if found else self.function

    @property
    def same(self) -> tuple[object, ...]:
        """What two records of the same place have in common."""
        return self.function, self.service, self.operation, self.kind, self.repeated

    def __str__(self) -> str:
        kind = f" [{self.kind[:60]}]" if self.kind else ""
        return f"{self.short}: {self.service} {self.operation}{kind}{' again' if self.repeated else ''}"


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a place, and how often; `count`: how many tries meet it, `None`: all."""

    what: str
    times: str

    def settings(self, site: Site, event: str) -> dict[str, Any]:
        """The fault as the mesh takes it, bound to the invocations for one request."""
        bound = {"function": site.function, "event": event, "invocation": site.invocation, "nth": site.nth}
        called = {"service": site.service, "operation": site.operation, "times": COUNTS[self.times]}
        return {**called, **bound, **self._effect(site.service)}

    def _effect(self, service: str) -> dict[str, Any]:
        match self.what:
            case "throttled":
                return {"code": THROTTLED[service]}
            case "5xx":
                return {"code": OUT_OF_ORDER[service], "http_status": 500}
            case "access denied":
                return {"code": DENIED.get(service, "AccessDeniedException"), "http_status": 403}
            case "concurrent modification":
                return {"code": CONFLICT.get(service, "ConcurrentModificationException")}
            case "time-out before the effect" | "time-out after the effect":
                return {"drop": True, "after": self.what.endswith("after the effect")}
            case _:
                return {"kill": True, "after": self.what == "killed after the call"}

    def __str__(self) -> str:
        return f"{self.what}, {self.times}"


ALL_FAULTS = tuple(Fault(what, times) for what in FAULTS for times in COUNTS)
EACH_WAY = (
    Fault("throttled", "first two"),
    Fault("5xx", "always"),
    Fault("time-out before the effect", "first try"),
    Fault("time-out after the effect", "first try"),
    Fault("time-out after the effect", "always"),
    Fault("access denied", "always"),
    Fault("concurrent modification", "always"),
)
"""Every way once, and what had its effect also for good: what the others differ in is the SDK's."""
ALL_KILLS = tuple(Fault(what, "first try") for what in KILLS)


def sites_of(mesh: Mesh, event: str) -> Sequence[Site]:
    """The places that the functions came by which were invoked with an event that contains a text, in their order."""
    return tuple(_sites(mesh.control("GET", "/calls", event=event)))


def _sites(calls: Sequence[Mapping[str, str]]) -> Iterator[Site]:
    invocations: dict[tuple[str, str, str], list[str]] = {}
    made: Counter[tuple[object, ...]] = Counter()
    known: set[str] = set()
    for each in calls:
        if each["call"] in known:
            continue  # another try of the SDK
        known.add(each["call"])
        operation = each["function"], each["service"], each["operation"]
        seen = invocations.setdefault(operation, [])
        if each["invocation"] not in seen:
            seen.append(each["invocation"])
        within, of_kind = (each["invocation"], *operation), (each["invocation"], *operation, each["kind"])
        yield Site(*operation, each["kind"], seen.index(each["invocation"]), made[within], made[of_kind] > 0)
        made[within] += 1
        made[of_kind] += 1
