"""Cold starts: an entry point imports nothing heavy before it is called, and nothing that it does not use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"boto3", "botocore", "aws_lambda_powertools", "urllib3", "moto", "pulumi"}
USED = {
    "classify": {"dynamodb", "eventbridge", "glue", "lakeformation", "lf_listed", "parties"},
    "request_approval": {"dynamodb", "notifying"},
    "notify": {"dynamodb", "eventbridge", "parties", "producers", "stepfunctions"},
    "decide": {"dynamodb", "eventbridge", "notifying", "parties", "stepfunctions"},
    "grant": {"dynamodb", "glue", "lakeformation", "lf_listed", "parties"},
    "close": {"dynamodb", "eventbridge"},
    "revoke": {"dynamodb", "eventbridge", "lf_listed", "lf_revokes"},
    "sweep": {"closing", "dynamodb", "eventbridge", "stepfunctions"},
    "survey": {"dynamodb", "glue", "parties"},
}
"""Of `handlers.aws`, what only some entry points may load."""
READ_BY_PEOPLE = {"decide", "notify"}


def loaded(name: str) -> set[str]:
    code = f"import sys, json, handlers.{name}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", USED)
def test_imports(name: str) -> None:
    modules = loaded(name)
    assert not {module.split(".")[0] for module in modules} & HEAVY
    special = {each for used in USED.values() for each in used}
    assert {module for module in special if f"handlers.aws.{module}" in modules} == USED[name]
    assert ("handlers.pages" in modules) == ("jinja2" in modules) == (name in READ_BY_PEOPLE)
    assert not [module for module in modules if module.startswith(("localmesh", "components", "settings", "tests"))]
