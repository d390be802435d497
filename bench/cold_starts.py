"""Cold starts: a fresh process, from its start to a function's first answer, next to a bare `import boto3`."""

import subprocess
import sys
import time
from typing import Any

from bench.figures import Figure, spread
from bench.mesh import ROOT, client, environment, running_mesh

RUNS = 9
_HTTP = {"method": "GET", "sourceIp": "127.0.0.1", "userAgent": "bench"}
# Events that make a function do its first real calls and answer, without a request having to be there.
EVENTS: dict[str, dict[str, Any]] = {
    "classify": {
        "request_id": "bench",
        "execution_arn": "arn",
        "started_at": "2026-01-01T00:00:00Z",
        "round": 1,
        "input": 0,
    },
    "request_approval": {"request_id": "no-such-request", "token": "none", "timeout_seconds": 60},
    "notify": {"request_id": "no-such-request"},
    "decide": {
        "requestContext": {"http": _HTTP},
        "queryStringParameters": {"action": "approve", "request": "none", "key": "none"},
    },
    "grant": {"request_id": "no-such-request", "round": 1, "decision_id": None, "after": None},
    "close": {"request_id": "bench", "started_at": "2026-01-01T00:00:00Z", "ending": {"outcome": "expired"}},
    "sweep": {},
    "survey": {},
}


def measure() -> list[Figure]:
    """Interleave all functions and the bare import, so that whatever else the machine does hits them alike."""
    with running_mesh() as (mesh, _):
        functions = {
            each["Handler"].split(".")[1]: each for each in client(mesh, "lambda").list_functions()["Functions"]
        }
        took: dict[str, list[float]] = {name: [] for name in ("python", "boto3", *EVENTS)}
        for _ in range(RUNS):
            for name, times in took.items():
                times.append(_run(mesh, name, functions))
    sizes = {name: f", archive {function['CodeSize'] / 1000:.0f} KB" for name, function in functions.items()}
    labels = {"python": "Bare Python", "boto3": "Bare `import boto3`"}
    return [
        Figure(labels.get(name, f"Cold start of {name}"), spread(times) + sizes.get(name, ""))
        for name, times in took.items()
    ]


def _run(mesh: dict[str, Any], name: str, functions: dict[str, Any]) -> float:
    if name in EVENTS:
        variables = environment(mesh) | functions[name]["Environment"]["Variables"]
        code = (
            f"from handlers.{name} import handler\n"
            f"try: handler({EVENTS[name]!r}, None)\n"
            "except Exception as error:\n"
            "    if type(error).__name__ != 'RegisterUnreadable': raise\n"
        )
        if name in {"classify", "notify", "decide", "grant", "survey"}:
            # The archive brings a file; here a stand-in of the same shape does.
            code = (
                "import handlers.aws.parties as parties\n"
                "from handlers.sharing.model.parties import Parties\n"
                "parties.load_parties = lambda: Parties({})\n"
                "parties.load_signed_in = frozenset\n"
            ) + code
    else:
        variables, code = environment(mesh), "import boto3" if name == "boto3" else ""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=variables, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
