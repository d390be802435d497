"""Clients of which every answer is planned, and the errors that AWS gives."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.stub import Stubber

from handlers.aws.clients import client

OUTAGES: list[tuple[str, int]] = [
    ("ThrottlingException", 400),
    ("Throttling", 400),
    ("Throttled", 400),
    ("TooManyRequestsException", 429),
    ("RequestLimitExceeded", 400),
    ("InternalServiceException", 500),
    ("InternalFailure", 500),
    ("ServiceUnavailable", 503),
    ("WhateverComesNext", 502),
]
"""Code and HTTP status of what passes by itself."""


@contextmanager
def stubbed(service: str) -> Iterator[Stubber]:
    """The client that the code under test will use; everything planned must be asked for."""
    with Stubber(client(service)) as stub:
        yield stub
    stub.assert_no_pending_responses()


def error(stub: Stubber, method: str, code: str, message: str = "because", status: int = 400) -> None:
    """Plan one error."""
    stub.add_client_error(method, code, message, http_status_code=status)
