"""State machines as they are made: a transition must lead somewhere, the role must trust Step Functions.

moto finds out about the first when an execution gets there, and about the second never; and it lacks two calls that
Pulumi's plug-in makes, for what a definition is worth and for a machine's versions.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from localmesh.aws import moto, principals


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.stepfunctions.parser.models")
    backend = models.StepFunctionsParserBackend
    error = moto.module("moto.core.exceptions").AWSError
    check: Any = backend._validate_definition
    responses = moto.module("moto.stepfunctions.responses").StepFunctionResponse
    result = moto.module("moto.core.responses").ActionResult

    # It is asked for before the machine is made, too, and reading a definition takes a while.
    @functools.lru_cache(maxsize=64)
    def validate(definition: str) -> None:
        check(definition)
        missing = sorted(set(_missing(json.loads(definition))))
        if missing:
            text = (
                f"Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: no such states: {', '.join(missing)}'"
            )
            raise error(text, "InvalidDefinition")

    backend._validate_definition = staticmethod(validate)

    def validate_state_machine_definition(self: Any) -> Any:
        """All that `CreateStateMachine` would refuse, as one diagnostic."""
        found: list[dict[str, str]] = []
        try:
            validate(str(self._get_param("definition")))
        except (error, models.InvalidDefinition) as refused:
            found = [{"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(refused.message)}]
        return result({"result": "FAIL" if found else "OK", "diagnostics": found, "truncated": False})

    def list_state_machine_versions(self: Any) -> Any:
        machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
        versions = [
            {"stateMachineVersionArn": version.arn, "creationDate": version.creation_date}
            for _, version in sorted(machine.versions.items(), reverse=True)
        ]
        return result({"stateMachineVersions": versions})

    moto.add(responses, validate_state_machine_definition)
    moto.add(responses, list_state_machine_versions)

    @moto.correct(backend, "create_state_machine")
    def _create(original: Any, self: Any, *args: Any, **given: Any) -> Any:
        if not principals.lets_service_in(given["roleArn"], "states", self.account_id):
            nobody = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized"
            raise error(f"{nobody} to assume the provided role.", "AccessDeniedException")
        return original(self, *args, **given)


def _missing(machine: Mapping[str, Any]) -> Iterator[str]:
    """The names that a machine, or one inside a map or a branch, leads to and does not have."""
    states: Mapping[str, Mapping[str, Any]] = machine.get("States", {})
    wanted = [machine.get("StartAt")]
    for state in states.values():
        choices: list[Mapping[str, Any]] = state.get("Choices", [])
        catches: list[Mapping[str, Any]] = state.get("Catch", [])
        wanted += [state.get("Next"), state.get("Default"), *(each.get("Next") for each in (*choices, *catches))]
        inner = (state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", []))
        for each in inner:
            if each is not None:
                yield from _missing(each)
    yield from (str(name) for name in wanted if name is not None and name not in states)
