"""The way to AWS: one endpoint, one account's credentials, clients that all threads share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import botocore.loaders
import botocore.session
from botocore.config import Config

# A session costs more than a client, and holds nothing of an account. Making clients of it is not thread-safe.
_SESSION = botocore.session.get_session()
_SESSION.register_component("data_loader", botocore.loaders.create_loader())
_MAKING = threading.Lock()

# The mesh answers at once or not at all: a fault must surface as it is, not after minutes of retries.
# The agent is a fixed text, for botocore's own is made anew for each call.
_CONFIG = Config(
    retries={"total_max_attempts": 2},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=16,
    user_agent="localmesh",
)


def model(service: str) -> Any:
    """Give botocore's model of a service, by boto3's name for it."""
    with _MAKING:
        return _SESSION.get_service_model(service)


def _clients() -> dict[tuple[str, str], Any]:
    return {}


@dataclass(frozen=True)
class Endpoint:
    """Where AWS answers, and as whom we ask.

    Attributes:
        url: Address of the endpoint, the same for all services.
        access_key_id: The credentials; whose they are decides which account is acted on.
        secret_access_key: Their secret half.
        session_token: Their token, of an assumed role.
        api_base_url: Where HTTP APIs answer: an API's endpoint is this, a slash and its id.
    """

    url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    api_base_url: str = ""
    _made: dict[tuple[str, str], Any] = field(default_factory=_clients, repr=False, compare=False)

    def client(self, service: str, region: str) -> Any:
        """Give the client of a service in a region; all threads may use it."""
        with _MAKING:
            client = self._made.get((service, region))
            if client is None:
                client = _SESSION.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.url,
                    aws_access_key_id=self.access_key_id,
                    aws_secret_access_key=self.secret_access_key,
                    aws_session_token=self.session_token,
                    config=_CONFIG,
                )
                self._made[service, region] = client
            return client


@dataclass(frozen=True)
class Aws:
    """AWS as one configured provider sees it.

    Attributes:
        endpoint: The way there.
        account_id: The account that the credentials belong to.
        partition: `aws`, `aws-cn`, …
        region: Where regional resources are made.
    """

    endpoint: Endpoint
    account_id: str
    partition: str
    region: str

    def client(self, service: str) -> Any:
        """Give the client of a service, by boto3's name for it. Callers in many threads share it."""
        return self.endpoint.client(service, self.region)

    def arn(self, service: str, resource: str) -> str:
        """Spell the ARN of something in this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"
