"""What Lakeshare wrote down, as an administrator reads it: the one place that knows in which table what is kept."""

from __future__ import annotations

import itertools
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tests.workflow.accounts import CENTRAL, Accounts
from tests.workflow.http_client import send

_EVENTS = "lakeshare-test-events"
ALL_EVENTS = "lakeshare-test-all-events"
EVENT_GROUPS = {_EVENTS, ALL_EVENTS}
_READER = TypeDeserializer()
_NEW: Mapping[str, Any] = {"version": {"N": "1"}, "history": {"L": []}}

Item = dict[str, Any]


def request_id(key: str) -> str:
    """The request of an execution's ARN, or of its own id."""
    return key.rsplit(":", 1)[-1]


class Register(Accounts):
    """A mesh whose register is read.

    Args:
        description: what its `mesh.json` holds.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        super().__init__(description["aws_endpoint_url"], description["region"])
        self.description = description
        self.table: str = description["register_table"]

    # --- items ------------------------------------------------------------------------------------------------

    @cached_property
    def vault(self) -> str:
        """The table of approvals and decisions: what the functions are told, or else the register itself."""
        return self._told("VAULT_TABLE")

    @cached_property
    def ledger(self) -> str:
        """The table of shares and holds, likewise."""
        return self._told("LEDGER_TABLE")

    def _told(self, name: str) -> str:
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        told = [each.get("Environment", {}).get("Variables", {}) for page in pages for each in page["Functions"]]
        mine = (each for each in told if each.get("REGISTER_TABLE") == self.table)
        return next((each[name] for each in mine if name in each), self.table)

    def shares(self, account: str) -> dict[str, Item]:
        """All shares of an account, by id, and what they cover by name as `names`, by filters as `filters`."""
        values = {":account": {"S": account}}
        pages = (
            self.client("dynamodb")
            .get_paginator("query")
            .paginate(TableName=self.ledger, KeyConditionExpression="pk = :account", ExpressionAttributeValues=values)
        )
        items = [plain(item) for page in pages for item in page["Items"]]
        shares = {kind[1]: item for item in items if (kind := item["entry"].split("#"))[0] == "share"}
        for item in items:
            kind, _, rest = item["entry"].partition("#")
            if kind == "names" and rest.split("#")[0] in shares:
                for name in ("names", "filters"):
                    shares[rest.split("#")[0]].setdefault(name, []).extend(item.get(name, ()))
        return shares

    def revoking(self) -> list[Item]:
        """The shares of all accounts that are to be taken back."""
        return [item for item in self.ledger_items() if item.get("status") == "REVOKING"]

    def hold(self, name: str, table: str = "*") -> None:
        """Puts a hold as an operator does: `name` is its kind, and whom or what it is on (`owner#<account>`)."""
        line = {"at": _present(), "event": "HoldPut", "table": table}
        self.client("dynamodb").update_item(
            TableName=self.ledger,
            Key={"pk": {"S": f"hold#{name}"}, "entry": {"S": "hold"}},
            UpdateExpression="ADD held :held SET version=:one, history=list_append(if_not_exists(history, :no), :put)",
            ExpressionAttributeValues={
                ":held": {"SS": [table]},
                ":one": {"N": "1"},
                ":no": {"L": []},
                ":put": {"L": [{"M": {name: {"S": value} for name, value in line.items()}}]},
            },
        )

    def register_item(self, key: str) -> Item:
        """A request, by its id or its execution's ARN; empty if there is none."""
        return plain(self.raw_item(key))

    def approval_item(self, key: str) -> Item:
        """What guards the decision on a request; empty if there is nothing."""
        return plain(self._raw(self.vault, f"approval#{request_id(key)}"))

    def raw_item(self, key: str) -> Item:
        """A request as DynamoDB shows it."""
        return self._raw(self.table, request_id(key))

    def raw_items(self) -> dict[str, Item]:
        """All that is kept, as DynamoDB shows it, by key; what the ledger keeps by its key and entry."""
        return {
            " ".join(item[part]["S"] for part in ("pk", "entry") if part in item): item
            for table in dict.fromkeys((self.table, self.vault, self.ledger))
            for item in self._all(table)
        }

    def items(self) -> dict[str, Item]:
        """What register and vault keep, as plain values."""
        return {
            item["pk"]["S"]: plain(item)
            for table in dict.fromkeys((self.table, self.vault))
            for item in self._all(table)
        }

    def ledger_items(self) -> list[Item]:
        """What the ledger keeps of all accounts, as plain values."""
        return [plain(item) for item in self._all(self.ledger)]

    def _all(self, table: str) -> Iterator[Item]:
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return (item for page in pages for item in page["Items"])

    def write_as_api(self, key: str, requester: str, purpose: str, wanted: tuple[str, str, str]) -> None:
        """Writes a request down as the requests API does before it starts the execution.

        `requester`: an address, each time of somebody new: one person's mails are paced; `wanted`: database, table and
        account.
        """
        database, table, account = ({"S": each} for each in wanted)
        asked = {
            "source": {"M": {"database": database, "table": table}},
            "target": {"M": {"account_id": account}},
            "consumer_account": account,
            "asked": {"M": {}},
        }
        attributes = {
            "pk": key,
            "status": "RECEIVED",
            "received_at": _present(),
            "requester_id": str(uuid.uuid4()),
            "requester_email": requester,
            "purpose": purpose,
        }
        self.put_item({**asked, **{name: {"S": value} for name, value in attributes.items()}, **_NEW})

    def change_item(self, key: str, **attributes: object) -> None:
        """Sets attributes of an item, as DynamoDB has them (`version={"N": "99"}`), behind Lakeshare's back."""
        table = self.vault if "#" in key else self.table
        self.client("dynamodb").update_item(
            TableName=table,
            Key={"pk": {"S": key}},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
        )

    def put_item(self, item: Mapping[str, Any]) -> None:
        """Writes a request down, as DynamoDB has it, behind Lakeshare's back."""
        self.client("dynamodb").put_item(TableName=self.table, Item=dict(item))

    def _raw(self, table: str, key: str) -> Item:
        answer = self.client("dynamodb").get_item(TableName=table, Key={"pk": {"S": key}}, ConsistentRead=True)
        return dict(answer.get("Item", {}))

    # --- what was told ----------------------------------------------------------------------------------------

    def history(self, key: str) -> list[str]:
        """What happened to a request, by the register."""
        return self.once_each([entry["event"] for entry in self.register_item(key)["history"]], key)

    def events(self, key: str) -> list[dict[str, Any]]:
        """Lakeshare's events about a request, as a rule on the event bus got them, oldest first."""
        of_request = (each for each in self.told() if "share_id" not in each["detail"])
        return [event for event in of_request if event["detail"].get("request_id") == request_id(key)]

    def told(self) -> list[dict[str, Any]]:
        """All of Lakeshare's events, of shares and holds, too, in the same order."""
        return [json.loads(line) for line in self.log_lines(_EVENTS)]

    def event_types(self, key: str) -> list[str]:
        """The detail types of those events; one that two steps put at once, under the same id, is one event."""
        told = {event["detail"]["event_id"]: event["detail-type"] for event in self.events(key)}
        return self.once_each(list(told.values()), key)

    def once_each(self, told: Sequence[str], key: str) -> list[str]:
        """What was told about a request, in its order; what a retry told again counts once.

        On a busy machine AWS may be silent for longer than a function waits (three seconds, at the register), and then
        the SDK or the state machine tries again what had its effect already. Where nothing was tried again, nothing is
        left out: whatever stands there twice was done twice.
        """
        once = [each for each, _ in itertools.groupby(told)]
        return once if len(once) < len(told) and self.was_repeated(key) else list(told)

    def was_repeated(self, key: str) -> bool:
        """Whether a call was made again for a request, or a step within a round, as the mesh's journal has it."""
        calls = self.control("GET", "/calls", event=request_id(key))
        of_workflow = [each for each in calls if "decide-function" not in each["function"]]
        invocations = {(each["function"], each["invocation"]) for each in of_workflow}
        steps = Counter(function for function, _ in invocations)
        tries = Counter(each["call"] for each in of_workflow)
        rounds = self.register_item(key).get("round", 1)
        return any(number > rounds for number in steps.values()) or any(number > 1 for number in tries.values())

    def tried_again(self, key: str = "") -> Counter[str]:
        """Calls that functions' SDKs made once more because AWS was silent or busy: how often, by action.

        With a `key` only those for that request.
        """
        calls = self.control("GET", "/calls", event=request_id(key))
        tries = Counter((each["call"], each["service"], each["operation"]) for each in calls)
        again: Counter[str] = Counter()
        for (_, service, operation), number in tries.items():
            again[f"{service}:{operation}"] += number - 1
        return +again

    def listen(self, group: str = _EVENTS, *more: str) -> None:
        """Begins to keep Lakeshare's events, and those of more sources: a rule sends them into a log group."""
        self.client("logs").create_log_group(logGroupName=group)
        arn = f"arn:aws:logs:{self.region}:{CENTRAL}:log-group:{group}"
        events = self.client("events")
        events.put_rule(Name=group, EventPattern=json.dumps({"source": ["lakeshare", *more]}))
        events.put_targets(Rule=group, Targets=[{"Id": "log", "Arn": arn}])

    # --- control ----------------------------------------------------------------------------------------------

    def control(self, method: str, path: str, **settings: object) -> Any:
        """A call of the control address: see `localmesh.control`."""
        body = json.dumps(settings).encode() if settings else None
        reply = send(method, self.description["control_url"] + path, body=body)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)


def _present() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(item: Mapping[str, Any]) -> Item:
    """An item of DynamoDB as plain values."""
    return {name: _plain(_READER.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value)
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case str():
            return value
        case Iterable():
            return [_plain(each) for each in value]
        case _:
            return value


__all__ = ["ALL_EVENTS", "EVENT_GROUPS", "Item", "Register", "plain", "request_id"]
