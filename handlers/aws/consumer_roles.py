"""Roles of the consumer's own account: whether there is one, and what one sees through a link."""

import json
from collections.abc import Mapping
from typing import Any, Final

from handlers.aws.clients import PASSING, answer_unless, client, make_client, translated
from handlers.consumer.ports import Link
from handlers.consumer.refusals import NotReadable
from handlers.sharing.model.errors import LakeshareError
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE

_SESSION: Final = {"RoleSessionName": "LakeshareConsumerKit", "DurationSeconds": 900}
_LOOKS: Final = ["glue:GetDatabase", "glue:GetTable", "glue:GetTables"]
"""All that the kit can do in a role that it takes, whatever the role may."""
_NOT_LET_IN: Final = frozenset({"AccessDenied"})
_NO_ROLE: Final = frozenset({"NoSuchEntity", "AccessDenied"})
"""The kit may look for all roles that its config names, by their paths: what it may not look at has another path."""


def has_role(arn: str) -> bool:
    """Whether there is such a role."""
    name = arn.rpartition("/")[2]
    answer = answer_unless(_NO_ROLE, lambda: client("iam").get_role(RoleName=name), "look for a role")
    return answer is not None and answer["Role"]["Arn"] == arn


def reads_as(role: str, link: Link, resource: Resource, central: str) -> bool:
    """Look at something that is shared through its link, as a role; says whether the role lets the kit take it.

    Raises:
        NotReadable: the role does not get to see what it should.
    """
    statement = {"Effect": "Allow", "Action": _LOOKS, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    given = answer_unless(
        _NOT_LET_IN, lambda: client("sts").assume_role(RoleArn=role, Policy=policy, **_SESSION), "take a role"
    )
    if given is None:
        return False
    keys: Mapping[str, str] = given["Credentials"]
    glue = make_client(
        "glue",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )

    def meaning(code: str, message: str) -> LakeshareError | None:
        return None if code in PASSING else _not_readable(role, link, f"{code}: {message}")

    with translated("look through a link", meaning):
        found = _found(glue, link, resource)
    if found is not None and found.get("CatalogId") != central:
        raise _not_readable(role, link, f"it leads into account {found.get('CatalogId')}")
    return True


def _found(glue: Any, link: Link, resource: Resource) -> Mapping[str, Any] | None:
    """The table that is seen through the link; of all tables the first, `None` if there is none."""
    if link.database:
        return glue.get_table(DatabaseName=link.database, Name=link.name)["Table"]
    if resource.table not in {"", WHOLE_DATABASE}:
        return glue.get_table(DatabaseName=link.name, Name=resource.table)["Table"]
    return next(iter(glue.get_tables(DatabaseName=link.name, MaxResults=1)["TableList"]), None)


def _not_readable(role: str, link: Link, why: str) -> NotReadable:
    return NotReadable(
        f"{role} was let read what is shared, and yet does not see it through {link.in_words} ({why}). The policies of "
        "the role have to allow glue:GetTable, glue:GetTables and glue:GetDatabase on the link and on what it leads to."
    )
