"""The API, with everything behind it, and somebody who uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from handlers import requests_api
from handlers.sharing.model.parties import Parties
from tests.unit.requests_api.calls import Caller
from tests.unit.requests_api.world import Api


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(requests_api, "load_parties", lambda: Parties({}, None))
    with mock_aws():
        made = Api.make()
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def alex(api: Api) -> Caller:
    return api.user("alex")
