"""Mutants of what the program renders: each statement, condition, header and caller's bound, taken away alone."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.asl.definition import Way, cut
from tests.components import program as programs
from tests.proof.mutating.bench import Mutant, collect, run

FOLDER = "tests/components/test_"
POLICIES = tuple(
    f"{FOLDER}{name}.py"
    for name in ("policies", "producer_kit", "consumer_kit", "portal_sign_in", "portal_api", "portal")
)
SITE = (f"{FOLDER}portal_site.py", f"{FOLDER}search.py")
# It looks at a program with a definition of its own, and here programs are remembered.
OWN_DEFINITION = f"--deselect={FOLDER}workflow.py::test_a_fault_in_what_depends_on_outputs_fails_the_program"
WORKFLOW = (
    f"{FOLDER}workflow.py",
    f"{FOLDER}consumer_kit.py",
    f"{FOLDER}portal_api.py",
    f"{FOLDER}portal.py",
    f"{FOLDER}search.py",
    OWN_DEFINITION,
)

DOCUMENTS = ("policy", "assumeRolePolicy")
PERMISSION = ("sourceArn", "sourceAccount", "principal")
ROUTE = ("authorizationType", "authorizerId", "authorizationScopes")
BEHAVIOUR = ("responseHeadersPolicyId", "cachePolicyId", "viewerProtocolPolicy")
JS_HEADER = re.compile(r"^ +'([a-z-]+)': \{ value: .*\n", re.MULTILINE)

Inputs = dict[str, Any]
Change = Callable[[Inputs], None]


def of_document(inputs: Inputs) -> Iterator[tuple[str, str, Change]]:
    """Every statement of a resource's policies, every condition, and every key of a condition."""
    for key in DOCUMENTS:
        if not isinstance(inputs.get(key), str):
            continue
        document = json.loads(inputs[key])
        trust = "trust: " if key == "assumeRolePolicy" else "policy: "
        for number, statement in enumerate(document["Statement"]):
            way: Way = ("Statement", number)
            yield f"{trust}statement", f"{key} {statement.get('Sid') or statement['Action']}", _cut(key, document, way)
            conditions = statement.get("Condition", {})
            if conditions:
                yield f"{trust}condition", f"{key} {number}", _cut(key, document, (*way, "Condition"))
            keys = [(operator, name) for operator, tested in conditions.items() for name in tested]
            for operator, name in keys if len(keys) > 1 else ():
                place = (*way, "Condition", operator, name)
                yield f"{trust}condition", f"{key} {number} {operator} {name}", _cut(key, document, place)


def _cut(key: str, document: Mapping[str, Any], way: Way) -> Change:
    text = json.dumps(cut(document, way))
    return lambda inputs: inputs.update({key: text})


def _drop(way: Way) -> Change:
    def change(inputs: Inputs) -> None:
        changed = cut(inputs, way)
        inputs.clear()
        inputs.update(changed)

    return change


def of_headers(inputs: Inputs) -> Iterator[tuple[str, str, Change]]:
    """Every header that CloudFront adds, and every directive of the content security policy."""
    security = inputs["securityHeadersConfig"]
    for header in security:
        yield "CloudFront: header", header, _drop(("securityHeadersConfig", header))
    for number, item in enumerate(inputs["customHeadersConfig"]["items"]):
        yield "CloudFront: header", item["header"], _drop(("customHeadersConfig", "items", number))
    parts = security["contentSecurityPolicy"]["contentSecurityPolicy"].split("; ")
    for number, part in enumerate(parts):
        rest = "; ".join([*parts[:number], *parts[number + 1 :]])

        def change(made: Inputs, rest: str = rest) -> None:
            made["securityHeadersConfig"]["contentSecurityPolicy"]["contentSecurityPolicy"] = rest

        yield "CloudFront: CSP directive", part, change


def of_distribution(inputs: Inputs) -> Iterator[tuple[str, str, Change]]:
    """What binds headers, caches and encryption to the two behaviours, and the signature of calls of the bucket."""
    behaviours: list[Way] = [("defaultCacheBehavior",)]
    behaviours += [("orderedCacheBehaviors", number) for number in range(len(inputs["orderedCacheBehaviors"]))]
    for way in behaviours:
        for key in BEHAVIOUR:
            yield "CloudFront: behaviour", f"{way} {key}", _drop((*way, key))


def of_code(inputs: Inputs) -> Iterator[tuple[str, str, Change]]:
    """Every header of an answer that a function at the edge makes."""
    code: str = inputs["code"]
    for found in JS_HEADER.finditer(code):
        text = code[: found.start()] + code[found.end() :]
        yield "CloudFront: header", found[1], lambda made, text=text: made.update(code=text)


def simple(kind: str, *keys: str) -> Callable[[Inputs], Iterator[tuple[str, str, Change]]]:
    """Inputs that are taken away whole."""

    def found(inputs: Inputs) -> Iterator[tuple[str, str, Change]]:
        yield from ((kind, key, _drop((key,))) for key in keys if key in inputs)

    return found


KINDS: Mapping[str, tuple[Callable[[Inputs], Iterator[tuple[str, str, Change]]], tuple[str, ...]]] = {
    "aws:iam/role:Role": (of_document, POLICIES),
    "aws:iam/rolePolicy:RolePolicy": (of_document, POLICIES),
    "aws:iam/policy:Policy": (of_document, POLICIES),
    "aws:s3/bucketPolicy:BucketPolicy": (of_document, SITE),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (of_headers, SITE),
    "aws:cloudfront/distribution:Distribution": (of_distribution, SITE),
    "aws:cloudfront/function:Function": (of_code, SITE),
    "aws:s3/bucketObjectv2:BucketObjectv2": (simple("portal: cache header", "cacheControl"), SITE),
    "aws:lambda/permission:Permission": (simple("permission: condition", *PERMISSION), WORKFLOW),
    "aws:apigatewayv2/route:Route": (simple("route: authorisation", *ROUTE), WORKFLOW),
}


def mutants(known: Mapping[str, programs.Program]) -> Iterator[Mutant]:
    """All of them, each once, however many programs make the resource."""
    seen = set[tuple[str, str, str]]()
    for program in known.values():
        for made in program.resources:
            places, tests = KINDS.get(made.type, (None, ()))
            for kind, what, change in places(made.inputs) if places else ():
                if (kind, made.name, what) not in seen:
                    seen.add((kind, made.name, what))
                    apply = functools.partial(changed_everywhere, known, made, change)
                    yield Mutant(kind, f"{made.name}: {what}", apply, tests)


def changed_everywhere(known: Mapping[str, programs.Program], like: programs.Made, change: Change) -> None:
    """Change a resource in every program that makes it, and makes it just so."""
    same = [
        made
        for program in known.values()
        for made in program.resources
        if (made.type, made.name, _written(made)) == (like.type, like.name, _written(like))
    ]
    for made in same:
        change(made.inputs)


def _written(made: programs.Made) -> str:
    """What a resource is made of, to be compared: assets are equal to themselves only."""
    return json.dumps(made.inputs, sort_keys=True, default=vars)


def remembered() -> Mapping[str, programs.Program]:
    """The programs of the tests' fixtures, made once; from now on nothing else is run: such tests are left out here."""
    from tests.components import conftest as shared

    granting = {**shared.CENTRAL, "manageLakeFormationGrants": True, "databases": ["retail", "amazon"]}
    configs = (shared.CENTRAL, granting, shared.PRODUCER, shared.PORTAL, shared.CONSUMER, shared.KITS)
    known = {json.dumps(config): programs.run(config) for config in configs}

    def run_again(config: Mapping[str, object], **options: object) -> programs.Program:
        if options or json.dumps(config) not in known:
            pytest.skip("a program of its own")
        return known[json.dumps(config)]

    programs.run = shared.run = run_again
    return known


if __name__ == "__main__":
    known = remembered()
    collect(*POLICIES, *SITE, *WORKFLOW)
    run(mutants(known))
