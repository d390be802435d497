"""Checks of who decides, and who is bound to what: of several keys together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from settings.keys import KeyReader
    from settings.stacks import RegisteredProducer

SIGNED_IN: Final = "signed-in"
DECISIONS: Final = ("link", SIGNED_IN)
"""How owners decide; the words are those of the handlers."""

_PORTAL: Final = "portal: true beside it, as people sign in there"


def check_deciders(reader: KeyReader, producers: Sequence[RegisteredProducer], decisions: str) -> None:
    """Where somebody has to be signed in to decide, there is something to sign in to, and somebody who may.

    Args:
        reader: is told of faults.
        producers: the registered producers.
        decisions: how owners decide whose entry says nothing of it.
    """
    on: bool = reader.values["portal"]
    if decisions == SIGNED_IN and not on:
        reader.fault("decisions", _PORTAL, got="false")
    for index, producer in enumerate(producers):
        key = f"producers[{index}]"
        if producer.decisions == SIGNED_IN and not on:
            reader.fault(f"{key}.decisions", _PORTAL, got="false")
        if producer.approvers_group is not None:
            _check_group(reader, f"{key}.approversGroup", producer.approvers_group, on)
        elif producer.legacy_kit and (producer.decisions or decisions) == SIGNED_IN:
            expected = "a group: whether somebody subscribes to a topic of the old kit cannot be found out"
            reader.fault(f"{key}.approversGroup", expected)


def _check_group(reader: KeyReader, key: str, group: str, on: bool) -> None:
    if not on:
        reader.fault(key, _PORTAL, got="false")
    for other in ("portalAuditorsGroup", "portalOperatorsGroup"):
        if group == reader.values[other]:
            reader.fault(key, f"another group than {other}", group)


def check_bindings(reader: KeyReader, central: str, consumers: Sequence[str] | None) -> None:
    """Nobody is bound to an account that can get no access.

    Args:
        reader: is told of faults.
        central: the stack's own account.
        consumers: the accounts that may be granted access; `None`: any.
    """
    for index, entry in enumerate(cast("list[object]", reader.values["portalUsers"])):
        accounts = cast("dict[str, object]", entry).get("accounts") if isinstance(entry, dict) else None
        for place, account in enumerate(cast("list[object]", accounts) if isinstance(accounts, list) else ()):
            key = f"portalUsers[{index}].accounts[{place}]"
            if central and account == central:
                reader.fault(key, "an account other than the central one", account)
            elif consumers and account not in consumers:
                reader.fault(key, "one of consumerAccounts", account)
