"""A page as HTTP carries it: status, headers, and HTML that needs nothing from anywhere else."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from handlers.pages.environment import environment, style


@dataclass(frozen=True, slots=True)
class Page:
    """A page for the decision route: its HTTP status and its HTML."""

    status: int
    html: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that every page is sent with."""
        return headers()


@cache
def headers() -> Mapping[str, str]:
    """What a browser may do with a page: show it, and post its form to where it came from.

    The style is allowed by its hash alone, so nothing that came in from outside can bring its own. The links carry a
    key: no cache keeps them, no referrer tells them, no search engine lists them.
    """
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    return MappingProxyType(
        {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "; ".join(policy),
            "Referrer-Policy": "no-referrer",
            # The API answers on HTTPS only; browsers ignore this on the local mesh's plain HTTP.
            "Strict-Transport-Security": "max-age=31536000",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow",
        }
    )


def page(status: int, template: str, **values: object) -> Page:
    """The page that `template` makes of `values`."""
    return Page(status, environment().get_template(template).render(style=style(), **values))
