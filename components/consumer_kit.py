"""What a consumer account holds: a function that the central account may invoke, and the database of its links."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components import policies
from components.handler_archive import handler_archive
from components.handler_layer import PYTHON_VERSION, handler_layer
from components.lake_formation_grants import administrator
from components.policies import Place
from components.python_function import PythonFunction, PythonFunctionArgs
from settings.stacks import ConsumerSettings

FUNCTION_NAME = "LakeshareConsumerKit"
"""Part of the contract: the central stack invokes it by name."""

ROLE_NAME = "LakeshareConsumerKit"
"""So that a kit that is made anew is the data lake administrator that the former one was."""


class ConsumerKit(pulumi.ComponentResource):
    """Makes the function `LakeshareConsumerKit`, which takes up what is shared, as far as this stack's config lets it.

    The central account may invoke it and nothing else. It has to be a data lake administrator, which only another one
    can make it: data lake settings are written as a whole, and a stack that did so would lose those of others.

    Args:
        name: prefix of the logical names.
        args: the settings of a consumer stack.
        opts: the parent or provider.
    """

    stack_outputs: dict[str, pulumi.Output[str]]
    """What the stack exports."""

    def __init__(self, name: str, args: ConsumerSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:ConsumerKit", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        partition = aws.get_partition_output(opts=pulumi.InvokeOptions(parent=self)).partition
        place = Place(partition=partition, region=args.region, account_id=args.account_id)
        there = pulumi.ResourceOptions(import_=f"{args.account_id}:{args.link_database}") if args.adopt else None
        aws.glue.CatalogDatabase(
            f"{name}-links",
            name=args.link_database,
            description="Links to tables that were shared with this account, made by Lakeshare",
            opts=pulumi.ResourceOptions.merge(own, there),
        )
        layer = aws.lambda_.LayerVersion(
            f"{name}-packages",
            layer_name=f"lakeshare-{pulumi.get_stack()}",
            description="Third-party packages of Lakeshare's functions",
            code=handler_layer(progress=lambda text: pulumi.log.info(text, self)),
            compatible_runtimes=[f"python{PYTHON_VERSION}"],
            compatible_architectures=["arm64"],
            opts=own,
        )
        function = PythonFunction(
            f"{name}-take-up",
            PythonFunctionArgs(
                module="take_up",
                description="takes up what the central account shared",
                code=handler_archive("take_up"),
                layer_arn=layer.arn,
                timeout=300,
                memory=256,
                environment={
                    "ACCOUNT_ID": args.account_id,
                    "CENTRAL_ACCOUNT_ID": args.central_account_id,
                    "ALLOWED_DATABASES": json.dumps(args.allowed_databases),
                    "ALLOWED_ROLES": json.dumps(args.allowed_roles),
                    "LINK_DATABASE": args.link_database,
                },
                statements=_statements(place, args),
                function_name=FUNCTION_NAME,
                role_name=ROLE_NAME,
                log_retention_days=args.log_retention_days,
            ),
            own,
        )
        aws.lambda_.Permission(
            f"{name}-central-invokes",
            function=function.function_name,
            action="lambda:InvokeFunction",
            # The account: a role that is named must exist, and means nothing any more once it is made anew. By its ARN,
            # as Lambda tells it: an id would differ from that for ever.
            principal=place.root_arn(args.central_account_id),
            opts=own,
        )
        self.stack_outputs = {
            "ConsumerKitFunctionArn": function.arn,
            "AdministratorCommands": administrator(function.role_arn, args.region, "DataLakeAdmins"),
        }
        self.register_outputs(self.stack_outputs)


def _statements(place: Place, args: ConsumerSettings) -> Sequence[policies.Statement]:
    """What the kit may do beside logging: look, make and delete links where its links are, hand on what is shared."""
    central = Place(partition=place.partition, region=args.region, account_id=args.central_account_id)
    links, database_links = f"database/{args.link_database}", f"database/{args.link_database}_*"
    shared = [central.arn("glue", each) for each in ("catalog", "database/*")]
    catalogue = place.arn("glue", "catalog")
    tables = [catalogue, place.arn("glue", links), place.arn("glue", f"table/{args.link_database}/*")]
    roles = [place.role_arn(args.account_id, each) for each in args.allowed_roles]
    return [
        policies.wildcard("ListInvitations"),
        # Its own account's are named after who has sent them: of nobody else can it accept any.
        policies.allow(
            ["ram:AcceptResourceShareInvitation", "ram:ListPendingInvitationResources"],
            central.arn("ram", "resource-share-invitation/*"),
        ),
        policies.wildcard("HandOn"),
        policies.allow("glue:GetDatabase", shared),
        policies.allow("glue:GetTable", [*shared, central.arn("glue", "table/*/*")]),
        policies.allow(["glue:CreateTable", "glue:DeleteTable", "glue:GetTable", "glue:GetTables"], tables),
        policies.allow(["glue:CreateDatabase", "glue:GetDatabase"], [catalogue, place.arn("glue", database_links)]),
        # Glue asks for all that might be in it, also of a link.
        policies.allow(
            "glue:DeleteDatabase",
            [
                catalogue,
                *(place.arn("glue", each) for each in (database_links, f"table/{args.link_database}_*/*")),
                place.arn("glue", f"userDefinedFunction/{args.link_database}_*/*"),
            ],
        ),
        # Where a role lets the kit take it, the kit looks at what is shared as the role does.
        *([policies.allow(["iam:GetRole", "sts:AssumeRole"], roles)] if roles else []),
        *([policies.allow("kms:Decrypt", args.catalog_kms_key_arn)] if args.catalog_kms_key_arn else []),
    ]
