"""Calls of Lake Formation that the mesh answers in moto's place: what they say, and who makes them."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from localmesh.aws import calls, moto, principals

Maker = Callable[[str, str], Exception]
"""Makes a refusal of a code and a message."""
Call = TypeVar("Call")


def answering(
    act: Callable[[Call], dict[str, Any]], call: Callable[[str, str, Mapping[str, Any], Maker], Call]
) -> Callable[[Any], str]:
    """A method for moto's responses.

    Args:
        act: what becomes of a call.
        call: made of the caller's account, the region, the input, and what makes refusals.
    """
    error: Maker = moto.module("moto.lakeformation.exceptions").JsonRESTError

    def method(response: Any) -> str:
        wanted: dict[str, Any] = json.loads(response.body or "{}")
        return json.dumps(act(call(response.current_account, response.region, wanted, error)))

    return method


def acting_role() -> str | None:
    """The role whose call is being answered; None for an administrator of an account."""
    call = calls.current.get()
    session = principals.session_of(call.access_key) if call is not None else None
    if session is None or principals.role(session.role_arn) is None:
        return None
    return session.role_arn
