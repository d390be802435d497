"""Fixtures of the mesh's own tests: a plain moto, and accounts on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from localmesh.provider import Endpoint
from provider_tests.cases import policy
from provider_tests.on_moto import account, endpoint, endpoint_in, moto_url

__all__ = ["account", "endpoint", "endpoint_in", "managed", "moto_url"]


@pytest.fixture(scope="session")
def managed() -> Callable[[Endpoint], Endpoint]:
    """Makes AWS's managed policy that the program attaches, which this moto does not bring."""

    def make(endpoint: Endpoint) -> Endpoint:
        endpoint.client("iam", "us-east-1").create_policy(
            PolicyName="AWSLakeFormationCrossAccountManager", PolicyDocument=policy("ram:CreateResourceShare")
        )
        return endpoint

    return make
