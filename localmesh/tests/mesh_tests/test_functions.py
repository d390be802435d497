"""Functions run in processes of their own, and fail in Lambda's shapes."""

import base64
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mesh_tests.harness import RunningMesh, allow, archive, eventually

ECHO = "def handler(event, context):\n    return event\n"
LOOK = """
import os, sys, importlib.util
def handler(event, context):
    if event == "environment":
        return dict(os.environ)
    if event == "context":
        return {name: getattr(context, name) for name in dir(context)
                if not name.startswith("_") and isinstance(getattr(context, name), str)} | {
                "left": context.get_remaining_time_in_millis()}
    return {name: importlib.util.find_spec(name) is not None for name in event}
"""
FAIL = """
import os, sys, time
from decimal import Decimal
def handler(event, context):
    print("about to", event)
    if event == "raise":
        raise LookupError("no such thing")
    if event == "exit":
        os._exit(3)
    if event == "sleep":
        time.sleep(30)
    if event == "object":
        return object()
    return {"pid": os.getpid(), "n": Decimal("1.5"), "ü": "ä"}
"""


@pytest.fixture(scope="module")
def fail(mesh: RunningMesh) -> str:
    return mesh.function(FAIL, Timeout=2)


def test_an_answer_is_json(mesh: RunningMesh) -> None:
    event = {"text": 'ü "quoted" \n', "list": [1, None, True]}
    assert mesh.invoke(mesh.function(ECHO), event) == (event, None)


def test_an_exception_has_lambdas_shape(mesh: RunningMesh, fail: str) -> None:
    answer, error = mesh.invoke(fail, "raise")
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("LookupError", "no such thing")
    assert "raise LookupError" in answer["stackTrace"][-1]
    assert len(answer["requestId"]) == 36


def test_a_time_out_ends_the_process(mesh: RunningMesh, fail: str) -> None:
    before, _ = mesh.invoke(fail, "ok")
    started = time.monotonic()
    answer, error = mesh.invoke(fail, "sleep")
    assert 1.9 < time.monotonic() - started < 5
    assert error == "Unhandled"
    assert answer["errorMessage"].endswith("Task timed out after 2.00 seconds")
    assert "errorType" not in answer
    eventually(lambda: not alive(before["pid"]))
    after, _ = mesh.invoke(fail, "ok")
    assert after["pid"] != before["pid"]


def test_a_process_that_ends_is_replaced(mesh: RunningMesh, fail: str) -> None:
    answer, error = mesh.invoke(fail, "exit")
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert mesh.invoke(fail, "ok")[1] is None


def test_what_is_no_json_is_an_error(mesh: RunningMesh, fail: str) -> None:
    answer, error = mesh.invoke(fail, "object")
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.MarshalError")
    assert mesh.invoke(fail, "ok")[0]["n"] == 1.5


@pytest.mark.parametrize(
    ("source", "handler", "kind"),
    [
        ("import not_there\n", "toy.handler", "Runtime.ImportModuleError"),
        (ECHO, "missing.handler", "Runtime.ImportModuleError"),
        (ECHO, "toy.other", "Runtime.HandlerNotFound"),
        ("def handler(:\n", "toy.handler", "Runtime.UserCodeSyntaxError"),
        ("raise KeyError('at import')\n", "toy.handler", "KeyError"),
    ],
)
def test_a_handler_that_cannot_be_loaded(mesh: RunningMesh, source: str, handler: str, kind: str) -> None:
    answer, error = mesh.invoke(mesh.function(source, Handler=handler), {})
    assert (error, answer["errorType"]) == ("Unhandled", kind)


def test_a_warm_instance_is_used_again_and_takes_one_event_at_a_time(mesh: RunningMesh) -> None:
    source = "import os, time\ndef handler(event, context):\n    time.sleep(0.2)\n    return os.getpid()\n"
    function = mesh.function(source)
    assert mesh.invoke(function) == mesh.invoke(function)
    with ThreadPoolExecutor(12) as pool:
        pids = [pid for pid, _ in pool.map(lambda _: mesh.invoke(function), range(12))]
    assert 1 < len(set(pids)) <= 4


def test_new_code_and_configuration_take_effect(mesh: RunningMesh) -> None:
    client = mesh.client("lambda")
    function = mesh.function("import os\ndef handler(event, context):\n    return os.environ.get('X')\n")
    assert mesh.invoke(function)[0] is None
    client.update_function_configuration(FunctionName=function, Environment={"Variables": {"X": "1"}})
    assert mesh.invoke(function)[0] == "1"
    code = archive({"toy.py": "def handler(event, context):\n    return 'new'\n"})
    client.update_function_code(FunctionName=function, ZipFile=code)
    assert mesh.invoke(function)[0] == "new"


def test_environment_and_context(mesh: RunningMesh) -> None:
    function = mesh.function(LOOK, Environment={"Variables": {"MINE": "yes"}}, Timeout=9, MemorySize=512)
    environment, _ = mesh.invoke(function, "environment")
    assert environment["MINE"] == "yes"
    assert environment["AWS_ENDPOINT_URL"] == mesh.description["aws_endpoint_url"]
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert set(environment) & set(os.environ) <= {"PATH", "HOME", "LANG", "TZ", "PYTHONHASHSEED", "LC_CTYPE"}
    context, _ = mesh.invoke(function, "context")
    assert context["invoked_function_arn"] == function
    assert context["memory_limit_in_mb"] == "512"
    assert 5000 < context["left"] <= 9000


def test_only_the_runtimes_packages_and_the_layers_are_there(mesh: RunningMesh) -> None:
    layer = mesh.client("lambda").publish_layer_version(
        LayerName="layer", Content={"ZipFile": archive({"python/from_layer.py": "X = 1\n", "elsewhere.py": ""})}
    )["LayerVersionArn"]
    function = mesh.function(LOOK, Layers=[layer])
    wanted = ["boto3", "botocore", "from_layer", "elsewhere", "moto", "pulumi", "jinja2", "pytest", "localmesh"]
    found, _ = mesh.invoke(function, wanted)
    assert [name for name in wanted if found[name]] == ["boto3", "botocore", "from_layer"]


def test_logs_go_to_the_configured_group_if_the_role_may(mesh: RunningMesh) -> None:
    logs = mesh.client("logs")
    logs.create_log_group(logGroupName="/mine")
    may = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:us-east-1:123456789012:log-group:/mine:*")
    source = (
        "import logging\ndef handler(event, context):\n    print('hello')\n    logging.getLogger().warning('mind')\n"
    )
    function = mesh.function(source, role=mesh.role(may), LoggingConfig={"LogFormat": "Text", "LogGroup": "/mine"})
    answer = mesh.client("lambda").invoke(FunctionName=function, LogType="Tail")
    assert b"hello" in base64.b64decode(answer["LogResult"])
    messages = [event["message"] for event in logs.filter_log_events(logGroupName="/mine")["events"]]
    assert messages[0].startswith("START RequestId")
    assert messages[1] == "hello"
    assert messages[2].startswith("[WARNING]")
    assert messages[-1].startswith("REPORT RequestId")

    silent = mesh.function(source, role=mesh.role(), LoggingConfig={"LogFormat": "Text", "LogGroup": "/mine"})
    assert mesh.invoke(silent)[1] is None
    assert len(logs.filter_log_events(logGroupName="/mine")["events"]) == len(messages)


def test_an_asynchronous_event_is_tried_three_times(mesh: RunningMesh) -> None:
    function = mesh.function("def handler(event, context):\n    raise ValueError(event)\n")
    answer = mesh.client("lambda").invoke(FunctionName=function, Payload=b'"async"', InvocationType="Event")
    assert answer["StatusCode"] == 202

    def tries() -> Any:
        return [each for each in mesh.control("GET", "/functions/log") if each["function"] in function]

    eventually(lambda: len(tries()) == 3)
    time.sleep(0.5)
    assert len(tries()) == 3


def test_errors_are_counted(mesh: RunningMesh, fail: str) -> None:
    function = mesh.function(FAIL)
    for event in ("ok", "raise", "raise"):
        mesh.invoke(function, event)
    name = function.rpartition(":")[2]
    statistics = mesh.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    assert sum(each["Sum"] for each in statistics) == 2
    assert sum(each["SampleCount"] for each in statistics) == 3


def test_step_functions_names_a_time_out_as_aws_does(mesh: RunningMesh, fail: str) -> None:
    for event, error in (("sleep", "Lambda.Unknown"), ("exit", "Runtime.ExitError"), ("raise", "LookupError")):
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": fail, "Payload": event},
            "End": True,
        }
        assert mesh.ended(mesh.run(mesh.machine({"Task": task}, "Task")))["error"] == error


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
