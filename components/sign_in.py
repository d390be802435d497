"""Who may sign in to the portal, and how: the user pool, its sign-in pages, the page's client, users and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.pool_groups import groups_of
from settings.portal import OidcProvider, PortalSettings, SamlProvider

TOKEN_MINUTES: Final = 30
"""How long an ID or access token lives, and so how long it may outlive the user that is disabled or signed out."""

SESSION_HOURS: Final = 12
"""How long the page renews its tokens without a new sign-in: a working day."""

SCOPES: Final = ("openid", "email")
"""Not `aws.cognito.signin.user.admin`: the page's tokens cannot change the user they stand for."""

CALLBACK_PATH: Final = "/callback"
"""Where the sign-in pages send people back to."""

_TOLD: Final = {
    "OIDC": ("attributes_url", "attributes_url_add_attributes", "authorize_url", "jwks_uri", "token_url"),
    "SAML": ("ActiveEncryptionCertificate", "SLORedirectBindingURI", "SSORedirectBindingURI"),
}
"""What Cognito finds out about a provider and tells as one of its details (API_IdentityProviderType)."""

_FROM: Final = {"OIDC": "oidc_issuer", "SAML": "MetadataURL"}
"""The detail that it finds that out from."""

_SAML_EMAIL: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


@dataclass(frozen=True, kw_only=True)
class SignInArgs:
    """What the sign-in is told.

    Attributes:
        portal: the portal's settings.
        region: the stack's region.
        portal_url: where the page is, without a slash at the end.
        deletion_protection: whether both Pulumi and Cognito refuse to delete the users.
        approvers_groups: the groups of the producers' approvers.
    """

    portal: PortalSettings
    region: str
    portal_url: pulumi.Output[str]
    deletion_protection: bool
    approvers_groups: Sequence[str] = ()


class SignIn(pulumi.ComponentResource):
    """Makes the user pool, in which only the platform team makes users, and the page's client for the code flow.

    The client has no secret, as a page cannot keep one; PKCE stands in for it.
    """

    pool_id: pulumi.Output[str]
    """Id of the user pool."""

    pool_arn: pulumi.Output[str]
    """ARN of the user pool."""

    provider_name: pulumi.Output[str]
    """What an identity pool calls the user pool: its issuer without `https://`."""

    client_id: pulumi.Output[str]
    """Id of the page's client."""

    issuer: pulumi.Output[str]
    """Who issues the tokens."""

    pages_url: str
    """Where the sign-in pages are."""

    def __init__(self, name: str, args: SignInArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:SignIn", name, None, opts)
        self._own = pulumi.ResourceOptions(parent=self)
        pool = self._pool(name, args)
        domain = aws.cognito.UserPoolDomain(
            f"{name}-domain",
            user_pool_id=pool.id,
            domain=args.portal.domain_prefix,
            managed_login_version=2,
            opts=self._own,
        )
        client = self._client(name, args, pool)
        branding = aws.cognito.ManagedLoginBranding(
            f"{name}-branding",
            user_pool_id=pool.id,
            client_id=client.id,
            # Without any branding at all, the sign-in pages of version 2 show an error.
            use_cognito_provided_values=True,
            opts=self._own,
        )
        self._people(name, args, pool, depends_on=[domain, branding])
        self.pool_id = pool.id
        self.pool_arn = pool.arn
        self.provider_name = pool.endpoint
        self.client_id = client.id
        self.issuer = pulumi.Output.concat("https://", pool.endpoint)
        self.pages_url = sign_in_url(args.portal.domain_prefix, args.region)
        self.register_outputs({"poolId": self.pool_id, "clientId": self.client_id})

    def _pool(self, name: str, args: SignInArgs) -> aws.cognito.UserPool:
        return aws.cognito.UserPool(
            f"{name}-users",
            user_pool_tier="ESSENTIALS",
            deletion_protection="ACTIVE" if args.deletion_protection else "INACTIVE",
            username_configuration=aws.cognito.UserPoolUsernameConfigurationArgs(case_sensitive=False),
            admin_create_user_config=aws.cognito.UserPoolAdminCreateUserConfigArgs(
                allow_admin_create_user_only=True, invite_message_template=_invitation(args.portal_url)
            ),
            auto_verified_attributes=["email"],
            # Who changes an address keeps the old one until the new one is proven.
            user_attribute_update_settings=aws.cognito.UserPoolUserAttributeUpdateSettingsArgs(
                attributes_require_verification_before_updates=["email"]
            ),
            account_recovery_setting=aws.cognito.UserPoolAccountRecoverySettingArgs(
                recovery_mechanisms=[
                    aws.cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs(name="verified_email", priority=1)
                ]
            ),
            password_policy=aws.cognito.UserPoolPasswordPolicyArgs(
                # Length protects; rules about symbols lead to "Password1!".
                minimum_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_numbers=True,
                require_symbols=False,
                temporary_password_validity_days=7,
            ),
            mfa_configuration="OPTIONAL" if args.portal.mfa else "OFF",
            software_token_mfa_configuration=aws.cognito.UserPoolSoftwareTokenMfaConfigurationArgs(enabled=True)
            if args.portal.mfa
            else None,
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection),
        )

    def _client(self, name: str, args: SignInArgs, pool: aws.cognito.UserPool) -> aws.cognito.UserPoolClient:
        providers: list[pulumi.Input[str]] = ["COGNITO"]
        provider = args.portal.identity_provider
        if provider is not None:
            providers.append(self._identity_provider(name, pool, provider).provider_name)
        pages: list[pulumi.Input[str]] = [args.portal_url, *args.portal.other_pages]
        return aws.cognito.UserPoolClient(
            f"{name}-page",
            user_pool_id=pool.id,
            generate_secret=False,
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=list(SCOPES),
            callback_urls=[pulumi.Output.concat(each, CALLBACK_PATH) for each in pages],
            logout_urls=[pulumi.Output.concat(each, "/") for each in pages],
            supported_identity_providers=providers,
            # Who signs in by Cognito's API gets a token that can change its own user, address included. An empty list
            # would allow three flows; this one needs a trigger, which the pool does not have, so it lets nobody in.
            # The pages, and the refresh at their token endpoint, need none of them.
            explicit_auth_flows=["ALLOW_CUSTOM_AUTH"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            # A refresh token that was stolen from a browser is worth nothing once either side has used it.
            refresh_token_rotation=aws.cognito.UserPoolClientRefreshTokenRotationArgs(
                feature="ENABLED", retry_grace_period_seconds=60
            ),
            access_token_validity=TOKEN_MINUTES,
            id_token_validity=TOKEN_MINUTES,
            refresh_token_validity=SESSION_HOURS,
            token_validity_units=aws.cognito.UserPoolClientTokenValidityUnitsArgs(
                access_token="minutes",  # noqa: S106 - a unit
                id_token="minutes",  # noqa: S106 - a unit
                refresh_token="hours",  # noqa: S106 - a unit
            ),
            read_attributes=["email", "email_verified"],
            # An empty list would mean all of them: without a provider, one that nothing goes by. What a provider says
            # of an address goes through the client's permissions.
            write_attributes=["locale"] if provider is None else ["email"],
            opts=self._own,
        )

    def _identity_provider(
        self, name: str, pool: aws.cognito.UserPool, provider: OidcProvider | SamlProvider
    ) -> aws.cognito.IdentityProvider:
        saml = isinstance(provider, SamlProvider)
        kind = "SAML" if saml else "OIDC"
        return aws.cognito.IdentityProvider(
            f"{name}-provider",
            user_pool_id=pool.id,
            provider_name=provider.name,
            provider_type=kind,
            provider_details=_saml_details(provider) if saml else _oidc_details(provider),
            attribute_mapping={"email": _SAML_EMAIL}
            if saml
            else {"email": "email", "email_verified": "email_verified", "username": "sub"},
            # What Cognito found out is no difference. An update sends it along as it was, so that another provider must
            # be made for another issuer; and of one name a pool has one only (docs/adr/0024).
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=[f"providerDetails.{each}" for each in _TOLD[kind]],
                replace_on_changes=[f"providerDetails.{_FROM[kind]}"],
                delete_before_replace=True,
            ),
        )

    def _people(
        self, name: str, args: SignInArgs, pool: aws.cognito.UserPool, depends_on: list[pulumi.Resource]
    ) -> None:
        users = {
            each.username: aws.cognito.User(
                f"{name}-user-{each.username}",
                user_pool_id=pool.id,
                username=each.username,
                attributes={"email": each.email, "email_verified": "true"},
                desired_delivery_mediums=["EMAIL"],
                # The invitation is sent at once: there must be something to sign in to.
                opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
            )
            for each in args.portal.users
        }
        for group in groups_of(args.portal, args.approvers_groups):
            made = aws.cognito.UserGroup(
                f"{name}-{group.short}",
                user_pool_id=pool.id,
                name=group.name,
                description=f"Lakeshare: {group.does}",
                opts=self._own,
            )
            for username in group.members:
                aws.cognito.UserInGroup(
                    f"{name}-{group.member_short}-{username}",
                    user_pool_id=pool.id,
                    group_name=made.name,
                    username=users[username].username,
                    opts=self._own,
                )


def sign_in_url(prefix: str, region: str) -> str:
    """Where Cognito serves the sign-in pages of a domain prefix."""
    return f"https://{prefix}.{'auth-fips' if region.startswith('us-gov-') else 'auth'}.{region}.amazoncognito.com"


def _invitation(portal_url: pulumi.Output[str]) -> Any:
    return aws.cognito.UserPoolAdminCreateUserConfigInviteMessageTemplateArgs(
        email_subject="Your access to Lakeshare",
        email_message=pulumi.Output.concat(
            "You can now find data and ask for access to it at ",
            portal_url,
            " <br><br>User name: {username}<br>Password for the first sign-in: {####}<br><br>"
            "The password is good for 7 days. You then choose one of your own.",
        ),
        sms_message="Lakeshare: user name {username}, password for the first sign-in {####}",
    )


def _saml_details(provider: SamlProvider) -> dict[str, pulumi.Input[str]]:
    return {"MetadataURL": provider.metadata_url}


def _oidc_details(provider: OidcProvider) -> dict[str, pulumi.Input[str]]:
    return {
        "oidc_issuer": provider.issuer,
        "client_id": provider.client_id,
        "client_secret": pulumi.Output.secret(provider.client_secret),
        "authorize_scopes": "openid email profile",
        "attributes_request_method": "GET",
    }
