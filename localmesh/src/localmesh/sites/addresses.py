"""Addresses of AWS, and where on this machine the mesh answers in their place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from localmesh.sites import edge

_SERVICE = re.compile(r"https://(glue|states|cognito-identity|cognito-idp)\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_SIGN_IN = re.compile(r"https://[a-z0-9-]+\.auth(-fips)?\.[a-z0-9-]+\.amazoncognito\.com")


@dataclass(frozen=True)
class Addresses:
    """The mesh's addresses, without a slash at the end.

    Attributes:
        site: of the first distribution.
        sign_in: of the sign-in pages.
        aws: of everything else.
    """

    site: str
    sign_in: str
    aws: str

    def origins(self) -> Mapping[str, str]:
        """The addresses that AWS would serve a page at, and the one that it has here."""
        return {f"https://{host}": self.site for each in edge.distributions() for host in each.hosts}

    def here(self, text: str) -> str:
        """A text with AWS's addresses replaced by those of this machine."""
        return _SIGN_IN.sub(self.sign_in, _SERVICE.sub(self.aws, text))

    def config(self, document: dict[str, Any]) -> dict[str, Any]:
        """What a page is told of its stack, with the addresses at which it finds it here.

        The issuer stays as it is: it is the name by which tokens and the identity pool know it, not an address.
        """
        kept = {name: self._deep(value) for name, value in document.items() if name != "issuer"}
        return {**kept, "issuer": document.get("issuer")}

    def is_site(self, host: str) -> bool:
        """Whether a Host header is that of the site."""
        return host == urlsplit(self.site).netloc

    def _deep(self, value: object) -> object:
        match value:
            case str():
                return self.here(value)
            case dict():
                return {name: self._deep(each) for name, each in cast("dict[str, object]", value).items()}
            case _:
                return value
