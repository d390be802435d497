"""Requests for data on what the engine made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.workflow.driver import Mesh

from .engine import EngineStack


def mesh_of(mesh_json: Mapping[str, Any], central: EngineStack) -> Mesh:
    """Give the driver of the workflow tests, for a central stack of the engine's."""
    outputs = central.outputs()
    made = {"state_machine_arn": outputs["StateMachineArn"], "register_table": outputs["RegisterTableName"]}
    return Mesh({**mesh_json, **made, "api_url": outputs["ApiUrl"]})
