"""What all ports on AWS share: the meaning of botocore's errors, the environment, the file of parties, the log."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from handlers.aws.clients import client, translated
from handlers.aws.dynamodb.store import Table
from handlers.aws.environment import environment
from handlers.aws.parties import load_parties, load_signed_in
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    LakeshareError,
    TableNotFound,
    TryAgain,
)
from handlers.sharing.model.parties import Decisions, Parties, Producer
from handlers.sharing.model.term import Lengths
from tests.unit.stubs import OUTAGES, stubbed

ROOT = Path(__file__).parents[2]


def refusal(code: str, message: str = "because", status: int = 400) -> ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "DoIt")  # type: ignore[arg-type]


def attempt(error: Exception, translate: Callable[[str, str], LakeshareError | None] = lambda _c, _m: None) -> None:
    with translated("do it", translate):
        raise error


@pytest.mark.parametrize(("code", "status"), [*OUTAGES, ("WhateverComesTooOften", 429)])
def test_what_passes(code: str, status: int) -> None:
    with pytest.raises(TryAgain, match="do it"):
        attempt(refusal(code, status=status))


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://10.0.0.1/secret"),
        ConnectTimeoutError(endpoint_url="https://10.0.0.1/secret"),
        ReadTimeoutError(endpoint_url="https://10.0.0.1/secret"),
        ConnectionClosedError(endpoint_url="https://10.0.0.1/secret"),
        NoCredentialsError(),
    ],
)
def test_no_answer(error: BotoCoreError) -> None:
    with pytest.raises(TryAgain, match=type(error).__name__) as raised:
        attempt(error)
    assert "10.0.0.1" not in str(raised.value)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "AuthorizationError"])
def test_denied(code: str) -> None:
    with pytest.raises(AccessRefused, match="do it: because"):
        attempt(refusal(code))
    with pytest.raises(CatalogueKeyUnavailable, match="catalogKmsKeyArn"):
        attempt(refusal(code, "not authorized to perform: kms:Decrypt"))


def test_the_services_own_meaning_comes_first() -> None:
    with pytest.raises(TableNotFound):
        attempt(refusal("ThrottlingException"), lambda code, _message: TableNotFound(code))


def test_what_is_none_of_these_stays_what_it_is() -> None:
    with pytest.raises(ClientError):
        attempt(refusal("ValidationException"))
    with pytest.raises(ClientError):
        attempt(ClientError({}, "DoIt"))  # type: ignore[typeddict-item]
    with pytest.raises(KeyError):
        attempt(KeyError("x"))


def test_one_client_a_service() -> None:
    assert client("sts") is client("sts")
    assert client("sts") is not client("sts", "eu-west-1")
    config = client("sts").meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 15)
    assert config.retries["total_max_attempts"] == 4


def test_decide_shows_its_page_before_the_api_gives_up() -> None:
    for service in ("dynamodb", "stepfunctions"):
        config = client(service).meta.config
        attempts = config.retries["total_max_attempts"]
        assert attempts * max(config.connect_timeout, config.read_timeout) < 29 / 2


# --- the environment --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    register_table: str
    timeout_seconds: int
    wildcard: bool
    level: str = "INFO"


def test_keys_that_were_not_read_are_read_again() -> None:
    def asked(*keys: str) -> dict[str, Any]:
        wanted = {"Keys": [{"pk": {"S": key}} for key in keys], "ProjectionExpression": "pk", "ConsistentRead": True}
        return {"RequestItems": {"register": wanted}}

    unread = {"register": {"Keys": [{"pk": {"S": "b"}}]}}
    with stubbed("dynamodb") as stub:
        stub.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": unread}, asked("a", "b"))
        found = {"register": [{"pk": {"S": "b"}}]}
        stub.add_response("batch_get_item", {"Responses": found, "UnprocessedKeys": {}}, asked("b"))
        assert Table("register").absent(["a", "b"]) == ["a"]
        stub.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": unread}, asked("b"))
        with pytest.raises(TryAgain):
            Table("register").absent(["b"])


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"REGISTER_TABLE": "t", "TIMEOUT_SECONDS": "30", "WILDCARD": "true"}.items():
        monkeypatch.setenv(name, text)
    assert environment(Settings) == Settings("t", 30, True)
    monkeypatch.setenv("TIMEOUT_SECONDS", "31")
    assert environment(Settings).timeout_seconds == 30  # read once


def test_all_faults_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGISTER_TABLE", raising=False)
    monkeypatch.setenv("TIMEOUT_SECONDS", "-1")
    monkeypatch.setenv("WILDCARD", "True")
    monkeypatch.setenv("LEVEL", "")
    with pytest.raises(ValueError, match="environment is wrong") as raised:
        environment(Settings)
    assert str(raised.value) == (
        "The function's environment is wrong: REGISTER_TABLE is missing; TIMEOUT_SECONDS must be a whole number, got "
        "'-1'; WILDCARD must be true or false, got 'True'; LEVEL must be not empty, got ''."
    )
    monkeypatch.setenv("REGISTER_TABLE", "t")
    with pytest.raises(ValueError, match="WILDCARD"):
        environment(Settings)


# --- the file of parties ----------------------------------------------------------------------------------------

PRODUCER = {
    "account_id": "111111111111",
    "external_id": "one-secret",
    "region": "eu-west-1",
    "name": "Sales",
    "databases": ["sales", "s_*"],
    "legacy_kit": True,
    "default_share_days": 7,
    "longest_share_days": 14,
    "approvers_group": "sales-approvers",
    "decisions": "signed-in",
    "safe_subset": True,
}
BARE = dict.fromkeys(PRODUCER) | {
    "account_id": "222222222222",
    "legacy_kit": False,
    "decisions": "link",
    "safe_subset": False,
}


def test_the_file_of_parties(tmp_path: Path) -> None:
    file = tmp_path / "parties.json"
    lengths = {"default_share_days": None, "longest_share_days": 90}
    file.write_text(json.dumps({"producers": [PRODUCER, BARE], "consumer_accounts": ["999999999999"], **lengths}))
    one = Producer(
        "111111111111",
        "one-secret",
        "eu-west-1",
        "Sales",
        ("sales", "s_*"),
        True,
        Lengths(7, 14),
        "sales-approvers",
        Decisions.SIGNED_IN,
        True,
    )
    both = {"111111111111": one, "222222222222": Producer("222222222222")}
    assert load_parties(file) == Parties(both, frozenset({"999999999999"}), Lengths(None, 90))


def test_the_file_of_parties_may_name_kits(tmp_path: Path) -> None:
    file = tmp_path / "parties.json"
    said = {"producers": [], "consumer_accounts": None, "default_share_days": None, "longest_share_days": None}
    file.write_text(json.dumps({**said, "consumer_kits": ["999999999999"]}))
    assert load_parties(file).kits == {"999999999999"}


def test_who_enters_no_account_is_not_told_what_it_demands(tmp_path: Path) -> None:
    file = tmp_path / "parties.json"
    told = {name: value for name, value in PRODUCER.items() if name != "external_id"}
    lengths = {"default_share_days": None, "longest_share_days": None}
    file.write_text(json.dumps({"producers": [told], "consumer_accounts": None, **lengths}))
    assert load_parties(file).producers["111111111111"].external_id is None


def test_the_file_of_those_who_decide_signed_in(tmp_path: Path) -> None:
    file = tmp_path / "signed_in.json"
    file.write_text('["111111111111"]')
    assert load_signed_in(file) == {"111111111111"}
    with pytest.raises(OSError, match="nothing"):
        load_signed_in(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    "document",
    [
        *({}, {"producers": []}, {"producers": [{}], "consumer_accounts": None}, [], {"producers": 1}),
        {"producers": [], "consumer_accounts": None},
    ],
)
def test_a_file_that_the_program_did_not_write(tmp_path: Path, document: object) -> None:
    file = tmp_path / "parties.json"
    file.write_text(json.dumps(document))
    with pytest.raises((KeyError, TypeError)):
        load_parties(file)
    with pytest.raises(OSError, match="nothing"):
        load_parties(tmp_path / "nothing.json")


def test_the_log_is_one_object_a_line() -> None:
    code = "from handlers.aws.log import log; log('refused', 'r1', reason='TableNotFound')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["message"], line["request_id"], line["reason"]) == ("refused", "r1", "TableNotFound")
