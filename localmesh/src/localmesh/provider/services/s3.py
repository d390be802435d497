"""S3: buckets, who may reach into them, and the objects that the program puts there."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from localmesh.provider.archives import content_of, same_asset
from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError, code_of
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields
from localmesh.provider.values import Props, camel, given, or_none, pascal, same_policy, tag_list, tag_map

_GONE = ("404", "NoSuchBucket", "NoSuchKey")
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_HOME = "us-east-1"  # the one region that a new bucket may not name


class Bucket(ResourceType):
    """A bucket. Its id is its name."""

    type_name = "aws:s3/bucket:Bucket"
    tagged = True
    inputs: ClassVar = {
        "bucket": Input(replaces=True, auto=AutoName(63)),
        "forceDestroy": Input(default=False, readable=False),
    }
    outputs: ClassVar = {
        "arn": Output(),
        "bucketDomainName": Output(),
        "bucketRegion": Output(),
        "bucketRegionalDomainName": Output(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the bucket; one of that name that is there already is not taken over."""
        client, name = aws.client("s3"), inputs["bucket"]
        if or_none(lambda: client.head_bucket(Bucket=name), *_GONE) is not None:
            raise ProviderError(f"CreateBucket: BucketAlreadyOwnedByYou: expected a name that is free, got {name}")
        place: Props = {} if aws.region == _HOME else {"LocationConstraint": aws.region}
        client.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
        if inputs.get("tags"):
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(inputs["tags"])})
        return name

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the bucket as it is."""
        client = aws.client("s3")
        if or_none(lambda: client.head_bucket(Bucket=id_), *_GONE) is None:
            return None
        tags = or_none(lambda: client.get_bucket_tagging(Bucket=id_), "NoSuchTagSet")
        return {
            "arn": f"arn:{aws.partition}:s3:::{id_}",
            "bucket": id_,
            "bucketDomainName": f"{id_}.s3.amazonaws.com",
            "bucketRegion": aws.region,
            "bucketRegionalDomainName": f"{id_}.s3.{aws.region}.amazonaws.com",
            "tags": tag_map(tags["TagSet"]) if tags else {},
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change the tags; whether it is emptied on deletion is between the program and the provider."""
        client = aws.client("s3")
        if change.touches("tags"):
            if change.new.get("tags"):
                client.put_bucket_tagging(Bucket=id_, Tagging={"TagSet": tag_list(change.new["tags"])})
            else:
                client.delete_bucket_tagging(Bucket=id_)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the bucket; AWS refuses one with something in it, unless `forceDestroy` empties it first."""
        client = aws.client("s3")
        if or_none(lambda: client.head_bucket(Bucket=id_), *_GONE) is None:
            return
        if state.get("forceDestroy"):
            _empty(client, id_)
        try:
            client.delete_bucket(Bucket=id_)
        except ClientError as error:
            if code_of(error) == "BucketNotEmpty":
                raise ProviderError(
                    f"DeleteBucket: BucketNotEmpty: {id_} still holds objects; empty it, or set forceDestroy first"
                ) from error
            raise


class BucketPublicAccessBlock(ResourceType):
    """What keeps a bucket from becoming public. Its id is the bucket's name."""

    type_name = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    inputs: ClassVar = {"bucket": Input(required=True, replaces=True), **dict.fromkeys(_BLOCKS, Input(default=False))}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set it."""
        self._put(aws, inputs["bucket"], inputs)
        return inputs["bucket"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give it as it is."""
        client = aws.client("s3")
        found = or_none(
            lambda: client.get_public_access_block(Bucket=id_), "NoSuchPublicAccessBlockConfiguration", *_GONE
        )
        return found and {"bucket": id_, **camel(found["PublicAccessBlockConfiguration"])}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Set it anew."""
        self._put(aws, id_, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take it off."""
        client = aws.client("s3")
        or_none(lambda: client.delete_public_access_block(Bucket=id_), *_GONE)

    def _put(self, aws: Aws, bucket: str, inputs: Props) -> None:
        wanted = pascal({name: bool(inputs.get(name)) for name in _BLOCKS})
        aws.client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=wanted)


class BucketOwnershipControls(ResourceType):
    """Who owns what others put into a bucket. Its id is the bucket's name."""

    type_name = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    inputs: ClassVar = {
        "bucket": Input(required=True, replaces=True),
        "rule": Input(required=True, fields=fields("objectOwnership")),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set them."""
        self._put(aws, inputs["bucket"], inputs)
        return inputs["bucket"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give them as they are."""
        client = aws.client("s3")
        found = or_none(
            lambda: client.get_bucket_ownership_controls(Bucket=id_), "OwnershipControlsNotFoundError", *_GONE
        )
        return found and {"bucket": id_, "rule": camel(found["OwnershipControls"]["Rules"][0])}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Set them anew."""
        self._put(aws, id_, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take them off."""
        client = aws.client("s3")
        or_none(lambda: client.delete_bucket_ownership_controls(Bucket=id_), "OwnershipControlsNotFoundError", *_GONE)

    def _put(self, aws: Aws, bucket: str, inputs: Props) -> None:
        aws.client("s3").put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls={"Rules": [pascal(inputs["rule"])]}
        )


class BucketPolicy(ResourceType):
    """What others may do with a bucket. Its id is the bucket's name."""

    type_name = "aws:s3/bucketPolicy:BucketPolicy"
    inputs: ClassVar = {
        "bucket": Input(required=True, replaces=True),
        "policy": Input(required=True, same=same_policy),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set it."""
        self._put(aws, inputs["bucket"], inputs)
        return inputs["bucket"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give it as it is."""
        client = aws.client("s3")
        found = or_none(lambda: client.get_bucket_policy(Bucket=id_), "NoSuchBucketPolicy", *_GONE)
        return found and {"bucket": id_, "policy": found["Policy"]}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Set it anew."""
        self._put(aws, id_, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take it off."""
        client = aws.client("s3")
        or_none(lambda: client.delete_bucket_policy(Bucket=id_), "NoSuchBucketPolicy", *_GONE)

    def _put(self, aws: Aws, bucket: str, inputs: Props) -> None:
        try:
            json.loads(inputs["policy"])
        except ValueError as error:
            raise ProviderError(f"expected a policy that is JSON, got {inputs['policy']}") from error
        aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=inputs["policy"])


class BucketObject(ResourceType):
    """An object. Its id is its key; `bucket/key` on an import."""

    type_name = "aws:s3/bucketObjectv2:BucketObjectv2"
    tagged = True
    inputs: ClassVar = {
        "bucket": Input(required=True, replaces=True),
        "cacheControl": Input(),
        "content": Input(readable=False),
        "contentType": Input(computed=True),
        "key": Input(required=True, replaces=True),
        "source": Input(same=same_asset, readable=False),
    }
    outputs: ClassVar = {"arn": Output(), "etag": Output(volatile=True)}

    def own_id(self, id_: str) -> str:
        """Leave out the bucket's name, which stands before the first slash of an import."""
        return id_.partition("/")[2] or id_

    def create(self, aws: Aws, inputs: Props) -> str:
        """Upload it."""
        self._put(aws, inputs)
        return inputs["key"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give it as it is, but for its content, which the plug-in does not look at (tf internal/service/s3)."""
        client = aws.client("s3")
        bucket, key = (state["bucket"], id_) if state.get("bucket") else id_.split("/", 1)
        found = or_none(lambda: client.head_object(Bucket=bucket, Key=key), *_GONE)
        if found is None:
            return None
        return {
            "arn": f"arn:{aws.partition}:s3:::{bucket}/{key}",
            "bucket": bucket,
            "cacheControl": found.get("CacheControl"),
            "contentType": found.get("ContentType"),
            "etag": found["ETag"].strip('"'),
            "key": key,
            "tags": tag_map(client.get_object_tagging(Bucket=bucket, Key=key).get("TagSet")),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Upload it anew; tags alone are set by themselves."""
        new = change.new
        if change.names - {"tags"}:
            self._put(aws, new)
        else:
            aws.client("s3").put_object_tagging(
                Bucket=new["bucket"], Key=new["key"], Tagging={"TagSet": tag_list(new.get("tags"))}
            )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete it."""
        client = aws.client("s3")
        or_none(lambda: client.delete_object(Bucket=state["bucket"], Key=id_), *_GONE)

    def _put(self, aws: Aws, inputs: Props) -> None:
        if (inputs.get("source") is None) == (inputs.get("content") is None):
            raise ProviderError(f"{inputs['key']}: expected either source or content")
        tags = {"Tagging": urlencode(inputs["tags"])} if inputs.get("tags") else {}
        aws.client("s3").put_object(
            Bucket=inputs["bucket"],
            Key=inputs["key"],
            Body=_body(inputs),
            **given(inputs, cacheControl="CacheControl", contentType="ContentType"),
            **tags,
        )


TYPES = (Bucket(), BucketPublicAccessBlock(), BucketOwnershipControls(), BucketPolicy(), BucketObject())


def _body(inputs: Props) -> bytes:
    return content_of(inputs["source"]) if inputs.get("source") is not None else inputs["content"].encode()


def _empty(client: Any, bucket: str) -> None:
    while True:
        found = client.list_object_versions(Bucket=bucket)
        old = [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]
        if not old:
            return
        listed = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in old]
        client.delete_objects(Bucket=bucket, Delete={"Objects": listed, "Quiet": True})
