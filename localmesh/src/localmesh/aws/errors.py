"""AWS's errors, in the shape of the protocol that the caller speaks."""

import json
from uuid import uuid4
from xml.sax.saxutils import escape

from localmesh.aws.calls import Call
from localmesh.web import Response

_SERVER_ERROR = 500
_XML = frozenset({"cloudfront"})
"""REST services that answer in XML, in the shape of the query protocol."""


def error_response(call: Call, code: str, message: str, status: int = 400) -> Response:
    """An error as this call's service would send it.

    Args:
        call: what is refused.
        code: AWS's name of the error, such as ``AccessDeniedException``.
        message: for people.
        status: the HTTP status.
    """
    request_id = str(uuid4())
    if call.service == "s3":
        body = (
            f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
        headers = (("Content-Type", "application/xml"), ("x-amz-request-id", request_id))
        return Response(status, headers, body.encode())
    if call.is_query or call.service in _XML:
        kind = "Receiver" if status >= _SERVER_ERROR else "Sender"
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
            f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return Response(status, (("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)), body.encode())
    headers = (
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", code),
    )
    # Both spellings: REST services say `Message`, the others `message`.
    return Response(status, headers, json.dumps({"__type": code, "message": message, "Message": message}).encode())


def access_denied(call: Call, message: str) -> Response:
    """A refusal because a permission is missing: each protocol has its own code for it."""
    if call.is_query:
        code = "AuthorizationError" if call.service == "sns" else "AccessDenied"
        return error_response(call, code, message, 403)
    if call.service == "s3" or call.service in _XML:
        return error_response(call, "AccessDenied", message, 403)
    return error_response(
        call, "AccessDeniedException", message, 403 if call.service in {"lambda", "lakeformation"} else 400
    )
