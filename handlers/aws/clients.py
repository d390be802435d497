"""boto3 clients, one a service, made when first needed; and what their errors mean.

Nothing is imported or made before a call needs it: a client costs 50 to 100 ms of a cold start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from handlers.sharing.model.errors import AccessRefused, CatalogueKeyUnavailable, LakeshareError, TryAgain

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

PASSING = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "Throttled",
        "RequestThrottled",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ConcurrentModificationException",
        "OperationTimeoutException",
        "TransactionConflictException",
        "InternalServiceException",
        "InternalServerError",
        "InternalServerException",
        "InternalFailure",
        "InternalError",
        "InternalErrorException",
        "InternalException",
        "KMSThrottlingException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
    }
)
"""What passes by itself, by the names that the services used here give it."""
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"})
_HTTP_TOO_MANY = 429
_HTTP_SERVER_ERROR = 500

# What Decide calls answers within milliseconds. It has half a minute in all to show its own page in an outage.
# Lambda answers Sweep when Close is done, which may take its whole minute.
_SECONDS_TO_ANSWER = {"dynamodb": 3, "stepfunctions": 3, "lambda": 65}

_MAKING = Lock()
T = TypeVar("T")
Translate = Callable[[str, str], "LakeshareError | None"]
"""Makes the error that an error code and message of AWS mean to one service; `None`: nothing special."""


@cache
def client(service: str, region: str | None = None) -> Any:
    """The client of `service` with this function's own role."""
    return make_client(service, region)


@cache
def patient_client(service: str, seconds: int) -> Any:
    """A client that waits so long for an answer and asks once, for what must not be begun twice."""
    return make_client(service, seconds_to_answer=seconds, attempts=1)


def make_client(
    service: str, region: str | None = None, *, seconds_to_answer: int = 0, attempts: int = 4, **credentials: str
) -> Any:
    """A client of `service` with other credentials than this function's own (boto3's keyword arguments)."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=2,
        read_timeout=seconds_to_answer or _SECONDS_TO_ANSWER.get(service, 15),
        tcp_keepalive=bool(seconds_to_answer),
        # The first one counts; what botocore calls `max_attempts` is one less.
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent_extra="lakeshare",
    )
    # boto3's own session is not for several threads at once, and Notify asks many producers at a time.
    with _MAKING:
        return boto3.client(service, region_name=region, config=config, **credentials)  # pyright: ignore


def code_and_message(error: ClientError) -> tuple[str, str]:
    """Error code and message of AWS's answer."""
    details = error.response.get("Error", {})
    return details.get("Code", ""), details.get("Message", "")


@contextmanager
def translated(action: str, translate: Translate = lambda _code, _message: None) -> Generator[None]:
    """Turn botocore's errors into Lakeshare's.

    Args:
        action: what was tried, for people ("read the catalogue").
        translate: what certain codes mean to this service, asked first.

    Raises:
        TryAgain: throttled, a fault on AWS's side, or no answer at all.
        AccessRefused: AWS denied the action to this function's role.
        LakeshareError: whatever `translate` makes of it.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        _raise_for(error, action, translate)
    except BotoCoreError as error:
        # No answer: refused connections, time-outs, missing credentials. The message may name hosts, so it stays here.
        raise TryAgain(f"AWS did not answer when Lakeshare tried to {action} ({type(error).__name__}).") from error


def answer_unless(
    codes: frozenset[str], call: Callable[[], T], action: str, translate: Translate = lambda _code, _message: None
) -> T | None:
    """What a call of AWS answers; `None` if AWS refuses it with one of `codes`. All else as in `translated`."""
    from botocore.exceptions import ClientError

    with translated(action, translate):
        try:
            return call()
        except ClientError as error:
            if code_and_message(error)[0] in codes:
                return None
            raise


def _raise_for(error: ClientError, action: str, translate: Translate) -> NoReturn:
    code, message = code_and_message(error)
    special = translate(code, message)
    if special is not None:
        raise special from error
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in PASSING or status == _HTTP_TOO_MANY or status >= _HTTP_SERVER_ERROR:
        raise TryAgain(f"AWS was busy or out of order when Lakeshare tried to {action} ({code}).") from error
    if code in _DENIED and is_about_a_key(message):
        raise CatalogueKeyUnavailable(KEY_CURE) from error
    if code in _DENIED:
        raise AccessRefused(f"AWS denied Lakeshare's role to {action}: {message}") from error
    raise error


KEY_CURE = (
    "The catalogue is encrypted with a key that Lakeshare's role may not use. The platform team must name the key in "
    "the config key catalogKmsKeyArn, and the key's policy must allow the role kms:Decrypt."
)


def is_about_a_key(message: str) -> bool:
    """Whether a denial of AWS speaks of a KMS key rather than of the action itself."""
    return re.search(r"\bkms\b|encryption key", message, re.IGNORECASE) is not None
