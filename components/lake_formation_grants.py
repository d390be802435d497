"""The Lake Formation permissions that the stack's own roles need: granted by the stack, or printed as commands."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_aws as aws

ANY_VALUE: Final = "*"
"""Of a tag's: a role that sees only some of its values would take the others for absent."""


@dataclass(frozen=True)
class Grant:
    """One grant to one of the stack's roles.

    Attributes:
        role: `grant`, or one that reads.
        on: the name of the database, or the key of the tag.
        kind: whether it is on a database itself, on all its tables, or on all values of a tag.
        permissions: Lake Formation's names of them.
        grantable: whether the role may hand them on.
    """

    role: str
    on: str
    kind: Literal["database", "tables", "tag"]
    permissions: tuple[str, ...] = ("DESCRIBE",)
    grantable: bool = False

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return f"{self.role}-{self.on}-{self.kind}"


def needed(
    databases: Sequence[str],
    readers: Sequence[str],
    owners: Sequence[str],
    tags: Sequence[str] = (),
    tag_readers: Sequence[str] = (),
) -> list[Grant]:
    """What who reads, grants or revokes needs on these databases and tags; one grant a role and resource."""
    on_databases: list[Grant] = [
        grant
        for database in databases
        for grant in (
            *(
                grant
                for reader in readers
                for grant in (Grant(reader, database, "database"), Grant(reader, database, "tables"))
            ),
            *(
                grant
                for owner in owners
                for grant in (
                    Grant(owner, database, "database", grantable=True),
                    Grant(owner, database, "tables", ("DESCRIBE", "SELECT"), grantable=True),
                )
            ),
        )
    ]
    return on_databases + [Grant(reader, tag, "tag") for tag in tags for reader in tag_readers]


@dataclass(frozen=True, kw_only=True)
class LakeFormationGrantsArgs:
    """What the grants are told.

    Attributes:
        account_id: the account of the catalogue.
        region: its region.
        databases: the databases that can be asked for.
        reader_role_arns: the roles that read, by a short name.
        owner_role_arns: the roles that grant and revoke, which takes the grant option on all of it.
        tags: the keys of LF-Tags that are flags.
        tag_readers: which of the roles read them.
    """

    account_id: str
    region: str
    databases: Sequence[str]
    reader_role_arns: Mapping[str, pulumi.Output[str]]
    owner_role_arns: Mapping[str, pulumi.Output[str]]
    tags: Sequence[str] = ()
    tag_readers: Sequence[str] = ()

    @property
    def roles(self) -> dict[str, pulumi.Output[str]]:
        """All roles, by a short name."""
        return {**self.reader_role_arns, **self.owner_role_arns}

    @property
    def grants(self) -> list[Grant]:
        """The grants that they need."""
        return needed(
            self.databases, list(self.reader_role_arns), list(self.owner_role_arns), self.tags, self.tag_readers
        )


class LakeFormationGrants(pulumi.ComponentResource):
    """Makes the grants, which takes a data lake administrator as the stack's deployer."""

    def __init__(self, name: str, args: LakeFormationGrantsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:LakeFormationGrants", name, None, opts)
        roles = args.roles
        for grant in args.grants:
            self._make(name, grant, roles[grant.role], args.account_id)
        self.register_outputs({})

    def _make(self, name: str, grant: Grant, principal: pulumi.Output[str], catalog_id: str) -> None:
        aws.lakeformation.Permissions(
            f"{name}-{grant.name}",
            catalog_id=catalog_id,
            principal=principal,
            permissions=list(grant.permissions),
            permissions_with_grant_options=list(grant.permissions) if grant.grantable else None,
            database=aws.lakeformation.PermissionsDatabaseArgs(catalog_id=catalog_id, name=grant.on)
            if grant.kind == "database"
            else None,
            table=aws.lakeformation.PermissionsTableArgs(catalog_id=catalog_id, database_name=grant.on, wildcard=True)
            if grant.kind == "tables"
            else None,
            lf_tag=aws.lakeformation.PermissionsLfTagArgs(catalog_id=catalog_id, key=grant.on, values=[ANY_VALUE])
            if grant.kind == "tag"
            else None,
            # Nothing of a grant changes in place. Made first, the new one would be revoked with the old: they are the
            # same permissions on the same resource.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def commands(args: LakeFormationGrantsArgs) -> pulumi.Output[str]:
    """The commands with which a data lake administrator makes the grants, where the stack does not.

    One text with a command a line, so that Pulumi prints it as a shell takes it.
    """
    return pulumi.Output.all(**args.roles).apply(
        lambda arns: "\n".join(command(grant, arns[grant.role], args.account_id, args.region) for grant in args.grants)
    )


def command(grant: Grant, principal: str, catalog_id: str, region: str) -> str:
    """The AWS CLI's command for a grant, to be pasted as it is."""
    resources: dict[str, dict[str, dict[str, Any]]] = {
        "database": {"Database": {"CatalogId": catalog_id, "Name": grant.on}},
        "tables": {"Table": {"CatalogId": catalog_id, "DatabaseName": grant.on, "TableWildcard": {}}},
        "tag": {"LFTag": {"CatalogId": catalog_id, "TagKey": grant.on, "TagValues": [ANY_VALUE]}},
    }
    words = [
        *("aws", "lakeformation", "grant-permissions", "--region", region, "--catalog-id", catalog_id),
        *("--principal", f"DataLakePrincipalIdentifier={principal}"),
        *("--resource", json.dumps(resources[grant.kind])),
        *("--permissions", *grant.permissions),
        *(("--permissions-with-grant-option", *grant.permissions) if grant.grantable else ()),
    ]
    return shlex.join(words)


def administrator(role: pulumi.Output[str], region: str, kind: str) -> pulumi.Output[str]:
    """The command with which a data lake administrator makes a role one.

    `kind`: `DataLakeAdmins`, or `ReadOnlyAdmins` for one that reads only. No stack does this: settings are written as a
    whole, and those of others would be lost. Needs `jq`.
    """

    def command_for(arn: str) -> str:
        add = f'.{kind} += [{{"DataLakePrincipalIdentifier": {json.dumps(arn)}}}] | .{kind} |= unique'
        lakeformation = ("aws", "lakeformation")
        read = (*lakeformation, "get-data-lake-settings", "--region", region, "--query", "DataLakeSettings")
        write = (*lakeformation, "put-data-lake-settings", "--region", region, "--data-lake-settings")
        # The AWS CLI reads no parameter from standard input, so the shell hands it over.
        return f'{shlex.join(write)} "$({shlex.join((*read, "--output", "json"))} | {shlex.join(("jq", "-c", add))})"'

    return role.apply(command_for)
