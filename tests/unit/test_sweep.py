"""Sweep: nothing stays open for ever, and nothing that ended stays untold."""

from datetime import timedelta

import pytest

from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import CloseFailed, LakeshareError, RegisterUnreadable, TryAgain
from handlers.sharing.model.record import Ending, RequestRecord, Status
from handlers.sharing.sweep import Left, Swept
from tests.fakes.world import World, input_of

ENDING = Ending(Status.SHARED, None, "shared")


def test_the_sweep_closes_what_is_gone_and_nothing_else(world: World) -> None:
    for name, document in (("runs", None), ("dead", None), ("waits", input_of("sales", "people")), ("done", None)):
        world.classify(name, document)
    world.request_approval("waits")
    world.close(ENDING, "done", None)
    world.workflow.executions -= {"arn:dead", "arn:done"}
    world.workflow.ended["arn:dead"] = "ABORTED"
    assert world.sweep() == Swept(1)
    statuses = {name: record.status for name, record in world.register.records.items()}
    assert statuses == {
        "runs": Status.RECEIVED,
        "dead": Status.FAILED,
        "waits": Status.WAITING,
        "done": Status.SHARED,
    }
    assert world.register.records["dead"].reason == "Aborted"
    assert world.sweep() == Swept(0)
    assert world.events.types().count("RequestFailed") == 1


def test_a_list_of_executions_that_lags_behind_closes_nothing(world: World) -> None:
    world.classify()
    running = world.workflow.running
    world.workflow.running = dict  # type: ignore[method-assign,assignment]
    assert world.sweep() == Swept(0)
    world.workflow.running = running  # type: ignore[method-assign]
    assert world.register.records["r1"].status is Status.RECEIVED


def test_the_sweep_announces_what_was_closed_in_silence(world: World) -> None:
    world.classify()
    world.events.fail("announce", TryAgain("busy"))
    world.close(ENDING)
    assert world.sweep() == Swept(1)
    assert world.events.types() == ["RequestReceived", "RequestShared"]
    assert world.sweep() == Swept(0)


def test_the_sweep_writes_down_what_the_register_never_heard_of(world: World) -> None:
    world.classify("known")
    world.close(Ending(Status.FAILED, "Fault", "x"), "known", None)
    world.workflow.executions.clear()
    machine = "arn:aws:states:eu-west-1:123456789012:execution:lakeshare"
    world.workflow.ended = {f"{machine}:known": "FAILED", f"{machine}:unheard": "FAILED"}
    at = now()
    assert world.sweep(at) == Swept(1)
    assert ("died", (at - timedelta(days=1),)) in world.workflow.calls
    assert world.register.records["known"].reason == "Fault"
    unheard = world.register.records["unheard"]
    assert (unheard.status, unheard.reason) == (Status.FAILED, "Crashed")
    assert world.events.types() == ["RequestReceived", "RequestFailed", "RequestFailed"]
    assert world.sweep() == Swept(0)


def test_a_request_without_an_execution_is_announced_at_once(world: World) -> None:
    world.events.fail("announce", TryAgain("busy"))
    world.close(Ending(Status.FAILED, "Fault", "x"))
    assert world.sweep() == Swept(1)
    assert world.events.types() == ["RequestFailed"]


@pytest.mark.parametrize(("seconds", "ends"), [(-1, False), (0, False), (1, True)])
@pytest.mark.parametrize("known", [True, False])
def test_an_execution_without_end_is_ended(world: World, seconds: int, *, ends: bool, known: bool) -> None:
    at = now()
    if known:
        world.classify(started_at=iso(at - timedelta(days=33, seconds=seconds)))
    world.classify("young")
    world.workflow.executions.add("arn:r1")
    world.workflow.since["arn:r1"] = at - timedelta(days=33, seconds=seconds)
    assert world.sweep(at) == Swept(int(ends))
    assert world.workflow.executions == ({"arn:young"} if ends else {"arn:r1", "arn:young"})
    if ends:
        record = world.register.records["r1"]
        assert (record.status, record.reason) == (Status.FAILED, "RanTooLong")
        assert (
            "stop",
            ("arn:r1", "RanTooLong", "It ran longer than any execution that works."),
        ) in world.workflow.calls
    assert world.sweep(at) == Swept(0)


def test_an_execution_whose_request_cannot_be_closed_is_not_stopped_yet(world: World) -> None:
    """Or nobody would know why it was."""
    world.classify()
    world.workflow.since["arn:r1"] = now() - timedelta(days=40)
    error = TryAgain("busy")
    world.closer.fail("close", error)
    assert world.sweep() == Swept(0, (Left("r1", error),))
    assert world.workflow.executions == {"arn:r1"}
    assert world.sweep() == Swept(1)
    assert world.workflow.executions == set()


@pytest.mark.parametrize(("minutes", "number"), [(14, 0), (15, 0), (16, 1)])
def test_what_was_never_started(world: World, minutes: int, number: int) -> None:
    at = moment(iso(now()))
    world.register.records["r1"] = RequestRecord("r1", Status.RECEIVED, iso(at - timedelta(minutes=minutes)))
    assert world.sweep(at) == Swept(number)
    assert (world.register.records["r1"].reason == "NeverStarted") == (number == 1)


@pytest.mark.parametrize("error", [TryAgain("busy"), CloseFailed("newer")])
def test_one_request_that_cannot_be_closed_keeps_no_other_open(world: World, error: LakeshareError) -> None:
    for name in ("one", "two", "three"):
        world.classify(name)
    world.workflow.executions.clear()
    world.closer.fail("close", None, error)
    assert world.sweep() == Swept(2, (Left("two", error),))
    assert [record.status.is_open for record in world.register.records.values()].count(True) == 1
    assert world.sweep() == Swept(1)


def test_what_is_started_and_not_yet_taken_up_goes_on(world: World) -> None:
    """Its requests API wrote it down long ago, and its Classify has not come through to the register since."""
    record = RequestRecord("r1", Status.RECEIVED, iso(now() - timedelta(hours=1)))
    world.register.records["r1"] = record
    world.workflow.executions.add("arn:r1")
    assert world.sweep() == Swept(0)
    assert world.register.records["r1"] is record


def test_a_sweep_writes_nothing_itself_and_closes_each_by_its_start(world: World) -> None:
    for name in ("r1", "r2", "r3"):
        world.classify(name)
        world.workflow.executions.discard(f"arn:{name}")
        world.workflow.ended[f"arn:{name}"] = "ABORTED"
    world.closer.function = lambda _event: None
    before = dict(world.register.records)
    assert world.sweep() == Swept(3)
    assert world.register.records == before
    assert [arguments for name, arguments in world.closer.calls if name == "close"] == [
        (name, "2026-11-24T09:00:00Z", "ABORTED") for name in ("r1", "r2", "r3")
    ]


def test_what_cannot_be_read_is_reported_and_hides_no_other(world: World) -> None:
    for name in ("one", "two", "three"):
        world.classify(name)
    world.workflow.executions -= {"arn:one", "arn:three"}
    world.register.damaged = {"one", "two"}
    swept = world.sweep()
    assert (swept.closed, [(each.request_id, each.error.reason) for each in swept.left]) == (
        1,
        [("one", "RegisterUnreadable"), ("two", "RegisterUnreadable")],
    )
    assert "register's item of request one cannot be read" in str(swept.left[0].error)
    assert world.register.records["three"].status is Status.FAILED


def test_an_execution_that_is_named_wrongly_hides_no_other(world: World) -> None:
    for name in ("one", "two"):
        world.classify(name)
    world.workflow.executions.clear()
    wrong = RegisterUnreadable("no ARN")
    world.workflow.fail("how_it_ended", wrong)
    assert world.sweep() == Swept(1, (Left("one", wrong),))
