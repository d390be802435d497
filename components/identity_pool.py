"""What pages of one's own may do in AWS for a signed-in person: read the catalogue and look at executions.

Lakeshare's own page asks its API, so this is there only with `portalIdentityPool: true`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import policies
from components.policies import Place
from components.sign_in import SignIn


@dataclass(frozen=True, kw_only=True)
class IdentityPoolArgs:
    """What the identity pool is told.

    Attributes:
        place: where the stack is.
        sign_in: whose tokens it takes.
        state_machine_arn: whose executions can be looked at.
        state_machine_name: its name, part of their ARNs.
        direct_start: whether browsers may start executions themselves (docs/adr/0011).
        catalog_kms_key_arn: of the key that the catalogue is encrypted with, if it is.
    """

    place: Place
    sign_in: SignIn
    state_machine_arn: pulumi.Output[str]
    state_machine_name: pulumi.Output[str]
    direct_start: bool
    catalog_kms_key_arn: str | None


class IdentityPool(pulumi.ComponentResource):
    """Makes the identity pool and the one role that it gives out, to people who are signed in; guests get none."""

    pool_id: pulumi.Output[str]
    """Id of the identity pool."""

    role_arn: pulumi.Output[str]
    """ARN of the role."""

    def __init__(self, name: str, args: IdentityPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:IdentityPool", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        pool = aws.cognito.IdentityPool(
            f"{name}-pool",
            # Cognito makes none without a name, which need not be the only one of its kind.
            identity_pool_name=f"lakeshare-{pulumi.get_stack()}",
            allow_unauthenticated_identities=False,
            allow_classic_flow=False,
            cognito_identity_providers=[
                aws.cognito.IdentityPoolCognitoIdentityProviderArgs(
                    client_id=args.sign_in.client_id,
                    provider_name=args.sign_in.provider_name,
                    # Who was disabled or signed out everywhere gets no new credentials.
                    server_side_token_check=True,
                )
            ],
            opts=own,
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Lakeshare: what a browser may do in AWS for somebody who is signed in to the portal",
            assume_role_policy=policies.trust_identity_pool(pool.id),
            opts=own,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policies.document(_statements(args)), opts=own
        )
        aws.cognito.IdentityPoolRoleAttachment(
            f"{name}-attachment",
            identity_pool_id=pool.id,
            roles={"authenticated": role.arn},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.pool_id = pool.id
        self.role_arn = role.arn
        self.register_outputs({"poolId": self.pool_id, "roleArn": self.role_arn})


def _statements(args: IdentityPoolArgs) -> list[policies.Statement]:
    """Never `states:GetExecutionHistory`: the history of an execution holds its task token."""
    on_machine = ["states:ListExecutions"]
    if args.direct_start:
        on_machine.append("states:StartExecution")
    executions = args.place.arn("states", pulumi.Output.concat("execution:", args.state_machine_name, ":*"))
    return [
        *policies.browse_catalogue(args.place, args.catalog_kms_key_arn),
        policies.allow(on_machine, args.state_machine_arn),
        policies.allow("states:DescribeExecution", executions),
    ]
