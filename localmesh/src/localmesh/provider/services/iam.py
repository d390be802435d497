"""IAM: roles, what is written into them, what is attached to them, managed policies."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.resource import Change, Input, Output, ResourceType, named
from localmesh.provider.values import Props, given, or_none, same_policy, tag_changes, tag_list, tag_map

_GONE = "NoSuchEntity"
_MAX_VERSIONS = 5  # AWS keeps so many versions of a managed policy and refuses one more


class Role(ResourceType):
    """A role and the trust in it. Its id is its name."""

    type_name = "aws:iam/role:Role"
    tagged = True
    regional = False
    inputs: ClassVar = {
        **named(64),
        "assumeRolePolicy": Input(required=True, same=same_policy),
        "description": Input(),
        "forceDetachPolicies": Input(default=False, readable=False),
    }
    outputs: ClassVar = {"arn": Output(), "createDate": Output(), "uniqueId": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the role."""
        aws.client("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            Tags=tag_list(inputs.get("tags")),
            **given(inputs, description="Description"),
        )
        return inputs["name"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the role as it is."""
        client = aws.client("iam")
        answer = or_none(lambda: client.get_role(RoleName=id_), _GONE)
        if answer is None:
            return None
        role: dict[str, Any] = answer["Role"]
        return {
            "arn": role["Arn"],
            "assumeRolePolicy": _text(role["AssumeRolePolicyDocument"]),
            "createDate": f"{role['CreateDate']:%Y-%m-%dT%H:%M:%SZ}",
            "description": role.get("Description"),
            "name": role["RoleName"],
            "tags": tag_map(role.get("Tags")),
            "uniqueId": role["RoleId"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change trust, description and tags in place."""
        client, new = aws.client("iam"), change.new
        if change.touches("assumeRolePolicy"):
            client.update_assume_role_policy(RoleName=id_, PolicyDocument=new["assumeRolePolicy"])
        if change.touches("description"):
            client.update_role_description(RoleName=id_, Description=new.get("description") or "")
        if change.touches("tags"):
            wanted, unwanted = tag_changes(change.old, new)
            if unwanted:
                client.untag_role(RoleName=id_, TagKeys=unwanted)
            if wanted:
                client.tag_role(RoleName=id_, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the role; AWS refuses while policies hang on it, unless `forceDetachPolicies` takes them off."""
        client = aws.client("iam")
        if state.get("forceDetachPolicies"):
            for arn in _attached(client, id_):
                client.detach_role_policy(RoleName=id_, PolicyArn=arn)
            inline = or_none(lambda: client.list_role_policies(RoleName=id_), _GONE)
            for name in inline["PolicyNames"] if inline else ():
                client.delete_role_policy(RoleName=id_, PolicyName=name)
        or_none(lambda: client.delete_role(RoleName=id_), _GONE)


class RolePolicy(ResourceType):
    """A policy written into a role. Its id is `role:name`."""

    type_name = "aws:iam/rolePolicy:RolePolicy"
    regional = False
    inputs: ClassVar = {
        **named(128),
        "policy": Input(required=True, same=same_policy),
        "role": Input(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Write the policy."""
        self._put(aws, inputs["role"], inputs["name"], inputs["policy"])
        return f"{inputs['role']}:{inputs['name']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the policy as it is."""
        role, _, name = id_.partition(":")
        client = aws.client("iam")
        found = or_none(lambda: client.get_role_policy(RoleName=role, PolicyName=name), _GONE)
        return found and {"role": role, "name": name, "policy": _text(found["PolicyDocument"])}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Overwrite the policy."""
        role, _, name = id_.partition(":")
        self._put(aws, role, name, change.new["policy"])

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the policy out of the role."""
        role, _, name = id_.partition(":")
        client = aws.client("iam")
        or_none(lambda: client.delete_role_policy(RoleName=role, PolicyName=name), _GONE)

    def _put(self, aws: Aws, role: str, name: str, policy: str) -> None:
        aws.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)


class RolePolicyAttachment(ResourceType):
    """A managed policy attached to a role. Its id is `role/arn`."""

    type_name = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    regional = False
    delete_first = True
    inputs: ClassVar = {
        "policyArn": Input(required=True, replaces=True),
        "role": Input(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Attach."""
        aws.client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look for the policy among those of the role."""
        role, _, arn = id_.partition("/")
        return {"role": role, "policyArn": arn} if arn in _attached(aws.client("iam"), role) else None

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Detach."""
        role, _, arn = id_.partition("/")
        client = aws.client("iam")
        or_none(lambda: client.detach_role_policy(RoleName=role, PolicyArn=arn), _GONE)


class Policy(ResourceType):
    """A managed policy. Its id is its ARN."""

    type_name = "aws:iam/policy:Policy"
    tagged = True
    regional = False
    inputs: ClassVar = {
        **named(128),
        "description": Input(replaces=True),
        "policy": Input(required=True, same=same_policy),
    }
    outputs: ClassVar = {"arn": Output(), "policyId": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the policy."""
        answer = aws.client("iam").create_policy(
            PolicyName=inputs["name"],
            PolicyDocument=inputs["policy"],
            Tags=tag_list(inputs.get("tags")),
            **given(inputs, description="Description"),
        )
        return answer["Policy"]["Arn"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the policy with the version that is in force."""
        client = aws.client("iam")
        answer = or_none(lambda: client.get_policy(PolicyArn=id_), _GONE)
        if answer is None:
            return None
        policy: dict[str, Any] = answer["Policy"]
        version = client.get_policy_version(PolicyArn=id_, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        return {
            "arn": id_,
            "description": policy.get("Description"),
            "name": policy["PolicyName"],
            "policy": _text(version["Document"]),
            "policyId": policy["PolicyId"],
            "tags": tag_map(policy.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Add a version and put it in force; the oldest goes where AWS would keep no more."""
        client = aws.client("iam")
        if change.touches("policy"):
            versions = client.list_policy_versions(PolicyArn=id_)["Versions"]
            if len(versions) >= _MAX_VERSIONS:
                old = min((one for one in versions if not one["IsDefaultVersion"]), key=lambda one: one["CreateDate"])
                client.delete_policy_version(PolicyArn=id_, VersionId=old["VersionId"])
            client.create_policy_version(PolicyArn=id_, PolicyDocument=change.new["policy"], SetAsDefault=True)
        if change.touches("tags"):
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_policy(PolicyArn=id_, TagKeys=unwanted)
            if wanted:
                client.tag_policy(PolicyArn=id_, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the policy with its versions. AWS refuses one that is attached; moto does not and spoils the role."""
        client = aws.client("iam")
        if or_none(lambda: client.get_policy(PolicyArn=id_), _GONE) is None:
            return
        users: dict[str, Any] = client.list_entities_for_policy(PolicyArn=id_)
        if roles := [role["RoleName"] for role in users.get("PolicyRoles", ())]:
            raise ProviderError(
                f"DeletePolicy: DeleteConflict: {id_} is attached to {', '.join(roles)}; detach it first"
            )
        for version in client.list_policy_versions(PolicyArn=id_)["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=id_, VersionId=version["VersionId"])
        client.delete_policy(PolicyArn=id_)


TYPES = (Role(), RolePolicy(), RolePolicyAttachment(), Policy())


def _attached(client: Any, role: str) -> list[str]:
    answer = or_none(lambda: client.list_attached_role_policies(RoleName=role), _GONE)
    return [policy["PolicyArn"] for policy in answer["AttachedPolicies"]] if answer else []


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)
