"""AWS on a bad day. What passes is retried; the rest is a refusal by name, or a fault that an operator hears of."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from tests.workflow.driver import DESCRIBE, OLGA, SELECT_AND_DESCRIBE, Finished, Mesh, request_id, wait_until
from tests.workflow.refusing import told, was_refused

# https://docs.aws.amazon.com/lake-formation/latest/dg/troubleshooting.html and, passed on from RAM,
# https://docs.aws.amazon.com/ram/latest/userguide/tshoot-sharing-outside-org.html
ILLEGAL = "Insufficient Lake Formation permissions: Illegal combination"
OUTSIDE = "The resource you are attempting to share can only be shared within your AWS Organization."
NO_KMS = (
    "User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/0a "
    "(Service: AWSKMS; Status Code: 400)"
)


def failed(mesh: Mesh, request: str, finished: Finished, reason: str) -> dict[str, Any]:
    assert (finished.status, finished.error) == ("FAILED", reason)
    item = mesh.register_item(request)
    assert (item["status"], item["reason"], told(item)) == ("FAILED", reason, finished.cause)
    assert mesh.event_types(request)[-1] == "RequestFailed"
    return item


# --- the grant is refused ---------------------------------------------------------------------------------------


UNGRANTABLE = {
    "open to IAM principals": ("AccessDeniedException", ILLEGAL, "OpenToIamPrincipals", "must revoke that grant"),
    "an account outside the organization": (
        "OperationNotPermittedException",
        OUTSIDE,
        "OrganizationForbids",
        "enable-sharing-with-aws-organization",
    ),
    "RAM's quota used up": (
        "ResourceNumberLimitExceededException",
        "Number of resource shares exceeds the limit of 5000",
        "ShareLimitReached",
        "have the quota raised",
    ),
    "an encrypted catalogue": ("GlueEncryptionException", "No key", "CatalogueKeyUnavailable", "catalogKmsKeyArn"),
    "a key out of reach": ("AccessDeniedException", NO_KMS, "CatalogueKeyUnavailable", "catalogKmsKeyArn"),
}


@pytest.mark.parametrize(
    ("table", "case"), [*(("yellow_tripdata", case) for case in UNGRANTABLE), ("*", "open to IAM principals")]
)
def test_a_grant_that_the_platform_team_can_make_possible_is_refused_by_name(mesh: Mesh, table: str, case: str) -> None:
    code, message, reason, cure = UNGRANTABLE[case]
    account = mesh.new_account()
    with mesh.fault("lakeformation", "*", code, message=message, match=account):
        _, finished = mesh.ask("transport", table, account)
        assert mesh.faults_used() == [1], "not retried"
    item = was_refused(mesh, finished, reason)
    assert "platform team" in item["message"]
    assert cure in item["message"]
    assert mesh.grants(account) == {}


@pytest.mark.parametrize(
    ("operation", "table", "code", "message"),
    [
        ("GetDatabase", "customer", "GlueEncryptionException", "No key"),
        ("GetTable", "customer", "AccessDeniedException", NO_KMS),
        ("GetTables", "*", "GlueEncryptionException", "No key"),
    ],
)
def test_an_encrypted_catalogue_without_its_key_is_refused_when_it_is_read(
    mesh: Mesh, operation: str, table: str, code: str, message: str
) -> None:
    with mesh.fault("glue", operation, code, message=message):
        _, finished = mesh.ask("retail", table, mesh.new_account())
    item = was_refused(mesh, finished, "CatalogueKeyUnavailable")
    assert "catalogKmsKeyArn" in item["message"]


def test_a_denied_grant_fails_the_execution_and_the_alarms_metric_counts_it(mesh: Mesh) -> None:
    account = mesh.new_account()
    before = mesh.metric("AWS/States", "ExecutionsFailed", StateMachineArn=mesh.machine)
    with mesh.fault(
        "lakeformation", "GrantPermissions", "AccessDeniedException", message="Insufficient Lake Formation"
    ):
        request, finished = mesh.ask("transport", "yellow_tripdata", account)
    item = failed(mesh, request, finished, "GrantRefused")
    for cure in ("grant option", "IAMAllowedPrincipals", "Insufficient Lake Formation"):
        assert cure in item["message"]
    assert mesh.grants(account) == {}
    assert mesh.metric("AWS/States", "ExecutionsFailed", StateMachineArn=mesh.machine) == before + 1
    alarms = mesh.client("cloudwatch").describe_alarms()["MetricAlarms"]
    watched = [each["Dimensions"] for each in alarms if each["MetricName"] == "ExecutionsFailed"]
    assert watched.count([{"Name": "StateMachineArn", "Value": mesh.machine}]) == 1


def test_refusals_and_denials_are_no_failed_executions(mesh: Mesh) -> None:
    before = mesh.metric("AWS/States", "ExecutionsFailed", StateMachineArn=mesh.machine)
    mesh.ask("nowhere", "*", mesh.new_account())
    asked = mesh.ask_owner("retail", "store", mesh.new_account())
    mesh.post(asked.deny, email=OLGA)
    mesh.finish(asked.arn)
    assert mesh.metric("AWS/States", "ExecutionsFailed", StateMachineArn=mesh.machine) == before


def test_a_denied_read_of_the_catalogue_is_a_fault_of_our_own_role(mesh: Mesh) -> None:
    with mesh.fault("glue", "GetTable", "AccessDeniedException", message="not authorized to perform glue:GetTable"):
        request, finished = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    assert "glue:GetTable" in failed(mesh, request, finished, "AccessRefused")["message"]


def test_an_error_that_nobody_foresaw_fails_the_execution_and_tells_nothing_of_itself(mesh: Mesh) -> None:
    with mesh.fault("glue", "GetTable", "BrandNewException", message="contents of somebody's row"):
        request, finished = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    assert "somebody's row" not in failed(mesh, request, finished, "Fault")["message"]


# --- single tables of a database --------------------------------------------------------------------------------


def test_a_table_of_a_batch_that_fails_for_the_moment_is_granted_all_the_same(mesh: Mesh) -> None:
    account = mesh.new_account()
    code = "ConcurrentModificationException"
    with mesh.fault("lakeformation", "BatchGrantPermissions", code, entries=True, match="yellow_tripdata", times=2):
        _, finished = mesh.ask("transport", "*", account)
        assert mesh.faults_used() == [2]
    assert finished.output["status"] == "SHARED"
    assert mesh.grants(account) == {
        "transport": DESCRIBE,
        "transport.taxi_zone_lookup": SELECT_AND_DESCRIBE,
        "transport.yellow_tripdata": SELECT_AND_DESCRIBE,
    }


@pytest.mark.parametrize(
    ("code", "message", "status", "reason"),
    [
        ("AccessDeniedException", "Insufficient Lake Formation permission(s)", "FAILED", "GrantRefused"),
        ("InvalidInputException", ILLEGAL, "REFUSED", "OpenToIamPrincipals"),
    ],
)
def test_a_share_that_fails_half_way_says_what_was_granted_and_asking_again_completes_it(
    mesh: Mesh, code: str, message: str, status: str, reason: str
) -> None:
    account = mesh.new_account()
    with mesh.fault(
        "lakeformation", "BatchGrantPermissions", code, message=message, entries=True, match="yellow_tripdata"
    ):
        request, finished = mesh.ask("transport", "*", account)
    item = failed(mesh, request, finished, reason) if status == "FAILED" else was_refused(mesh, finished, reason)
    assert "yellow_tripdata" in item["message"]
    assert (item["granted"]["tables"], item["granted"]["names"]) == (1, ["taxi_zone_lookup"])
    assert mesh.grants(account) == {"transport": DESCRIBE, "transport.taxi_zone_lookup": SELECT_AND_DESCRIBE}
    assert mesh.events(request)[-1]["detail"]["tables_granted"] == 1
    goes = f"Granted already: one table of database transport. That is taken back from account {account}."
    assert mesh.events(request)[-1]["detail"]["message"] == f"{item['message']} {goes}"
    share = mesh.shares(account)[f"{request}:1"]
    assert (share["reason"], share["names"]) == ("NotShared", ["taxi_zone_lookup", "yellow_tripdata"])
    assert mesh.ask("transport", "*", account)[1].output["status"] == "SHARED"
    assert mesh.grants(account)["transport.yellow_tripdata"] == SELECT_AND_DESCRIBE


# --- what passes ------------------------------------------------------------------------------------------------

TRANSIENT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a function that is throttled": ("lambda", "Invoke", {"code": "TooManyRequestsException", "http_status": 429}),
    "a Lambda service out of order": ("lambda", "Invoke", {"code": "ServiceException", "http_status": 500, "times": 1}),
    "a throttled catalogue": ("glue", "GetTable", {"code": "ThrottlingException"}),
    "a busy register": ("dynamodb", "UpdateItem", {"code": "ProvisionedThroughputExceededException"}),
    "an event bus out of order": ("events", "PutEvents", {"code": "InternalFailure", "http_status": 500}),
    "a connection that breaks": ("glue", "GetDatabase", {"drop": True}),
    "a rival's grant": ("lakeformation", "GrantPermissions", {"code": "ConcurrentModificationException"}),
    "a grant whose answer is lost": ("lakeformation", "GrantPermissions", {"drop": True, "after": True}),
    "a register whose answers are lost": ("dynamodb", "UpdateItem", {"drop": True, "after": True}),
    "an outage longer than one invocation waits": (
        "glue",
        "GetDatabase",
        {"code": "InternalServiceException", "http_status": 500, "times": 6},
    ),
}


@pytest.mark.parametrize("case", TRANSIENT)
def test_what_passes_is_retried(mesh: Mesh, case: str) -> None:
    account = mesh.new_account()
    service, operation, fault = TRANSIENT[case]
    settings: dict[str, Any] = {"times": 2, **fault}
    with mesh.fault(service, operation, **settings):
        request, finished = mesh.ask("transport", "yellow_tripdata", account)
        assert mesh.faults_used() == [settings["times"]]
    assert finished.output["status"] == "SHARED"
    assert mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    assert mesh.register_item(request)["status"] == "SHARED"
    # A note may stand twice in the history, and an event may be told twice: never in another order.
    assert mesh.history(request) == ["Received", "Classified", "AutomaticallyApproved", "Shared"]
    assert mesh.event_types(request) == ["RequestReceived", "RequestShared"]


def test_a_function_that_is_killed_at_its_work_is_started_again(mesh: Mesh) -> None:
    account = mesh.new_account()
    with mesh.fault("lakeformation", "GrantPermissions", match=account, delay_seconds=1.0, times=1):
        arn = mesh.start("transport", "yellow_tripdata", account)
        wait_until(lambda: mesh.faults_used() == [1], what="the grant")
        instances = mesh.control("GET", "/functions")
        for process in next(pids for name, pids in instances.items() if "grant-function" in name):
            os.kill(process, signal.SIGKILL)
        assert mesh.finish(arn).output["status"] == "SHARED"
    assert mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    assert mesh.event_types(arn) == ["RequestReceived", "RequestShared"]


def test_all_links_of_mails_that_a_retry_sent_twice_lead_to_the_one_decision(mesh: Mesh) -> None:
    account = mesh.new_account()
    with mesh.fault("sns", "Publish", "InternalError", http_status=500, after=True, times=5):
        arn = mesh.start("retail", "customer", account)
        last = mesh.mail_about(arn, number=6)
    first = mesh.mails(about=arn)[-1]
    assert mesh.links(first).key != mesh.links(last).key
    assert mesh.get(mesh.links(last).approve).status == 200
    assert mesh.post(mesh.links(first).approve, email=OLGA).status == 200
    assert mesh.finish(arn).output["status"] == "SHARED"
    assert mesh.post(mesh.links(last).deny, email=OLGA).status == 409
    assert mesh.grants(account) == {"retail.customer": SELECT_AND_DESCRIBE}


def test_a_decision_that_cannot_be_passed_on_says_try_again_and_keeps_the_comment(mesh: Mesh) -> None:
    asked = mesh.ask_owner("retail", "customer", mesh.new_account())
    with mesh.fault("states", "SendTaskSuccess", "InternalFailure", http_status=500, role="decide"):
        reply = mesh.post(asked.deny, email=OLGA, comment="Please ask legal")
    assert reply.status == 503
    assert "Nothing is lost" in reply.text
    assert "Please ask legal" in reply.text
    assert mesh.register_item(asked.arn)["status"] == "WAITING"
    assert mesh.decide(asked, "deny", OLGA, comment="Please ask legal").end == ("DENIED", "Denied")


def test_a_decision_whose_answer_is_lost_on_the_way_counts_and_says_so(mesh: Mesh) -> None:
    asked = mesh.ask_owner("retail", "customer", mesh.new_account())
    with mesh.fault("states", "SendTaskSuccess", drop=True, after=True, times=1):
        reply = mesh.post(asked.deny, email=OLGA)
    assert (reply.status, reply.title) == (200, "Thank you. You denied this request.")
    assert mesh.finish(asked.arn).output["status"] == "DENIED"


def test_a_page_whose_register_is_out_of_reach_says_try_again(mesh: Mesh) -> None:
    asked = mesh.ask_owner("retail", "customer", mesh.new_account())
    with mesh.fault("dynamodb", "GetItem", "InternalServerError", http_status=500, role="decide"):
        reply = mesh.get(asked.approve)
        assert (reply.status, reply.title) == (503, "Please try again in a minute.")
    assert mesh.get(asked.approve).status == 200
    assert request_id(asked.arn) not in reply.text
