"""What resources of a site need beside them."""

from __future__ import annotations

from provider_tests.cases import Props, World


class Site:
    """Makes what a resource of a site needs beside it."""

    def __init__(self, world: World) -> None:
        self.make = world.make
        self.world = world

    def bucket(self) -> str:
        return self.make("aws:s3/bucket:Bucket", {"forceDestroy": True})[0]

    def access(self) -> str:
        kinds = {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}
        return self.make("aws:cloudfront/originAccessControl:OriginAccessControl", kinds)[0]

    def function(self) -> Props:
        inputs = {"code": "function handler(event) {}", "runtime": "cloudfront-js-2.0"}
        return self.make("aws:cloudfront/function:Function", inputs)[1]

    def headers(self) -> str:
        return self.make("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", headers_policy("'self'"))[0]

    def pool(self) -> str:
        return self.make("aws:cognito/userPool:UserPool", {})[0]

    def client(self, pool: str) -> str:
        return self.make("aws:cognito/userPoolClient:UserPoolClient", {"userPoolId": pool})[0]

    def group(self, pool: str) -> str:
        return self.make("aws:cognito/userGroup:UserGroup", {"userPoolId": pool, "name": "auditors"})[1]["name"]

    def user(self, pool: str) -> str:
        return self.make("aws:cognito/user:User", {"userPoolId": pool, "username": "alex"})[1]["username"]

    def identity_pool(self) -> str:
        return self.make("aws:cognito/identityPool:IdentityPool", {"identityPoolName": "people"})[0]

    def role(self) -> str:
        return self.world.role()["arn"]


def headers_policy(connect: str) -> Props:
    return {
        "comment": "one",
        "customHeadersConfig": {
            "items": [
                {"header": "Permissions-Policy", "value": "camera=()", "override": True},
                {"header": "Cross-Origin-Opener-Policy", "value": "same-origin", "override": True},
            ]
        },
        "securityHeadersConfig": {
            "contentSecurityPolicy": {"contentSecurityPolicy": f"connect-src {connect}", "override": True},
            "contentTypeOptions": {"override": True},
            "frameOptions": {"frameOption": "DENY", "override": True},
            "referrerPolicy": {"referrerPolicy": "no-referrer", "override": True},
            "strictTransportSecurity": {"accessControlMaxAgeSec": 63072000, "override": True},
        },
    }
