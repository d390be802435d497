"""What a request looks like that nobody has decided."""

from __future__ import annotations

from tests.workflow.driver import Asked, Mesh


def nothing_happened(mesh: Mesh, asked: Asked, account: str) -> bool:
    """Whether a request still waits, undecided, and its consumer has nothing."""
    described = mesh.client("stepfunctions").describe_execution(executionArn=asked.arn)
    item = mesh.register_item(asked.arn)
    return (described["status"], item["status"], mesh.grants(account)) == ("RUNNING", "WAITING", {}) and (
        "decision" not in item
    )
