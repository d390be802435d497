"""Cases of the resource types that a site is made of: S3, CloudFront."""

from __future__ import annotations

import json
from typing import Any

from localmesh.provider.archives import ASSET, SIGNATURE
from provider_tests.cases import Case, Props, World
from provider_tests.site_world import Site, headers_policy

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def asset(text: str) -> Props:
    return {SIGNATURE: ASSET, "text": text}


def behaviour(site: Site, origin: str, **more: Any) -> Props:
    return {
        "allowedMethods": ["GET", "HEAD"],
        "cachePolicyId": CACHING_OPTIMIZED,
        "cachedMethods": ["GET", "HEAD"],
        "compress": True,
        "functionAssociations": [{"eventType": "viewer-request", "functionArn": site.function()["arn"]}],
        "responseHeadersPolicyId": site.headers(),
        "targetOriginId": origin,
        "viewerProtocolPolicy": "redirect-to-https",
        **more,
    }


def distribution(world: World) -> Props:
    site = Site(world)
    return {
        "comment": "one",
        "defaultCacheBehavior": behaviour(site, "page"),
        "defaultRootObject": "index.html",
        "enabled": True,
        "httpVersion": "http2and3",
        "isIpv6Enabled": True,
        "orderedCacheBehaviors": [
            behaviour(site, "api", pathPattern="/api/*", viewerProtocolPolicy="https-only"),
            behaviour(site, "page", pathPattern="/more/*"),
        ],
        "origins": [
            {
                "domainName": "pages.s3.us-east-1.amazonaws.com",
                "originAccessControlId": site.access(),
                "originId": "page",
            },
            {
                "customOriginConfig": {
                    "httpPort": 80,
                    "httpsPort": 443,
                    "originProtocolPolicy": "https-only",
                    "originSslProtocols": ["TLSv1.2"],
                },
                "domainName": "api.example.org",
                "originId": "api",
                "originPath": "/one",
            },
        ],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "tags": {"team": "a"},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    }


def distribution_changes(world: World, inputs: Props) -> Props:
    first, second = inputs["orderedCacheBehaviors"]
    return {
        "aliases": ["site.example.org"],
        "comment": "two",
        "defaultCacheBehavior": {**inputs["defaultCacheBehavior"], "compress": False, "functionAssociations": []},
        "orderedCacheBehaviors": [second, first],
        "origins": [inputs["origins"][0], {**inputs["origins"][1], "originPath": "/two"}],
        "restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE", "AT"]}},
        "tags": {"team": "b"},
        "viewerCertificate": {
            "acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x",
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        },
        "webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/01234567-89ab-cdef-0123-456789abcdef",
    }


def bucket_policy(world: World, inputs: Props) -> Props:
    bucket = inputs.get("bucket") or Site(world).bucket()
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:ListBucket" if inputs else "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}" if inputs else f"arn:aws:s3:::{bucket}/*",
    }
    return {"bucket": bucket, "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


SITE_CASES: dict[str, Case] = {
    "aws:s3/bucket:Bucket": Case(
        lambda world: {"forceDestroy": True, "tags": {"team": "a"}},
        lambda world, inputs: {"tags": {"team": "b"}},
        ("bucket",),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Case(
        lambda world: {"bucket": Site(world).bucket(), "blockPublicAcls": True, "ignorePublicAcls": True},
        lambda world, inputs: {"blockPublicPolicy": True, "ignorePublicAcls": False},
        ("bucket",),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Case(
        lambda world: {"bucket": Site(world).bucket(), "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda world, inputs: {"rule": {"objectOwnership": "ObjectWriter"}},
        ("bucket",),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Case(
        lambda world: bucket_policy(world, {}),
        lambda world, inputs: {"policy": bucket_policy(world, inputs)["policy"]},
        ("bucket",),
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Case(
        lambda world: {
            "bucket": Site(world).bucket(),
            "cacheControl": "no-cache",
            "contentType": "text/html; charset=utf-8",
            "key": "folder/index.html",
            "source": asset("one"),
            "tags": {"team": "a"},
        },
        lambda world, inputs: {"cacheControl": "max-age=1", "source": asset("two"), "tags": {"team": "b"}},
        ("bucket", "key"),
        lambda id_, state: f"{state['bucket']}/{id_}",
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": Case(
        lambda world: {
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        lambda world, inputs: {"signingBehavior": "no-override"},
        ("name",),
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Case(
        lambda world: headers_policy("'self'"),
        lambda world, inputs: {
            "comment": "two",
            "customHeadersConfig": None,
            "securityHeadersConfig": headers_policy("'none'")["securityHeadersConfig"],
        },
    ),
    "aws:cloudfront/function:Function": Case(
        lambda world: {
            "code": "function handler(event) { return event.request }",
            "comment": "one",
            "runtime": "cloudfront-js-2.0",
            "tags": {"team": "a"},
        },
        lambda world, inputs: {"code": "function handler(event) {}", "comment": "two", "tags": {"team": "b"}},
        ("name",),
    ),
    "aws:cloudfront/distribution:Distribution": Case(distribution, distribution_changes),
}
