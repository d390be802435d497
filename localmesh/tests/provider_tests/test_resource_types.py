"""Every resource type, on a plain moto: made, read, changed in place, imported, removed, and nothing of it left."""

from __future__ import annotations

import pytest

from localmesh.provider import AwsProvider, CheckFailedError
from localmesh.provider.errors import ProviderError
from localmesh.provider.services import TYPES
from localmesh.provider.values import UNKNOWN
from provider_tests import cases
from provider_tests.cases import Props, World
from provider_tests.people_cases import PEOPLE_CASES
from provider_tests.site_cases import SITE_CASES

CASES = {**cases.CASES, **PEOPLE_CASES, **SITE_CASES}


def test_every_type_has_a_case() -> None:
    assert CASES.keys() == TYPES.keys()


def _holds(token: str, state: Props, inputs: Props) -> None:
    for name, value in inputs.items():
        found = state[name]
        if TYPES[token].all_inputs()[name].told and isinstance(value, dict):
            found = {key: found[key] for key in value}
        assert found == value, name


@pytest.mark.parametrize("token", sorted(CASES))
def test_whole_life(token: str, provider: AwsProvider) -> None:
    case, world = CASES[token], World(provider)
    asked = case.inputs(world)
    inputs = provider.check(token, "thing", asked, seed=b"seed")
    id_, state = provider.create(token, inputs)
    _holds(token, state, inputs)
    for name in TYPES[token].all_outputs():
        assert name in state, name

    known = provider.read(token, id_, inputs, state)
    assert known is not None
    assert known.state == state
    assert known.inputs == inputs

    again = provider.check(token, "thing", asked, olds=inputs, seed=b"other seed")
    assert again == inputs, "an automatic name is kept"
    assert provider.diff(token, inputs, again).names == ()

    changes = case.changed(world, inputs)
    wanted = provider.check(token, "thing", {**asked, **changes}, olds=inputs)
    diff = provider.diff(token, inputs, wanted)
    assert set(diff.names) == set(changes)
    assert diff.replaces == ()
    if changes:
        state = provider.update(token, id_, inputs, wanted, state)
        _holds(token, state, wanted)
        known = provider.read(token, id_, wanted, state)
        assert known is not None
        assert known.state == state
        assert known.inputs == wanted

    if case.imported is not None:
        found = provider.read(token, case.imported(id_, state))
        assert found is not None
        assert found.id == id_
        for name, what in TYPES[token].all_inputs().items():
            # moto by itself forgets where a function logs.
            if what.readable and name != "loggingConfig":
                assert what.same(found.state.get(name), state.get(name)), name
        unreadable = {
            name: wanted[name]
            for name, what in TYPES[token].all_inputs().items()
            if name in wanted and not what.readable
        }
        adopted = {**unreadable, **found.inputs}
        assert provider.diff(token, adopted, provider.check(token, "thing", adopted)).names == ()

    provider.delete(token, id_, {**state, "deletionProtectionEnabled": False})
    assert provider.read(token, id_, wanted, state) is None
    provider.delete(token, id_, state)


@pytest.mark.parametrize("token", sorted(CASES))
def test_replacing(token: str, provider: AwsProvider) -> None:
    case = CASES[token]
    old = provider.check(token, "thing", case.inputs(World(provider)), seed=b"seed")
    for name in case.replacing:
        diff = provider.diff(token, old, {**old, name: "something else"})
        assert name in diff.replaces, name
        assert [place.replaces for place in diff.details if place.path.startswith(name)]


@pytest.mark.parametrize("token", sorted(CASES))
def test_unknown_property_is_refused(token: str, provider: AwsProvider) -> None:
    inputs = CASES[token].inputs(World(provider))
    with pytest.raises(CheckFailedError, match="bogus") as refusal:
        provider.check(token, "thing", {**inputs, "bogus": 1})
    assert token in str(refusal.value)


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        ("aws:dynamodb/table:Table", {"ttl": {"attributeName": "a", "bogus": 1}}, "ttl.bogus"),
        ("aws:dynamodb/table:Table", {"globalSecondaryIndexes": [{"keySchemas": [{"x": 1}]}]}, "keySchemas.x"),
        ("aws:lambda/function:Function", {"loggingConfig": {"where": "x"}}, "loggingConfig.where"),
        ("aws:apigatewayv2/stage:Stage", {"defaultRouteSettings": {"loggingLevel": "INFO"}}, "loggingLevel"),
    ],
)
def test_unknown_property_inside_is_refused(
    token: str, inputs: dict[str, object], path: str, provider: AwsProvider
) -> None:
    with pytest.raises(CheckFailedError, match=path):
        provider.check(token, "thing", inputs)


@pytest.mark.parametrize(
    "resource",
    [
        {"database": {"name": "shop"}},
        {"table": {"databaseName": "shop", "name": "customer"}},
    ],
)
def test_permissions_on(resource: dict[str, object], provider: AwsProvider) -> None:
    token = "aws:lakeformation/permissions:Permissions"
    world = World(provider)
    # Somebody else's wildcard on the same database must not be in the way.
    world.make(token, CASES[token].inputs(world))
    inputs = provider.check(token, "thing", {"permissions": ["DESCRIBE"], "principal": world.role()["arn"], **resource})
    id_, state = provider.create(token, inputs)
    known = provider.read(token, id_, inputs, state)
    assert known is not None
    assert known.inputs == inputs
    provider.delete(token, id_, state)
    assert provider.read(token, id_, inputs, state) is None


def test_a_preview_has_a_definition_validated_once_it_is_known(provider: AwsProvider) -> None:
    token = "aws:sfn/stateMachine:StateMachine"
    wrong = {"definition": '{"StartAt": "Nowhere", "States": {"A": {"Type": "Pass", "End": true}}}'}
    inputs = provider.check(token, "m", {**wrong, "roleArn": "arn:aws:iam::123456789012:role/r"})
    for attempt in (provider.foresee, provider.create):
        with pytest.raises(ProviderError, match=r"expected a valid definition.*Nowhere"):
            attempt(token, inputs)
    assert provider.foresee(token, {**inputs, "definition": UNKNOWN})["definition"] == UNKNOWN
