"""The Close function, called by another one."""

import json
from collections.abc import Mapping

from handlers.aws.clients import client, translated
from handlers.sharing.model.errors import CloseFailed


class CloseFunction:
    """`Closer` on Lambda."""

    def __init__(self, function_name: str) -> None:
        self._function = function_name

    def close(self, request_id: str, started_at: str | None, execution_status: str) -> None:
        """Call Close, and wait for what comes of it."""
        self._call({"request_id": request_id, "started_at": started_at, "execution_status": execution_status})

    def announce(self, request_id: str) -> None:
        """Call Close for what is owed, and wait for what comes of it."""
        self._call({"request_id": request_id, "owed": True})

    def _call(self, event: Mapping[str, object]) -> None:
        with translated("have a request closed"):
            answer = client("lambda").invoke(FunctionName=self._function, Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            raise CloseFailed(f"Close failed for request {event['request_id']}; its logs say why.")
