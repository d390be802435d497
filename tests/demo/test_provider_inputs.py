"""The mesh's provider knows what a program sets, and hardly more: what else it knows has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from localmesh.provider.archives import is_packed
from localmesh.provider.constraints import Free, rule_for
from localmesh.provider.limits import LIMITS
from localmesh.provider.services import TYPES
from localmesh.provider.wire import plain
from tests.components.conftest import CENTRAL, CONSUMER, PORTAL, PRODUCER
from tests.components.program import CENTRAL_ACCOUNT, Made, run

OIDC = {"name": "corp", "oidcIssuer": "https://idp.example.org", "clientId": "c", "clientSecret": "s"}
SAML = {"name": "corp", "samlMetadataUrl": "https://idp.example.org/metadata"}
ADDRESS = {
    "hostName": "data.example.org",
    "certificateArn": f"arn:aws:acm:us-east-1:{CENTRAL_ACCOUNT}:certificate/0",
}
ACL = f"arn:aws:wafv2:us-east-1:{CENTRAL_ACCOUNT}:global/webacl/one/01234567-89ab-cdef-0123-456789abcdef"
CONFIGS: tuple[dict[str, Any], ...] = (
    {
        **CENTRAL,
        "manageLakeFormationGrants": True,
        "sensitiveTags": {"pii": "any"},
        "reservedConcurrency": {"decide": 10},
    },
    {
        **PORTAL,
        "portalIdentityPool": True,
        "portalIdentityProvider": OIDC,
        "portalAddress": ADDRESS,
        "portalWebAclArn": ACL,
    },
    {**PORTAL, "portalIdentityProvider": SAML},
    PRODUCER,
    CONSUMER,
)
NAMES = {"name", "namePrefix", "bucket", "statementId", "targetId"}
"""Where a program names nothing, the provider's own name stands here; a prefix is the other way to name."""
CHANGED_BY_HAND = {
    ("aws:cloudwatch/eventRule:EventRule", "state"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "actionsEnabled"),
    ("aws:cognito/user:User", "enabled"),
    ("aws:sns/topic:Topic", "policy"),
}
"""What operators switch off in a hurry: a refresh must show it."""


@pytest.fixture(scope="module")
def made() -> list[Made]:
    """What the program makes in one configuration or another."""
    return [resource for config in CONFIGS for resource in run(config).resources]


@pytest.fixture(scope="module")
def used(made: list[Made]) -> set[tuple[str, str]]:
    """Types and inputs that the program sets."""
    return {(each.type, name) for each in made for name, value in each.inputs.items() if value is not None}


def paths(path: str, value: Any) -> Iterator[str]:
    """What is set inside of a property, whatever the depth."""
    if isinstance(value, dict) and not is_packed(value):
        for key, item in value.items():
            yield from paths(f"{path}.{key}", item)
    elif isinstance(value, list):
        for item in value:
            yield from paths(path, item)
    elif value is not None:
        yield path


def test_all_that_the_program_sets_is_constrained_or_free_for_a_reason(made: list[Made]) -> None:
    seen = {(each.type, path) for each in made if each.type in LIMITS for path in paths("", plain(each.inputs))}
    assert len(seen) > 250
    for token, path in seen:
        found = rule_for(LIMITS[token], path.removeprefix("."))
        assert isinstance(found, Free) or (found is not None and found.constrains), f"{token}{path}"


def test_an_input_that_no_program_sets_has_a_reason(used: set[tuple[str, str]]) -> None:
    known = {(token, name) for token, kind in TYPES.items() for name in kind.inputs}
    unused = {(token, name) for token, name in known - used if name not in NAMES}
    assert unused == CHANGED_BY_HAND
