"""Close, called by Sweep: what is sent, and what is made of the answer."""

from __future__ import annotations

import io
import json

import pytest
from botocore.response import StreamingBody

from handlers.aws.closing import CloseFunction
from handlers.sharing.model.errors import CloseFailed, TryAgain
from tests.unit.stubs import error, stubbed

ASKED = ("req-1", "2026-01-01T00:00:00+00:00", "FAILED")
PAYLOAD = json.dumps(
    {"request_id": "req-1", "started_at": "2026-01-01T00:00:00+00:00", "execution_status": "FAILED"}
).encode()


def answer(**more: str) -> dict[str, object]:
    return {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(b"{}"), 2), **more}


def test_it_is_called_by_its_name_and_waited_for() -> None:
    with stubbed("lambda") as stub:
        stub.add_response("invoke", answer(), {"FunctionName": "close-function", "Payload": PAYLOAD})
        CloseFunction("close-function").close(*ASKED)


def test_a_call_that_it_did_not_survive() -> None:
    with stubbed("lambda") as stub:
        stub.add_response("invoke", answer(FunctionError="Unhandled"))
        with pytest.raises(CloseFailed, match="Close failed for request req-1; its logs say why"):
            CloseFunction("close-function").close(*ASKED)


def test_an_outage_passes() -> None:
    with stubbed("lambda") as stub:
        error(stub, "invoke", "TooManyRequestsException", status=429)
        with pytest.raises(TryAgain):
            CloseFunction("close-function").close(*ASKED)
