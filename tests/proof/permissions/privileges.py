"""Who may do what, and who did: the policies of the meshes' roles beside the recorded calls."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.proof.permissions.evaluator import Context, Document, allows, trusts

_AUTO_NAME = re.compile(r"-[0-9a-f]{7}(?![0-9A-Za-z])")
_USER_POOL = re.compile(r"userpool/[\w-]+")
_PRODUCER = re.compile(r"^arn:[\w-]+:iam::\d{12}:role/ProducerWorkflowRole$")
_TOPIC = re.compile(r"\d{12}:DataLakeSharingApproval$")
_PREFIXES = ("lakeshare-", "LakeshareNotifier", "ProducerWorkflowRole")

MANAGED = re.compile(r"^arn:[\w-]+:iam::aws:policy/")
"""The ARNs of policies that AWS keeps: nothing of ours says what is in them."""


@dataclass(frozen=True)
class Call:
    """One call as it was recorded: what, on what, and whether the mesh allowed it."""

    action: str
    resource: str
    allowed: bool
    count: int


@dataclass(frozen=True)
class Taking:
    """One attempt to take a role, as it was recorded."""

    principals: tuple[str, ...]
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
    """A name or an ARN as it is on every mesh: without what Pulumi and Cognito made up, whichever the producer."""
    named = _USER_POOL.sub("userpool/of-the-portal", _AUTO_NAME.sub("", text))
    named = _TOPIC.sub("of-a-producer:DataLakeSharingApproval", named)
    return "arn:aws:iam::of-a-registered-producer:role/ProducerWorkflowRole" if _PRODUCER.match(named) else named


def roles_of(evidence: Mapping[str, Any]) -> list[Role]:
    """The roles of a mesh."""
    calls: dict[str, list[Call]] = {}
    for each in evidence["checks"]:
        call = Call(each["action"], each["resource"], each["allowed"], each["count"])
        calls.setdefault(each["role"], []).append(call)
    takings: dict[str, list[Taking]] = {}
    for each in evidence["takings"]:
        taking = Taking(
            tuple(each["principals"]), each["action"], dict(each["context"]), each["trusted"], each["count"]
        )
        takings.setdefault(each["role"], []).append(taking)
    return [
        Role(arn, role["trust"], role["policies"], tuple(calls.get(arn, ())), tuple(takings.get(arn, ())))
        for arn, role in evidence["roles"].items()
    ]


def recorded_without_policies(evidence: Mapping[str, Any]) -> set[str]:
    """Roles that called and that IAM does not know any more."""
    return {each["role"] for each in evidence["checks"]} - set(evidence["roles"])


# --- what is allowed --------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Permission:
    """An action on a resource pattern, as a role's policies have it, on whichever mesh."""

    role: str
    action: str
    resource: str


def permissions(role: Role) -> Iterator[Permission]:
    """All that a role's rendered policies allow, one by one."""
    for _, action, resource in _entries(role.own):
        yield Permission(role.name, action, plain(resource))


def without(role: Role, permission: Permission, *, everywhere: bool = False) -> list[Document]:
    """A role's policies with one permission taken out; `everywhere`: the action, whatever it is on."""
    left = copy.deepcopy(dict(role.policies))
    for statement, action, resource in list(_entries({name: left[name] for name in role.own})):
        if action != permission.action or not (everywhere or plain(resource) == permission.resource):
            continue
        actions = [each for each in _list(statement["Action"]) if each != action]
        if everywhere or len(_list(statement["Resource"])) == 1:
            statement["Action"] = actions
        elif not actions:
            statement["Resource"] = [each for each in _list(statement["Resource"]) if each != resource]
        else:
            # Of several actions on several resources one pair goes: the statement is cut in two.
            statement["Action"] = actions
            rest = [each for each in _list(statement["Resource"]) if each != resource]
            policy = next(document for document in left.values() if statement in document["Statement"])
            policy["Statement"].append({"Effect": "Allow", "Action": [action], "Resource": rest})
    return list(left.values())


def _entries(policies: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    for document in policies.values():
        for statement in list(document["Statement"]):
            for action in _list(statement["Action"]):
                for resource in _list(statement["Resource"]):
                    yield statement, action, resource


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def is_missed(role: Role, permission: Permission, *, everywhere: bool = False) -> bool:
    """Whether a recorded call of this role is refused once a permission is gone."""
    left = without(role, permission, everywhere=everywhere)
    mine = (call for call in role.calls if call.allowed and call.action.lower() == permission.action.lower())
    return any(not allows(left, call.action, call.resource, role.context) for call in mine)


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


def by_name(roles: Iterable[Role]) -> Mapping[str, Sequence[Role]]:
    """Roles of all meshes by what they are called on each."""
    found: dict[str, list[Role]] = {}
    for role in roles:
        found.setdefault(role.name, []).append(role)
    return found
