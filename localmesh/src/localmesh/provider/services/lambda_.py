"""Lambda: functions, who may invoke them, layers."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from localmesh.provider.archives import same_code, zip_of
from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields, undone_on_failure
from localmesh.provider.values import Props, camel, given, or_none, part, pascal, same_in_any_order, tag_changes

_GONE = "ResourceNotFoundException"
_PLAIN = {
    "description": "Description",
    "handler": "Handler",
    "layers": "Layers",
    "memorySize": "MemorySize",
    "role": "Role",
    "runtime": "Runtime",
    "timeout": "Timeout",
}
_NESTED = {
    "loggingConfig": "LoggingConfig",
    "tracingConfig": "TracingConfig",
}
# What a setting that was taken away goes back to: AWS keeps what an update does not name.
_ABSENT: Props = {
    "description": "",
    "layers": [],
    "loggingConfig": {"logFormat": "Text"},
    "tracingConfig": {"mode": "PassThrough"},
}


class Function(ResourceType):
    """A function from an archive. Its id is its name."""

    type_name = "aws:lambda/function:Function"
    tagged = True
    inputs: ClassVar = {
        "architectures": Input(default=["x86_64"]),
        "code": Input(required=True, same=same_code, readable=False),
        "description": Input(),
        "environment": Input(fields=fields(variables={})),
        "handler": Input(required=True),
        "layers": Input(),
        "loggingConfig": Input(
            fields=fields("applicationLogLevel", "logFormat", "logGroup", "systemLogLevel"), computed=True
        ),
        "memorySize": Input(default=128),
        "name": Input(replaces=True, auto=AutoName(64)),
        "reservedConcurrentExecutions": Input(default=-1),
        "role": Input(required=True),
        "runtime": Input(required=True),
        "timeout": Input(default=3),
        "tracingConfig": Input(fields=fields("mode"), computed=True),
    }
    outputs: ClassVar = {
        "arn": Output(),
        "codeSha256": Output(volatile=True),
        "invokeArn": Output(),
        "lastModified": Output(volatile=True),
        "sourceCodeSize": Output(volatile=True),
        "version": Output(volatile=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the function from the zip of its archive."""
        client, name = aws.client("lambda"), inputs["name"]
        client.create_function(
            FunctionName=name,
            Code={"ZipFile": zip_of(inputs["code"])},
            Tags=inputs.get("tags") or {},
            Environment=_environment(inputs),
            **given(inputs, architectures="Architectures"),
            **{key: inputs[own] for own, key in _PLAIN.items() if inputs.get(own) is not None},
            **{key: pascal(inputs[own]) for own, key in _NESTED.items() if inputs.get(own)},
        )
        if inputs.get("reservedConcurrentExecutions", -1) >= 0:
            with undone_on_failure(self, aws, name):
                self._reserve(client, name, inputs)
        return name

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the function as it is, but for its code, which the plug-in does not read back (tf service/lambda)."""
        client = aws.client("lambda")
        answer = or_none(lambda: client.get_function(FunctionName=id_), _GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["Configuration"]
        arn: str = found["FunctionArn"]
        invoke = f"arn:{aws.partition}:apigateway:{aws.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
        return {
            **{own: found.get(key) for own, key in _PLAIN.items()},
            **{own: camel(found.get(key)) for own, key in _NESTED.items()},
            "architectures": found.get("Architectures") or ["x86_64"],
            "arn": arn,
            "codeSha256": found["CodeSha256"],
            "environment": {"variables": part(part(found, "Environment"), "Variables")},
            "invokeArn": invoke,
            "lastModified": found["LastModified"],
            "layers": [layer["Arn"] for layer in found.get("Layers") or ()],
            # moto by itself forgets where a function logs; then what was asked for stands.
            "loggingConfig": camel(found.get("LoggingConfig")) or state.get("loggingConfig"),
            "name": found["FunctionName"],
            "reservedConcurrentExecutions": part(answer, "Concurrency").get("ReservedConcurrentExecutions", -1),
            "sourceCodeSize": found["CodeSize"],
            "tags": answer.get("Tags") or {},
            "version": found["Version"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change settings first, then code, so that new code never meets old settings."""
        client, new = aws.client("lambda"), change.new
        settings: Props = {}
        for own, key in (_PLAIN | _NESTED).items():
            if change.touches(own):
                value = new.get(own)
                settings[key] = pascal(_ABSENT[own] if value is None and own in _ABSENT else value)
        if change.touches("environment"):
            settings["Environment"] = _environment(new)
        if settings:
            client.update_function_configuration(FunctionName=id_, **settings)
        if change.touches("code", "architectures"):
            client.update_function_code(
                FunctionName=id_,
                ZipFile=zip_of(new["code"]),
                **given(new, architectures="Architectures"),
            )
        if change.touches("reservedConcurrentExecutions"):
            self._reserve(client, id_, new)
        if change.touches("tags"):
            arn = aws.arn("lambda", f"function:{id_}")
            wanted, unwanted = tag_changes(change.old, new)
            if unwanted:
                client.untag_resource(Resource=arn, TagKeys=unwanted)
            if wanted:
                client.tag_resource(Resource=arn, Tags=wanted)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the function."""
        client = aws.client("lambda")
        or_none(lambda: client.delete_function(FunctionName=id_), _GONE)

    def _reserve(self, client: Any, name: str, inputs: Props) -> None:
        reserved = inputs.get("reservedConcurrentExecutions", -1)
        if reserved >= 0:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
        else:
            or_none(lambda: client.delete_function_concurrency(FunctionName=name), _GONE)


class Permission(ResourceType):
    """Who may invoke a function: a statement of its policy. Its id is the statement's; `function/id` on an import."""

    type_name = "aws:lambda/permission:Permission"
    inputs: ClassVar = {
        "action": Input(required=True, replaces=True),
        "function": Input(required=True, replaces=True),
        "principal": Input(required=True, replaces=True),
        "sourceArn": Input(replaces=True),
        "statementId": Input(replaces=True, auto=AutoName(100)),
    }

    def own_id(self, id_: str) -> str:
        """Leave out the function's."""
        return id_.rpartition("/")[2]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Add the statement."""
        aws.client("lambda").add_permission(
            FunctionName=inputs["function"],
            StatementId=inputs["statementId"],
            Action=inputs["action"],
            Principal=inputs["principal"],
            **given(inputs, sourceArn="SourceArn"),
        )
        return inputs["statementId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look for the statement in the function's policy."""
        function, own = _inside(id_, state)
        client = aws.client("lambda")
        answer = or_none(lambda: client.get_policy(FunctionName=function), _GONE)
        statements: list[dict[str, Any]] = json.loads(answer["Policy"])["Statement"] if answer else []
        found = next((one for one in statements if one["Sid"] == own), None)
        if found is None:
            return None
        conditions: dict[str, dict[str, str]] = found.get("Condition") or {}
        who = found["Principal"]
        return {
            "action": found["Action"],
            "function": function,
            "principal": who if isinstance(who, str) else next(iter(who.values())),
            "sourceArn": (conditions.get("ArnLike") or {}).get("AWS:SourceArn"),
            "statementId": own,
        }

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the statement out."""
        function, own = _inside(id_, state)
        client = aws.client("lambda")
        or_none(lambda: client.remove_permission(FunctionName=function, StatementId=own), _GONE)


class LayerVersion(ResourceType):
    """A version of a layer. Its id is its ARN; nothing of it changes in place."""

    type_name = "aws:lambda/layerVersion:LayerVersion"
    inputs: ClassVar = {
        "code": Input(required=True, replaces=True, same=same_code, readable=False),
        "compatibleArchitectures": Input(replaces=True, same=same_in_any_order),
        "compatibleRuntimes": Input(replaces=True, same=same_in_any_order),
        "description": Input(replaces=True),
        "layerName": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {
        "arn": Output(),
        "codeSha256": Output(),
        "createdDate": Output(),
        "layerArn": Output(),
        "sourceCodeSize": Output(),
        "version": Output(),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Publish the next version."""
        answer = aws.client("lambda").publish_layer_version(
            LayerName=inputs["layerName"],
            Content={"ZipFile": zip_of(inputs["code"])},
            **given(
                inputs,
                compatibleArchitectures="CompatibleArchitectures",
                compatibleRuntimes="CompatibleRuntimes",
                description="Description",
            ),
        )
        return answer["LayerVersionArn"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the version as it is."""
        layer, _, version = id_.rpartition(":")
        name = layer.rpartition(":")[2]
        client = aws.client("lambda")
        found = or_none(lambda: client.get_layer_version(LayerName=name, VersionNumber=int(version)), _GONE)
        return found and {
            "arn": id_,
            "codeSha256": found["Content"].get("CodeSha256"),
            "compatibleArchitectures": found.get("CompatibleArchitectures"),
            "compatibleRuntimes": found.get("CompatibleRuntimes"),
            "createdDate": str(found["CreatedDate"]),
            "description": found.get("Description"),
            "layerArn": layer,
            "layerName": name,
            "sourceCodeSize": found["Content"].get("CodeSize"),
            "version": version,
        }

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the version; functions that use it keep their copy."""
        layer, _, version = id_.rpartition(":")
        client = aws.client("lambda")
        name = layer.rpartition(":")[2]
        or_none(lambda: client.delete_layer_version(LayerName=name, VersionNumber=int(version)), _GONE)


TYPES = (Function(), Permission(), LayerVersion())


def _environment(inputs: Props) -> Props:
    return {"Variables": part(part(inputs, "environment"), "variables")}


def _inside(id_: str, state: Props) -> tuple[str, str]:
    function, _, own = id_.rpartition("/")
    return function or state["function"], own
