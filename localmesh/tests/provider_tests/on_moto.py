"""Fixtures: a plain moto for the provider to work on, and providers in accounts of their own."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localmesh.provider import AwsProvider, Endpoint

API_BASE_URL = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("plain_moto.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate(input="", timeout=10)


_ACCOUNTS = itertools.count(700000000001)


@pytest.fixture(scope="session")
def endpoint_in(moto_url: str) -> Callable[[str], Endpoint]:
    """The way to moto with credentials of any account."""

    def make(account: str) -> Endpoint:
        caller = Endpoint(moto_url, "anybody", "x").client("sts", "us-east-1")
        role = f"arn:aws:iam::{account}:role/deployer"
        given = caller.assume_role(RoleArn=role, RoleSessionName="deployer")["Credentials"]
        return Endpoint(
            moto_url, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], api_base_url=API_BASE_URL
        )

    return make


@pytest.fixture
def account() -> str:
    """An account that nothing was made in yet."""
    return str(next(_ACCOUNTS))


@pytest.fixture
def endpoint(endpoint_in: Callable[[str], Endpoint], account: str) -> Endpoint:
    return endpoint_in(account)


@pytest.fixture
def provider(endpoint: Endpoint) -> AwsProvider:
    return AwsProvider.configured(endpoint, {"region": "us-east-1", "defaultTags": '{"tags":{"application":"x"}}'})
