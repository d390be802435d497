"""What browsers are told to allow the portal's page, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

TWO_YEARS: Final = 2 * 365 * 86_400

PERMISSIONS: Final = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

OTHER_HEADERS: Final[Mapping[str, str]] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}


def content_security_policy(talks_to: Sequence[str]) -> str:
    """The page loads its own files only, is framed by nobody, and talks to its own API and to these besides.

    Args:
        talks_to: origins, such as that of the sign-in pages.
    """
    directives = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "connect-src": " ".join(["'self'", *talks_to]),
        "font-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        # The component library draws some of its icons from data in its style sheet.
        "img-src": "'self' data:",
        "manifest-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


class SecurityHeaders(pulumi.ComponentResource):
    """Makes the policy that puts the security headers on every answer, whatever the origin says."""

    policy_id: pulumi.Output[str]
    """Id of the response headers policy."""

    def __init__(self, name: str, policy: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:SecurityHeaders", name, None, opts)
        headers = aws.cloudfront.ResponseHeadersPolicy(
            f"{name}-policy",
            comment="Lakeshare: the portal",
            security_headers_config=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs(
                content_security_policy=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs(
                    content_security_policy=policy, override=True
                ),
                content_type_options=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs(
                    override=True
                ),
                frame_options=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs(
                    frame_option="DENY", override=True
                ),
                referrer_policy=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs(
                    referrer_policy="no-referrer", override=True
                ),
                strict_transport_security=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs(
                    access_control_max_age_sec=TWO_YEARS, override=True
                ),
            ),
            custom_headers_config=aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgs(
                items=[
                    aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs(
                        header=header, value=value, override=True
                    )
                    for header, value in OTHER_HEADERS.items()
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.policy_id = headers.id
        self.register_outputs({"policyId": self.policy_id})
