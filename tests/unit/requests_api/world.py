"""The requests API with everything behind it on moto: register, user pool, state machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from handlers import requests_api
from handlers.aws.clients import client
from tests.fakes.table import LEDGER, TABLE, make_tables
from tests.unit.requests_api.calls import Answered, Caller, call

CENTRAL = "123456789012"
AUDITORS = "auditors"
OPERATORS = "operators"


def wish(token: str = "token-0001", **more: Any) -> dict[str, Any]:  # noqa: S107 - no real one
    """The body of a new request."""
    return {
        "client_token": token,
        "source": {"database": "sales", "table": "orders"},
        "target": {"account_id": "999999999999"},
        "purpose": "Forecast",
        **more,
    }


def breaking(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, error: Exception) -> None:
    """Let a method fail until the patch is undone."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(owner, method, fail)


@dataclass
class Api:
    """The API as people call it."""

    pool: str
    machine: str
    revoke: str

    @classmethod
    def make(cls) -> Api:
        """Make what stands behind it; wants `moto.mock_aws`."""
        make_tables()
        pool = client("cognito-idp").create_user_pool(PoolName="people")["UserPool"]["Id"]
        machine, revoke = (
            client("stepfunctions").create_state_machine(
                name=name,
                definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
                roleArn=f"arn:aws:iam::{CENTRAL}:role/{name}",
            )["stateMachineArn"]
            for name in ("sharing", "revoking")
        )
        return cls(pool, machine, revoke)

    def environment(self, auditors: str = AUDITORS, federated: str = "false", binds: str = "false") -> dict[str, str]:
        return {
            "REGISTER_TABLE": TABLE,
            "LEDGER_TABLE": LEDGER,
            "CENTRAL_ACCOUNT_ID": CENTRAL,
            "STATE_MACHINE_ARN": self.machine,
            "REVOKE_STATE_MACHINE_ARN": self.revoke,
            "USER_POOL_ID": self.pool,
            "TRUST_FEDERATED_EMAIL": federated,
            "BINDS_ACCOUNTS": binds,
            "NOTIFY_FUNCTION": "notify",
            "AUDITORS_GROUP": auditors,
            "OPERATORS_GROUP": OPERATORS,
        }

    def user(self, name: str, *, verified: str = "true", groups: str | None = None) -> Caller:
        """A user of the pool with a token."""
        attributes = {"email": f"{name}@consumer.example", "email_verified": verified}
        made = client("cognito-idp").admin_create_user(
            UserPoolId=self.pool,
            Username=name,
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
        )["User"]
        sub = next(each["Value"] for each in made["Attributes"] if each["Name"] == "sub")
        return Caller(sub, name, groups)

    def create(self, caller: Caller, body: object = None, **more: Any) -> Answered:
        return call(requests_api.handler, "POST /requests", caller, body=wish() if body is None else body, **more)

    def get(self, caller: Caller, request_id: str) -> Answered:
        return call(requests_api.handler, "GET /requests/{id}", caller, id=request_id)

    def list(self, caller: Caller, **query: str) -> Answered:
        return call(requests_api.handler, "GET /requests", caller, query=query)

    def give_back(self, caller: Caller, share_id: str, body: object = None, **more: Any) -> Answered:
        body = {"reason": "No use for it."} if body is None else body
        return call(requests_api.handler, "POST /shares/{id}/give-back", caller, body=body, id=share_id, **more)

    def revokes(self) -> dict[str, Any]:
        """The inputs of all runs that take shares back, by name."""
        return self.started(self.revoke)

    def started(self, machine: str | None = None) -> dict[str, Any]:
        """The inputs of all executions, by name."""
        states = client("stepfunctions")
        found = states.list_executions(stateMachineArn=machine or self.machine)["executions"]
        return {
            each["name"]: json.loads(states.describe_execution(executionArn=each["executionArn"])["input"])
            for each in found
        }
