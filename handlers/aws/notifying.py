"""The Notify function, called by another one."""

import json
from collections.abc import Mapping, Sequence

from handlers.aws.clients import client, translated
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.ports import Found


class NotifyFunction:
    """`NotifyCaller` and `ApproverFinder` on Lambda."""

    def __init__(self, function_name: str) -> None:
        self._function = function_name

    def notify(self, request_id: str) -> None:
        """Call Notify, and do not wait for it."""
        event = json.dumps({"request_id": request_id}).encode()
        with translated("have a mail sent"):
            client("lambda").invoke(FunctionName=self._function, InvocationType="Event", Payload=event)

    def find(self, email: str, accounts: Sequence[str], *, fresh: bool) -> Found:
        """Ask Notify, and wait for what it says."""
        question = {"approves": {"email": email, "producers": list(accounts), "fresh": fresh}}
        with translated("find out whose data somebody answers for"):
            answer = client("lambda").invoke(FunctionName=self._function, Payload=json.dumps(question).encode())
            said = answer["Payload"].read()
        if "FunctionError" in answer:
            raise TryAgain("Lakeshare could not find out whose data you answer for. Try again in a minute.")
        found: Mapping[str, Sequence[str]] = json.loads(said)
        return Found(frozenset(found["approves"]), frozenset(found["unknown"]))
