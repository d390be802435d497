"""S3: bucket policies are read as AWS reads them, conditions and principals included, and bad ones are refused."""

import json
from collections.abc import Mapping
from typing import Any, cast

from localmesh.aws import calls, moto, principals
from localmesh.aws.policy import Verdict, parse, verdict

_CONTEXT = {"aws:securetransport": "true"}
"""The mesh stands for AWS's endpoint, which its callers would reach encrypted."""


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.s3.models")
    results = moto.module("moto.iam.access_control").PermissionResult
    outcomes = {
        Verdict.ALLOWED: results.PERMITTED,
        Verdict.DENIED: results.DENIED,
        Verdict.SILENT: results.NEUTRAL,
    }

    @moto.correct(models.FakeBucket, "get_permission")
    def _permission(original: Any, self: Any, action: str, resource: str) -> Any:
        # moto leaves out conditions and principals: a denial of what is not encrypted would deny everything.
        del original
        if self.policy is None:
            return results.NEUTRAL
        document: bytes = self.policy
        names = _caller_names(self.account_id)
        spoken = tuple(statement for statement in parse(document.decode()) if statement.names(names))
        return outcomes[verdict([spoken], action, resource, _CONTEXT)]

    @moto.correct(models.S3Backend, "put_bucket_policy")
    def _put(original: Any, self: Any, bucket_name: str, policy: bytes) -> None:
        fault = _fault(bucket_name, policy)
        if fault:
            raise _error("MalformedPolicy", fault)
        block = self.get_bucket(bucket_name).public_access_block
        if block is not None and str(block.block_public_policy).lower() == "true" and _is_public(policy):
            message = "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
            raise _error("AccessDenied", message)
        original(self, bucket_name, policy)


def _caller_names(owner: str) -> set[str]:
    call = calls.current.get()
    session = principals.session_of(call.access_key) if call is not None else None
    if session is None:
        return {owner, f"arn:{moto.PARTITION}:iam::{owner}:root"}
    return {session.account, f"arn:{moto.PARTITION}:iam::{session.account}:root", session.role_arn, session.arn}


def _fault(bucket: str, policy: bytes) -> str:
    try:
        document: Any = json.loads(policy)
    except ValueError:
        return "Policies must be valid JSON and the first byte must be '{'"
    if not isinstance(document, dict):
        return "Policies must be valid JSON and the first byte must be '{'"
    statements = _listed(cast("Mapping[str, Any]", document).get("Statement"))
    if not statements:
        return "Missing required field Statement"
    arn = f"arn:{moto.PARTITION}:s3:::{bucket}"
    for statement in statements:
        missing = [
            " or ".join(names)
            for names in (("Effect",), ("Action", "NotAction"), ("Principal", "NotPrincipal"), ("Resource",))
            if not any(name in statement for name in names)
        ]
        if missing:
            return f"Missing required field {', '.join(missing)}"
        if statement["Effect"] not in {"Allow", "Deny"}:
            return f"Invalid effect: {statement['Effect']}"
        for resource in _listed(statement["Resource"]):
            if resource != arn and not str(resource).startswith(f"{arn}/"):
                return "Policy has invalid resource"
        for action in _listed(statement.get("Action")):
            if action != "*" and not str(action).startswith("s3:"):
                return "Policy has invalid action"
    return ""


def _is_public(policy: bytes) -> bool:
    return any(
        statement.allow and "*" in statement.principals and not statement.conditions
        for statement in parse(policy.decode())
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _error(code: str, message: str) -> Exception:
    return moto.module("moto.s3.exceptions").S3ClientError(code, message)
