"""Cognito: the people of a user pool, and their groups."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import Change, Input, Output, ResourceType
from localmesh.provider.services.cognito_pool import GONE
from localmesh.provider.values import Props, given, or_none, same_in_any_order

_NOBODY = (GONE, "UserNotFoundException")
_OWN = ("sub", "identities")
"""Attributes that nobody can set."""


class UserGroup(ResourceType):
    """A group. Its id is `pool/name`."""

    type_name = "aws:cognito/userGroup:UserGroup"
    inputs: ClassVar = {
        "description": Input(),
        "name": Input(required=True, replaces=True),
        "userPoolId": Input(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the group."""
        aws.client("cognito-idp").create_group(
            GroupName=inputs["name"], UserPoolId=inputs["userPoolId"], **_group(inputs)
        )
        return f"{inputs['userPoolId']}/{inputs['name']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the group as it is."""
        pool, name = id_.split("/", 1)
        client = aws.client("cognito-idp")
        answer = or_none(lambda: client.get_group(UserPoolId=pool, GroupName=name), GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["Group"]
        return {
            "description": found.get("Description"),
            "name": name,
            "userPoolId": pool,
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        pool, name = id_.split("/", 1)
        gone = {"Description": ""} if change.touches("description") and not change.new.get("description") else {}
        aws.client("cognito-idp").update_group(UserPoolId=pool, GroupName=name, **_group(change.new), **gone)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the group; its people stay."""
        pool, name = id_.split("/", 1)
        client = aws.client("cognito-idp")
        or_none(lambda: client.delete_group(UserPoolId=pool, GroupName=name), GONE)


class User(ResourceType):
    """Somebody. Its id is `pool/username`."""

    type_name = "aws:cognito/user:User"
    inputs: ClassVar = {
        "attributes": Input(),
        "desiredDeliveryMediums": Input(same=same_in_any_order, readable=False),
        "enabled": Input(default=True),
        "userPoolId": Input(required=True, replaces=True),
        "username": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"creationDate": Output(), "status": Output(volatile=True), "sub": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the user, who gets an invitation with a password for the first sign-in."""
        client, pool, name = aws.client("cognito-idp"), inputs["userPoolId"], inputs["username"]
        client.admin_create_user(
            UserPoolId=pool,
            Username=name,
            UserAttributes=_listed(inputs.get("attributes")),
            **given(
                inputs,
                desiredDeliveryMediums="DesiredDeliveryMediums",
            ),
        )
        if not inputs["enabled"]:
            client.admin_disable_user(UserPoolId=pool, Username=name)
        return f"{pool}/{name}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the user as they are."""
        pool, name = id_.split("/", 1)
        client = aws.client("cognito-idp")
        found = or_none(lambda: client.admin_get_user(UserPoolId=pool, Username=name), *_NOBODY)
        if found is None:
            return None
        attributes = {one["Name"]: one["Value"] for one in found["UserAttributes"]}
        return {
            "attributes": {key: value for key, value in attributes.items() if key not in _OWN},
            "creationDate": f"{found['UserCreateDate']:%Y-%m-%dT%H:%M:%SZ}",
            "enabled": found["Enabled"],
            "status": found["UserStatus"],
            "sub": attributes["sub"],
            "userPoolId": pool,
            "username": found["Username"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change attributes, and whether they may sign in."""
        pool, name = id_.split("/", 1)
        client, who = aws.client("cognito-idp"), {"UserPoolId": pool, "Username": name}
        if change.touches("attributes"):
            before: Props = change.old.get("attributes") or {}
            after: Props = change.new.get("attributes") or {}
            if gone := sorted(before.keys() - after):
                client.admin_delete_user_attributes(**who, UserAttributeNames=gone)
            if after:
                client.admin_update_user_attributes(**who, UserAttributes=_listed(after))
        if change.touches("enabled"):
            (client.admin_enable_user if change.new["enabled"] else client.admin_disable_user)(**who)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the user."""
        pool, name = id_.split("/", 1)
        client = aws.client("cognito-idp")
        or_none(lambda: client.admin_delete_user(UserPoolId=pool, Username=name), *_NOBODY)


class UserInGroup(ResourceType):
    """Somebody's membership in a group. Its id is `pool/group/username`; nothing of it changes in place."""

    type_name = "aws:cognito/userInGroup:UserInGroup"
    inputs: ClassVar = {
        "groupName": Input(required=True, replaces=True),
        "userPoolId": Input(required=True, replaces=True),
        "username": Input(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the user into the group."""
        pool, group, name = inputs["userPoolId"], inputs["groupName"], inputs["username"]
        aws.client("cognito-idp").admin_add_user_to_group(UserPoolId=pool, GroupName=group, Username=name)
        return f"{pool}/{group}/{name}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look among the user's groups."""
        pool, group, name = id_.split("/", 2)
        pages = aws.client("cognito-idp").get_paginator("admin_list_groups_for_user")
        found = or_none(lambda: list(pages.paginate(UserPoolId=pool, Username=name)), *_NOBODY)
        names = [one["GroupName"] for page in found or () for one in page["Groups"]]
        return {"groupName": group, "userPoolId": pool, "username": name} if group in names else None

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the user out of the group."""
        pool, group, name = id_.split("/", 2)
        client = aws.client("cognito-idp")
        or_none(lambda: client.admin_remove_user_from_group(UserPoolId=pool, GroupName=group, Username=name), *_NOBODY)


TYPES = (UserGroup(), User(), UserInGroup())


def _group(inputs: Props) -> Props:
    return given(inputs, description="Description")


def _listed(attributes: Any) -> list[dict[str, str]]:
    found: dict[str, str] = attributes or {}
    return [{"Name": key, "Value": value} for key, value in found.items()]
