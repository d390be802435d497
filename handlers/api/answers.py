"""Answers of the requests API: JSON, and problem details (RFC 9457) for whatever is no success."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from handlers.api.calls import Unreadable
from handlers.sharing.model.errors import (
    DatabaseNotFound,
    DecidedBefore,
    Declined,
    EmailNotVerified,
    Fault,
    FindingChanged,
    LakeshareError,
    LookAgain,
    NotAllowed,
    NotForLakeshare,
    NothingToDeliver,
    NotWaiting,
    Refused,
    ShareNotActive,
    SignInEnded,
    TableNotFound,
    TokenReused,
    TooManyOpenRequests,
    TooManyPreviews,
    TooManyRequests,
    TryAgain,
    UnknownExecution,
    UnknownFinding,
    UnknownHold,
    UnknownRequest,
    UnknownShare,
)
from handlers.sharing.model.new_request import InvalidRequest

HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""On every answer that does not say otherwise: what one person may see stays out of every cache."""

_STATUSES: Final[Mapping[type[LakeshareError], int]] = {
    SignInEnded: 401,
    EmailNotVerified: 403,
    NotAllowed: 403,
    UnknownRequest: 404,
    UnknownShare: 404,
    UnknownHold: 404,
    UnknownFinding: 404,
    FindingChanged: 409,
    NotForLakeshare: 409,
    UnknownExecution: 404,
    DatabaseNotFound: 404,
    TableNotFound: 404,
    TokenReused: 409,
    DecidedBefore: 409,
    NotWaiting: 409,
    LookAgain: 409,
    ShareNotActive: 409,
    NothingToDeliver: 409,
    InvalidRequest: 422,
    TooManyOpenRequests: 429,
    TooManyRequests: 429,
    TooManyPreviews: 429,
    TryAgain: 503,
    Fault: 500,
}
_FAULT: Final = "Something failed that should work. An operator has to look into it; the logs say more."


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: HTTP's status, and the document.

    Attributes:
        status: HTTP's.
        document: the body.
        seconds_kept: how long the caller's own browser may keep it, and show it again to the same token.
    """

    status: int
    document: Mapping[str, Any]
    seconds_kept: int = 0


def answered(work: Callable[[], Answer], log: Callable[..., None]) -> dict[str, Any]:
    """What API Gateway is told: the answer of `work`, or the problem that it raised.

    Args:
        work: does what was asked.
        log: told of faults and outages, as `handlers.aws.log.log` is.
    """
    try:
        answer = work()
    except (Declined, DatabaseNotFound, TableNotFound) as error:
        return problem_of(error)
    except (TryAgain, Fault, Refused) as error:
        log("call not answered", "-", error=error.reason, cause=str(error))
        return problem_of(error)
    return _response(answer.status, "application/json", answer.document, _kept(answer.seconds_kept))


def problem_of(error: LakeshareError) -> dict[str, Any]:
    """An error as problem details. What a fault says is for the logs: it may name roles and keys."""
    status = error.status if isinstance(error, Unreadable) else 500
    for kind, known in _STATUSES.items():
        if isinstance(error, kind):
            status = known
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _FAULT if isinstance(error, Fault) else str(error),
        "reason": error.reason,
    }
    if isinstance(error, InvalidRequest):
        document["errors"] = [{"field": fault.field, "message": fault.message} for fault in error.faults]
    more = {"www-authenticate": 'Bearer error="invalid_token"'} if status == HTTPStatus.UNAUTHORIZED else {}
    if error.try_again_after is not None:
        more["retry-after"] = str(error.try_again_after)
    return _response(status, "application/problem+json", document, more)


def _kept(seconds: int) -> Mapping[str, str]:
    # `vary`: who signs in afterwards in the same browser, and may be shown less, has another token.
    return {"cache-control": f"private, max-age={seconds}", "vary": "authorization"} if seconds else {}


def _response(status: int, kind: str, document: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": kind, **HEADERS, **headers},
        "body": json.dumps(document, ensure_ascii=False),
    }
