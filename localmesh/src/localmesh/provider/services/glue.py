"""Glue: databases of the catalogue."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType
from localmesh.provider.values import Props, or_none, tag_changes

_GONE = ("EntityNotFoundException",)


class CatalogDatabase(ResourceType):
    """A database. Its id is the account, a colon, and its name."""

    type_name = "aws:glue/catalogDatabase:CatalogDatabase"
    tagged = True
    inputs: ClassVar = {
        "name": Input(replaces=True, auto=AutoName(255)),
        "description": Input(default=""),
    }
    outputs: ClassVar = {"arn": Output(), "catalogId": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the database."""
        aws.client("glue").create_database(
            CatalogId=aws.account_id, DatabaseInput=_as_asked(inputs), Tags=inputs.get("tags") or {}
        )
        return f"{aws.account_id}:{inputs['name']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the database as it is."""
        account, name = id_.split(":")
        client = aws.client("glue")
        answer = or_none(lambda: client.get_database(CatalogId=account, Name=name), *_GONE)
        if answer is None:
            return None
        arn = _arn(aws, id_)
        found: dict[str, Any] = answer["Database"]
        return {
            "arn": arn,
            "catalogId": account,
            "name": found["Name"],
            "description": found.get("Description", ""),
            "tags": client.get_tags(ResourceArn=arn)["Tags"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change what is said of it, and its tags."""
        account, name = id_.split(":")
        client = aws.client("glue")
        if change.touches("description"):
            client.update_database(CatalogId=account, Name=name, DatabaseInput=_as_asked(change.new))
        if change.touches("tags"):
            arn = _arn(aws, id_)
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceArn=arn, TagsToRemove=unwanted)
            if wanted:
                client.tag_resource(ResourceArn=arn, TagsToAdd=wanted)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the database, and all that is in it."""
        account, name = id_.split(":")
        or_none(lambda: aws.client("glue").delete_database(CatalogId=account, Name=name), *_GONE)


def _arn(aws: Aws, id_: str) -> str:
    account, name = id_.split(":")
    return f"arn:{aws.partition}:glue:{aws.region}:{account}:database/{name}"


def _as_asked(inputs: Props) -> Props:
    return {"Name": inputs["name"], "Description": inputs.get("description", "")}


TYPES = (CatalogDatabase(),)
