"""Fault matrix: where LF-Tags are flags, reading them fails; no fault makes what is tagged look harmless."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix import run
from tests.proof.matrix.axes import Fault
from tests.proof.matrix.paths import TAGGED, tagged_database
from tests.proof.matrix.run import cases_of, prove, record
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL

OPTIONS = replace(run.OPTIONS, config={**WITHOUT_PORTAL, "sensitiveTags": {"pii": "any"}, "databases": []})
FAULTS = (Fault("access denied", "always"), Fault("5xx", "first two"))
"""Denied, tags cannot be read; out of reach for a moment, nobody sees it. The rest is as with calls of Glue."""
pytestmark = pytest.mark.timeout(600)


def test_requests_for_what_is_tagged_ask_and_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    tagged_database(mesh)
    found = [(path, site) for path, site in record(mesh, TAGGED) if "LFTag" in site.operation]
    assert {(site.short, site.operation) for _, site in found} == {
        (function, operation)
        for function in ("classify", "grant")
        for operation in ("GetLFTag", "GetResourceLFTags", "SearchTablesByLFTags")
    }
    cases = cases_of(found, FAULTS)
    prove(mesh, cases, figure, "tags")
    shared = [case for case in cases if mesh.register_item(case.id)["status"] == "SHARED"]
    assert shared
    assert [str(case) for case in shared if "Approved" not in mesh.history(case.id)] == []
