"""Which test files take long: where several processes share the files out, the longest come first.

xdist hands out whole files, those with the most tests first; the longest have few tests, and the last of them would run
while the other processes have nothing left to do.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

SECONDS: Final = {
    "workflow/test_scale_tables": 140,
    "workflow/test_scale_filters": 110,
    "engine/test_readme": 100,
    "workflow/test_delivery_hops": 100,
    "workflow/test_scale_requests": 95,
    "workflow/test_delivering": 90,
    "portal/test_signed_in": 85,
    "engine/test_life": 80,
    "portal/test_scale": 75,
    "engine/test_changes": 55,
    "engine/test_upgrade": 50,
    "mesh_tests/test_lifecycle": 50,
    "portal/test_story": 50,
    "workflow/test_revoking": 50,
    "engine/test_before_shares": 45,
    "portal/test_kits": 45,
    "portal/test_openapi": 45,
    "program_tests/test_shop": 40,
    "workflow/test_delivery_hostile": 35,
    "workflow/test_filter_drift": 40,
    "portal/test_dev": 40,
    "engine/test_deployer": 40,
    "portal/test_looks": 35,
    "workflow/test_accept": 35,
    "engine/test_consumers": 35,
    "workflow/test_safe_databases": 33,
    "portal/test_parts": 33,
    "workflow/test_two_meshes_stopping": 31,
    "portal/test_share": 29,
    "workflow/test_renewing": 27,
    "workflow/test_share_races": 25,
    "workflow/test_overdue": 25,
    "workflow/test_filter_races": 23,
    "demo/test_demo": 23,
    "workflow/test_narrowing": 20,
    "workflow/test_filters": 20,
    "workflow/test_drift": 19,
    "workflow/test_catalogue_changes": 17,
    "workflow/test_many_producers": 16,
    "workflow/test_faults": 16,
    "portal/test_trouble": 16,
    "engine/test_config": 15,
    "workflow/test_links": 15,
    "workflow/test_strict_config": 14,
    "workflow/test_real_lakes": 13,
    "portal/test_browser_role": 13,
    "engine/test_faults": 12,
    "portal/test_search": 12,
    "engine/test_adoption": 10,
    "workflow/test_two_meshes": 10,
    "workflow/test_hostile_names": 10,
    "workflow/test_refused_parts": 10,
    # Proofs, as they took while the machine had much else to do: what counts is which of them comes first.
    "proof/test_sequences": 390,
    "proof/test_load": 325,
    "proof/test_kills": 245,
    "proof/test_faults_approval": 235,
    "proof/test_race": 200,
    "proof/test_faults_automatic": 185,
    "proof/test_fail_closed": 175,
    "proof/test_fail_closed_parts": 40,
    "proof/test_faults_delivering": 220,
    "proof/test_faults_revoking": 160,
    "proof/test_faults_sweep": 155,
    "proof/test_parts": 170,
    "proof/test_parts_mesh": 200,
    "proof/test_mutation": 130,
    "proof/test_scanner": 100,
    "proof/test_forgery": 90,
    "proof/test_forgery_signed_in": 90,
    "proof/test_faults_decide": 90,
    "proof/test_secrets": 80,
    "proof/test_faults_portal": 140,
    "proof/test_bad_input": 120,
    "proof/test_rendered_policies": 50,
    "proof/test_upgrade": 35,
    "proof/test_model_catches": 35,
    "proof/test_model": 50,
}
"""Seconds, about: of proofs on a busy machine, of all others alone on two cores; less than ten need not be here."""


def seconds_of(path: PurePath) -> int:
    """How long a file takes, about; 0 if it is a short one."""
    return SECONDS.get(f"{path.parent.name}/{path.stem}", 0)
