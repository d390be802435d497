"""The site as a browser gets it: files, headers, the fallback to the page, the API at the same address."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from components.built_page import CONFIG, DIST, built_page
from components.security_headers import OTHER_HEADERS
from demo import edge
from tests.missing import NODE
from tests.portal.portal import Portal
from tests.workflow.http_client import Reply, send

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
PATHS = (
    *("/", "/index.html", "/config.json", "/favicon.svg", "/start.js", "/callback", "/requests/abc", "/databases/a.b"),
    *("/assets/none.js", "/assets", "/no/such/page", "//x", "/config.json/x", "/api", "/apis"),
)
API_PATHS = (
    "/api/me",
    "/api/mean",
    "/api/requests",
    "/api/requests/",
    "/api/requests/a%2Fb",
    "/api/requestsx",
    "/api/workflow/update-state",
    "/api/catalogue/tables",
    "/api/executions/x",
    "/api/shares/x%3A1/give-back",
    "/api/catalogues",
)


def get(portal: Portal, path: str, **headers: str) -> Reply:
    return send("GET", portal.url + path, headers=headers)


def test_every_file_of_the_build_is_served_as_it_is(portal: Portal) -> None:
    for file in built_page(DIST):
        reply = get(portal, f"/{file.key}")
        assert reply.status == 200, file.key
        assert reply.headers["content-type"] == file.content_type
        assert reply.headers["cache-control"] == file.cache_control
        assert reply.body.encode() == file.path.read_bytes()


@pytest.mark.parametrize("path", ["/", "/databases/retail", "/requests/abc", "/no/such/page", "/callback?code=x"])
def test_every_other_path_is_the_page(portal: Portal, path: str) -> None:
    reply = get(portal, path)
    assert (reply.status, reply.body) == (200, (DIST / "index.html").read_text())
    assert reply.headers["cache-control"] == "no-cache"


def test_a_file_that_is_not_there_is_no_page(portal: Portal) -> None:
    assert get(portal, "/assets/index-00000000.js").status == 403


def test_the_apis_not_found_stays_one(portal: Portal) -> None:
    for path in ("/api/", "/api/none", "/api/workflow/update-state?action=approve", "/api/config.json"):
        reply = get(portal, path)
        assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")


def test_the_page_is_told_where_things_are(portal: Portal) -> None:
    config = portal.config
    mesh = portal.mesh.description
    assert not {"endpoints", "identityPoolId", "directStart"} & set(config)
    assert config["signIn"]["tokenEndpoint"] == f"{mesh['sign_in_url']}/oauth2/token"
    assert config["signIn"]["revocationEndpoint"] == f"{mesh['sign_in_url']}/oauth2/revoke"
    assert config["issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{config['userPoolId']}"
    assert config["apiBase"] == "/api"
    assert get(portal, f"/{CONFIG}").headers["cache-control"] == "no-cache"


def test_every_answer_carries_the_security_headers(portal: Portal) -> None:
    for path in ("/", "/config.json", "/start.js", "/assets/none.js", "/api/requests"):
        headers = get(portal, path).headers
        parts = [part.strip().partition(" ") for part in headers["content-security-policy"].split(";")]
        policy = {name: values for name, _, values in parts}
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        # No address of AWS is the page's to call.
        assert set(policy["connect-src"].split()) == {"'self'", portal.sign_in_url}
        assert not re.search(r"amazon(aws|cognito)\.com", headers["content-security-policy"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"] == "max-age=63072000"
        for name, value in OTHER_HEADERS.items():
            assert headers[name.lower()] == value


def test_only_the_api_takes_more_than_reading(portal: Portal) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert send(method, portal.url + "/", body=b"x").status == 403


def test_what_has_not_changed_is_not_sent_again(portal: Portal) -> None:
    first = get(portal, "/")
    again = get(portal, "/", **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, "")
    assert get(portal, "/", **{"If-None-Match": '"other"'}).status == 200


def test_another_name_of_the_machine_leads_to_the_address(portal: Portal) -> None:
    reply = get(portal, "/requests?view=mine", Host="localhost:80")
    assert (reply.status, reply.headers["location"]) == (307, f"{portal.url}/requests?view=mine")


def test_the_mesh_does_to_paths_what_cloudfronts_functions_do(portal: Portal) -> None:
    """Runs the very functions, and holds the mesh's own version of them to the same answers."""
    node = shutil.which("node")
    if node is None:
        NODE.skip("the functions are JavaScript, and there is no Node here")
    files = [f"/{key}" for key in (CONFIG, *(file.key for file in built_page(DIST))) if "/" not in key]
    page = (COMPONENTS / "page_request.js").read_text().replace("${Files}", json.dumps(files))
    api = (COMPONENTS / "api_request.js").read_text()
    for code, paths in ((page, PATHS), (api, API_PATHS)):
        script = f"{code}\nconst paths = {json.dumps(paths)};"
        script += "console.log(JSON.stringify(paths.map((uri) => handler({ request: { uri } }))));"
        said = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True)
        for path, answer in zip(paths, json.loads(said.stdout), strict=True):
            done = edge.viewer_request(code, path)
            if isinstance(done, str):
                assert done == answer["uri"], path
            else:
                assert (done.status, done.body.decode()) == (answer["statusCode"], answer["body"])
                given = {name.lower(): value for name, value in done.headers}
                assert given == {name: each["value"] for name, each in answer["headers"].items()}


def test_texts_are_sent_compressed(portal: Portal) -> None:
    biggest = max((file for file in built_page(DIST) if file.key.endswith(".js")), key=lambda f: f.path.stat().st_size)
    asked = urllib.request.Request(f"{portal.url}/{biggest.key}", headers={"Accept-Encoding": "gzip, br"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the mesh's own address
        body = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(body) == biggest.path.read_bytes()
    assert len(body) < biggest.path.stat().st_size / 2
