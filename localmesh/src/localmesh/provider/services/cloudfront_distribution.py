"""CloudFront: distributions. What CloudFront calls a list is a number and its items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import uuid4

from localmesh.provider.connection import Aws
from localmesh.provider.resource import Change, Input, Output, ResourceType, fields
from localmesh.provider.services.cloudfront import retag
from localmesh.provider.values import Props, given, or_none, part, same_in_any_order, tag_list, tag_map

_GONE = "NoSuchDistribution"
_ZONE = "Z2FDTNDATAQYW2"  # of every distribution
_CUSTOM = {
    "httpPort": "HTTPPort",
    "httpsPort": "HTTPSPort",
    "originKeepaliveTimeout": "OriginKeepaliveTimeout",
    "originProtocolPolicy": "OriginProtocolPolicy",
    "originReadTimeout": "OriginReadTimeout",
}
_AWS_DEFAULTS = {"originKeepaliveTimeout": 5, "originReadTimeout": 30}
_BEHAVIOUR = {
    "cachePolicyId": "CachePolicyId",
    "compress": "Compress",
    "originRequestPolicyId": "OriginRequestPolicyId",
    "pathPattern": "PathPattern",
    "responseHeadersPolicyId": "ResponseHeadersPolicyId",
    "targetOriginId": "TargetOriginId",
    "viewerProtocolPolicy": "ViewerProtocolPolicy",
}
_BEHAVIOUR_FIELDS = fields(
    *(name for name in _BEHAVIOUR if name != "pathPattern"),
    *("allowedMethods", "cachedMethods"),
    functionAssociations=fields("eventType", "functionArn"),
)
_ORIGIN_FIELDS = fields(
    *("originId", "domainName", "originPath", "originAccessControlId"),
    customOriginConfig=fields(*_CUSTOM, "originSslProtocols"),
)
_CERTIFICATE = {
    "acmCertificateArn": "ACMCertificateArn",
    "minimumProtocolVersion": "MinimumProtocolVersion",
    "sslSupportMethod": "SSLSupportMethod",
}


def _same_behaviours(left: Any, right: Any) -> bool:
    """The first pattern that fits decides, so their order counts; that of methods in each does not."""
    one, two = list(left or ()), list(right or ())
    return len(one) == len(two) and all(map(same_in_any_order, one, two))


class Distribution(ResourceType):
    """A distribution. Its id is what AWS gives it; everything of it changes in place."""

    type_name = "aws:cloudfront/distribution:Distribution"
    tagged = True
    regional = False
    inputs: ClassVar = {
        "aliases": Input(same=same_in_any_order),
        "comment": Input(),
        "defaultCacheBehavior": Input(required=True, same=same_in_any_order, fields=_BEHAVIOUR_FIELDS),
        "defaultRootObject": Input(),
        "enabled": Input(required=True),
        "httpVersion": Input(default="http2"),
        "isIpv6Enabled": Input(default=False),
        "orderedCacheBehaviors": Input(same=_same_behaviours, fields={**_BEHAVIOUR_FIELDS, "pathPattern": None}),
        "origins": Input(required=True, same=same_in_any_order, fields=_ORIGIN_FIELDS),
        "restrictions": Input(
            required=True,
            same=same_in_any_order,
            fields=fields(geoRestriction=fields("locations", "restrictionType")),
        ),
        "webAclId": Input(),
        "viewerCertificate": Input(required=True, fields=fields(*_CERTIFICATE, "cloudfrontDefaultCertificate")),
    }
    outputs: ClassVar = {
        "arn": Output(),
        "callerReference": Output(),
        "domainName": Output(),
        "hostedZoneId": Output(),
        "status": Output(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the distribution."""
        answer = aws.client("cloudfront").create_distribution_with_tags(
            DistributionConfigWithTags={
                "DistributionConfig": _config(inputs, str(uuid4())),
                "Tags": {"Items": tag_list(inputs.get("tags"))},
            }
        )
        return answer["Distribution"]["Id"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the distribution as it is."""
        client = aws.client("cloudfront")
        answer = or_none(lambda: client.get_distribution(Id=id_), _GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["Distribution"]
        config: dict[str, Any] = found["DistributionConfig"]
        geo = part(part(config, "Restrictions"), "GeoRestriction")
        return {
            "aliases": _items(config.get("Aliases")),
            "arn": found["ARN"],
            "callerReference": config["CallerReference"],
            "comment": config.get("Comment"),
            "defaultCacheBehavior": _read_behaviour(config["DefaultCacheBehavior"]),
            "defaultRootObject": config.get("DefaultRootObject"),
            "domainName": found["DomainName"],
            "enabled": config["Enabled"],
            "hostedZoneId": _ZONE,
            "httpVersion": config["HttpVersion"].lower(),
            "isIpv6Enabled": config["IsIPV6Enabled"],
            "orderedCacheBehaviors": [_read_behaviour(one) for one in _items(config.get("CacheBehaviors"))],
            "origins": [_read_origin(one) for one in _items(config["Origins"])],
            "restrictions": {
                "geoRestriction": {"locations": geo.get("Items") or [], "restrictionType": geo["RestrictionType"]}
            },
            "status": found["Status"],
            "tags": tag_map(_items(client.list_tags_for_resource(Resource=found["ARN"])["Tags"])),
            "viewerCertificate": _read_certificate(config["ViewerCertificate"]),
            "webAclId": config.get("WebACLId"),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        client = aws.client("cloudfront")
        if change.names - {"tags"}:
            found = client.get_distribution_config(Id=id_)
            reference = found["DistributionConfig"]["CallerReference"]
            client.update_distribution(Id=id_, IfMatch=found["ETag"], DistributionConfig=_config(change.new, reference))
        if change.touches("tags"):
            retag(client, change.old["arn"], change)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Disable the distribution, which AWS wants first, and delete it."""
        client = aws.client("cloudfront")
        found = or_none(lambda: client.get_distribution_config(Id=id_), _GONE)
        if found is None:
            return
        if found["DistributionConfig"]["Enabled"]:
            disabled = {**found["DistributionConfig"], "Enabled": False}
            found = client.update_distribution(Id=id_, IfMatch=found["ETag"], DistributionConfig=disabled)
        client.delete_distribution(Id=id_, IfMatch=found["ETag"])


TYPES = (Distribution(),)


def _config(inputs: Props, reference: str) -> Props:
    geo = part(part(inputs, "restrictions"), "geoRestriction")
    return {
        "Aliases": _list(inputs.get("aliases")),
        "CacheBehaviors": _list(map(_behaviour, inputs.get("orderedCacheBehaviors") or ())),
        "CallerReference": reference,
        "Comment": inputs.get("comment") or "",
        "DefaultCacheBehavior": _behaviour(inputs["defaultCacheBehavior"]),
        "DefaultRootObject": inputs.get("defaultRootObject") or "",
        "Enabled": inputs["enabled"],
        "HttpVersion": inputs["httpVersion"],
        "IsIPV6Enabled": inputs["isIpv6Enabled"],
        "Origins": _list(map(_origin, inputs["origins"])),
        "PriceClass": "PriceClass_All",
        "Restrictions": {
            "GeoRestriction": {"RestrictionType": geo["restrictionType"], **_list(geo.get("locations"))},
        },
        "ViewerCertificate": _certificate(inputs["viewerCertificate"]),
        "WebACLId": inputs.get("webAclId") or "",
    }


def _behaviour(wanted: Props) -> Props:
    associations = [
        {"EventType": one["eventType"], "FunctionARN": one["functionArn"]}
        for one in wanted.get("functionAssociations") or ()
    ]
    made: Props = {
        "Compress": False,
        **given(wanted, **_BEHAVIOUR),
        "AllowedMethods": {
            **_list(wanted.get("allowedMethods")),
            "CachedMethods": _list(wanted.get("cachedMethods")),
        },
        "FunctionAssociations": _list(associations),
    }
    return made


def _read_behaviour(found: Props) -> Props:
    methods = part(found, "AllowedMethods")
    return {
        **{name: found[key] for name, key in _BEHAVIOUR.items() if found.get(key)},
        "allowedMethods": _items(methods),
        "cachedMethods": _items(methods.get("CachedMethods")),
        "functionAssociations": [
            {"eventType": one["EventType"], "functionArn": one["FunctionARN"]}
            for one in _items(found.get("FunctionAssociations"))
        ],
    }


def _origin(wanted: Props) -> Props:
    made: Props = {
        "Id": wanted["originId"],
        "OriginPath": wanted.get("originPath") or "",
        "CustomHeaders": _list(()),
        **given(wanted, domainName="DomainName", originAccessControlId="OriginAccessControlId"),
    }
    custom: Props = part(wanted, "customOriginConfig")
    if custom:
        made["CustomOriginConfig"] = {
            **given(custom, **_CUSTOM),
            "OriginSslProtocols": _list(custom.get("originSslProtocols")),
        }
    else:
        made["S3OriginConfig"] = {"OriginAccessIdentity": ""}  # AWS wants the one or the other
    return made


def _read_origin(found: Props) -> Props:
    custom = part(found, "CustomOriginConfig")
    read: Props = {"originId": found["Id"], "domainName": found["DomainName"], "originPath": found.get("OriginPath")}
    if found.get("OriginAccessControlId"):
        read["originAccessControlId"] = found["OriginAccessControlId"]
    if custom:
        told = {name: custom[key] for name, key in _CUSTOM.items() if custom.get(key) is not None}
        read["customOriginConfig"] = {
            **{name: value for name, value in told.items() if value != _AWS_DEFAULTS.get(name)},
            "originSslProtocols": _items(custom.get("OriginSslProtocols")),
        }
    return read


def _certificate(wanted: Props) -> Props:
    if wanted.get("acmCertificateArn"):
        return given(wanted, **_CERTIFICATE)
    return {"CloudFrontDefaultCertificate": True}


def _read_certificate(found: Props) -> Props:
    if found.get("ACMCertificateArn"):
        return {name: found[key] for name, key in _CERTIFICATE.items() if found.get(key)}
    return {"cloudfrontDefaultCertificate": True}


def _list(items: Iterable[Any] | None) -> Props:
    listed = list(items or ())
    return {"Quantity": len(listed), "Items": listed} if listed else {"Quantity": 0}


def _items(found: Any) -> list[Any]:
    held: Props = found or {}
    return held.get("Items") or []
