"""Runs the program, `__main__.py`, afresh against a fake AWS that records what it is asked to make."""

from __future__ import annotations

import copy
import functools
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc

from components import built_page
from localmesh.program import Program as ProgramFiles
from localmesh.program import deploy
from localmesh.provider.checking import checked
from localmesh.provider.services import TYPES
from localmesh.provider.wire import plain

ROOT = Path(__file__).resolve().parent.parent.parent
CENTRAL_ACCOUNT = "123456789012"
REGION = "eu-central-1"
_FILES = replace(ProgramFiles.at(ROOT), defaults={})
"""Without the defaults of `Pulumi.yaml`: what a stack does not set is not set."""
SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"  # how Pulumi's wire format says that a value is secret

PAGE = (
    "index.html",
    "favicon.svg",
    "config.json",
    "assets/index-Ab_1.js",
    "assets/index-ab_1.js",
    "assets/index-Cd-2.css",
)
"""The files of a page, as Vite would build one."""


@dataclass(frozen=True)
class Made:
    """One resource as the engine was asked to make it."""

    type: str
    name: str
    inputs: dict[str, Any]
    secrets: frozenset[str]
    parent: str
    protect: bool
    delete_first: bool
    imported: str
    provider: str
    dependencies: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """What a run of the program made, said and exported."""

    resources: list[Made]
    outputs: dict[str, Any]
    warnings: list[str]

    def of(self, type_: str) -> list[Made]:
        return [made for made in self.resources if made.type == type_]

    def one(self, type_: str, name: str | None = None) -> Made:
        """The only one, with inputs of its own to take apart: programs are shared by tests."""
        found = [made for made in self.of(type_) if name is None or made.name == name]
        assert len(found) == 1, f"expected one {type_} {name or ''}, got {[made.name for made in self.of(type_)]}"
        return replace(found[0], inputs=copy.deepcopy(found[0].inputs))


class FakeAws(pulumi.runtime.Mocks):
    """Answers with what AWS would name and number; ids are made of logical names, so that tests can tell them.

    What the plug-in would refuse, it refuses as the mesh's provider does.
    """

    def __init__(self, partition: str, account: str) -> None:
        self.partition = partition
        self.account = account

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token != "aws:index/getPartition:getPartition":
            raise AssertionError(f"the program calls {args.token}, which nobody expects")
        return {"id": self.partition, "partition": self.partition, "dnsSuffix": "amazonaws.com"}, []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ in TYPES:
            checked(TYPES[args.typ], args.name, plain(args.inputs), olds={}, seed=b"fake", default_tags={})
        name = args.inputs.get("name") or args.name
        outputs = {**args.inputs, "name": name}
        service, regional, resource = ARNS.get(args.typ, ("x", True, args.name))
        where = f"{REGION if regional else ''}:{self.account}"
        outputs["arn"] = f"arn:{self.partition}:{service}:{where}:{resource.format(name=name)}"
        if args.typ == "aws:apigatewayv2/api:Api":
            outputs["apiEndpoint"] = f"https://{name}.execute-api.{REGION}.amazonaws.com"
            outputs["executionArn"] = f"arn:{self.partition}:execute-api:{where}:{name}"
        if args.typ == "aws:cognito/userPool:UserPool":
            outputs["endpoint"] = f"cognito-idp.{REGION}.amazonaws.com/{args.name}-id"
        if args.typ == "aws:s3/bucket:Bucket":
            outputs["arn"] = f"arn:{self.partition}:s3:::{name}"
            outputs["bucketRegionalDomainName"] = f"{name}.s3.{REGION}.amazonaws.com"
        if args.typ == "aws:cloudfront/distribution:Distribution":
            outputs["domainName"] = "d111111abcdef8.cloudfront.net"
        return f"{args.name}-id", outputs


ARNS = {
    "aws:dynamodb/table:Table": ("dynamodb", True, "table/{name}"),
    "aws:iam/role:Role": ("iam", False, "role/{name}"),
    "aws:iam/policy:Policy": ("iam", False, "policy/{name}"),
    "aws:lambda/function:Function": ("lambda", True, "function:{name}"),
    "aws:lambda/layerVersion:LayerVersion": ("lambda", True, "layer:{name}:1"),
    "aws:cloudwatch/logGroup:LogGroup": ("logs", True, "log-group:{name}"),
    "aws:cloudwatch/eventRule:EventRule": ("events", True, "rule/{name}"),
    "aws:sfn/stateMachine:StateMachine": ("states", True, "stateMachine:{name}"),
    "aws:sns/topic:Topic": ("sns", True, "{name}"),
    "aws:cognito/userPool:UserPool": ("cognito-idp", True, "userpool/{name}"),
    "aws:cloudfront/distribution:Distribution": ("cloudfront", False, "distribution/{name}"),
    "aws:cloudfront/function:Function": ("cloudfront", False, "function/{name}"),
}


class RecordingMonitor(mocks.MockMonitor):
    """Records registrations in full: Pulumi's own monitor keeps no parent, no protection and no secrecy."""

    def __init__(self, aws: FakeAws, made: list[Made]) -> None:
        super().__init__(aws)
        self.made = made

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        secrets = frozenset(key for key, value in request.object.fields.items() if SECRET_MARK in str(value))
        answer = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            inputs = unwrapped(rpc.deserialize_properties(request.object))
            self.made.append(
                Made(
                    type=request.type,
                    name=request.name,
                    inputs=inputs,
                    secrets=secrets,
                    parent=request.parent.split("::")[-1] if request.parent else "",
                    protect=request.protect,
                    delete_first=request.deleteBeforeReplace,
                    imported=request.importId,
                    provider=request.provider,
                    dependencies=tuple(urn.split("::")[-1] for urn in request.dependencies),
                )
            )
        return answer


def unwrapped(value: Any) -> Any:
    """A value without Pulumi's marks of secrecy."""
    if rpc.is_rpc_secret(value):
        return unwrapped(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: unwrapped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [unwrapped(each) for each in value]
    return value


class Warnings(logging.Handler):
    """Takes down what the program warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def run(
    config: Mapping[str, object],
    *,
    secret: tuple[str, ...] = (),
    partition: str = "aws",
    stack_name: str = "test",
    raw: Mapping[str, str] | None = None,
    made: list[Made] | None = None,
    page: Path | None = None,
) -> Program:
    """The program, run with this configuration of the `lakeshare` namespace.

    `raw` has further keys in full, as text; `made` gets what was made, even if the program fails; `page` is where the
    portal's page lies: without it, a page of a few small files, whatever lies in portal/dist.

    Raises whatever the program raises, in an `apply` too.
    """
    account = str(config.get("accountId", CENTRAL_ACCOUNT))
    aws = FakeAws(partition, account)
    monitor = RecordingMonitor(aws, [] if made is None else made)
    log, warnings = logging.Logger(__name__), Warnings()
    log.addHandler(warnings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(built_page, "DIST", page or Path(small_page().name))
        settings = {"aws:region": REGION, **config, **(raw or {})}
        outputs = deploy(_FILES, stack_name, settings, mocks=aws, secrets=secret, monitor=monitor, log=log)
    return Program(monitor.made, outputs, warnings.said)


@functools.cache
def small_page() -> tempfile.TemporaryDirectory[str]:
    """A folder with `PAGE`, each file with its own name in it; it goes when this process does."""
    folder = tempfile.TemporaryDirectory()
    for name in PAGE:
        path = Path(folder.name) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return folder
