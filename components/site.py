"""Where the portal is served from: a private bucket and the requests API behind one CloudFront distribution."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pulumi
import pulumi_aws as aws

from components.built_page import CONFIG, INDEX, BuiltFile
from components.private_bucket import private_bucket, read_in_secret
from components.security_headers import SecurityHeaders
from settings.portal import PortalAddress

PAGE: Final = "page"
API: Final = "api"

CACHING_OPTIMIZED: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST: Final = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""CloudFront's own policies have the same ids in every account. The host header must be the API's own."""

_FUNCTIONS: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """What the site is told.

    Attributes:
        page: the files that will lie in the bucket.
        api_url: where the API answers.
        content_security_policy: what the page may load and whom it may talk to.
        address: an address of one's own, if there is one.
        web_acl_arn: the web ACL that stands before it, if one does.
    """

    page: Sequence[BuiltFile]
    api_url: pulumi.Output[str]
    content_security_policy: str
    address: PortalAddress | None
    web_acl_arn: str | None


class Site(pulumi.ComponentResource):
    """Makes the bucket, which nobody but the distribution reads, and the distribution, HTTPS only."""

    bucket_name: pulumi.Output[str]
    """Name of the bucket, for those who put files into it."""

    bucket_ready: Sequence[pulumi.Resource]
    """What must be there before the first file is."""

    domain: pulumi.Output[str]
    """CloudFront's name of the distribution's host."""

    url: pulumi.Output[str]
    """Where people find the portal, without a slash at the end."""

    def __init__(self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:Site", name, None, opts)
        self._own = pulumi.ResourceOptions(parent=self)
        private = private_bucket(name, self)
        distribution = self._distribution(name, args, private.bucket)
        read_in_secret(name, self, private, _read_by(distribution.arn, private.bucket.arn))
        self.bucket_name = private.bucket.id
        self.bucket_ready = private.ready
        self.domain = distribution.domain_name
        host = self.domain if args.address is None else pulumi.Output.from_input(args.address.host_name)
        self.url = pulumi.Output.concat("https://", host)
        self.register_outputs({"url": self.url})

    def _distribution(self, name: str, args: SiteArgs, bucket: aws.s3.Bucket) -> aws.cloudfront.Distribution:
        access = aws.cloudfront.OriginAccessControl(
            f"{name}-access",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._own,
        )
        headers = SecurityHeaders(f"{name}-headers", args.content_security_policy, self._own)
        # What the page is told of its stack is no file of the build, and must not become the page itself.
        files = [f"/{key}" for key in (CONFIG, *(file.key for file in args.page)) if "/" not in key]
        page = self._function(name, "page", files=files)
        api = self._function(name, "api")
        api_parts = args.api_url.apply(urlsplit)
        return aws.cloudfront.Distribution(
            f"{name}-distribution",
            comment="Lakeshare: the portal",
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            default_root_object=INDEX,
            aliases=[args.address.host_name] if args.address else None,
            viewer_certificate=_certificate(args.address),
            web_acl_id=args.web_acl_arn,
            restrictions=aws.cloudfront.DistributionRestrictionsArgs(
                geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
            ),
            origins=[
                aws.cloudfront.DistributionOriginArgs(
                    origin_id=PAGE,
                    domain_name=bucket.bucket_regional_domain_name,
                    origin_access_control_id=access.id,
                ),
                aws.cloudfront.DistributionOriginArgs(
                    origin_id=API,
                    domain_name=api_parts.apply(lambda parts: parts.netloc),
                    origin_path=api_parts.apply(lambda parts: parts.path),
                    custom_origin_config=aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
                        http_port=80,
                        https_port=443,
                        origin_protocol_policy="https-only",
                        origin_ssl_protocols=["TLSv1.2"],
                    ),
                ),
            ],
            default_cache_behavior=aws.cloudfront.DistributionDefaultCacheBehaviorArgs(
                target_origin_id=PAGE,
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=["GET", "HEAD"],
                cached_methods=["GET", "HEAD"],
                compress=True,
                cache_policy_id=CACHING_OPTIMIZED,
                response_headers_policy_id=headers.policy_id,
                function_associations=[
                    aws.cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs(
                        event_type="viewer-request", function_arn=page.arn
                    )
                ],
            ),
            ordered_cache_behaviors=[
                aws.cloudfront.DistributionOrderedCacheBehaviorArgs(
                    path_pattern=f"/{API}/*",
                    target_origin_id=API,
                    # A token that went out unencrypted is out: no redirect makes up for that.
                    viewer_protocol_policy="https-only",
                    # CloudFront knows three sets of methods, and the one with POST is this.
                    allowed_methods=["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
                    cached_methods=["GET", "HEAD"],
                    compress=True,
                    cache_policy_id=CACHING_DISABLED,
                    origin_request_policy_id=ALL_VIEWER_EXCEPT_HOST,
                    response_headers_policy_id=headers.policy_id,
                    function_associations=[
                        aws.cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgs(
                            event_type="viewer-request", function_arn=api.arn
                        )
                    ],
                )
            ],
            opts=self._own,
        )

    def _function(self, name: str, short: str, **values: Any) -> aws.cloudfront.Function:
        code = (_FUNCTIONS / f"{short}_request.js").read_text(encoding="utf-8")
        for placeholder, value in values.items():
            code = code.replace(f"${{{placeholder.capitalize()}}}", json.dumps(value))
        return aws.cloudfront.Function(
            f"{name}-{short}-request",
            comment=f"Lakeshare: the path of a call of the {short}",
            runtime="cloudfront-js-2.0",
            code=code,
            publish=True,
            opts=self._own,
        )


def _certificate(address: PortalAddress | None) -> aws.cloudfront.DistributionViewerCertificateArgs:
    if address is None:
        # With its own certificate CloudFront decides what it speaks (docs/adr/0013).
        return aws.cloudfront.DistributionViewerCertificateArgs(cloudfront_default_certificate=True)
    return aws.cloudfront.DistributionViewerCertificateArgs(
        acm_certificate_arn=address.certificate_arn,
        ssl_support_method="sni-only",
        minimum_protocol_version="TLSv1.2_2021",
    )


def _read_by(distribution: pulumi.Output[str], bucket: pulumi.Output[str]) -> dict[str, Any]:
    """The statement that lets this one distribution read the bucket."""
    return {
        "Sid": "Distribution",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": pulumi.Output.concat(bucket, "/*"),
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
