"""Reads configurations as a stack would, without a stack."""

from __future__ import annotations

import contextvars
import json
from collections.abc import Mapping

import pytest
from pulumi.runtime import config as runtime_config
from pulumi.runtime.mocks import MockSettings
from pulumi.runtime.settings import configure

from settings import CentralSettings, ConfigError, ProducerSettings, load

CENTRAL: dict[str, object] = {"role": "central", "accountId": "123456789012"}
PRODUCER: dict[str, object] = {"role": "producer", "accountId": "111111111111", "centralAccountId": "123456789012"}
ONE = {"accountId": "111111111111"}


def loaded(
    config: Mapping[str, object], *, secret: tuple[str, ...] = (), region: str | None = "eu-central-1"
) -> CentralSettings | ProducerSettings:
    """The settings that a stack with this configuration gets."""
    values = {f"lakeshare:{key}": encoded(value) for key, value in config.items()}
    if region is not None:
        values["aws:region"] = region

    def inside() -> CentralSettings | ProducerSettings:
        runtime_config.set_all_config(values, [f"lakeshare:{key}" for key in secret])
        configure(MockSettings(project="lakeshare", stack="test", monitor=None, engine=None))
        return load()

    return contextvars.copy_context().run(inside)


def encoded(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def faults(
    config: Mapping[str, object], *, secret: tuple[str, ...] = (), region: str | None = "eu-central-1"
) -> dict[str, tuple[str, str]]:
    """The faults of a configuration: key in full → expected, got."""
    with pytest.raises(ConfigError) as raised:
        loaded(config, secret=secret, region=region)
    return {fault.key: (fault.expected, fault.got) for fault in raised.value.faults}


def central(**more: object) -> dict[str, object]:
    return {**CENTRAL, **more}


def producer(**more: object) -> dict[str, object]:
    return {**PRODUCER, **more}


def one(**more: object) -> dict[str, object]:
    return central(producers=[{**ONE, **more}])
