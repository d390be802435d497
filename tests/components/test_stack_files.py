"""Pulumi.yaml and the sample stack files: what they say is what settings does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from settings.keys import KEYS, ConfigError
from tests.components.program import ROOT, Made, run

SAMPLES = {"central": 1, "producer": 2, "consumer": 2}
"""The sample stack files, and how many account ids each one waits for."""


def project() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))


def sample(name: str) -> dict[str, Any]:
    config = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))["config"]
    assert config.pop("aws:region")
    return {key.removeprefix("lakeshare:"): value for key, value in config.items()}


def test_the_project_describes_every_key_with_its_type_and_default() -> None:
    described = project()["config"]
    assert set(described) == set(KEYS)
    for name, key in KEYS.items():
        schema = described[name]
        assert schema.get("type", "") == key.type, name
        # The CLI demands a value for every key without a default, in every stack.
        assert schema["default"] == key.default, name
        assert len(schema["description"]) > 20, name
        assert ("items" in schema) == (key.type == "array"), name
        assert set(schema) <= {"type", "default", "description", "items"}


def test_the_cli_runs_the_program_in_the_checkouts_environment() -> None:
    assert project()["name"] == "lakeshare"
    assert project()["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_says_what_to_put_into_it(name: str) -> None:
    with pytest.raises(ConfigError) as raised:
        run(sample(name))
    assert len(raised.value.faults) == SAMPLES[name]
    assert all("in place of the sample's placeholder" in fault.expected for fault in raised.value.faults)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_works_once_the_account_ids_are_in(name: str) -> None:
    config = sample(name)
    ids = iter(("123456789012", "111111111111"))
    filled = {key: next(ids) if str(value).startswith("<") else value for key, value in config.items()}
    assert run(filled).outputs


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_works_with_every_default_that_the_cli_adds(name: str) -> None:
    defaults = {key: schema["default"] for key, schema in project()["config"].items()}
    ids = {"accountId": "123456789012", "centralAccountId": "" if name == "central" else "111111111111"}
    program = run({**defaults, **sample(name), **ids})
    assert program.outputs == run({**sample(name), **{key: value for key, value in ids.items() if value}}).outputs


def test_nothing_is_made_when_the_configuration_has_faults() -> None:
    made: list[Made] = []
    with pytest.raises(ConfigError, match="2 faults"):
        run({"role": "producer", "accountId": "1"}, made=made)
    assert made == []
