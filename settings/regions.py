"""AWS's partitions: which one a region is in, and where the portal cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PARTITIONS: Final[Mapping[str, str]] = {
    "cn": "aws-cn",
    "us-gov": "aws-us-gov",
    "eusc-de": "aws-eusc",
    "us-iso": "aws-iso",
    "us-isob": "aws-iso-b",
    "eu-isoe": "aws-iso-e",
    "us-isof": "aws-iso-f",
}
"""By how their regions begin; all other regions are in `aws`. From botocore's `partitions.json`, as a test sees to.

The service principals that Lakeshare names (lambda, states, events, apigateway, cloudfront) end with `amazonaws.com` in
all of them: aws-cdk's `region-info` lists the exceptions."""

NO_PORTAL: Final[Mapping[str, str]] = {
    "aws-cn": "no user pools of Cognito",
    "aws-us-gov": "no CloudFront, and identity pools with another principal, cognito-identity-us-gov.amazonaws.com",
    "aws-eusc": "no CloudFront",
    "aws-iso": "no CloudFront and no Cognito",
    "aws-iso-b": "no CloudFront and no Cognito",
    "aws-iso-e": "no CloudFront and no Cognito",
    "aws-iso-f": "no CloudFront and no Cognito",
}
"""What keeps the portal out of a partition, from botocore's `endpoints.json` and the guide to AWS GovCloud (US)."""


def partition_of(region: str) -> str:
    """The partition of a region, as ARNs name it."""
    return PARTITIONS.get(region.rsplit("-", 2)[0], "aws")
