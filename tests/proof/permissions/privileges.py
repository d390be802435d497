"""Who may do what, and who did: the policies of the meshes' roles beside the recorded calls."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.people import CONSUMERS
from tests.proof.permissions.evaluator import Context, Document, allows, as_list, trusts

_AUTO_NAME = re.compile(r"-[0-9a-f]{7}(?![0-9A-Za-z])")
_USER_POOL = re.compile(r"userpool/[\w-]+")
_PRODUCER = re.compile(r"^arn:[\w-]+:iam::\d{12}:role/ProducerWorkflowRole$")
_TOPIC = re.compile(r"\d{12}:DataLakeSharingApproval$")
_CONSUMER = re.compile("|".join(each.id for each in CONSUMERS))
_PREFIXES = ("lakeshare-", "LakeshareConsumerKit", "LakeshareNotifier", "ProducerWorkflowRole")

_LIKE, _OTHER = "ForAllValues:StringLike", "ForAllValues:StringNotLike"
_KEY = "dynamodb:LeadingKeys"


def _only(operator: str, patterns: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """The one condition that permissions may have: there are leading keys, and all of them are like these, or none."""
    return {operator: {_KEY: patterns}, "Null": {_KEY: "false"}}


MANAGED = re.compile(r"^arn:[\w-]+:iam::aws:policy/")
"""The ARNs of policies that AWS keeps: nothing of ours says what is in them."""


@dataclass(frozen=True)
class Call:
    """One call as it was recorded: what, on what, whether the mesh allowed it, how often, and what that hung on."""

    action: str
    resource: str
    allowed: bool
    count: int
    context: Context


@dataclass(frozen=True)
class Taking:
    """One attempt to take a role, as it was recorded."""

    principals: Sequence[str]
    action: str
    context: Context
    trusted: bool
    count: int


@dataclass(frozen=True)
class Role:
    """A role of one mesh, its policies by name or ARN, and what was done with it.

    Attributes:
        arn: its ARN.
        trust: who may take it.
        policies: what it may do.
        calls: what it did.
        takings: who took it, or tried.
    """

    arn: str
    trust: Document
    policies: Mapping[str, Document]
    calls: tuple[Call, ...]
    takings: tuple[Taking, ...]

    @property
    def name(self) -> str:
        """What it is called on every mesh."""
        return plain(self.arn.rpartition("/")[2])

    @property
    def context(self) -> Context:
        """What is known of every call that it makes."""
        return {"aws:principalarn": self.arn, "aws:principalaccount": self.arn.split(":")[4]}

    @property
    def ours(self) -> bool:
        """Whether the program made it, rather than a test or the old producer kit."""
        text = json.dumps(self.trust)
        machine_or_function = '"Service"' in text or '"Federated"' in text
        return self.name.startswith(_PREFIXES) and (machine_or_function or "aws:PrincipalArn" in text)

    @property
    def own(self) -> Mapping[str, Document]:
        """The policies that the program rendered."""
        return {name: document for name, document in self.policies.items() if not MANAGED.match(name)}


def plain(text: str) -> str:
    """A name or an ARN as it is on every mesh: without what was made up, whichever the producer or consumer."""
    named = _USER_POOL.sub("userpool/of-the-portal", _AUTO_NAME.sub("", text))
    named = _CONSUMER.sub("of-a-consumer", _TOPIC.sub("of-a-producer:DataLakeSharingApproval", named))
    return "arn:aws:iam::of-a-registered-producer:role/ProducerWorkflowRole" if _PRODUCER.match(named) else named


def roles_of(evidence: Mapping[str, Any]) -> list[Role]:
    """The roles of a mesh."""
    calls, takings = _by_role(Call, evidence["checks"]), _by_role(Taking, evidence["takings"])
    return [
        Role(arn, role["trust"], role["policies"], tuple(calls.get(arn, ())), tuple(takings.get(arn, ())))
        for arn, role in evidence["roles"].items()
    ]


def _by_role(kind: Any, records: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in records:
        told = {**each, "context": dict(each["context"])}
        found.setdefault(each["role"], []).append(kind(**{name: told[name] for name in kind.__match_args__}))
    return found


def recorded_without_policies(evidence: Mapping[str, Any]) -> set[str]:
    """Roles that called and that IAM does not know any more."""
    return {each["role"] for each in evidence["checks"]} - set(evidence["roles"])


# --- what is allowed --------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Permission:
    """An action on a resource pattern, as a role's policies have it, on whichever mesh.

    Attributes:
        role: the role's name.
        action: the action.
        resource: the pattern.
        keys: the pattern of the leading keys that it is for, with `not` before it if for all others; empty for all.
    """

    role: str
    action: str
    resource: str
    keys: str = ""


def permissions(role: Role) -> Iterator[Permission]:
    """All that a role's rendered policies allow, one by one."""
    yield from (permission for permission, _ in _one_by_one(role))


def without(role: Role, permission: Permission, *, everywhere: bool = False) -> list[Document]:
    """A role's policies with one permission taken out; `everywhere`: the action, whatever it is on."""
    left = [
        statement
        for each, statement in _one_by_one(role)
        if each != permission and not (everywhere and each.action == permission.action)
    ]
    return [{"Statement": left}, *(role.policies[name] for name in set(role.policies) - set(role.own))]


def _one_by_one(role: Role) -> Iterator[tuple[Permission, Mapping[str, Any]]]:
    """What a role's rendered policies allow, each with a statement that allows this alone."""
    for document in role.own.values():
        for statement in document["Statement"]:
            conditions = statement.get("Condition", {})
            operator = _OTHER if _OTHER in conditions else _LIKE
            patterns = as_list(conditions.get(operator, {}).get(_KEY, ""))
            if statement["Effect"] != "Allow" or conditions not in ({}, _only(operator, patterns)):
                raise NotImplementedError(f"expected permissions, with leading keys at most, got {statement}")
            for action, resource, keys in itertools.product(
                as_list(statement["Action"]), as_list(statement["Resource"]), patterns
            ):
                alone = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
                only = {"Condition": _only(operator, [keys])} if keys else {}
                name = f"not {keys}" if operator == _OTHER else keys
                yield Permission(role.name, action, plain(resource), name), {**alone, **only}


def is_missed(role: Role, permission: Permission, *, everywhere: bool = False) -> bool:
    """Whether a recorded call of this role is refused once a permission is gone."""
    left = without(role, permission, everywhere=everywhere)
    mine = (call for call in role.calls if call.allowed and call.action.lower() == permission.action.lower())
    return any(not allows(left, call.action, call.resource, {**role.context, **call.context}) for call in mine)


def keeps_out(role: Role, permission: Permission) -> bool:
    """Whether a permission is for some keys only, and without that a call that was refused would be allowed."""
    open_to_all = [{**alone, "Condition": {}} for each, alone in _one_by_one(role) if each == permission]
    refused = (call for call in role.calls if not call.allowed)
    return any(allows([{"Statement": open_to_all}], call.action, call.resource, role.context) for call in refused)


# --- who is let in ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Condition:
    """A condition of a trust policy, on whichever mesh."""

    role: str
    operator: str
    key: str


def conditions(role: Role) -> list[Condition]:
    """All conditions of a role's trust policy."""
    return [
        Condition(role.name, operator, key)
        for statement in role.trust["Statement"]
        for operator, keys in statement.get("Condition", {}).items()
        for key in keys
    ]


def lets_strangers_in(role: Role, condition: Condition) -> bool:
    """Whether somebody who was turned away would have got in without a condition."""
    trust = _changed(role, condition, lambda keys: keys.pop(condition.key))
    turned_away = (each for each in role.takings if not each.trusted)
    return any(trusts(trust, each.principals, each.action, each.context) for each in turned_away)


def locks_everybody_out(role: Role, condition: Condition) -> bool:
    """Whether nobody who was let in would have got in, had a condition asked for something else."""
    trust = _changed(role, condition, lambda keys: keys.update({condition.key: "something else"}))
    let_in = [each for each in role.takings if each.trusted]
    return bool(let_in) and not any(trusts(trust, each.principals, each.action, each.context) for each in let_in)


def _changed(role: Role, condition: Condition, change: Callable[[dict[str, Any]], object]) -> Document:
    trust = copy.deepcopy(role.trust)
    for statement in trust["Statement"]:
        keys = statement.get("Condition", {}).get(condition.operator)
        if keys and condition.key in keys:
            change(keys)
    return trust
