"""Unit tests reach nobody: no sockets, no credentials. Clients stay from test to test: each takes 0.1 s to make."""

import os
from collections.abc import Iterator

import moto.core.botocore_stubber  # noqa: F401 - clients made from now on can be moto's
import pytest
from hypothesis import HealthCheck, Phase, settings
from moto import mock_aws
from pytest_socket import disable_socket, enable_socket

from handlers.aws import environment as environments
from tests.fakes.steps import Steps
from tests.fakes.table import make_tables
from tests.fakes.world import World

settings.register_profile(
    "unit", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Under mutmut a failure is all that is asked for: the simplest one would be sought for each of thousands of changes.
settings.register_profile("mutation", settings.get_profile("unit"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("mutation" if "MUTANT_UNDER_TEST" in os.environ else "unit")


@pytest.fixture(autouse=True)
def _no_sockets() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "lakeshare-test")
    environments._read.clear()
    yield
    environments._read.clear()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=["memory", "dynamodb"])
def steps(request: pytest.FixtureRequest) -> Iterator[Steps]:
    """Register and vault, once in memory and once on DynamoDB: the same rules hold."""
    if request.param == "memory":
        yield Steps.in_memory()
        return
    with mock_aws():
        make_tables()
        yield Steps.on_dynamodb()
