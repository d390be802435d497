"""The APIs, with what stands behind them, and somebody who uses them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from handlers import catalogue_api, requests_api, shares_api
from handlers.aws.notifying import NotifyFunction
from handlers.sharing.model.parties import Parties, Producer
from tests.fakes.memory import FlagMemory
from tests.fakes.world import CENTRAL, OWNER
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.requests_api.entries import Ask
from tests.unit.requests_api.shares import OTHER_OWNER, Shares
from tests.unit.requests_api.world import Api
from tests.unit.stubs import stubbed


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


@pytest.fixture
def glue() -> Iterator[Stubber]:
    with stubbed("glue") as stub:
        yield stub


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> FlagMemory:
    """What the catalogue API remembers of flags."""
    made = FlagMemory()
    monkeypatch.setattr(catalogue_api, "DynamoMemory", lambda _table: made)
    return made


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, memory: FlagMemory) -> Ask:
    """Asks the catalogue API, on Glue as it is."""
    del memory  # in place of the register's
    monkeypatch.setenv("REGISTER_TABLE", "register")
    monkeypatch.setenv("CENTRAL_ACCOUNT_ID", CENTRAL)
    monkeypatch.setenv("WILDCARD_ON_APPROVAL", "true")
    monkeypatch.setenv("VAULT_TABLE", "vault")
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("INDEX_BUCKET", "index")
    monkeypatch.setenv("BINDS_ACCOUNTS", "false")
    producers = {OWNER: Producer(OWNER, databases=("sales",))}
    monkeypatch.setattr(catalogue_api, "load_parties", lambda: Parties(producers, None))

    def get(short: str, **query: str) -> Answered:
        return call(catalogue_api.handler, f"GET /catalogue/{short}", Caller("sub-alex", "alex"), query=query)

    return get


@pytest.fixture
def shares(api: Api, monkeypatch: pytest.MonkeyPatch) -> Shares:
    producers = {
        OWNER: Producer(OWNER, databases=("sales",)),
        OTHER_OWNER: Producer(OTHER_OWNER),
    }
    monkeypatch.setattr(shares_api, "load_parties", lambda: Parties(producers, None))
    monkeypatch.setenv("BINDS_ACCOUNTS", "true")
    made = Shares(api, {})
    monkeypatch.setattr(NotifyFunction, "find", lambda _self, *given, **more: made.find(*given, **more))
    return made
