"""CloudFront: what a distribution refers to. Access to its origin, headers of its answers, functions on the way."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields, undone_on_failure
from localmesh.provider.values import (
    Props,
    camel,
    or_none,
    part,
    pascal,
    same_in_any_order,
    tag_changes,
    tag_list,
    tag_map,
)

_ACCESS = ("name", "originAccessControlOriginType", "signingBehavior", "signingProtocol")
_HEADER = ("header", "value", "override")
_SECURITY = {
    "contentSecurityPolicy": fields("contentSecurityPolicy", "override"),
    "contentTypeOptions": fields("override"),
    "frameOptions": fields("frameOption", "override"),
    "referrerPolicy": fields("override", "referrerPolicy"),
    "strictTransportSecurity": fields("accessControlMaxAgeSec", "includeSubdomains", "override", "preload"),
    "xssProtection": fields("modeBlock", "override", "protection", "reportUri"),
}
_SPELT = {"xssProtection": "XSSProtection"}


class OriginAccessControl(ResourceType):
    """How a distribution proves to an origin who it is. Its id is what AWS gives it."""

    type_name = "aws:cloudfront/originAccessControl:OriginAccessControl"
    regional = False
    inputs: ClassVar = {
        "name": Input(replaces=True, auto=AutoName(64)),
        "originAccessControlOriginType": Input(required=True),
        "signingBehavior": Input(required=True),
        "signingProtocol": Input(required=True),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it."""
        client = aws.client("cloudfront")
        config = _access(inputs)
        return client.create_origin_access_control(OriginAccessControlConfig=config)["OriginAccessControl"]["Id"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give it as it is."""
        found = self._found(aws, id_)
        return found and {
            **camel(found["OriginAccessControl"]["OriginAccessControlConfig"]),
            "arn": f"arn:{aws.partition}:cloudfront::{aws.account_id}:origin-access-control/{id_}",
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        found = self._found(aws, id_) or {}
        aws.client("cloudfront").update_origin_access_control(
            Id=id_, IfMatch=found.get("ETag", ""), OriginAccessControlConfig=_access(change.new)
        )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete it; AWS refuses while a distribution uses it."""
        found = self._found(aws, id_)
        if found:
            aws.client("cloudfront").delete_origin_access_control(Id=id_, IfMatch=found["ETag"])

    def _found(self, aws: Aws, id_: str) -> Props | None:
        client = aws.client("cloudfront")
        return or_none(lambda: client.get_origin_access_control(Id=id_), "NoSuchOriginAccessControl")


class ResponseHeadersPolicy(ResourceType):
    """Headers that are put on every answer. Its id is what AWS gives it."""

    type_name = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
    regional = False
    inputs: ClassVar = {
        "comment": Input(),
        "customHeadersConfig": Input(same=same_in_any_order, fields=fields(items=fields(*_HEADER))),
        "name": Input(auto=AutoName(128)),
        "securityHeadersConfig": Input(fields=fields(**_SECURITY)),
    }
    outputs: ClassVar = {"arn": Output(), "etag": Output(volatile=True)}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make it."""
        client = aws.client("cloudfront")
        answer = client.create_response_headers_policy(ResponseHeadersPolicyConfig=_headers(inputs))
        return answer["ResponseHeadersPolicy"]["Id"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give it as it is."""
        found = self._found(aws, id_)
        if found is None:
            return None
        config: dict[str, Any] = found["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
        items: list[Props] = part(config, "CustomHeadersConfig").get("Items") or []
        return {
            "arn": f"arn:{aws.partition}:cloudfront::{aws.account_id}:response-headers-policy/{id_}",
            "comment": config.get("Comment"),
            "customHeadersConfig": {"items": [camel(item) for item in items]} if items else None,
            "etag": found["ETag"],
            "name": config["Name"],
            "securityHeadersConfig": camel(config.get("SecurityHeadersConfig"), _SPELT),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        found = self._found(aws, id_) or {}
        aws.client("cloudfront").update_response_headers_policy(
            Id=id_, IfMatch=found.get("ETag", ""), ResponseHeadersPolicyConfig=_headers(change.new)
        )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete it; AWS refuses while a distribution uses it."""
        found = self._found(aws, id_)
        if found:
            aws.client("cloudfront").delete_response_headers_policy(Id=id_, IfMatch=found["ETag"])

    def _found(self, aws: Aws, id_: str) -> Props | None:
        client = aws.client("cloudfront")
        return or_none(lambda: client.get_response_headers_policy(Id=id_), "NoSuchResponseHeadersPolicy")


class Function(ResourceType):
    """A function that CloudFront runs itself. Its id is its name."""

    type_name = "aws:cloudfront/function:Function"
    tagged = True
    regional = False
    inputs: ClassVar = {
        "code": Input(required=True),
        "comment": Input(),
        "name": Input(replaces=True, auto=AutoName(64)),
        "publish": Input(default=True, readable=False),
        "runtime": Input(required=True),
    }
    outputs: ClassVar = {"arn": Output(), "etag": Output(volatile=True), "status": Output(volatile=True)}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the function, and publish it."""
        client, name = aws.client("cloudfront"), inputs["name"]
        answer = client.create_function(Name=name, FunctionConfig=_config(inputs), FunctionCode=inputs["code"].encode())
        with undone_on_failure(self, aws, name):
            if inputs.get("tags"):
                arn = answer["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
                client.tag_resource(Resource=arn, Tags={"Items": tag_list(inputs["tags"])})
            if inputs["publish"]:
                client.publish_function(Name=name, IfMatch=answer["ETag"])
        return name

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the function as it is."""
        client = aws.client("cloudfront")
        found = self._found(aws, id_)
        if found is None:
            return None
        summary: dict[str, Any] = found["FunctionSummary"]
        arn = summary["FunctionMetadata"]["FunctionARN"]
        return {
            "arn": arn,
            "code": client.get_function(Name=id_, Stage="DEVELOPMENT")["FunctionCode"].read().decode(),
            "comment": summary["FunctionConfig"].get("Comment"),
            "etag": found["ETag"],
            "name": id_,
            "runtime": summary["FunctionConfig"]["Runtime"],
            "status": summary["Status"],
            "tags": tag_map(client.list_tags_for_resource(Resource=arn)["Tags"].get("Items")),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change code and settings and publish them."""
        client, new = aws.client("cloudfront"), change.new
        etag = (self._found(aws, id_) or {}).get("ETag", "")
        if change.touches("code", "comment", "runtime"):
            answer = client.update_function(
                Name=id_, IfMatch=etag, FunctionConfig=_config(new), FunctionCode=new["code"].encode()
            )
            etag = answer["ETag"]
        if new.get("publish") and change.names - {"tags"}:
            client.publish_function(Name=id_, IfMatch=etag)
        if change.touches("tags"):
            retag(client, change.old["arn"], change)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the function; AWS refuses while a distribution uses it."""
        found = self._found(aws, id_)
        if found:
            aws.client("cloudfront").delete_function(Name=id_, IfMatch=found["ETag"])

    def _found(self, aws: Aws, id_: str) -> Props | None:
        client = aws.client("cloudfront")
        return or_none(lambda: client.describe_function(Name=id_, Stage="DEVELOPMENT"), "NoSuchFunctionExists")


TYPES = (OriginAccessControl(), ResponseHeadersPolicy(), Function())


def retag(client: Any, arn: str, change: Change) -> None:
    """Bring the tags of something of CloudFront's up to date."""
    wanted, unwanted = tag_changes(change.old, change.new)
    if unwanted:
        client.untag_resource(Resource=arn, TagKeys={"Items": unwanted})
    if wanted:
        client.tag_resource(Resource=arn, Tags={"Items": tag_list(wanted)})


def _access(inputs: Props) -> Props:
    return pascal({name: inputs[name] for name in _ACCESS if inputs.get(name) is not None})


def _config(inputs: Props) -> Props:
    return {"Comment": inputs.get("comment") or "", "Runtime": inputs["runtime"]}


def _headers(inputs: Props) -> Props:
    made: Props = {"Name": inputs["name"], "Comment": inputs.get("comment") or ""}
    if inputs.get("securityHeadersConfig"):
        made["SecurityHeadersConfig"] = _complete(pascal(inputs["securityHeadersConfig"], _SPELT))
    items: list[Any] = part(inputs, "customHeadersConfig").get("items") or []
    if items:
        made["CustomHeadersConfig"] = {"Quantity": len(items), "Items": [pascal(item) for item in items]}
    return made


def _complete(security: Props) -> Props:
    """AWS wants the answers to these, whatever they are."""
    if "XSSProtection" in security:
        security["XSSProtection"].setdefault("Protection", False)
    return security
