"""Accounts of the mesh: any twelve digits are one, and one is the default."""

from collections.abc import Mapping
from typing import Any

from localmesh.aws import moto, principals
from localmesh.aws.calls import DEFAULT_REGION

REGION = DEFAULT_REGION
"""The region that all of the mesh is in."""
DEFAULT_ACCOUNT = "123456789012"
"""moto's default account: whoever calls with made-up credentials acts in it."""


def administrator(account: str) -> Mapping[str, str]:
    """Credentials of an administrator in an account, as environment variables."""
    return principals.service_credentials(f"arn:{moto.PARTITION}:iam::{account}:role/Administrator", "local-mesh")


def client(endpoint_url: str, service: str, account: str) -> Any:
    """A boto3 client of an administrator in an account."""
    credentials = administrator(account)
    boto3: Any = moto.module("boto3")
    return boto3.session.Session(
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials["AWS_SESSION_TOKEN"],
        region_name=REGION,
    ).client(service, endpoint_url=endpoint_url)
