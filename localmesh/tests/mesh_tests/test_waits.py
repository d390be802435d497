"""What waits counts from when it began, however late the thread comes to it that waits."""

import threading
from datetime import timedelta

import pytest

from localmesh.aws import interpreter
from localmesh.clock import Clock

DAY = 86400


def test_a_wait_that_began_before_is_over_as_much_earlier() -> None:
    clock = Clock()
    assert not clock.wait(threading.Event(), DAY, since=clock.seconds() - DAY)


def test_an_execution_has_run_since_it_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, over = Clock(), threading.Event()
    monkeypatch.setattr(interpreter, "clock", clock)
    runs = interpreter._ProgramThread(target=over.wait, daemon=True)
    runs.start()
    # Somebody has seen that it waits, and moves the clock, before anybody waits for its end.
    clock._ahead = timedelta(days=7)
    waits = threading.Thread(target=runs.join, args=(7 * DAY,), daemon=True)
    waits.start()
    waits.join(10)
    assert not waits.is_alive()
    assert runs.is_alive()
    over.set()
