"""Executions as the API shows them. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Mapping
from typing import Any

from handlers.api.cursors import Place, read_cursor, write_cursor
from handlers.api.lists import read_limit
from handlers.api.sizes import cut
from handlers.sharing.executions import Executions, list_executions, show_execution
from handlers.sharing.model.execution import Execution
from handlers.sharing.model.new_request import foreign_next


def executions_page(query: Mapping[str, str], executions: Executions) -> Mapping[str, Any]:
    """A page of executions, newest first."""
    status = query.get("status")
    listing = f"executions {status}"
    place = read_cursor(listing, query.get("next"))
    if place.offset:
        raise foreign_next()
    found, token = list_executions(executions, status, read_limit(query), place.token)
    following = None if token is None else Place(token)
    return {"executions": [_summary(each) for each in found], "next": write_cursor(listing, following)}


def one_execution(name: str, executions: Executions) -> Mapping[str, Any]:
    """One execution, with its documents as the texts that they are."""
    execution = show_execution(executions, name)
    given, given_cut = cut(execution.input)
    output, output_cut = cut(execution.output)
    return {
        **_summary(execution),
        "arn": execution.arn,
        "input": given,
        "input_cut": given_cut,
        "output": output,
        "output_cut": output_cut,
        "error": execution.error,
        "cause": execution.cause,
    }


def _summary(execution: Execution) -> Mapping[str, Any]:
    return {
        "name": execution.name,
        "status": execution.status,
        "started_at": execution.started_at,
        "stopped_at": execution.stopped_at,
    }
