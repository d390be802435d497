"""Step Functions: state machines."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.resource import Change, Input, Output, ResourceType, fields, named
from localmesh.provider.values import UNKNOWN, Props, or_none, part, tag_changes

_GONE = "StateMachineDoesNotExist"


class StateMachine(ResourceType):
    """A state machine. Its id is its ARN."""

    type_name = "aws:sfn/stateMachine:StateMachine"
    tagged = True
    inputs: ClassVar = {
        **named(80),
        "definition": Input(required=True),
        "loggingConfiguration": Input(
            fields=fields("includeExecutionData", "level", "logDestination"),
            default={"includeExecutionData": False, "level": "OFF"},
        ),
        "roleArn": Input(required=True),
        "tracingConfiguration": Input(fields=fields("enabled"), default={"enabled": False}),
        "type": Input(replaces=True, default="STANDARD"),
    }
    outputs: ClassVar = {
        "arn": Output(),
        "creationDate": Output(),
        "revisionId": Output(volatile=True),
        "status": Output(),
    }

    def preview(self, aws: Aws, inputs: Props) -> None:
        """Have the definition validated, once all of it is known: ``internal/service/sfn/state_machine.go`` does."""
        definition = inputs["definition"]
        if definition == UNKNOWN:
            return
        answer = aws.client("stepfunctions").validate_state_machine_definition(definition=definition)
        if answer["result"] != "OK":
            said = "; ".join(each["message"] for each in answer["diagnostics"])
            raise ProviderError(f"expected a valid definition, got one of which AWS says: {said}")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the state machine."""
        self.preview(aws, inputs)
        answer = aws.client("stepfunctions").create_state_machine(
            name=inputs["name"],
            type=inputs["type"],
            tags=[{"key": key, "value": value} for key, value in part(inputs, "tags").items()],
            **_asked(inputs),
        )
        return answer["stateMachineArn"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the state machine as it is."""
        client = aws.client("stepfunctions")
        found = or_none(lambda: client.describe_state_machine(stateMachineArn=id_), _GONE)
        if found is None:
            return None
        # The plug-in looks for versions, which the program has none of.
        client.list_state_machine_versions(stateMachineArn=id_)
        tags: list[dict[str, str]] = client.list_tags_for_resource(resourceArn=id_).get("tags") or []
        return {
            "arn": id_,
            "creationDate": f"{found['creationDate']:%Y-%m-%dT%H:%M:%SZ}",
            "definition": found["definition"],
            "loggingConfiguration": _logging_read(found.get("loggingConfiguration") or {}),
            "name": found["name"],
            "revisionId": found.get("revisionId") or "",
            "roleArn": found["roleArn"],
            "status": found.get("status") or "ACTIVE",
            "tags": {tag["key"]: tag["value"] for tag in tags},
            "tracingConfiguration": {"enabled": part(found, "tracingConfiguration").get("enabled", False)},
            "type": found["type"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change definition, role, logging and tracing in place; executions that run go on as they began."""
        client = aws.client("stepfunctions")
        if change.touches("definition"):
            self.preview(aws, change.new)
        if change.names - {"tags"}:
            client.update_state_machine(stateMachineArn=id_, **_asked(change.new))
        if change.touches("tags"):
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(resourceArn=id_, tagKeys=unwanted)
            if wanted:
                client.tag_resource(
                    resourceArn=id_, tags=[{"key": key, "value": value} for key, value in wanted.items()]
                )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the state machine."""
        client = aws.client("stepfunctions")
        or_none(lambda: client.delete_state_machine(stateMachineArn=id_), _GONE)


TYPES = (StateMachine(),)


def _asked(inputs: Props) -> Props:
    logging: Props = inputs.get("loggingConfiguration") or {}
    wanted: dict[str, Any] = {
        "level": logging.get("level") or "OFF",
        "includeExecutionData": logging.get("includeExecutionData", False),
    }
    if logging.get("logDestination"):
        wanted["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": logging["logDestination"]}}]
    return {
        "definition": inputs["definition"],
        "roleArn": inputs["roleArn"],
        "loggingConfiguration": wanted,
        "tracingConfiguration": {"enabled": part(inputs, "tracingConfiguration").get("enabled", False)},
    }


def _logging_read(found: Props) -> Props:
    destinations: list[Props] = found.get("destinations") or []
    arns = [one["cloudWatchLogsLogGroup"]["logGroupArn"] for one in destinations]
    return {
        "level": found.get("level") or "OFF",
        "includeExecutionData": found.get("includeExecutionData", False),
        **({"logDestination": arns[0]} if arns else {}),
    }
