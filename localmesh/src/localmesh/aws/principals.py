"""Who a caller is: the sessions of roles that were assumed on the mesh, by their access keys."""

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localmesh.aws import moto
from localmesh.aws.policy import Policy, Verdict, parse, verdict
from localmesh.aws.records import Taking, records

_ROLE_ARN = re.compile(r"^arn:[\w-]+:iam::(\d{12}):role/(.+)$")


@dataclass(frozen=True)
class Session:
    """A role, assumed.

    Attributes:
        account: the role's account.
        role_arn: the role's ARN.
        name: the session's name.
        access_key: what its calls are signed with.
        expires: after this its calls are refused; None for a function's own credentials, which Lambda renews.
        policy: the session policy that it was assumed with, if any.
    """

    account: str
    role_arn: str
    name: str
    access_key: str
    expires: datetime | None
    policy: str | None = None

    @property
    def arn(self) -> str:
        """The ARN that AWS shows for the session."""
        return f"arn:{moto.PARTITION}:sts::{self.account}:assumed-role/{self.role_arn.rpartition('/')[2]}/{self.name}"

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and datetime.now(UTC) >= self.expires


_sessions: dict[str, Session] = {}
_services: dict[tuple[str, str], dict[str, str]] = {}
_lock = threading.Lock()


def remember(session: Session) -> None:
    """Keeps a session, so that its access key is known."""
    _sessions[session.access_key] = session


def session_of(access_key: str) -> Session | None:
    """The session that an access key belongs to; None for every other key: an administrator's, or a made-up one."""
    return _sessions.get(access_key)


def service_credentials(role_arn: str, session_name: str) -> dict[str, str]:
    """Credentials with which an AWS service (Lambda, Step Functions) acts in a role.

    Returns:
        The environment variables that carry them.
    """
    with _lock:
        known = _services.get((role_arn, session_name))
        if known is not None:
            return known
        match = _ROLE_ARN.match(role_arn)
        if match is None:
            raise ValueError(f"expected the ARN of a role, got {role_arn!r}")
        assumed: Any = moto.backend("sts", match[1], "us-east-1").assume_role(
            region_name="us-east-1",
            role_session_name=session_name,
            role_arn=role_arn,
            policy=None,
            duration=3600,
            external_id=None,
        )
        remember(Session(match[1], role_arn, session_name, assumed.access_key_id, expires=None))
        _services[(role_arn, session_name)] = {
            "AWS_ACCESS_KEY_ID": assumed.access_key_id,
            "AWS_SECRET_ACCESS_KEY": assumed.secret_access_key,
            "AWS_SESSION_TOKEN": assumed.session_token,
        }
        return _services[(role_arn, session_name)]


def given_out() -> list[dict[str, str]]:
    """All credentials that STS has given out, as secrets to look for: of roles, whether there is such a role or not."""
    accounts: Any = moto.module("moto.sts.models").sts_backends
    return [
        {
            "role": str(each.role_arn),
            "access_key": str(each.access_key_id),
            "secret_key": str(each.secret_access_key),
            "session_token": str(each.session_token),
        }
        for partitions in list(accounts.values())
        for backend in list(partitions.values())
        for each in list(backend.assumed_roles)
    ]


def is_role(arn: str) -> bool:
    """Whether this is how a role is named; there may be none of that name."""
    return _ROLE_ARN.match(arn) is not None


def role(role_arn: str) -> Any | None:
    """The role as moto holds it; None if there is none of that ARN."""
    match = _ROLE_ARN.match(role_arn)
    if match is None:
        return None
    for each in list(moto.backend("iam", match[1], "").roles.values()):
        if each.arn == role_arn:
            return each
    return None


def policies_of(role: Any) -> Iterator[Policy]:
    """The policies that give a role its permissions, inline and attached."""
    for document in list(role.policies.values()):
        yield parse(document if isinstance(document, str) else json.dumps(document))
    for attached in list(role.managed_policies.values()):
        default = attached.default_version_id
        yield from (parse(each.document) for each in list(attached.versions) if each.version_id == default)


def trust_of(role: Any) -> Policy:
    """The policy that says who may assume a role."""
    return parse(role.assume_role_policy_document)


def trusts(trust: Policy, names: Iterable[str], action: str, context: Mapping[str, str]) -> bool:
    """Whether a trust policy lets somebody of one of these names in."""
    wanted = set(names)
    named = tuple(statement for statement in trust if statement.names(wanted))
    return verdict([named], action, "", context) is Verdict.ALLOWED


def lets_in(role_arn: str, name: str, action: str, context: Mapping[str, str]) -> bool:
    """Whether a role lets in a service, or somebody whom that signed in; puts that on record.

    A role that is not there lets everybody in.
    """
    found = role(role_arn)
    if found is None:
        return True
    trusted = trusts(trust_of(found), [name], action, context)
    records.take(Taking(role_arn, action, (name,), tuple(context.items()), may=True, trusted=trusted))
    return trusted


def lets_service_in(role_arn: str, service: str, account: str) -> bool:
    """Whether a role lets an AWS service act in it on behalf of an account."""
    return lets_in(role_arn, f"{service}.amazonaws.com", "sts:AssumeRole", {"aws:sourceaccount": account})
