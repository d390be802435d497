"""The configuration keys of a stack, and how their values are read so that every fault is reported at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import pulumi
from pulumi.runtime import config as runtime_config

from settings import checks

NAMESPACE: Final = "lakeshare"
CENTRAL: Final = "central"
PRODUCER: Final = "producer"
CONSUMER: Final = "consumer"
ROLES: Final = (CENTRAL, PRODUCER, CONSUMER)
STACK: Final = "stack"
"""What a fault of the stack's name is said of, which is no key."""

_T = TypeVar("_T")
_D = TypeVar("_D")


@dataclass(frozen=True)
class Key:
    """One configuration key: its type in Pulumi.yaml, its default, who takes it, and whether its value is never shown.

    Of a key that takes a list or a word the type is empty: Pulumi.yaml has no type for that, and declares none.

    The Pulumi CLI demands every declared key that has no default, whatever the stack's role, and gives the default of
    every other to the program. So each key has one, and a key of another role is only refused if it differs from it.
    """

    type: str
    default: Any
    roles: tuple[str, ...] = ROLES
    secret: bool = False


KEYS: Final[Mapping[str, Key]] = {
    "role": Key("string", ""),
    "accountId": Key("string", ""),
    "tags": Key("object", {}),
    "producers": Key("array", [], (CENTRAL,)),
    "consumerAccounts": Key("", "", (CENTRAL,)),
    "consumerKits": Key("array", [], (CENTRAL,)),
    "approvalTimeout": Key("string", "7d", (CENTRAL,)),
    "directRequests": Key("string", "allow", (CENTRAL,)),
    "decisions": Key("string", "link", (CENTRAL,)),
    "defaultShare": Key("string", "", (CENTRAL,)),
    "longestShare": Key("string", "", (CENTRAL,)),
    "wildcardOnApproval": Key("boolean", False, (CENTRAL,)),
    "manageLakeFormationGrants": Key("boolean", False, (CENTRAL,)),
    "databases": Key("array", [], (CENTRAL,)),
    "catalogKmsKeyArn": Key("string", "", (CENTRAL, CONSUMER)),
    "logRetentionDays": Key("integer", 90, (CENTRAL, CONSUMER)),
    "deletionProtection": Key("boolean", True, (CENTRAL,)),
    "opsTopicArn": Key("string", "", (CENTRAL,)),
    "sweepEvery": Key("string", "15m", (CENTRAL,)),
    "sensitiveTags": Key("object", {}, (CENTRAL,)),
    "drift": Key("boolean", False, (CENTRAL,)),
    "onNewPersonalData": Key("string", "report", (CENTRAL,)),
    "adoptedUntil": Key("string", "", (CENTRAL,)),
    "reservedConcurrency": Key("object", {}, (CENTRAL,)),
    "accountConcurrency": Key("integer", 1000, (CENTRAL,)),
    "portal": Key("boolean", False, (CENTRAL,)),
    "portalDomainPrefix": Key("string", "", (CENTRAL,)),
    "portalUsers": Key("array", [], (CENTRAL,)),
    "portalAuditorsGroup": Key("string", "", (CENTRAL,)),
    "portalOperatorsGroup": Key("string", "", (CENTRAL,)),
    "portalAccountGroups": Key("boolean", False, (CENTRAL,)),
    "portalMfa": Key("string", "optional", (CENTRAL,)),
    "portalIdentityProvider": Key("object", {}, (CENTRAL,)),
    "portalAddress": Key("object", {}, (CENTRAL,)),
    "portalWebAclArn": Key("string", "", (CENTRAL,)),
    "portalOtherPages": Key("array", [], (CENTRAL,)),
    "portalIdentityPool": Key("boolean", False, (CENTRAL,)),
    "portalDirectStart": Key("boolean", False, (CENTRAL,)),
    "centralAccountId": Key("string", "", (PRODUCER, CONSUMER)),
    "externalId": Key("string", "", (PRODUCER,), secret=True),
    "approverEmails": Key("array", [], (PRODUCER,)),
    "adopt": Key("boolean", False, (PRODUCER, CONSUMER)),
    "allowedDatabases": Key("array", [], (CONSUMER,)),
    "allowedRoles": Key("array", [], (CONSUMER,)),
    "linkDatabase": Key("string", "lakeshare", (CONSUMER,)),
}


@dataclass(frozen=True)
class Fault:
    """One fault of a stack's configuration.

    Attributes:
        key: the key in full, with the path inside it (`lakeshare:producers[2].accountId`).
        expected: what would have been right.
        got: what came; never a secret.
    """

    key: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}, got {self.got}"


class ConfigError(pulumi.RunError):
    """The stack's configuration has faults; Pulumi prints the message without a traceback and makes nothing."""

    def __init__(self, stack: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        heading = f"The configuration of stack '{stack}' has {len(faults)} fault{'s' if len(faults) != 1 else ''}:"
        super().__init__("\n".join([heading, *(f"  - {fault}" for fault in faults)]))


class KeyReader:
    """Reads the keys of one stack and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._config = pulumi.Config(NAMESPACE)
        self.values: Mapping[str, Any] = {name: self._decoded(name, key) for name, key in KEYS.items()}

    def listed(
        self, key: str, value: object, check: Callable[[object], str], same: Callable[[str], str] = str
    ) -> tuple[str, ...]:
        """The checked items of a list; one that comes twice (compared as `same` sees it) is a fault."""
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(key, "a list", value)
            return ()
        items = [self.check(f"{key}[{i}]", item, check, "") for i, item in enumerate(cast("list[object]", value))]
        for index, item in enumerate(items):
            if item and same(item) in map(same, items[:index]):
                self.fault(f"{key}[{index}]", "every item once", item)
        return tuple(items)

    def items(self, name: str, check: Callable[[object], str], same: Callable[[str], str] = str) -> tuple[str, ...]:
        """The checked items of a key that holds a list."""
        return self.listed(name, self.values[name], check, same)

    def checked(self, name: str, check: Callable[[object], _T], fallback: _T) -> _T:
        """The checked value of a key."""
        return self.check(name, self.values[name], check, fallback)

    def optional(self, name: str, check: Callable[[object], _T]) -> _T | None:
        """The checked value of a key, or None where the key is empty."""
        value = self.values[name]
        return self.check(name, value, check, None) if value else None

    def check(
        self, key: str, value: object, check: Callable[[object], _T], fallback: _D, *, secret: bool = False
    ) -> _T | _D:
        """The checked value; if it is not as `check` expects, a fault and `fallback`."""
        try:
            return check(value)
        except checks.Unexpected as error:
            self.fault(key, str(error), value, secret=secret)
            return fallback

    def _decoded(self, name: str, key: Key) -> Any:
        raw: object = self._config.get(name)
        if raw is None:
            return key.default
        return self.check(name, raw, lambda value: checks.decode(key.type, value), key.default)

    def fault(
        self, key: str, expected: str, value: object = None, *, got: str | None = None, secret: bool = False
    ) -> None:
        """Notes a fault, with the value that came or what there is to say of it; the first one of a key tells."""
        full = key if key == STACK or key.startswith("aws:") else f"{NAMESPACE}:{key}"
        if all(fault.key != full for fault in self.faults):
            root = re.split(r"[.\[]", key, maxsplit=1)[0]
            hidden = secret or self.is_secret(root) or (root in KEYS and KEYS[root].secret)
            self.faults.append(Fault(full, expected, "a secret, not shown" if hidden else got or checks.show(value)))

    def is_secret(self, name: str) -> bool:
        """Whether the stack keeps (any part of) a key encrypted."""
        return runtime_config.is_config_secret(f"{NAMESPACE}:{name}")


def names_in_use() -> list[str]:
    """The names of all keys of our namespace that the stack sets, known or not."""
    everything = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    return sorted(key.removeprefix(f"{NAMESPACE}:") for key in everything if key.startswith(f"{NAMESPACE}:"))


def hint(name: str) -> str:
    """What an unknown key may have been meant to be, for the end of an error text."""
    near = difflib.get_close_matches(name, KEYS, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
