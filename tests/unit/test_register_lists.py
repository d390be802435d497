"""Lists of requests: the same from DynamoDB and from memory."""

from dataclasses import replace

from handlers.aws.dynamodb.classification_items import read_in_brief
from handlers.aws.dynamodb.items import read_listed
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.keys import SentKey
from handlers.sharing.model.part import WHOLE, InBrief, Part
from handlers.sharing.model.record import Ending, RequestRecord, Status, UnreadableRecord
from handlers.sharing.stores import Position, RequestList
from tests.fakes.register import MemoryRegister
from tests.fakes.steps import Steps
from tests.fakes.table import item, put_item
from tests.unit.register_items import APPROVAL, CLASSIFICATION, DECISION, RECEIVED, REQUESTED, STARTED


def test_lists(steps: Steps) -> None:
    for at, name in enumerate("abcde"):
        steps.receive(
            replace(RECEIVED, id=name, received_at=f"2026-11-24T09:00:0{at}.000Z", execution_arn=f"arn:{name}")
        )
        steps.tell(name)
    steps.wait("b", "x")
    steps.share("c", None)
    for name in ("d", "e"):
        steps.close(name, STARTED, Ending(Status.SHARED, None, "shared"))
    steps.announce("d")
    steps.guard("b", APPROVAL, SentKey("k" * 64, 1, "f" * 64))
    steps.vault.save_decision(DECISION)
    assert (list(steps.lists.mails_due("3")), list(steps.lists.mails_due("2026"))) == (["b"], [])
    assert [each.id for each in steps.lists.waiting()] == ["b"]
    assert steps.lists.waits_until(["b", "a", "none"]) == {"b": "x"}
    assert steps.lists.waits_until([]) == {}
    assert steps.lists.parts(["a", "none"]) == {}
    steps.mail("b", "x", 1)
    steps.tell("b")
    assert list(steps.lists.mails_due("3")) == []
    found = {each.id: each for each in steps.lists.unfinished() if isinstance(each, RequestRecord)}
    assert {name: (record.status, record.to_announce) for name, record in found.items()} == {
        "a": (Status.RECEIVED, False),
        "b": (Status.WAITING, False),
        "c": (Status.SHARING, False),
        "e": (Status.SHARED, True),
    }
    assert all((r.execution_arn, r.started_at) == (f"arn:{name}", STARTED) for name, r in found.items())
    consumers = RequestList("consumer", "999999999999")
    first, place = steps.lists.page(consumers, 3, None)
    rest, end = steps.lists.page(consumers, 3, place)
    assert [each.id for each in (*first, *rest)] == ["e", "d", "c", "b", "a"]
    assert (place, end) == (Position("2026-11-24T09:00:02.000Z", "c"), None)


def test_an_item_that_cannot_be_read_stands_among_the_others(steps: Steps) -> None:
    for name in "abc":
        steps.receive(replace(RECEIVED, id=name, received_at=f"2026-11-24T09:00:0{'abc'.index(name)}.000Z"))
        steps.tell(name)
    damage(steps, "b")
    unreadable = UnreadableRecord("b", "2026-11-24T09:00:01.000Z")
    found, _ = steps.lists.page(RequestList("consumer", "999999999999"), 3, None)
    assert [each.id for each in found] == ["c", "b", "a"]
    assert found[1] == unreadable
    assert [each.id for each in steps.lists.unfinished()] == ["a", "b", "c"]
    assert unreadable in list(steps.lists.unfinished())


def test_a_time_that_is_none_cannot_be_read() -> None:
    listed = read_listed({"pk": "a", "status": "RECEIVED", "received_at": "2026-99"})
    assert listed == UnreadableRecord("a", "2026-99")


def damage(steps: Steps, request_id: str) -> None:
    """What no release writes."""
    if isinstance(steps.register, MemoryRegister):
        steps.register.damaged.add(request_id)
    else:
        put_item({**item(request_id), "source": "sales.orders"})


def test_how_many_somebody_made(steps: Steps) -> None:
    for hour in ("07", "08", "09"):
        steps.submit(replace(REQUESTED, id=f"r{hour}", received_at=f"2026-11-24T{hour}:00:00.000Z"))
    for since, most, found in (("08:00", 10, 2), ("09:30", 10, 0), ("00:00", 2, 2)):
        assert steps.lists.made_since("a-sub", f"2026-11-24T{since}:00.000Z", most) == found
    assert steps.lists.made_since("b-sub", "2026-11-24T00:00:00.000Z", 10) == 0


def test_which_requests_are_not_there(steps: Steps) -> None:
    assert list(steps.lists.absent([])) == []
    for name in ("a", "b"):
        steps.receive(replace(RECEIVED, id=name))
    many = [f"none-{number:03}" for number in range(150)]
    assert list(steps.lists.absent(["a", *many, "b", "c"])) == [*many, "c"]


def test_an_open_request_of_which_an_event_is_owed_is_among_them(steps: Steps) -> None:
    steps.receive(RECEIVED)
    assert any(isinstance(each, RequestRecord) and each.to_announce for each in steps.lists.unfinished())
    steps.tell("r1")
    assert [isinstance(each, RequestRecord) and each.to_announce for each in steps.lists.unfinished()] == [False]


def test_which_part_requests_are_for(steps: Steps) -> None:
    parts = {"a": Part(safe=True), "b": Part(columns=("id", "mail"), filter="eu"), "c": WHOLE, "d": Part(safe=True)}
    for name, part in parts.items():
        steps.receive(replace(RECEIVED, id=name, part=part, execution_arn=f"arn:{name}"))
    found = replace(CLASSIFICATION, scope=Scope.FILTERED, columns=("id",), columns_total=7)
    steps.classify("a", 1, found)
    of_tables = replace(CLASSIFICATION, scope=Scope.FILTERED_TABLES, columns_in=21, columns_total=40)
    steps.classify("d", 1, of_tables)
    assert steps.lists.parts(["a", "b", "c", "d", "none"]) == {
        "a": InBrief(Part(safe=True), ("id",), 7),
        "b": InBrief(Part(columns=("id", "mail"), filter="eu"), ("id", "mail")),
        "d": InBrief(Part(safe=True), (), 40, 21),
    }


def test_a_part_that_cannot_be_read_is_not_shown() -> None:
    assert read_in_brief({"pk": "a", "part": {"scope": "most"}}) is None
    assert read_in_brief({"pk": "a", "part": "safe"}) is None
