"""Access control: a role may do what its policies allow, and nothing else.

moto lets everybody do everything, so a forgotten permission would first be noticed on AWS. Here the calls of a role
that exists are held to its policies: those of functions, of the state machine, and of whoever assumed such a role.
Everybody else (a test, a person with made-up credentials) is an administrator.
"""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from localmesh.aws import principals
from localmesh.aws.calls import Call
from localmesh.aws.errors import access_denied, error_response
from localmesh.aws.policy import Policy, Verdict, parse, verdict
from localmesh.aws.principals import Session
from localmesh.aws.resources import TaskTokens, resources_of
from localmesh.web import Response

_FREE = frozenset({"sts:GetCallerIdentity"})
"""No policy can forbid these."""
_KEPT = 200_000
_CHAINED_SECONDS = 3600
_LEAST_SECONDS = 900


@dataclass(frozen=True)
class Record:
    """One check of one action on one resource."""

    role: str
    action: str
    resource: str
    allowed: bool


class Access:
    """Checks calls, and remembers what it checked.

    Args:
        machine_of_token: gives the state machine that a task token belongs to.
    """

    def __init__(self, machine_of_token: TaskTokens) -> None:
        self._machine_of_token = machine_of_token
        self._records: deque[Record] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def check(self, call: Call) -> Response | None:
        """The refusal of a call; None if it may go on."""
        session = principals.session_of(call.access_key)
        role = principals.role(session.role_arn) if session is not None else None
        if session is None or role is None:
            return None
        if session.expired:
            code = "ExpiredToken" if call.is_query else "ExpiredTokenException"
            return error_response(call, code, "The security token included in the request is expired", 403)
        context = _context(session, call)
        policies = list(principals.policies_of(role))
        denied = self._denied(session, policies, resources_of(call, session.account, self._machine_of_token), context)
        if call.service == "sts" and call.operation == "AssumeRole":
            return self._refuse_role(call, session, context, denied)
        if denied is None:
            return None
        return access_denied(call, _text(session, *denied))

    def allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role may do something that a service does on its behalf; True for a role that does not exist."""
        role = principals.role(role_arn)
        if role is None:
            return True
        context = {"aws:principalarn": role_arn}
        allowed = verdict(principals.policies_of(role), action, resource, context) is Verdict.ALLOWED
        self._record(Record(role_arn, action, resource, allowed))
        return allowed

    def records(self) -> list[Record]:
        """What was checked, oldest first."""
        with self._lock:
            return list(self._records)

    def forget(self) -> None:
        """Starts the record anew."""
        with self._lock:
            self._records.clear()

    def _record(self, record: Record) -> None:
        with self._lock:
            self._records.append(record)

    def _denied(
        self,
        session: Session,
        policies: Sequence[Policy],
        wanted: Sequence[tuple[str, str]],
        context: Mapping[str, str],
    ) -> tuple[str, str] | None:
        for action, resource in wanted:
            allowed = action in _FREE or verdict(policies, action, resource, context) is Verdict.ALLOWED
            if allowed and session.policy is not None:
                allowed = verdict([parse(session.policy)], action, resource, context) is Verdict.ALLOWED
            self._record(Record(session.role_arn, action, resource, allowed))
            if not allowed:
                return action, resource
        return None

    def _refuse_role(
        self, call: Call, session: Session, context: Mapping[str, str], denied: tuple[str, str] | None
    ) -> Response | None:
        """A role is assumed if the caller may, and if the role's trust policy names the caller."""
        target_arn = str(call.parameters.get("RoleArn", ""))
        target = principals.role(target_arn)
        refusal = access_denied(call, _text(session, "sts:AssumeRole", target_arn))
        if target is None:
            return refusal  # AWS does not say whether a role exists
        trust = principals.trust_of(target)
        direct = {session.role_arn, session.arn}
        delegated = {f"arn:aws:iam::{session.account}:root", session.account, "*"}
        same_account = target.account_id == session.account
        if _trusts(trust, direct, context) and (same_account or denied is None):
            return _wrong_duration(call, target)
        if _trusts(trust, delegated, context) and denied is None:
            return _wrong_duration(call, target)
        return refusal


def _trusts(trust: Policy, names: set[str], context: Mapping[str, str]) -> bool:
    named = tuple(statement for statement in trust if statement.names(names))
    return verdict([named], "sts:AssumeRole", "", context) is Verdict.ALLOWED


def _wrong_duration(call: Call, role: object) -> Response | None:
    seconds = int(call.parameters.get("DurationSeconds") or _CHAINED_SECONDS)
    longest = min(int(getattr(role, "max_session_duration", None) or _CHAINED_SECONDS), _CHAINED_SECONDS)
    if _LEAST_SECONDS <= seconds <= longest:
        return None
    wanted = f"between {_LEAST_SECONDS} and {longest} seconds (a role assumed from a role lives an hour at most)"
    return error_response(call, "ValidationError", f"DurationSeconds must be {wanted}, got {seconds}")


def _context(session: Session, call: Call) -> Mapping[str, str]:
    context = {
        "aws:principalarn": session.role_arn,
        "aws:principalaccount": session.account,
        "aws:requestedregion": call.region,
    }
    if call.service == "sts":
        for key, field in (("sts:externalid", "ExternalId"), ("sts:rolesessionname", "RoleSessionName")):
            if field in call.parameters:
                context[key] = str(call.parameters[field])
    return context


def _text(session: Session, action: str, resource: str) -> str:
    return (
        f"User: {session.arn} is not authorized to perform: {action} on resource: {resource} "
        "because no identity-based policy allows the action"
    )
