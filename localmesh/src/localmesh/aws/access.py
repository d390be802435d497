"""Access control: a role may do what its policies allow, and nothing else.

moto lets everybody do everything, so a forgotten permission would first be noticed on AWS. Here the calls of a role
that exists are held to its policies: those of functions, of the state machine, and of whoever assumed such a role.
Everybody else (a test, a person with made-up credentials) is an administrator.
"""

from collections.abc import Mapping, Sequence

from localmesh.aws import moto, principals
from localmesh.aws.calls import Call
from localmesh.aws.errors import access_denied, error_response
from localmesh.aws.policy import Need, Policy, Verdict, keys_of, parse, verdict
from localmesh.aws.principals import Session
from localmesh.aws.records import Record, Taking, records
from localmesh.aws.resources import TaskTokens, resources_of
from localmesh.web import Response

_FREE = frozenset({"sts:GetCallerIdentity"})
"""No policy can forbid these."""
_ASSUME = "sts:AssumeRole"
_CHAINED_SECONDS = 3600
_LEAST_SECONDS = 900


class Access:
    """Checks calls, and has it remembered what it checked (`localmesh.aws.records`).

    Args:
        machine_of_token: gives the state machine that a task token belongs to.
    """

    def __init__(self, machine_of_token: TaskTokens) -> None:
        self._machine_of_token = machine_of_token

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
        records.add(Record(role_arn, action, resource, allowed))
        return allowed

    def _denied(
        self,
        session: Session,
        policies: Sequence[Policy],
        wanted: Sequence[Need],
        context: Mapping[str, str],
    ) -> tuple[str, str] | None:
        looked_at = keys_of(policies)
        for action, resource, own in wanted:
            all_of_it = {**context, **own}
            allowed = action in _FREE or verdict(policies, action, resource, all_of_it) is Verdict.ALLOWED
            if allowed and session.policy is not None:
                allowed = verdict([parse(session.policy)], action, resource, all_of_it) is Verdict.ALLOWED
            told = tuple((key, values) for key, values in own.items() if key in looked_at)
            records.add(Record(session.role_arn, action, resource, allowed, told))
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
        direct = (session.role_arn, session.arn)
        delegated = (f"arn:{moto.PARTITION}:iam::{session.account}:root", session.account, "*")
        same_account = target.account_id == session.account
        by_name, by_account = (principals.trusts(trust, names, _ASSUME, context) for names in (direct, delegated))
        may = denied is None or (by_name and same_account)
        # Every request has a session name of its own.
        told = tuple(each for each in context.items() if each[0] != "sts:rolesessionname")
        records.take(Taking(target_arn, _ASSUME, (*direct, *delegated), told, may, by_name or by_account))
        return _wrong_duration(call, target) if may and (by_name or by_account) else refusal


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
