"""The control address: what a test, or a curious person, can do to the mesh that nobody can do to AWS.

=========================== ====================================================================================
``GET /``                   what there is
``GET, POST, DELETE /faults`` faults on demand: see `localmesh.aws.faults`
``POST /schedules/run``     runs the scheduled rules now; ``{"rule": "part of a name"}`` only those
``GET, POST, DELETE /clock`` what time it is; ``{"forward": "+32d"}`` and ``{"at": "…"}`` move the clock, DELETE returns
                            it to this machine's time
``POST /events/drop``       ``{"count": 3}``: loses that many status changes of executions
``GET /functions/log``      the last thousand invocations: function, request_id, error, seconds, lines
``GET /functions``          the process ids of each function's instances
``POST /engine``            ``{"account": "…"}``: where a Pulumi CLI finds provider and program, and credentials
``GET, DELETE /calls``      the calls of functions: see `localmesh.aws.journal`; ``{"event": "…"}``: of those that
                            were invoked with an event that contains this text
``GET, DELETE /access``     every check of a permission: role, action, resource, allowed
``GET /access/counted``     all checks since the start, and all attempts to take a role, each once with a count
``POST /organization``      ``{"accounts": ["…"]}``: these are one organization, with sharing enabled; no others are
``GET /credentials``        all that STS has given out: access_key, secret_key, session_token, role
``GET /ready``              200, once the mesh is ready
=========================== ====================================================================================

All takes and gives JSON; an error is ``{"message": …}`` with status 400.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from localmesh import accounts
from localmesh.aws import dynamodb_ttl, principals
from localmesh.aws.faults import Faults
from localmesh.aws.journal import Journal
from localmesh.aws.ram import shares
from localmesh.aws.records import records
from localmesh.aws.server import lock_of
from localmesh.clock import ClockError, clock, moment, step
from localmesh.engine.doors import DoorsError, EngineDoors
from localmesh.events import Events
from localmesh.functions.runtime import Functions
from localmesh.web import Request, Response, json_response


@dataclass(frozen=True)
class Control:
    """Answers on the control address.

    Attributes:
        faults: what goes wrong on purpose.
        events: schedules and status changes.
        functions: what runs.
        engine: what a Pulumi CLI is attached to.
        journal: the calls of functions.
    """

    faults: Faults
    events: Events
    functions: Functions
    engine: EngineDoors
    journal: Journal

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        actions: Mapping[tuple[str, str], Callable[[Any], object]] = {
            ("GET", "/"): lambda _: {"actions": [" ".join(action) for action in actions]},
            ("GET", "/ready"): lambda _: {"ready": True},
            ("GET", "/faults"): lambda _: self.faults.listing(),
            ("POST", "/faults"): lambda settings: asdict(self.faults.add(settings)),
            ("DELETE", "/faults"): lambda settings: self._nothing(self.faults.clear(settings.get("event"))),
            ("POST", "/schedules/run"): lambda settings: {"ran": self.events.run_schedules(settings.get("rule"))},
            ("GET", "/clock"): lambda _: _time(),
            ("POST", "/clock"): self._move,
            ("DELETE", "/clock"): lambda _: self._reset(),
            ("POST", "/events/drop"): lambda settings: self._nothing(self.events.lose(int(settings["count"]))),
            ("GET", "/functions"): lambda _: self.functions.instances(),
            ("GET", "/functions/log"): lambda _: self.functions.recent(),
            ("POST", "/engine"): lambda settings: self._engine(str(settings["account"])),
            ("GET", "/calls"): lambda settings: self.journal.listing(str(settings.get("event", ""))),
            ("DELETE", "/calls"): lambda _: self._nothing(self.journal.forget()),
            ("GET", "/access"): lambda _: [asdict(record) for record in records.latest()],
            ("DELETE", "/access"): lambda _: self._nothing(records.forget()),
            ("GET", "/access/counted"): lambda _: records.counted(),
            ("POST", "/organization"): _organize,
            ("GET", "/credentials"): lambda _: principals.given_out(),
        }
        action = actions.get((request.method, request.path.rstrip("/") or "/"))
        if action is None:
            return json_response({"message": f"no {request.method} {request.path}; GET / lists what there is"}, 404)
        try:
            return json_response(action(request.json()))
        except ClockError as wrong:
            return json_response({"message": str(wrong)}, 400)
        except (ValueError, KeyError, TypeError, AttributeError, DoorsError) as wrong:
            return json_response({"message": f"{type(wrong).__name__}: {wrong}"}, 400)

    def _engine(self, account: str) -> dict[str, object]:
        return {**asdict(self.engine.open(account)), "credentials": dict(accounts.administrator(account))}

    def _move(self, settings: Mapping[str, Any]) -> dict[str, object]:
        if set(settings) not in ({"forward"}, {"at"}):
            raise ClockError(f"expected forward or at, got {', '.join(sorted(settings)) or 'nothing'}")
        ran = self.events.run_due_after(lambda: _moved(settings))
        return {**_time(), "ran": ran}

    def _reset(self) -> dict[str, object]:
        clock.reset()
        self.events.count_anew()
        return _time()

    @staticmethod
    def _nothing(_: None) -> dict[str, str]:
        return {}


def _moved(settings: Mapping[str, Any]) -> None:
    if "forward" in settings:
        clock.forward(step(str(settings["forward"])))
    else:
        clock.to(moment(str(settings["at"])))
    with lock_of("dynamodb"):
        dynamodb_ttl.delete_expired()


def _time() -> dict[str, object]:
    return {"now": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "ahead_seconds": clock.ahead.total_seconds()}


def _organize(settings: Mapping[str, Any]) -> dict[str, list[str]]:
    shares.organization = frozenset(str(account) for account in settings["accounts"])
    return {"accounts": sorted(shares.organization)}
