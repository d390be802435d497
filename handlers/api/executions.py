"""Executions as the API shows them. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Mapping
from typing import Any

from handlers.api.cursors import Place, read_cursor, write_cursor
from handlers.api.lists import read_limit
from handlers.api.shapes import row
from handlers.api.sizes import cut
from handlers.sharing.executions import Executions, list_executions, show_execution
from handlers.sharing.model.execution import Execution
from handlers.sharing.model.new_request import foreign_next
from handlers.sharing.model.record import Listed
from handlers.sharing.stores import RequestLists


def executions_page(query: Mapping[str, str], executions: Executions, requests: RequestLists) -> Mapping[str, Any]:
    """A page of executions, newest first, each with what became of its request, which bears its name."""
    status = query.get("status")
    listing = f"executions {status}"
    place = read_cursor(listing, query.get("next"))
    if place.offset:
        raise foreign_next()
    found, token = list_executions(executions, status, read_limit(query), place.token)
    following = None if token is None else Place(token)
    known = {each.id: each for each in requests.some([each.name for each in found])}
    shown = [_summary(each, known.get(each.name)) for each in found]
    return {"executions": shown, "next": write_cursor(listing, following)}


def one_execution(name: str, executions: Executions, requests: RequestLists) -> Mapping[str, Any]:
    """One execution, with its documents as the texts that they are."""
    execution = show_execution(executions, name)
    given, given_cut = cut(execution.input)
    output, output_cut = cut(execution.output)
    return {
        **_summary(execution, next(iter(requests.some([execution.name])), None)),
        "arn": execution.arn,
        "input": given,
        "input_cut": given_cut,
        "output": output,
        "output_cut": output_cut,
        "error": execution.error,
        "cause": execution.cause,
    }


def _summary(execution: Execution, request: Listed | None) -> Mapping[str, Any]:
    asked = None if request is None else row(request)
    return {
        "name": execution.name,
        "status": execution.status,
        "started_at": execution.started_at,
        "stopped_at": execution.stopped_at,
        "request": asked and {name: asked[name] for name in ("status", "source", "target")},
    }
