"""The register in memory. It applies the domain's transitions as they are written and has no rule of its own.

`tests/unit/test_register.py` and `test_register_lists.py` hold it to what the one on DynamoDB does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from handlers.sharing.model.applied import Applied, Rejected
from handlers.sharing.model.clock import moment
from handlers.sharing.model.part import WHOLE, InBrief
from handlers.sharing.model.record import Listed, RequestRecord, Status, UnreadableRecord, missing
from handlers.sharing.model.transition import Transition
from handlers.sharing.stores import Position, RequestList
from tests.fakes.fake import Fake, port

_NOT_THERE: tuple[object, ...] = (None, (), "", False, WHOLE)
"""What a field holds of which nothing is known."""


def allows(step: Transition, there: Any) -> bool:
    """Whether a transition can be taken from what is there: a request, a share, or `None`."""
    if there is None:
        return step.creates
    return (
        (step.starts_from is None or there.status in step.starts_from)
        and (step.started_at is None or there.started_at in step.started_at)
        and all(
            (None if (held := getattr(there, name)) in _NOT_THERE else held) == value
            for name, value in step.matches.items()
        )
        and (step.newest_version is None or there.version <= step.newest_version)
    )


def taken(step: Transition, request_id: str, there: RequestRecord | None) -> RequestRecord:
    """What becomes of what is there by a transition."""
    known = fields_after(step, {"id": request_id}, there)
    if step.announces is not None:
        known["to_announce"] = True
    return RequestRecord(**known)


def fields_after(step: Transition, key: dict[str, Any], there: Any) -> dict[str, Any]:
    """The fields of a request, or of a share, after a transition; `key`: those that it is found by."""
    known = dict(key)
    if there is not None:
        held = {field.name: getattr(there, field.name) for field in fields(there)}
        known = {name: value for name, value in held.items() if value not in _NOT_THERE}
    known = {**step.keeps, **known, **step.sets}
    for name in step.removes:
        known.pop(name, None)
    if step.announces is not None:
        known |= {"owed_events": (*known.get("owed_events", ()), step.announces)}
    history: tuple[object, ...] = known.get("history", ())
    if step.entry is not None and not (step.first_entry_only and history):
        known["history"] = (*history, step.entry)
    return known


class MemoryRegister(Fake):
    """`Register` and `RequestLists`. `damaged`: the requests whose item cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, RequestRecord] = {}
        self.damaged: set[str] = set()

    def history(self, request_id: str) -> list[str]:
        """Names of what happened to a request."""
        return [entry.event for entry in self.records[request_id].history]

    @port
    def find(self, request_id: str) -> RequestRecord | None:
        assert request_id, "DynamoDB takes no empty key"
        return self._read(request_id)

    @port
    def load(self, request_id: str) -> RequestRecord:
        return self._required(request_id)

    @port
    def load_any(self, request_id: str) -> RequestRecord:
        return self._required(request_id)

    @port
    def apply(self, request_id: str, transition: Transition) -> Applied | Rejected:
        there = self._read(request_id)
        if not allows(transition, there):
            return Rejected(request_id, there)
        if transition.entry is not None:
            moment(transition.entry.at)  # as every line of a history has
        self.records[request_id] = taken(transition, request_id, there)
        return Applied(self.records[request_id])

    @port
    def page(self, requests: RequestList, limit: int, after: Position | None) -> tuple[list[Listed], Position | None]:
        """Newest first."""
        of_list = {
            "requester": lambda record: record.requester is not None and record.requester.id == requests.value,
            "consumer": lambda record: record.consumer == requests.value,
            "owner": lambda record: record.owner is not None and record.owner.account_id == requests.value,
            "status": lambda record: record.status == requests.value,
        }[requests.kind]
        places = {Position(each.received_at, each.id): each for each in self.records.values() if of_list(each)}
        left = sorted(places, key=lambda place: (place.received_at, place.request_id), reverse=True)
        if after is not None:
            left = left[left.index(after) + 1 :]
        return [self._listed(places[place]) for place in left[:limit]], left[limit - 1] if len(left) > limit else None

    @port
    def made_since(self, requester_id: str, since: str, most: int) -> int:
        mine = (each for each in self.records.values() if each.requester and each.requester.id == requester_id)
        return min(most, sum(each.received_at >= since for each in mine))

    @port
    def unfinished(self) -> Iterable[Listed]:
        left = (each for each in self.records.values() if each.status.is_open or each.to_announce)
        return [self._listed(each) for each in sorted(left, key=lambda each: each.received_at)]

    @port
    def waiting(self) -> list[Listed]:
        left = (each for each in self.records.values() if each.status is Status.WAITING)
        return [self._listed(each) for each in sorted(left, key=lambda each: each.received_at)]

    @port
    def parts(self, request_ids: Sequence[str]) -> dict[str, InBrief]:
        found = {name: self.records[name].in_brief for name in request_ids if name in self.records}
        return {name: part for name, part in found.items() if not part.part.is_whole}

    def waits_until(self, request_ids: Sequence[str]) -> dict[str, str]:
        found = {each: self.records[each].expires_at for each in request_ids if each in self.records}
        return {each: until for each, until in found.items() if until is not None}

    @port
    def mails_due(self, at: str) -> list[str]:
        due = {each.id: each.mail_due_at for each in self.records.values() if each.mail_due_at}
        return sorted((name for name, when in due.items() if when <= at), key=lambda name: str(due[name]))

    @port
    def some(self, request_ids: Iterable[str]) -> list[Listed]:
        return [self._listed(self.records[each]) for each in request_ids if each in self.records]

    @port
    def absent(self, request_ids: Iterable[str]) -> list[str]:
        return [each for each in request_ids if each not in self.records]

    def _required(self, request_id: str) -> RequestRecord:
        record = self._read(request_id)
        if record is None:
            raise missing(request_id)
        return record

    def _read(self, request_id: str) -> RequestRecord | None:
        if request_id in self.damaged:
            raise UnreadableRecord(request_id, "").error
        return self.records.get(request_id)

    def _listed(self, record: RequestRecord) -> Listed:
        return UnreadableRecord(record.id, record.received_at) if record.id in self.damaged else record
