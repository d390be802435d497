"""What is granted in the central account, and how RAM carries it over, as they list it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import is_account_id

_ARN: Final = re.compile(r"arn:[^:]*:(?P<service>[^:]*):[^:]*:(?P<account>[^:]*):.")
_OF_AN_ACCOUNT: Final = re.compile(r"(?P<account>\d{12}):IAMPrincipals")
_EVERYBODY_HERE: Final = "IAM_ALLOWED_PRINCIPALS"
"""Everybody whom IAM lets in: of the central account, as other accounts come in by grants only."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What one principal was granted on one thing, as Lake Formation lists it.

    Attributes:
        principal: an account, or the ARN of whoever it is.
        what: the thing, for people; one thing has one name.
        database: that it is in, or is; empty: in none.
        resource: the thing, where a share can cover it; `None`: some columns, filters, tags, another catalogue.
        permissions: what may be done.
        grantable: what may be handed on.
        ram: ARNs of the resource shares that carry it to another account.
    """

    principal: str
    what: str
    database: str
    resource: Resource | None
    permissions: frozenset[str]
    grantable: frozenset[str] = frozenset()
    ram: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{', '.join(sorted(self.permissions | self.grantable))} on {self.what}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong in a resource share. `resource`: with which of what it carries; `None`: with all of it."""

    resource: Resource | None
    says: str


def is_outside(principal: str, central: str) -> bool:
    """Whether a principal belongs to none but the central account; what cannot be read is taken for a stranger."""
    if principal == _EVERYBODY_HERE:
        return False
    if is_account_id(principal):
        return principal != central
    found = _OF_AN_ACCOUNT.fullmatch(principal)
    if found is None:
        found = _ARN.match(principal)
        if found is None or found["service"] == "organizations":
            return True
        if found["service"] == "identitystore":
            # People of the account's own IAM Identity Center; their ARNs name no account.
            return False
    return found["account"] != central


def merged(granted: Iterable[Granted]) -> list[Granted]:
    """Each principal and thing once: Lake Formation lists SELECT apart from the rest."""
    found: dict[tuple[str, str], Granted] = {}
    for each in granted:
        key = (each.principal, each.what)
        known = found.get(key, each)
        found[key] = Granted(
            each.principal,
            each.what,
            each.database,
            each.resource,
            known.permissions | each.permissions,
            known.grantable | each.grantable,
            known.ram | each.ram,
        )
    return list(found.values())
