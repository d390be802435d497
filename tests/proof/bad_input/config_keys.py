"""Keys of stack configurations that are missing, of another type, or another role's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.proof.bad_input.case import Case
from tests.proof.bad_input.config import config
from tests.unit.configured import CENTRAL, PRODUCER, central

DIGITS = "an account id: twelve digits in quotes"
TYPES = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "array": "a list",
    "object": "a map",
}
KEYS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parents[3] / "Pulumi.yaml").read_text())["config"]
OF_PRODUCER = ("centralAccountId", "externalId", "approverEmails", "adopt")


def typed(key: str) -> Case:
    """A key with a value of another type, in a stack of the role that takes it."""
    kind = KEYS[key]["type"]
    base = PRODUCER if key in OF_PRODUCER else CENTRAL
    # Pulumi hands texts over as they are, so that a list is the text of a list where a text is wanted.
    value: object = {"boolean": ["true"], "integer": 1.5, "array": {"a": 1}, "object": ["a"]}.get(kind, ["a", "b"])
    says = f"expected {TYPES[kind]}" if kind != "string" else "expected "
    return config(f"{key} of another type", key, f"lakeshare:{key}: {says}", values={**base, key: value})


def other_role(key: str) -> Case:
    """A key that the stack's role does not take."""
    is_producers = key in OF_PRODUCER
    base, role = (CENTRAL, "central") if is_producers else (PRODUCER, "producer")
    value: object = {"boolean": not KEYS[key]["default"], "integer": 30, "array": ["x"], "object": {"x": "y"}}.get(
        KEYS[key]["type"], "x-value"
    )
    return config(
        f"{key} in a {role} stack",
        key,
        f"lakeshare:{key}: expected nothing: a {role} stack does not take it",
        values={**base, key: value},
    )


TYPED = tuple(typed(key) for key in KEYS if key not in {"portalDomainPrefix"})
OTHER_ROLE = tuple(other_role(key) for key in KEYS if key not in {"role", "accountId", "tags"})

MISSING = (
    config(
        "nothing at all", "role accountId", "has 2 faults", "role: expected central or producer, got nothing", values={}
    ),
    config("no account", "accountId", f"accountId: expected {DIGITS}, got nothing", values={"role": "central"}),
    config("producer without accounts", "accountId centralAccountId", "has 2 faults", values={"role": "producer"}),
    config("no region", "aws:region", "aws:region: expected the name of an AWS region", region=None, values=CENTRAL),
    config("region of a zone", "aws:region", 'got "eu-central-1a"', region="eu-central-1a", values=CENTRAL),
    config("region for a person", "aws:region", 'got "Frankfurt"', region="Frankfurt", values=PRODUCER),
    config(
        "portal without a prefix",
        "portalDomainPrefix",
        "portalDomainPrefix: expected the prefix",
        values=central(portal=True),
    ),
    config("user without anything", "portalUsers[0].username portalUsers[0].email", values=central(portalUsers=[{}])),
    config(
        "provider without a name",
        "portalIdentityProvider.name",
        "a provider's name",
        values=central(portalIdentityProvider={"samlMetadataUrl": "https://x.org/m"}),
    ),
    config(
        "OpenID provider without the rest",
        "portalIdentityProvider.name portalIdentityProvider.clientId portalIdentityProvider.clientSecret",
        values=central(portalIdentityProvider={"oidcIssuer": "https://x.org"}),
    ),
    config(
        "address without a certificate",
        "portalAddress.certificateArn",
        "got nothing",
        values=central(portalAddress={"hostName": "data.example.org"}),
    ),
    config(
        "address without a name",
        "portalAddress.hostName",
        "got nothing",
        values=central(portalAddress={"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a"}),
    ),
    config(
        "producer without an id", "producers[0].accountId", "got nothing", values=central(producers=[{"name": "Sales"}])
    ),
)

CASES = (*MISSING, *TYPED, *OTHER_ROLE)
