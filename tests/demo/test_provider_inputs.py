"""The mesh's provider knows what a program sets, and hardly more: what else it knows has a reason."""

from __future__ import annotations

from typing import Any

import pytest

from localmesh.provider.services import TYPES
from tests.components.conftest import CENTRAL, PORTAL, PRODUCER
from tests.components.program import CENTRAL_ACCOUNT, run

OIDC = {"name": "corp", "oidcIssuer": "https://idp.example.org", "clientId": "c", "clientSecret": "s"}
ADDRESS = {
    "hostName": "data.example.org",
    "certificateArn": f"arn:aws:acm:us-east-1:{CENTRAL_ACCOUNT}:certificate/0",
}
CONFIGS: tuple[dict[str, Any], ...] = (
    {**CENTRAL, "manageLakeFormationGrants": True},
    {**PORTAL, "portalIdentityPool": True, "portalIdentityProvider": OIDC, "portalAddress": ADDRESS},
    PRODUCER,
)
NAMES = {"name", "namePrefix", "bucket", "statementId", "targetId"}
"""Where a program names nothing, the provider's own name stands here; a prefix is the other way to name."""
CHANGED_BY_HAND = {
    ("aws:cloudwatch/eventRule:EventRule", "state"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "actionsEnabled"),
    ("aws:cognito/user:User", "enabled"),
    ("aws:lambda/function:Function", "reservedConcurrentExecutions"),
    ("aws:sns/topic:Topic", "policy"),
}
"""What operators switch off in a hurry: a refresh must show it."""
OTHER_PROGRAMS = {("aws:dynamodb/table:Table", "rangeKey")}
"""A table without a sort key is half a table."""


@pytest.fixture(scope="module")
def used() -> set[tuple[str, str]]:
    """Types and inputs that the program sets in one configuration or another."""
    made = [resource for config in CONFIGS for resource in run(config).resources]
    return {(each.type, name) for each in made for name, value in each.inputs.items() if value is not None}


def test_an_input_that_no_program_sets_has_a_reason(used: set[tuple[str, str]]) -> None:
    known = {(token, name) for token, kind in TYPES.items() for name in kind.inputs}
    unused = {(token, name) for token, name in known - used if name not in NAMES}
    assert unused == CHANGED_BY_HAND | OTHER_PROGRAMS
