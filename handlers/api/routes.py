"""Each call of the portal's API, sent to what answers it, once its caller is let in by the table of who may do what."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from handlers.api.access import admit
from handlers.api.answers import Answer, answered
from handlers.api.calls import Call, read_call
from handlers.sharing.model.access import Standing
from handlers.sharing.model.person import Person

S = TypeVar("S")


def answer_call(
    event: Mapping[str, Any],
    routes: Mapping[str, Callable[[Call, Person, S], Answer]],
    *,
    standing: Callable[[Person], Standing],
    settings: Callable[[], S],
    log: Callable[..., None],
) -> dict[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0), whose authorizer has verified the token.

    Args:
        event: what API Gateway sends.
        routes: what answers each route, as the API names it.
        standing: finds out what somebody is who calls.
        settings: reads the function's; not before its caller is let in.
        log: told of faults and outages, as `handlers.aws.log.log` is.

    Returns:
        What API Gateway is told: an answer, or a problem.
    """
    call = read_call(event)

    def answer() -> Answer:
        call.checked()
        person = call.person()
        admit(call.route, standing(person))
        return routes[call.route](call, person, settings())

    return answered(answer, log)
