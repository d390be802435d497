"""The HTTP front gives functions the events that API Gateway gives, and clients the answers."""

import base64
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from mesh_tests.harness import CENTRAL, RunningMesh, eventually, fetch

ECHO = """
import json
def handler(event, context):
    path = event["rawPath"]
    if path == "/event":
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
    if path == "/answer":
        return json.loads(event["body"])
    if path == "/plain":
        return {"hello": "world"}
    if path == "/raise":
        raise ValueError("oops")
    return {"statusCode": 404, "body": "own"}
"""


@pytest.fixture(scope="module")
def api(mesh: RunningMesh) -> dict[str, str]:
    function = mesh.function(ECHO)
    gateway = mesh.client("apigatewayv2")
    api = gateway.create_api(Name="toy", ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    for key in ("GET /event", "HEAD /event", "POST /event", "POST /answer", "GET /plain", "ANY /raise", "GET /v/{id}"):
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration}")
    mesh.client("logs").create_log_group(logGroupName="/api")
    gateway.create_stage(
        ApiId=api,
        StageName="$default",
        AutoDeploy=True,
        DefaultRouteSettings={"ThrottlingBurstLimit": 200, "ThrottlingRateLimit": 200},
        AccessLogSettings={
            "DestinationArn": f"arn:aws:logs:us-east-1:{CENTRAL}:log-group:/api",
            "Format": '{"routeKey":"$context.routeKey","status":"$context.status","ip":"$context.identity.sourceIp"}',
        },
    )
    mesh.client("lambda").add_permission(
        FunctionName=function,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:{CENTRAL}:{api}/*/*",
    )
    return {"id": api, "function": function, "integration": integration}


@pytest.fixture
def base(mesh: RunningMesh, api: dict[str, str]) -> str:
    # The front's port is in no output of an empty mesh: API endpoints are made by the provider.
    return f"{mesh.description['api_base_url']}/{api['id']}"


def test_a_get_request(base: str) -> None:
    headers = {"X-Two": "a", "Cookie": "one=1; two=2", "User-Agent": "toy"}
    status, text, answered = fetch(f"{base}/event?a=1&a=2&b=%C3%A4%20x&c=", headers=headers)
    event = json.loads(text)
    assert status == 200
    assert answered["apigw-requestid"] == event["requestContext"]["requestId"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /event"
    assert event["rawPath"] == "/event"
    assert event["rawQueryString"] == "a=1&a=2&b=%C3%A4%20x&c="
    assert event["queryStringParameters"] == {"a": "1,2", "b": "ä x", "c": ""}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["headers"]["x-two"] == "a"
    assert "cookie" not in event["headers"]
    assert event["isBase64Encoded"] is False
    assert "body" not in event
    context = event["requestContext"]
    assert context["accountId"] == CENTRAL
    assert context["stage"] == "$default"
    assert context["http"] == {
        "method": "GET",
        "path": "/event",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "toy",
    }


def test_a_forms_body_comes_in_base64(base: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    event = json.loads(fetch(f"{base}/event", "POST", b"email=a%40b&comment=x", form)[1])
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"email=a%40b&comment=x"
    event = json.loads(fetch(f"{base}/event", "POST", b'{"a": 1}', {"Content-Type": "application/json"})[1])
    assert (event["isBase64Encoded"], event["body"]) == (False, '{"a": 1}')


def test_the_source_is_the_peer_whatever_it_claims(base: str) -> None:
    url = urlsplit(base)
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 0, source_address=("127.0.0.7", 0))
    connection.request("GET", f"{url.path}/event", headers={"X-Forwarded-For": "1.2.3.4"})
    event = json.loads(connection.getresponse().read())
    connection.close()
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.7"
    assert event["headers"]["x-forwarded-for"] == "1.2.3.4, 127.0.0.7"


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 201, "body": "made"}, 201, "made"),
        ({"statusCode": 200, "body": base64.b64encode(b"raw").decode(), "isBase64Encoded": True}, 200, "raw"),
        ({"statusCode": "418"}, 418, ""),
        ({"statusCode": "none"}, 500, '"Internal Server Error"'),
        ({"statusCode": 200, "headers": {"X": "a\r\nb: c"}}, 500, '"Internal Server Error"'),
        (["no", "response"], 200, '["no", "response"]'),
    ],
)
def test_answers(base: str, answer: Any, status: int, body: str) -> None:
    got, text, _ = fetch(f"{base}/answer", "POST", json.dumps(answer).encode(), {"Content-Type": "application/json"})
    assert got == status
    assert body in text


def test_headers_and_cookies_of_an_answer(base: str) -> None:
    answer = {"statusCode": 200, "headers": {"X-One": 1, "X-True": True}, "cookies": ["a=1; Path=/", "b=2"], "body": ""}
    headers = fetch(f"{base}/answer", "POST", json.dumps(answer).encode(), {"Content-Type": "application/json"})[2]
    assert (headers["X-One"], headers["X-True"]) == ("1", "true")
    assert headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2"]


def test_what_has_no_route(mesh: RunningMesh, base: str) -> None:
    assert fetch(f"{base}/nothing")[:2] == (404, '{\n  "message": "Not Found"\n}\n')
    assert fetch(f"{base}/answer")[0] == 404
    assert fetch(base.rpartition("/")[0] + "/no-such-api/event")[0] == 404
    assert fetch(f"{base}/event", "HEAD")[:2] == (200, "")
    assert fetch(f"{base}/v/12")[:2] == (404, "own")


def test_faults_are_not_told(base: str) -> None:
    status, text, _ = fetch(f"{base}/raise", "PUT")
    assert status == 500
    assert json.loads(text) == {"message": "Internal Server Error"}
    assert json.loads(fetch(f"{base}/plain")[1]) == {"hello": "world"}


def test_too_many_header_bytes(base: str) -> None:
    assert fetch(f"{base}/event?x={'y' * 10_300}")[0] == 431
    assert fetch(f"{base}/event?x={'y' * 9_000}")[0] == 200


def test_a_function_that_does_not_let_the_api_call_it(mesh: RunningMesh, base: str, api: dict[str, str]) -> None:
    gateway = mesh.client("apigatewayv2")
    other = mesh.function(ECHO)
    integration = gateway.create_integration(
        ApiId=api["id"], IntegrationType="AWS_PROXY", IntegrationUri=other, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    gateway.create_route(ApiId=api["id"], RouteKey="GET /closed", Target=f"integrations/{integration}")
    assert fetch(f"{base}/closed")[0] == 500


def test_access_logs_as_the_stage_wants_them(mesh: RunningMesh, base: str) -> None:
    fetch(f"{base}/event?key=secret")

    def lines() -> Any:
        return mesh.client("logs").filter_log_events(logGroupName="/api")["events"]

    last = eventually(lines)[-1]["message"]
    assert json.loads(last) == {"routeKey": "GET /event", "status": "200", "ip": "127.0.0.1"}
    assert not any("secret" in line["message"] for line in lines())


def test_a_stage_with_half_its_limits_refuses_everything(mesh: RunningMesh) -> None:
    gateway = mesh.client("apigatewayv2")
    api = gateway.create_api(Name="half", ProtocolType="HTTP")["ApiId"]
    gateway.create_route(ApiId=api, RouteKey="$default", Target="integrations/none")
    gateway.create_stage(ApiId=api, StageName="$default", DefaultRouteSettings={"ThrottlingRateLimit": 100})
    assert fetch(f"{mesh.description['api_base_url']}/{api}/x")[0] == 429


def test_a_route_with_limits_of_its_own_takes_nothing_from_others(mesh: RunningMesh) -> None:
    gateway = mesh.client("apigatewayv2")
    api = gateway.create_api(Name="limits", ProtocolType="HTTP")["ApiId"]
    for key in ("GET /a", "POST /a", "GET /b"):
        gateway.create_route(ApiId=api, RouteKey=key, Target="integrations/none")
    slow = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2}
    gateway.create_stage(
        ApiId=api,
        StageName="$default",
        DefaultRouteSettings={**slow, "ThrottlingBurstLimit": 1},
        RouteSettings={"GET /a": slow},
    )
    base = f"{mesh.description['api_base_url']}/{api}"

    def statuses(method: str, path: str) -> list[int]:
        return [fetch(f"{base}/{path}", method)[0] for _ in range(3)]

    # 500: let through, to an integration that is not there.
    assert statuses("GET", "a") == [500, 500, 429]
    assert statuses("POST", "a") == [500, 429, 429]
    assert statuses("GET", "b") == [429, 429, 429]


def test_a_stage_knows_no_limits_of_a_route_that_is_not_there(mesh: RunningMesh) -> None:
    gateway = mesh.client("apigatewayv2")
    api = gateway.create_api(Name="none", ProtocolType="HTTP")["ApiId"]
    with pytest.raises(gateway.exceptions.NotFoundException, match="Unable to find Route by key GET /x"):
        gateway.create_stage(ApiId=api, StageName="$default", RouteSettings={"GET /x": {"ThrottlingBurstLimit": 1}})


def test_what_is_in_use_cannot_be_made_twice_or_deleted(mesh: RunningMesh, api: dict[str, str]) -> None:
    gateway = mesh.client("apigatewayv2")
    with pytest.raises(gateway.exceptions.ConflictException):
        gateway.create_route(ApiId=api["id"], RouteKey="GET /event")
    with pytest.raises(gateway.exceptions.ConflictException):
        gateway.delete_integration(ApiId=api["id"], IntegrationId=api["integration"])
