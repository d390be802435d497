"""The workflow's executions, for everybody who is signed in: how each went, also those that no portal started.

Only what lists and describes them: the history of an execution holds its task token.
"""

import re
from typing import Final, Protocol

from handlers.sharing.model.checks import shown
from handlers.sharing.model.errors import InvalidInput, UnknownExecution
from handlers.sharing.model.execution import NO_EXECUTION, Execution
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, foreign_next

STATUSES: Final = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
"""Those that can be listed; an execution can also be PENDING_REDRIVE."""

# What Step Functions takes as a name; a colon would make another ARN of it.
_NAME: Final = re.compile(r"""[^\s\x00-\x1f\x7f-\x9f<>{}\[\]?*"#%\\^|~`$&,;:/]{1,80}""")


class Executions(Protocol):
    """The executions of the workflow's state machine. Every method may raise `TryAgain` and `AccessRefused`."""

    def some_executions(self, status: str | None, limit: int, token: str | None) -> tuple[list[Execution], str | None]:
        """Part of the list, newest first, and the next token; raises `InvalidInput` for a token of another list."""
        ...

    def look_at_execution(self, name: str) -> Execution:
        """One of them; raises `UnknownExecution`."""
        ...


def list_executions(
    executions: Executions, status: str | None, limit: int, token: str | None
) -> tuple[list[Execution], str | None]:
    """Part of the list of executions, newest first, and the token of the next part.

    Raises:
        InvalidRequest: there is no such status, or the token is not of this list.
        TryAgain, AccessRefused: an outage.
    """
    if status is not None and status not in STATUSES:
        message = f"status must be one of {', '.join(STATUSES)}, got {shown(status)}."
        raise InvalidRequest((FieldFault("status", message),))
    try:
        return executions.some_executions(status, limit, token)
    except InvalidInput as error:
        raise foreign_next() from error


def show_execution(executions: Executions, name: str) -> Execution:
    """One execution.

    Raises:
        UnknownExecution: there is none of that name, or nothing can bear it.
        TryAgain, AccessRefused: an outage.
    """
    if not _NAME.fullmatch(name):
        raise UnknownExecution(NO_EXECUTION)
    return executions.look_at_execution(name)
