"""The Notify function, called by another one."""

import json

from handlers.aws.clients import client, translated


class NotifyFunction:
    """`NotifyCaller` on Lambda."""

    def __init__(self, function_name: str) -> None:
        self._function = function_name

    def notify(self, request_id: str) -> None:
        """Call Notify, and do not wait for it."""
        event = json.dumps({"request_id": request_id}).encode()
        with translated("have a mail sent"):
            client("lambda").invoke(FunctionName=self._function, InvocationType="Event", Payload=event)
