"""`python -m tools.deployer_policy --stack NAME`: what the deployer of a stack must be allowed, as IAM policies.

It runs the program for `Pulumi.NAME.yaml` with nothing behind it, sees which types of resources it makes, and puts the
rows of `tools.deployer_actions.TABLE` for them together. Nothing is asked of AWS.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import yaml
from pulumi.runtime import mocks

from localmesh.program import Program, deploy
from settings.keys import CONSUMER, KEYS, PRODUCER
from settings.regions import partition_of
from tools.deployer_actions import TABLE
from tools.deployer_resources import RESOURCES

ROOT: Final = Path(__file__).resolve().parents[1]
LIMIT: Final = 6144
"""Characters of a managed policy, white space apart (IAM's quotas)."""


@dataclass(frozen=True)
class Place:
    """Where a stack is: what stands in its ARNs. `links`: the database of a consumer's links."""

    partition: str
    region: str
    account: str
    links: str = ""


_NAMED: Final[Mapping[str, Mapping[str, str]]] = {
    PRODUCER: {"roles": "producer role"},
    CONSUMER: {"roles": "kit role", "functions": "kit"},
}
"""What has names of its own in stacks of other roles than central's."""


def policies(types: Collection[str], place: Place, role: str) -> list[dict[str, Any]]:
    """The policies that a stack's deployer needs, each of which fits a managed policy.

    Args:
        types: The types of the stack's resources; components and the provider do not count.
        place: Where the stack is.
        role: The stack's.

    Raises:
        LookupError: A type has no row.
    """
    unknown = sorted(one for one in types if one.startswith("aws:") and one not in TABLE)
    if unknown:
        raise LookupError(f"expected a row in tools/deployer_actions.py for each type of resource, none for {unknown}")
    merged: dict[tuple[str, str], set[str]] = {}
    for one in types:
        for row in TABLE.get(one, ()):
            on = _NAMED.get(role, {}).get(row.on, row.on)
            merged.setdefault((on, row.passed_to), set()).update(
                f"{row.service}:{name}" for name in row.actions.split()
            )
    return list(_packed(_statement(on, to, actions, place) for (on, to), actions in sorted(merged.items())))


def _statement(on: str, passed_to: str, actions: Iterable[str], place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": [each.format_map(vars(place)) for each in RESOURCES[on]],
    }
    if passed_to:
        found["Condition"] = {"StringEquals": {"iam:PassedToService": passed_to}}
    return found


def _packed(statements: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """As few documents as they fill in their order."""
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
    for statement in statements:
        more = {**document, "Statement": [*document["Statement"], statement]}
        if document["Statement"] and size(more) > LIMIT:
            yield document
            more = {**document, "Statement": [statement]}
        document = more
    yield document


def size(document: Mapping[str, Any]) -> int:
    """The characters that IAM counts."""
    return len(json.dumps(document, separators=(",", ":")))


def printed(document: Mapping[str, Any]) -> str:
    """A policy as JSON, a statement's part a line."""
    statements = [
        "    {\n"
        + ",\n".join(f"      {json.dumps(key)}: {json.dumps(value)}" for key, value in one.items())
        + "\n    }"
        for one in document["Statement"]
    ]
    version = json.dumps(document["Version"])
    return f'{{\n  "Version": {version},\n  "Statement": [\n' + ",\n".join(statements) + "\n  ]\n}"


class _Nothing(pulumi.runtime.Mocks):
    """Makes nothing, and keeps the types of what it was asked to make."""

    def __init__(self, partition: str) -> None:
        self._partition = partition
        self.types: set[str] = set()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer with what went in, and texts for what the program goes on with."""
        self.types.add(args.typ)
        made = {"arn": f"arn:{self._partition}:x:::{args.name}", "name": args.name, "apiEndpoint": "https://x.example"}
        return args.name, {**made, "executionArn": "x", "endpoint": "x", "domainName": "x.example", **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer where we are."""
        return {"id": self._partition, "partition": self._partition, "dnsSuffix": "x.example"}, []


def of_stack(name: str, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The policies for the stack of this configuration, whose keys are as in a stack file."""
    region, account = str(config["aws:region"]), str(config["lakeshare:accountId"])
    links = str(config.get("lakeshare:linkDatabase", KEYS["linkDatabase"].default))
    place = Place(partition_of(region), region, account, links)
    made = _Nothing(place.partition)
    # What is kept encrypted decides nothing here.
    plain = {key: "secret" if isinstance(value, dict) and "secure" in value else value for key, value in config.items()}
    deploy(Program.at(ROOT), name, plain, mocks=made, preview=True)
    return policies(made.types, place, str(config["lakeshare:role"]))


def main() -> None:
    """Write them, a file a policy."""
    parser = argparse.ArgumentParser(prog="python -m tools.deployer_policy", description=__doc__)
    parser.add_argument("--stack", required=True, help="which Pulumi.NAME.yaml")
    parser.add_argument("--into", type=Path, default=ROOT / ".build" / "deployer", help="the folder for the files")
    given = parser.parse_args()
    content = yaml.safe_load((ROOT / f"Pulumi.{given.stack}.yaml").read_text(encoding="utf-8"))
    given.into.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(of_stack(given.stack, content["config"]), start=1):
        path = given.into / f"{given.stack}-{number}.json"
        path.write_text(printed(document) + "\n", encoding="utf-8")
        print(f"{path}: {size(document)} of {LIMIT} characters")


if __name__ == "__main__":
    main()
