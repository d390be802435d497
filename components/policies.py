"""IAM policies as data: pure functions that return statements, and the few places where `Resource: "*"` is right.

A statement is what the IAM policy language says it is; resources may be Pulumi outputs. `document` renders a policy.
`Resource: "*"` can only be had by name from `WILDCARDS`, where its reason stands beside it; the name becomes the
statement's `Sid`, so that a reader of the policy in AWS finds the reason, and a test can demand one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.wildcards import WILDCARDS

Statement = Mapping[str, Any]
"""One statement of an IAM policy."""

ASSUMED_ROLES_PER_POLICY: Final = 90
"""How many role ARNs go into one managed policy: 6,144 characters, and 64 for an ARN in the longest partition."""


@dataclass(frozen=True)
class Place:
    """Where a stack is: what ARNs are made of.

    Attributes:
        partition: as the provider says it (`aws`, `aws-cn`, …).
        region: the stack's region.
        account_id: the stack's account.
    """

    partition: pulumi.Output[str]
    region: str
    account_id: str

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """The ARN of something in this region and account."""
        return pulumi.Output.concat("arn:", self.partition, f":{service}:{self.region}:{self.account_id}:", resource)

    def role_arn(self, account_id: str, name: str) -> pulumi.Output[str]:
        """The ARN of a role in any account of this partition."""
        return pulumi.Output.concat("arn:", self.partition, f":iam::{account_id}:role/{name}")

    def root_arn(self, account_id: str) -> pulumi.Output[str]:
        """The ARN that stands for a whole account in a trust policy."""
        return pulumi.Output.concat("arn:", self.partition, f":iam::{account_id}:root")

    def aws_policy_arn(self, name: str) -> pulumi.Output[str]:
        """The ARN of a managed policy that AWS keeps."""
        return pulumi.Output.concat("arn:", self.partition, f":iam::aws:policy/{name}")


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """A policy document as compact JSON (AWS counts its characters)."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def allow(actions: str | Sequence[str], resources: Any) -> Statement:
    """Actions on resources that are named."""
    return {
        "Effect": "Allow",
        "Action": [actions] if isinstance(actions, str) else sorted(actions),
        "Resource": resources if isinstance(resources, list) else [resources],
    }


def wildcard(name: str) -> Statement:
    """One of `WILDCARDS`, the only statements with `Resource: "*"`."""
    return {"Sid": name, "Effect": "Allow", "Action": list(WILDCARDS[name].actions), "Resource": "*"}


def trust_service(service: str, account_id: str | None = None) -> pulumi.Output[str]:
    """The trust policy of a role for an AWS service, on behalf of this account alone where the service says so."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account_id is not None:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return document([statement])


def trust_role(
    account: pulumi.Input[str], role: pulumi.Input[str], external_id: pulumi.Input[str] | None
) -> pulumi.Output[str]:
    """The trust policy of a role for one role of another account.

    The principal is the account's root, narrowed by a condition: a role that is named as the principal must exist, and
    turns into an id that means nothing once that role is made anew.

    Args:
        account: the ARN of the other account's root.
        role: the ARN of the one role.
        external_id: what it must present, if anything.
    """
    condition: dict[str, Any] = {"ArnEquals": {"aws:PrincipalArn": role}}
    if external_id is not None:
        condition["StringEquals"] = {"sts:ExternalId": external_id}
    return document(
        [{"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole", "Condition": condition}]
    )


def trust_identity_pool(pool_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """The trust policy of a role for those whom one identity pool knows to be signed in: not for its guests."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": pool_id},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        },
    }
    return document([statement])


def write_logs(log_group_arn: pulumi.Input[str]) -> Statement:
    """Write to the streams of one log group."""
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.Output.concat(log_group_arn, ":*"))


def query(indexes: Sequence[pulumi.Output[str]]) -> Statement:
    """Query indexes of the register."""
    return allow("dynamodb:Query", list(indexes))


def requests(actions: Sequence[str], arn: pulumi.Input[str]) -> Statement:
    """Work on the register's requests, and on nothing beside them (arguments as in `items`).

    A request's key is its id, the name of an execution, which has no `#`; the keys of all else have one.
    """
    return _items(actions, arn, "ForAllValues:StringNotLike", "*#*")


def shares(actions: Sequence[str], *arns: pulumi.Input[str]) -> Statement:
    """Work on the ledger's shares, and on nothing beside them (arguments as in `items`).

    A share's key is its consumer's account; the keys of all else have a `#`. That goes for a query, too, which names
    its one key: in the table, and in an index that is sorted under the same key.
    """
    return _items(actions, list(arns), "ForAllValues:StringNotLike", "*#*")


def items(actions: Sequence[str], arn: pulumi.Input[str], kind: str) -> Statement:
    """Work on one kind of items (actions without the prefix).

    Args:
        actions: of those that name single items, which alone IAM knows the keys of.
        arn: the table's, or that of an index that is sorted under the same keys.
        kind: what the keys of these items look like, with `*`.
    """
    return _items(actions, arn, "ForAllValues:StringLike", kind)


def _items(actions: Sequence[str], arn: Any, operator: str, kind: str) -> Statement:
    only = {
        operator: {"dynamodb:LeadingKeys": [kind]},
        # Of no keys at all, all are as wanted.
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    return {**allow([f"dynamodb:{action}" for action in actions], arn), "Condition": only}


def read_catalogue(place: Place, key_arn: str | None) -> Sequence[Statement]:
    """Read databases and tables (`key_arn`: of the key that the catalogue is encrypted with, if it is)."""
    return _read(place, key_arn, ["glue:GetDatabase"])


def browse_catalogue(place: Place, key_arn: str | None) -> Sequence[Statement]:
    """Read databases and tables as a person does who looks for something: lists of databases too."""
    return _read(place, key_arn, ["glue:GetDatabase", "glue:GetDatabases"])


def list_catalogue(place: Place, key_arn: str | None) -> Sequence[Statement]:
    """Go through all databases and tables, list by list."""
    return _read(place, key_arn, ["glue:GetDatabases"], ["glue:GetTables"])


def _read(
    place: Place,
    key_arn: str | None,
    of_databases: Sequence[str],
    of_tables: Sequence[str] = ("glue:GetTable", "glue:GetTables"),
) -> Sequence[Statement]:
    """Glue asks for a permission on the whole way down, and no further; Lake Formation asks for its own.

    An encrypted catalogue Glue decrypts in its caller's name, so whoever reads it needs the key.
    """
    way = [place.arn("glue", "catalog"), place.arn("glue", "database/*")]
    return [
        allow(of_databases, way),
        allow(of_tables, [*way, place.arn("glue", "table/*/*")]),
        *([allow("kms:Decrypt", key_arn)] if key_arn else []),
    ]


def put_events(place: Place) -> Statement:
    """Put events on the account's default bus."""
    return allow("events:PutEvents", place.arn("events", "event-bus/default"))


def assume_roles(role_arns: Sequence[pulumi.Input[str]]) -> Sequence[Sequence[Statement]]:
    """The statements of as many managed policies as it takes to assume all these roles by name.

    Cut in the order given, so that a role added at the end changes the last policy only.
    """
    return [
        [allow("sts:AssumeRole", list(role_arns[start : start + ASSUMED_ROLES_PER_POLICY]))]
        for start in range(0, len(role_arns), ASSUMED_ROLES_PER_POLICY)
    ]
