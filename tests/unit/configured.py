"""Reads configurations as a stack would, without a stack."""

from __future__ import annotations

import contextvars
import json
import re
from collections.abc import Mapping

import pytest
from pulumi.runtime import config as runtime_config
from pulumi.runtime.mocks import MockSettings
from pulumi.runtime.settings import configure

from settings import load
from settings.keys import ConfigError, Fault
from settings.stacks import CentralSettings, ConsumerSettings, ProducerSettings

CENTRAL: dict[str, object] = {"role": "central", "accountId": "123456789012", "consumerAccounts": "any"}
PRODUCER: dict[str, object] = {"role": "producer", "accountId": "111111111111", "centralAccountId": "123456789012"}
CONSUMER: dict[str, object] = {
    "role": "consumer",
    "accountId": "999999999999",
    "centralAccountId": "123456789012",
    "allowedDatabases": ["*"],
}
ONE = {"accountId": "111111111111"}


def loaded(
    config: Mapping[str, object],
    *,
    secret: tuple[str, ...] = (),
    region: str | None = "eu-central-1",
    stack: str = "test",
) -> CentralSettings | ProducerSettings | ConsumerSettings:
    """The settings that a stack with this configuration gets."""
    values = {f"lakeshare:{key}": encoded(value) for key, value in config.items()}
    if region is not None:
        values["aws:region"] = region

    def inside() -> CentralSettings | ProducerSettings | ConsumerSettings:
        runtime_config.set_all_config(values, [f"lakeshare:{key}" for key in secret])
        configure(MockSettings(project="lakeshare", stack=stack, monitor=None, engine=None))
        return load()

    return contextvars.copy_context().run(inside)


def encoded(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def faults(config: Mapping[str, object], *, region: str | None = "eu-central-1") -> tuple[Fault, ...]:
    """The faults of a configuration."""
    with pytest.raises(ConfigError) as raised:
        loaded(config, region=region)
    return raised.value.faults


def texts(config: Mapping[str, object], *, region: str | None = "eu-central-1") -> list[str]:
    """The faults of a configuration, as people read them."""
    return [str(fault) for fault in faults(config, region=region)]


def central(**more: object) -> dict[str, object]:
    return {**CENTRAL, **more}


def producer(**more: object) -> dict[str, object]:
    return {**PRODUCER, **more}


def one(**more: object) -> dict[str, object]:
    return central(producers=[{**ONE, **more}])


def called(config: Mapping[str, object]) -> str:
    """A configuration as the name of a test: what it says beside the least that its role has to say."""
    if config.get("role") is None:
        return "no role"
    least = PRODUCER if config["role"] == "producer" else CENTRAL
    # Plain ASCII, no backslash: mutmut's runs by name would look for another snapshot.
    more = [f"{key}={json.dumps(value)}".replace("\\", "/") for key, value in config.items() if least.get(key) != value]
    name = re.sub(r"x{9,}", lambda many: f"<{len(many[0])} x>", f"{least['role']}: {', '.join(more)}")
    return f"{name[:200]}..." if len(name) > 200 else name
