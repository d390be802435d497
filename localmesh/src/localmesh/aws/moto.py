"""The one door to moto: its settings, its modules, and how its classes are corrected.

moto reads its settings when it is imported, so nothing of the mesh imports it by name; and it is only in part typed,
so what comes through this door is `Any`, and stays inside `localmesh.aws`.
"""

import enum
import functools
import importlib
import logging
import os
import sys
import time
import types
from collections.abc import Callable
from typing import Any

PARTITION = "aws"

_SERVICES = [
    "sts",
    "iam",
    "dynamodb",
    "logs",
    "events",
    "kms",
    "glue",
    "lakeformation",
    "awslambda",
    "sns",
    "apigatewayv2",
    "cloudwatch",
    "stepfunctions",
]
"""The backends that most programs use, loaded before the mesh is ready; others load when they are first called."""


def configure(port: int) -> None:
    """Sets moto up for a mesh whose AWS endpoint has that port; call it before anything of moto is imported."""
    if any(name == "moto" or name.startswith("moto.") for name in sys.modules):
        raise RuntimeError("moto was imported before its settings were made")
    # Neither the user's credentials nor a profile that is not there may play a part.
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_", "SF_EXECUTION_"))]:
        del os.environ[name]
    # moto takes the local time for UTC in places.
    os.environ["TZ"] = "UTC"
    time.tzset()
    # The state machine interpreter calls functions over this port.
    os.environ["MOTO_PORT"] = str(port)
    # The interpreter logs every failure of a task as an accident; here it is a person's business, or a test's purpose.
    logging.getLogger("moto").addHandler(logging.NullHandler())
    logging.getLogger("moto").propagate = False
    config: dict[str, Any] = module("moto.core.config").default_user_config
    config["stepfunctions"] = {"execute_state_machine": True}
    config["lambda"] = {"use_docker": True}  # corrected below: the hook is in the class that "uses Docker"


def load() -> None:
    """Imports what most programs use, which is most of the time that a mesh takes to start."""
    utilities = module("moto.core.utils")
    # moto makes a loader for each service, and each looks through the folders of all services.
    utilities.create_loader = functools.cache(utilities.create_loader)
    # Step Functions and EventBridge make a parser for each look at a JSON path, and a parser is costly to make.
    for paths in (module("jsonpath_ng"), module("jsonpath_ng.ext")):
        paths.parse = functools.lru_cache(maxsize=1024)(paths.parse)
    backends = module("moto.backends")
    for service in _SERVICES:
        backends.get_backend(service)
    # The interpreter's integration with Batch pulls in all of EC2, 1.2 seconds, for the names of five job states.
    stand_in = types.ModuleType("moto.batch.utils")
    names = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"]
    stand_in.__dict__["JobStatus"] = enum.Enum("JobStatus", [(name, name) for name in names], type=str)
    unloaded = "moto.batch.utils" not in sys.modules
    if unloaded:
        sys.modules["moto.batch.utils"] = stand_in
    try:
        module("moto.stepfunctions.parser.models")
    finally:
        if unloaded:
            del sys.modules["moto.batch.utils"]


def module(name: str) -> Any:
    """A module of moto, imported on first use."""
    return importlib.import_module(name)


def backend(service: str, account: str, region: str) -> Any:
    """A service's backend in one account: moto's state, without a request.

    Args:
        service: moto's name of it, such as ``awslambda``.
        account: 12 digits.
        region: for a global service (IAM, STS), any.
    """
    in_account = module("moto.backends").get_backend(service)[account]
    return in_account[PARTITION if service in {"iam", "sts"} else region]


def correct(owner: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replaces a method of moto's; the replacement gets the original as its first argument.

    Example:
        >>> @correct(models.GlueBackend, "get_table")
        ... def _get_table(original, self, database, table):
        ...     return original(self, database.lower(), table.lower())
    """
    original = getattr(owner, name)

    def install(replacement: Callable[..., Any]) -> Callable[..., Any]:
        def corrected(*args: Any, **kwargs: Any) -> Any:
            return replacement(original, *args, **kwargs)

        corrected.__name__ = name
        setattr(owner, name, corrected)
        return replacement

    return install


def add(responses: Any, call: Callable[..., Any]) -> None:
    """Gives a service a call that moto lacks.

    Args:
        responses: moto's class of the service's answers.
        call: takes an instance of it; named like the operation, in snake case.
    """
    setattr(responses, call.__name__, call)
