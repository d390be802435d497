"""Which AWS calls functions make, in their order: what a proof that makes each of them fail has to know."""

import re
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from localmesh.aws.calls import Call
from localmesh.functions.invocations import Running
from localmesh.web import Response

_KEPT = 50_000
_RANDOM = re.compile(r"[0-9a-f]{16,}")


@dataclass(frozen=True)
class _Entry:
    event: str
    shown: Mapping[str, str]


class Journal:
    """Keeps the latest calls that functions made."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def add(self, running: Running, call: Call, response: Response) -> None:
        """Notes a call and what it was told."""
        shown = {
            "function": running.function,
            "invocation": running.id,
            "call": call.sdk_id,
            "service": call.service,
            "operation": call.operation,
            "kind": kind_of(call),
            "answer": "nothing" if response.hang_up else str(response.status),
        }
        with self._lock:
            self._entries.append(_Entry(running.event, shown))

    def forget(self) -> None:
        """Starts anew."""
        with self._lock:
            self._entries.clear()

    def listing(self, event: str = "") -> list[Mapping[str, str]]:
        """The calls, oldest first.

        Args:
            event: only those of invocations whose event contains this text.

        Returns:
            Of each: `function`, `invocation` (an id), `call` (an id; the SDK's retries of a call have the same),
            `service`, `operation`, `kind` (see `kind_of`), and `answer`: the HTTP status, or `nothing`.
        """
        with self._lock:
            entries = list(self._entries)
        return [entry.shown for entry in entries if event in entry.event]


def kind_of(call: Call) -> str:
    """What a call does to what, without the names that differ from request to request."""
    given = call.parameters
    match call.service:
        case "dynamodb":
            kinds = [_item(given), *(str(given.get(name, "")) for name in ("IndexName", "Select", "UpdateExpression"))]
            kinds += [str(given["ExpressionAttributeValues"][":key"].get("S"))] if _by_status(given) else []
            return _RANDOM.sub("*", " ".join(kind for kind in kinds if kind))
        case "lakeformation":
            return ".".join(_path(given.get("Resource")))
        case _:
            return ""


def _item(given: Mapping[str, Any]) -> str:
    item: Any = given.get("Key") or given.get("Item") or {}
    key = str(item.get("pk", {}).get("S", ""))
    return key.partition("#")[0] if "#" in key else "request" if key else ""


def _by_status(given: Mapping[str, Any]) -> bool:
    names: Mapping[str, object] = given.get("ExpressionAttributeNames") or {}
    return "IndexName" in given and "status" in names.values()


def _path(resource: object) -> list[str]:
    """`Table.TableWildcard` of `{"Table": {"DatabaseName": "sales", "TableWildcard": {}}}`."""
    if not isinstance(resource, dict) or not resource:
        return []
    kind, value = next(iter(cast("dict[str, object]", resource).items()))
    wildcard = isinstance(value, dict) and "TableWildcard" in value
    return [kind, "TableWildcard"] if wildcard else [kind]
