"""The policies that functions have of their own, which let in services and other accounts.

Whoever is of another account needs them beside their own
(https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html). moto looks for every function in the
caller's account, and knows of policies that name a service or a whole account.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from localmesh.accounts import DEFAULT_ACCOUNT
from localmesh.aws import calls, moto, policy, principals

_ARN = re.compile(r"^arn:[\w-]+:lambda:(?P<region>[\w-]+):(?P<account>\d{12}):function:(?P<name>[\w-]+)(?::.+)?$")
_ACCOUNT = re.compile(r"^\d{12}$")


def install() -> None:
    """Corrects moto."""
    denied = moto.module("moto.core.exceptions").JsonRESTError
    refused = moto.module("moto.awslambda.exceptions").InvalidParameterValueException

    @moto.correct(moto.module("moto.awslambda.models").LambdaBackend, "invoke")
    def _invoke(original: Any, self: Any, function_name: str, *args: Any) -> Any:
        named = _ARN.match(function_name)
        if named is None or named["account"] == self.account_id:
            return original(self, function_name, *args)
        owner = moto.backend("awslambda", named["account"], named["region"])
        if not _lets_in(owner.get_function_by_arn(function_name)):
            why = "because no resource-based policy allows the lambda:InvokeFunction action"
            wanted = f"lambda:InvokeFunction on resource: {function_name}"
            refusal = denied(
                "AccessDeniedException", f"User: {_caller()[0]} is not authorized to perform: {wanted} {why}"
            )
            refusal.code = 403
            raise refusal
        return original(owner, function_name, *args)

    @moto.correct(moto.module("moto.awslambda.policy").Policy, "principal_formatter")
    def _principal(original: Any, self: Any, given: Any) -> Any:
        """As AWS shows it: an account by its root, and whom an ARN names."""
        if _ACCOUNT.match(str(given)):
            return {"AWS": f"arn:{moto.PARTITION}:iam::{given}:root"}
        if principals.is_role(str(given)):
            if principals.role(str(given)) is None:
                raise refused("The provided principal was invalid. Please check the principal and try again.")
            return {"AWS": given}
        return original(self, given)


def may_invoke(function: Any, service: str, source_arn: str) -> bool:
    """Whether a function's own policy lets a service call it on behalf of a resource."""
    context = {"aws:sourcearn": source_arn, "aws:sourceaccount": str(function.account_id)}
    return _allows(function, [service], context)


def _lets_in(function: Any | None) -> bool:
    """Whether a function's own policy lets the caller invoke it; of a function that is not there none does."""
    caller = _caller()
    return function is not None and _allows(function, caller, {"aws:principalarn": caller[0]})


def _allows(function: Any, names: Iterable[str], context: Mapping[str, str]) -> bool:
    document = json.dumps({"Statement": function.policy.statements})
    named = tuple(statement for statement in policy.parse(document) if statement.names(names))
    arns = (str(function.function_arn), f"{function.function_arn}:$LATEST")
    return any(policy.verdict([named], "lambda:InvokeFunction", arn, context) is policy.Verdict.ALLOWED for arn in arns)


def _caller() -> tuple[str, ...]:
    """The names by which a policy can mean who is calling, the closest first."""
    call = calls.current.get()
    session = principals.session_of(call.access_key) if call is not None else None
    account = session.account if session is not None else DEFAULT_ACCOUNT
    root = f"arn:{moto.PARTITION}:iam::{account}:root"
    return (session.role_arn, session.arn, root, account) if session is not None else (root, account)
