"""Faults on demand: the AWS endpoint answers as AWS does on a bad day.

Through the control address (see `localmesh.control`), ``POST /faults`` takes one JSON object::

    {"service": "glue", "operation": "GetTables",       which calls; "*" for any operation
     "code": "ThrottlingException", "message": "…",     what they are told
     "http_status": 400,                                400 unless told
     "times": 2,                                        how often; null or absent: until removed
     "skip": 1,                                         let this many pass first
     "match": "customer",                               only calls whose body contains this text
     "role": "grant",                                   only calls of a role whose ARN contains this text
     "delay_seconds": 1.5,                              wait first
     "after": true,                                     do it, then fail: a time-out after the effect
     "drop": true,                                      no answer at all: the connection breaks
     "kill": true,                                      the process of the function that calls ends; `after`: the call
     "function": "grant",                               only calls of a function whose name contains this text
     "event": "7f3a…",                                  only calls of a function whose event contains this text…
     "invocation": 1,                                   …from this invocation on, of those that make such a call…
     "nth": 0,                                          …and of each only this one of such calls
     "entries": true}                                   BatchGrantPermissions: the matching entries land in `Failures`;
                                                        AssociateResourceShare and DisassociateResourceShare of ram,
                                                        which grants and revokes bring about: that association fails

Invocations and calls are counted from 0; an SDK's retries of a call are the same call. A fault with neither ``code``
nor ``drop`` nor ``kill`` only delays. ``GET /faults`` lists what is set, with how often each was used; ``DELETE
/faults`` removes all, or with ``{"event": "…"}`` those that were set for that one. Services are named as requests are
signed: glue, lakeformation, states, sns, sts, dynamodb, events, lambda, monitoring, logs.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from localmesh.aws import principals
from localmesh.aws.calls import Call
from localmesh.aws.errors import error_response
from localmesh.functions.invocations import Invocations, Running
from localmesh.web import Response


@dataclass
class Fault:
    """One fault that is set; the fields are the module's."""

    service: str
    operation: str = "*"
    code: str | None = None
    message: str = "a fault was set on the local mesh"
    http_status: int = 400
    times: int | None = None
    skip: int = 0
    match: str | None = None
    role: str | None = None
    delay_seconds: float = 0.0
    after: bool = False
    drop: bool = False
    entries: bool = False
    kill: bool = False
    function: str | None = None
    event: str | None = None
    invocation: int = 0
    nth: int | None = None
    used: int = field(default=0)

    def __post_init__(self) -> None:
        self._met: dict[str, list[str]] = {}

    @property
    def speaks(self) -> bool:
        """Whether the caller notices more of it than a delay."""
        return bool(self.code or self.drop or self.kill)

    @property
    def of_functions(self) -> bool:
        """Whether it is meant for calls of functions only."""
        return self.kill or self.invocation > 0 or (self.function, self.event, self.nth) != (None, None, None)

    def response(self, call: Call) -> Response:
        """What the caller is told."""
        if self.drop or self.kill:
            return Response(hang_up=True)
        return error_response(call, self.code or "InternalFailure", self.message, self.http_status)

    def meets(self, call: Call) -> bool:
        """Whether it is meant for this call."""
        if self.service != call.service or self.operation not in {"*", call.operation}:
            return False
        if self.match is not None and self.match.encode() not in call.request.body:
            return False
        if self.role is None:
            return True
        session = principals.session_of(call.access_key)
        return session is not None and self.role in session.role_arn

    def is_due(self, call: Call, running: Running | None) -> bool:
        """Whether it is the turn of this call, which it is meant for. Counts calls, so it is asked once for each."""
        if not self.of_functions:
            return True
        if running is None or (self.event or "") not in running.event or (self.function or "") not in running.function:
            return False
        calls = self._met.setdefault(running.id, [])
        if call.sdk_id not in calls:
            calls.append(call.sdk_id)
        if list(self._met).index(running.id) < self.invocation:
            return False
        return self.nth is None or calls.index(call.sdk_id) == self.nth

    @property
    def spent(self) -> bool:
        """Whether it has failed as many calls as it should."""
        return self.times is not None and self.used >= self.times


class Faults:
    """The faults that are set, in the order in which they came; the first that fits is used.

    Args:
        running: tells which function makes a call.
    """

    def __init__(self, running: Invocations) -> None:
        self._running = running
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, settings: Mapping[str, Any]) -> Fault:
        """Sets a fault.

        Raises:
            ValueError: a field is unknown or of the wrong type.
        """
        try:
            fault = Fault(**settings)
        except TypeError as wrong:
            raise ValueError(
                f"expected the fields {', '.join(Fault.__dataclass_fields__)}, got {sorted(settings)}"
            ) from wrong
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self, event: str | None = None) -> None:
        """Removes all faults, or those of an event."""
        with self._lock:
            self._faults = [fault for fault in self._faults if event is not None and fault.event != event]

    def listing(self) -> list[dict[str, Any]]:
        """What is set."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, call: Call) -> Fault | None:
        """The fault that this call meets; None if it is to be answered as usual."""
        fault = self._next(call, entries=False)
        if fault is None:
            return None
        if fault.delay_seconds:
            time.sleep(fault.delay_seconds)
        return fault if fault.speaks else None

    def response(self, fault: Fault, call: Call) -> Response:
        """What the caller of a call is told that meets a fault; a process that is to be killed is."""
        if fault.kill and (running := self._running.of_trace(call.trace)) is not None:
            running.kill()
        return fault.response(call)

    def take_entry(self, call: Call | None, entry: str) -> Fault | None:
        """The fault that one entry of a batch meets; ``match`` is looked for in the entry."""
        if call is None:
            return None
        return self._next(call, entries=True, text=entry)

    def _next(self, call: Call, *, entries: bool, text: str = "") -> Fault | None:
        if not self._faults:
            return None
        running = self._running.of_trace(call.trace)
        with self._lock:
            for fault in self._faults:
                if fault.entries is not entries or fault.spent or not fault.meets(call):
                    continue
                if not fault.is_due(call, running):
                    continue
                if entries and fault.match is not None and fault.match not in text:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.used += 1
                return fault
        return None
