"""The site: who reads the bucket, what it is served with, and what browsers are told to allow."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.built_page import BuiltFile, PageNotBuiltError, built_page
from tests.components.conftest import PORTAL
from tests.components.program import Program, run
from tests.missing import NODE

BUCKET = "lakeshare-portal-site-bucket-id"
ADDRESS = {
    "hostName": "data.example.org",
    "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b-2c",
}


def distribution(program: Program) -> dict[str, Any]:
    return program.one("aws:cloudfront/distribution:Distribution").inputs


# --- the bucket ---------------------------------------------------------------------------------------------------


def test_the_bucket_is_private_and_goes_with_its_files(portal: Program) -> None:
    assert portal.one("aws:s3/bucket:Bucket", "lakeshare-portal-site-bucket").inputs == {"forceDestroy": True}
    assert portal.one(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "lakeshare-portal-site-closed"
    ).inputs == {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "bucket": BUCKET,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    assert portal.one(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "lakeshare-portal-site-owned"
    ).inputs == {
        "bucket": BUCKET,
        "rule": {"objectOwnership": "BucketOwnerEnforced"},
    }


def test_only_this_distribution_reads_it_and_nobody_in_the_clear(portal: Program) -> None:
    arn = "arn:aws:s3:::lakeshare-portal-site-bucket"
    policy = portal.one("aws:s3/bucketPolicy:BucketPolicy", "lakeshare-portal-site-policy")
    assert json.loads(policy.inputs["policy"])["Statement"] == [
        {
            "Sid": "Distribution",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"{arn}/*",
            "Condition": {
                "StringEquals": {
                    "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/lakeshare-portal-site-distribution"
                }
            },
        },
        {
            "Sid": "EncryptedOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    assert "lakeshare-portal-site-closed" in policy.dependencies


def test_every_file_is_uploaded_with_its_type_and_how_long_it_keeps(portal: Program) -> None:
    objects = {made.inputs["key"]: made for made in portal.of("aws:s3/bucketObjectv2:BucketObjectv2")}
    for_ever = "public, max-age=31536000, immutable"
    assert {key: (made.inputs["contentType"], made.inputs["cacheControl"]) for key, made in objects.items()} == {
        "assets/index-Ab_1.js": ("text/javascript; charset=utf-8", for_ever),
        "assets/index-ab_1.js": ("text/javascript; charset=utf-8", for_ever),
        "assets/index-Cd-2.css": ("text/css; charset=utf-8", for_ever),
        "favicon.svg": ("image/svg+xml", "no-cache"),
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "config.json": ("application/json", "no-cache"),
    }
    for key, made in objects.items():
        assert made.inputs["bucket"] == BUCKET
        assert key == "config.json" or isinstance(made.inputs["source"], pulumi.FileAsset)
    others = {made.name for key, made in objects.items() if key != "index.html"}
    assert others <= set(objects["index.html"].dependencies), "the index names the others"


def test_a_page_is_an_index_and_files_of_known_types(tmp_path: Path) -> None:
    with pytest.raises(PageNotBuiltError, match="make portal"):
        built_page(tmp_path)
    (tmp_path / "index.html").write_text("x")
    (tmp_path / "config.json").write_text("a developer's own")
    (tmp_path / ".DS_Store").write_text("x")
    assert built_page(tmp_path) == [BuiltFile("index.html", tmp_path / "index.html")]
    (tmp_path / "index.php").write_text("x")
    with pytest.raises(PageNotBuiltError, match=r"expected files that end in .*, got index\.php"):
        built_page(tmp_path)


# --- the distribution ---------------------------------------------------------------------------------------------


def test_the_page_is_served_from_the_bucket_over_https(portal: Program) -> None:
    made = distribution(portal)
    assert (made["enabled"], made["defaultRootObject"]) == (True, "index.html")
    assert made["origins"][0] == {
        "domainName": "lakeshare-portal-site-bucket.s3.eu-central-1.amazonaws.com",
        "originAccessControlId": "lakeshare-portal-site-access-id",
        "originId": "page",
    }
    access = portal.one("aws:cloudfront/originAccessControl:OriginAccessControl").inputs
    assert access == {
        "originAccessControlOriginType": "s3",
        "signingBehavior": "always",
        "signingProtocol": "sigv4",
    }
    assert made["defaultCacheBehavior"] == {
        "allowedMethods": ["GET", "HEAD"],
        "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "cachedMethods": ["GET", "HEAD"],
        "compress": True,
        "functionAssociations": [
            {
                "eventType": "viewer-request",
                "functionArn": "arn:aws:cloudfront::123456789012:function/lakeshare-portal-site-page-request",
            }
        ],
        "responseHeadersPolicyId": "lakeshare-portal-site-headers-policy-id",
        "targetOriginId": "page",
        "viewerProtocolPolicy": "redirect-to-https",
    }
    assert "customErrorResponses" not in made, "the API's 404 must stay one"


def test_the_api_is_a_behaviour_of_its_own_uncached(portal: Program) -> None:
    made = distribution(portal)
    assert made["origins"][1] == {
        "customOriginConfig": {
            "httpPort": 80,
            "httpsPort": 443,
            "originProtocolPolicy": "https-only",
            "originSslProtocols": ["TLSv1.2"],
        },
        "domainName": "lakeshare-api-http.execute-api.eu-central-1.amazonaws.com",
        "originId": "api",
        "originPath": "",
    }
    assert made["orderedCacheBehaviors"] == [
        {
            "allowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
            "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            "cachedMethods": ["GET", "HEAD"],
            "compress": True,
            "functionAssociations": [
                {
                    "eventType": "viewer-request",
                    "functionArn": "arn:aws:cloudfront::123456789012:function/lakeshare-portal-site-api-request",
                }
            ],
            "originRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            "pathPattern": "/api/*",
            "responseHeadersPolicyId": "lakeshare-portal-site-headers-policy-id",
            "targetOriginId": "api",
            "viewerProtocolPolicy": "https-only",
        }
    ]


def test_an_address_of_ones_own_comes_with_tls_1_2_or_newer(portal: Program) -> None:
    assert distribution(portal)["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    program = run({**PORTAL, "portalAddress": ADDRESS})
    made = distribution(program)
    assert made["aliases"] == ["data.example.org"]
    assert made["viewerCertificate"] == {
        "acmCertificateArn": ADDRESS["certificateArn"],
        "minimumProtocolVersion": "TLSv1.2_2021",
        "sslSupportMethod": "sni-only",
    }
    assert program.outputs["PortalUrl"] == "https://data.example.org"
    assert program.outputs["PortalDistributionDomain"] == "d111111abcdef8.cloudfront.net"
    client = program.one("aws:cognito/userPoolClient:UserPoolClient").inputs
    assert client["callbackUrls"] == ["https://data.example.org/callback"]


def test_a_firewall_of_ones_own_stands_before_page_and_api(portal: Program) -> None:
    assert "webAclId" not in distribution(portal)
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/01234567-89ab-cdef-0123-456789abcdef"
    assert distribution(run({**PORTAL, "portalWebAclArn": arn}))["webAclId"] == arn


def test_pages_of_ones_own_sign_people_in_with_the_same_client() -> None:
    program = run({**PORTAL, "portalOtherPages": ["https://data.example.org", "http://localhost:5173"]})
    client = program.one("aws:cognito/userPoolClient:UserPoolClient").inputs
    own = "https://d111111abcdef8.cloudfront.net"
    pages = [own, "https://data.example.org", "http://localhost:5173"]
    assert client["callbackUrls"] == [f"{page}/callback" for page in pages]
    assert client["logoutUrls"] == [f"{page}/" for page in pages]


def test_browsers_are_told_what_to_allow(portal: Program) -> None:
    made = portal.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").inputs
    headers = made["securityHeadersConfig"]
    csp = headers["contentSecurityPolicy"]["contentSecurityPolicy"]
    directives = dict(part.split(" ", 1) for part in csp.split("; "))
    assert directives == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "connect-src": "'self' https://example-data.auth.eu-central-1.amazoncognito.com",
        "font-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "img-src": "'self' data:",
        "manifest-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
    }
    assert "unsafe" not in csp
    assert "*" not in csp
    assert headers["contentTypeOptions"] == {"override": True}
    assert headers["frameOptions"] == {"frameOption": "DENY", "override": True}
    assert headers["referrerPolicy"] == {"override": True, "referrerPolicy": "no-referrer"}
    assert headers["strictTransportSecurity"] == {"accessControlMaxAgeSec": 63_072_000, "override": True}
    assert made["customHeadersConfig"]["items"] == [
        {"header": header, "value": value, "override": True}
        for header, value in (
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            (
                "Permissions-Policy",
                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
            ),
        )
    ]


# --- the functions at the edge ------------------------------------------------------------------------------------


def at_the_edge(program: Program, name: str, uris: list[str]) -> list[Any]:
    """What a function makes of these paths: a path, or the answer that it gives itself."""
    if shutil.which("node") is None:
        NODE.skip("runs a CloudFront function, which takes Node")
    made = program.one("aws:cloudfront/function:Function", f"lakeshare-portal-site-{name}-request").inputs
    assert (made["runtime"], made["publish"]) == ("cloudfront-js-2.0", True)
    script = (
        f"{made['code']}\nconst found = {json.dumps(uris)}.map((uri) => handler({{request: {{uri}}}}));"
        "console.log(JSON.stringify(found.map((one) => one.uri ?? one)));"
    )
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_every_path_that_is_no_file_is_the_page(portal: Program) -> None:
    paths = {
        "/": "/index.html",
        "/callback": "/index.html",
        "/catalogue/retail.v2/customer.csv": "/index.html",
        "/requests/3b7d": "/index.html",
        "/assets/index-Ab_1.js": "/assets/index-Ab_1.js",
        "/assets/gone.js": "/assets/gone.js",
        "/favicon.svg": "/favicon.svg",
        "/config.json": "/config.json",
        "/index.html": "/index.html",
        "/config.json/x": "/index.html",
    }
    assert dict(zip(paths, at_the_edge(portal, "page", list(paths)), strict=True)) == paths


def test_the_api_gets_its_own_paths_and_no_others(portal: Program) -> None:
    paths = {
        "/api/requests": "/requests",
        "/api/requests/preview": "/requests/preview",
        "/api/catalogue/table": "/catalogue/table",
        "/api/executions": "/executions",
        "/api/requests/api/requests": "/requests/api/requests",
    }
    assert dict(zip(paths, at_the_edge(portal, "api", list(paths)), strict=True)) == paths
    for answer in at_the_edge(
        portal, "api", ["/api/", "/api/workflow/update-state", "/api/requestsx", "/api//requests", "/api/catalogues"]
    ):
        assert answer["statusCode"] == 404
        assert answer["headers"] == {
            "content-type": {"value": "application/problem+json"},
            "cache-control": {"value": "no-store"},
            "x-content-type-options": {"value": "nosniff"},
        }
        assert json.loads(answer["body"])["status"] == 404
