"""What the portal's two CloudFront functions do: they are JavaScript, and the mesh has none.

A test runs both on the same paths, and a function that is neither is an error.
"""

import json
import re
from pathlib import Path

from localmesh.setup import NotServedError
from localmesh.web import Response

_COMPONENTS = Path(__file__).resolve().parent.parent / "components"
_FILES = re.compile(r"^var FILES = (\[.*\]);$", re.MULTILINE)
_API_PATH = re.compile(r"/api/(catalogue|changes|decisions|executions|findings|holds|me|requests|search|shares)(/|$)")
_API_REFUSAL = re.compile(r"^ *body: '(.*)',$", re.MULTILINE)


def viewer_request(code: str, path: str) -> str | Response:
    """What a function makes of a viewer's path: another path, or an answer.

    Raises:
        NotServedError: it is neither of the two that the program deploys.
    """
    files = _FILES.search(code)
    if files and _source("page").replace("${Files}", files[1]) == code:
        return path if path.startswith("/assets/") or path in json.loads(files[1]) else "/index.html"
    if code == _source("api"):
        if _API_PATH.match(path):
            return path.removeprefix("/api")
        body = _API_REFUSAL.search(code)
        headers = {
            "Cache-Control": "no-store",
            "Content-Type": "application/problem+json",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(404, tuple(headers.items()), body[1].encode() if body else b"")
    raise NotServedError("the distribution has a function that the local mesh does not know")


def _source(short: str) -> str:
    return (_COMPONENTS / f"{short}_request.js").read_text(encoding="utf-8")
