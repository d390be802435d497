"""What a program asks the provider for besides resources: who, where, which partition."""

from __future__ import annotations

from collections.abc import Callable

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.values import Props

_PARTITIONS = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def invoke(aws: Aws, token: str, arguments: Props) -> Props:
    """Answer an invoke; one that is not known, or an argument that is not, is an error.

    Args:
        aws: The account that is asked about.
        token: Pulumi's name of the invoke.
        arguments: What it is given; `region` is all that any of them takes.
    """
    answer = _INVOKES.get(token)
    if answer is None:
        raise ProviderError(f"expected one of {', '.join(sorted(_INVOKES))}, got the invoke {token}")
    given = {key: value for key, value in arguments.items() if value is not None}
    if unknown := given.keys() - {"region", "id"}:
        raise ProviderError(f"{token}: expected no argument but region, got {', '.join(sorted(unknown))}")
    return answer(aws, given)


def _caller_identity(aws: Aws, _: Props) -> Props:
    found = aws.client("sts").get_caller_identity()
    return {"accountId": found["Account"], "arn": found["Arn"], "id": found["Account"], "userId": found["UserId"]}


def _partition(aws: Aws, _: Props) -> Props:
    suffix = _PARTITIONS[aws.partition]
    reverse = ".".join(reversed(suffix.split(".")))
    return {"dnsSuffix": suffix, "id": aws.partition, "partition": aws.partition, "reverseDnsPrefix": reverse}


def _region(aws: Aws, arguments: Props) -> Props:
    region = arguments.get("region") or aws.region
    endpoint = f"ec2.{region}.{_PARTITIONS[aws.partition]}"
    return {"description": region, "endpoint": endpoint, "id": region, "name": region, "region": region}


_INVOKES: dict[str, Callable[[Aws, Props], Props]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
