"""The Lake Formation permissions that the stack's own roles need: granted by the stack, or printed as commands."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Grant:
    """One grant to one of the stack's roles.

    Attributes:
        role: `grant`, or one that reads.
        database: the database's name.
        tables: whether it is on all its tables rather than on the database itself.
        permissions: Lake Formation's names of them.
        grantable: whether the role may hand them on.
    """

    role: str
    database: str
    tables: bool
    permissions: tuple[str, ...]
    grantable: bool

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return f"{self.role}-{self.database}-{'tables' if self.tables else 'database'}"


def needed(databases: Sequence[str], readers: Sequence[str]) -> list[Grant]:
    """What Grant and those who only read need on these databases; one grant a role and resource."""
    return [
        grant
        for database in databases
        for grant in (
            *(
                Grant(reader, database, tables=tables, permissions=("DESCRIBE",), grantable=False)
                for reader in readers
                for tables in (False, True)
            ),
            Grant("grant", database, tables=False, permissions=("DESCRIBE",), grantable=True),
            Grant("grant", database, tables=True, permissions=("DESCRIBE", "SELECT"), grantable=True),
        )
    ]


@dataclass(frozen=True, kw_only=True)
class LakeFormationGrantsArgs:
    """What the grants are told.

    Attributes:
        account_id: the account of the catalogue.
        region: its region.
        databases: the databases that can be asked for.
        reader_role_arns: the roles that read, by a short name.
        grant_role_arn: the role that grants.
    """

    account_id: str
    region: str
    databases: Sequence[str]
    reader_role_arns: Mapping[str, pulumi.Output[str]]
    grant_role_arn: pulumi.Output[str]

    @property
    def roles(self) -> dict[str, pulumi.Output[str]]:
        """All roles, by a short name."""
        return {**self.reader_role_arns, "grant": self.grant_role_arn}

    @property
    def grants(self) -> list[Grant]:
        """The grants that they need."""
        return needed(self.databases, list(self.reader_role_arns))


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
            database=None
            if grant.tables
            else aws.lakeformation.PermissionsDatabaseArgs(catalog_id=catalog_id, name=grant.database),
            table=aws.lakeformation.PermissionsTableArgs(
                catalog_id=catalog_id, database_name=grant.database, wildcard=True
            )
            if grant.tables
            else None,
            # Nothing of a grant changes in place. Made first, the new one would be revoked with the old: they are the
            # same permissions on the same resource.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def commands(args: LakeFormationGrantsArgs) -> pulumi.Output[list[str]]:
    """The commands with which a data lake administrator makes the grants, where the stack does not."""
    return pulumi.Output.all(**args.roles).apply(
        lambda arns: [command(grant, arns[grant.role], args.account_id, args.region) for grant in args.grants]
    )


def command(grant: Grant, principal: str, catalog_id: str, region: str) -> str:
    """The AWS CLI's command for a grant, to be pasted as it is."""
    resource: dict[str, dict[str, Any]] = (
        {"Table": {"CatalogId": catalog_id, "DatabaseName": grant.database, "TableWildcard": {}}}
        if grant.tables
        else {"Database": {"CatalogId": catalog_id, "Name": grant.database}}
    )
    words = [
        *("aws", "lakeformation", "grant-permissions", "--region", region, "--catalog-id", catalog_id),
        *("--principal", f"DataLakePrincipalIdentifier={principal}"),
        *("--resource", json.dumps(resource)),
        *("--permissions", *grant.permissions),
        *(("--permissions-with-grant-option", *grant.permissions) if grant.grantable else ()),
    ]
    return shlex.join(words)
