"""The pages of the sign-in."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2

from localmesh.web import Response

_TEMPLATES = Path(__file__).with_name("templates")
_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_TEMPLATES),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_ASSETS = {"/sign-in.css": "text/css; charset=utf-8", "/sign-in.svg": "image/svg+xml"}


def entitle(title: str) -> None:
    """Says what the pages are called."""
    globals_: dict[str, Any] = _PAGES.globals
    globals_["title_of_all"] = title


def login(redirect_uri: str, query: str, *, username: str, error: str, status: int) -> Response:
    """Asks for name and password."""
    return _page("login.html", redirect_uri, status, query=query, username=username, error=error)


def new_password(redirect_uri: str, query: str, *, step: str, username: str, rules: list[str], error: str) -> Response:
    """Asks for a password of one's own; `step` says for whom."""
    status = 400 if error else 200
    return _page(
        "new_password.html", redirect_uri, status, query=query, step=step, username=username, rules=rules, error=error
    )


def code(redirect_uri: str, query: str, *, step: str, username: str, error: str) -> Response:
    """Asks for the code of an authenticator app."""
    status = 400 if error else 200
    return _page("code.html", redirect_uri, status, query=query, step=step, username=username, error=error)


def notice(title: str, text: str, status: int = 200) -> Response:
    """Says something, and asks for nothing."""
    return _page("notice.html", "", status, title=title, text=text)


def rules(pool: Any) -> list[str]:
    """What a pool wants of a password, in words."""
    policies: dict[str, Any] = (pool.extended_config.get("Policies") or {}) if pool is not None else {}
    policy: dict[str, Any] = policies.get("PasswordPolicy") or {}
    asked = {
        "RequireLowercase": "a lower-case letter",
        "RequireUppercase": "an upper-case letter",
        "RequireNumbers": "a digit",
        "RequireSymbols": "a symbol",
    }
    wanted = [text for name, text in asked.items() if policy.get(name)]
    return [f"at least {policy.get('MinimumLength', 8)} characters", *wanted]


def asset(path: str) -> Response | None:
    """A file that the pages use; None if that is not the path of one."""
    if path not in _ASSETS:
        return None
    body = (_TEMPLATES / path.lstrip("/")).read_bytes()
    return Response(200, (("Content-Type", _ASSETS[path]), ("Cache-Control", "max-age=300")), body)


def _page(template: str, redirect_uri: str, status: int, **values: Any) -> Response:
    # Browsers hold redirects after a form to this list, too: after the sign-in people go back to the site.
    back = urlsplit(redirect_uri)
    targets = f"'self' {back.scheme}://{back.netloc}" if redirect_uri else "'self'"
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}"
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", f"{policy}; base-uri 'none'; frame-ancestors 'none'"),
        # Not no-referrer, with which browsers say that a form comes from nowhere.
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Response(status, headers, _PAGES.get_template(template).render(**values).encode())
