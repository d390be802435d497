"""What meshes leave behind for the proof of least privilege: who used which permission, and all roles' policies.

Each mesh of a suite writes a file at its end, if `LAKESHARE_EVIDENCE` names a folder; `make test` and `make test-long`
name one each, and seal it once all their tests have passed. The seal tells which code was tested, so that nobody goes
by what older code did.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.workflow.driver import Mesh
from tests.workflow.running import ROOT

FOLDER = "LAKESHARE_EVIDENCE"
SEAL = "sealed.txt"
_CODE = ("__main__.py", "components", "demo", "handlers", "localmesh/src", "settings", "tests/portal", "tests/workflow")

_DEPLOYED = ("producer_accounts", "consumer_accounts")

Evidence = Mapping[str, Any]
"""`checks` and `takings` as the mesh's recorder has them; `roles`: by ARN, with `trust` and `policies`, by name."""


def keep(mesh: Mesh) -> None:
    """Writes a mesh's evidence down, if somebody wants it."""
    folder = os.environ.get(FOLDER)
    if folder:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        (path / f"{uuid4().hex}.json").write_text(json.dumps(of(mesh)))


def of(mesh: Mesh) -> Evidence:
    """What was done on a mesh so far, and what its roles may do, as IAM tells it."""
    counted = mesh.control("GET", "/access/counted")
    used = {each["role"].split(":")[4] for each in (*counted["checks"], *counted["takings"])}
    deployed = {each["id"] for kind in _DEPLOYED for each in mesh.description[kind]}
    accounts = sorted(used | deployed | {mesh.description["central_account"]})
    return {**counted, "roles": {arn: role for account in accounts for arn, role in _roles(mesh, account)}}


def _roles(mesh: Mesh, account: str) -> Iterator[tuple[str, dict[str, Any]]]:
    iam = mesh.client("iam", account)
    details = iam.get_account_authorization_details()
    managed = {
        policy["Arn"]: version["Document"]
        for policy in details["Policies"]
        for version in policy["PolicyVersionList"]
        if version["VersionId"] == policy["DefaultVersionId"]
    }
    for role in details["RoleDetailList"]:
        own = {each["PolicyName"]: each["PolicyDocument"] for each in role["RolePolicyList"]}
        attached = {each["PolicyArn"]: managed[each["PolicyArn"]] for each in role["AttachedManagedPolicies"]}
        yield role["Arn"], {"trust": role["AssumeRolePolicyDocument"], "policies": {**own, **attached}}


def read(folder: Path) -> list[Evidence]:
    """The evidence in a folder, one mesh after the other."""
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]


def seal(folder: Path) -> None:
    """Says that the evidence is complete, and of which code it is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SEAL).write_text(code())


def is_of_this_code(folder: Path) -> bool:
    """Whether a folder has the whole evidence of the code as it is now."""
    seal = folder / SEAL
    return seal.exists() and seal.read_text() == code()


def code() -> str:
    """A digest of all that the suites test, and of the suites."""
    files = [file for part in _CODE for file in ([ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*"))]
    digest = hashlib.sha256()
    for file in sorted(files):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(ROOT)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    seal(Path(sys.argv[1]))
