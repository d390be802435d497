"""What a call needs permission for: action and resources, as AWS's service authorization reference has them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from localmesh.aws import administration, dynamodb_keys, moto
from localmesh.aws.calls import Call
from localmesh.aws.policy import Need

ANY = "*"
"""Where an action has no resource level, only policies with this resource allow it."""

_PREFIXES = {"monitoring": "cloudwatch", "lambda": "lambda"}
_ACTIONS = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "DryRun"): "lambda:InvokeFunction",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "ListObjects"): "s3:ListBucket",
}

TaskTokens = Callable[[str], str | None]
"""Gives the state machine that a task token belongs to."""


def action_of(call: Call) -> str:
    """The IAM action of a call, such as ``glue:GetTable``."""
    known = _ACTIONS.get((call.service, call.operation))
    return known or f"{_PREFIXES.get(call.service, call.service)}:{call.operation}"


def resources_of(call: Call, account: str, machine_of_token: TaskTokens) -> Sequence[Need]:
    """The permissions that a call needs, all of them.

    Args:
        call: the call.
        account: the caller's account, which resources named without one are in.
        machine_of_token: for the calls that carry a task token.
    """
    action = action_of(call)
    finder = _FINDERS.get(call.service)
    administrative = administration.needs(call, account)
    if any(need.action != "iam:PassRole" for need in administrative):
        return administrative
    if call.service == "states":
        arn = _states(call, account, machine_of_token)
        return [*([Need(action, arn)] if arn is not None else []), *administrative]
    if call.service == "dynamodb":
        return _transaction(call, account) if call.operation.startswith("Transact") else _dynamodb(call, account)
    found = finder(call, account) if finder is not None else [ANY]
    return [*(Need(action, arn) for arn in found), *administrative]


def _arn(call: Call, account: str, rest: str, service: str = "") -> str:
    return f"arn:{moto.PARTITION}:{service or call.service}:{call.region}:{account}:{rest}"


def _table(call: Call, account: str, name: str) -> str:
    return name if name.startswith("arn:") else _arn(call, account, f"table/{name}")


def _dynamodb(call: Call, account: str) -> list[Need]:
    action, parameters = action_of(call), call.parameters
    name = str(parameters.get("TableName", ""))
    if not name:
        batches: Mapping[str, Any] = parameters.get("RequestItems", {})
        needs = [(_table(call, account, each), dynamodb_keys.of_batch(asked)) for each, asked in batches.items()]
        named = str(parameters.get("ResourceArn") or ANY)
        return [Need(action, arn, dynamodb_keys.context(arn, keys)) for arn, keys in needs] or [Need(action, named)]
    arn, index = _table(call, account, name), parameters.get("IndexName")
    on = f"{arn}/index/{index}" if index else arn
    if call.operation == "Query":
        return [Need(action, on, dynamodb_keys.context_of_query(arn, parameters))]
    return [Need(action, on, dynamodb_keys.context(arn, dynamodb_keys.of_item(parameters)))]


def _transaction(call: Call, account: str) -> list[Need]:
    actions = {
        "Put": "PutItem",
        "Update": "UpdateItem",
        "Delete": "DeleteItem",
        "Get": "GetItem",
        "ConditionCheck": "ConditionCheckItem",
    }
    parts = [
        (kind, _table(call, account, part["TableName"]), part)
        for entry in call.parameters.get("TransactItems", [])
        for kind, part in entry.items()
    ]
    return [
        Need(f"dynamodb:{actions[kind]}", arn, dynamodb_keys.context(arn, dynamodb_keys.of_item(part)))
        for kind, arn, part in parts
    ]


def _glue(call: Call, account: str) -> list[str]:
    # Glue's resources are a hierarchy: a permission on a table is none without those on its database and on the
    # catalogue.
    parameters = call.parameters
    owner = str(parameters.get("CatalogId") or account)
    arns = [_arn(call, owner, "catalog")]
    is_database = call.operation in {"CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase"}
    made: Mapping[str, Any] = parameters.get("DatabaseInput") or {}
    named = parameters.get("Name") or made.get("Name") if is_database else parameters.get("DatabaseName")
    database = str(named or "").lower()
    if not database:
        return [*arns, _arn(call, owner, "database/*")] if call.operation == "GetDatabases" else arns
    arns.append(_arn(call, owner, f"database/{database}"))
    if call.operation == "DeleteDatabase":
        # With all that may be in it, says the service authorization reference.
        arns += [_arn(call, owner, f"{kind}/{database}/*") for kind in ("table", "userDefinedFunction")]
    if not is_database:
        given: Mapping[str, Any] = parameters.get("TableInput") or {}
        table = str(parameters.get("Name") or parameters.get("TableName") or given.get("Name") or "*").lower()
        arns.append(_arn(call, owner, f"table/{database}/{table}"))
    return arns


def _sns(call: Call, account: str) -> list[str]:
    given = call.parameters
    if call.operation == "CreateTopic":
        return [_arn(call, account, str(given.get("Name")))]
    return [str(given.get("TopicArn") or given.get("TargetArn") or given.get("ResourceArn") or ANY)]


def _sts(call: Call, account: str) -> list[str]:
    del account
    return [str(call.parameters.get("RoleArn") or ANY)]


def _events(call: Call, account: str) -> list[str]:
    if call.operation != "PutEvents":
        given = call.parameters
        return [
            str(given.get("ResourceARN") or _arn(call, account, f"rule/{given.get('Name') or given.get('Rule', ANY)}"))
        ]
    buses = {str(entry.get("EventBusName") or "default") for entry in call.parameters.get("Entries", [])}
    return [bus if bus.startswith("arn:") else _arn(call, account, f"event-bus/{bus}") for bus in sorted(buses)]


def _lambda(call: Call, account: str) -> list[str]:
    name = call.function_name
    return [name if name.startswith("arn:") else _arn(call, account, f"function:{name}") if name else ANY]


def _kms(call: Call, account: str) -> list[str]:
    key = str(call.parameters.get("KeyId") or ANY)
    return [key if key == ANY or key.startswith("arn:") else _arn(call, account, f"key/{key}")]


def _logs(call: Call, account: str) -> list[str]:
    group = call.parameters.get("logGroupName")
    stream = call.parameters.get("logStreamName")
    if not group:
        return [str(call.parameters.get("resourceArn") or ANY)]
    return [_arn(call, account, f"log-group:{group}:log-stream:{stream}" if stream else f"log-group:{group}:*")]


def _ram(call: Call, account: str) -> list[str]:
    del account  # an invitation's ARN names who has sent it
    return [str(call.parameters.get("resourceShareInvitationArn") or ANY)]


def _s3(call: Call, account: str) -> list[str]:
    del account  # a bucket's ARN names none
    known = call.operation == "ListObjects" or call.operation.endswith("Object")
    return [f"arn:{moto.PARTITION}:s3:::{unquote(call.request.path).strip('/')}" if known else ANY]


def _user_pool(call: Call, account: str) -> list[str]:
    pool = call.parameters.get("UserPoolId")
    return [_arn(call, account, f"userpool/{pool}") if pool else str(call.parameters.get("ResourceArn") or ANY)]


def _states(call: Call, account: str, machine_of_token: TaskTokens) -> str | None:
    parameters = call.parameters
    if "taskToken" in parameters:
        # A token that was never given belongs to no state machine: the call will fail for that, not because a
        # permission is missing.
        return machine_of_token(str(parameters["taskToken"]))
    if call.operation == "CreateStateMachine":
        return _arn(call, account, f"stateMachine:{parameters.get('name')}")
    named = (parameters.get(key) for key in ("executionArn", "stateMachineArn", "resourceArn"))
    return next((str(each) for each in named if each), ANY)


_FINDERS: Mapping[str, Callable[[Call, str], list[str]]] = {
    "glue": _glue,
    "sns": _sns,
    "sts": _sts,
    "events": _events,
    "lambda": _lambda,
    "kms": _kms,
    "logs": _logs,
    "ram": _ram,
    "s3": _s3,
    "cognito-idp": _user_pool,
}
