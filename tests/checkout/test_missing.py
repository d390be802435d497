"""The line about skipped tests at the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.missing import BROWSER, NODE

ROOT = Path(__file__).resolve().parents[2]
HOOKS = "from tests.conftest import pytest_runtest_makereport, pytest_terminal_summary"
WORKERS = pytest.mark.parametrize("workers", ["0", "2"])


@pytest.fixture(autouse=True)
def run_of_its_own(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for another run of pytest, with the hooks of this one."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of them only take time here
    pytester.makeconftest(HOOKS)


def lines(pytester: pytest.Pytester, workers: str, source: str) -> list[str]:
    """What a run of these tests says."""
    pytester.makepyfile(source)
    return pytester.runpytest_subprocess("-p", "xdist", "-ra", "-n", workers).outlines


@WORKERS
def test_one_line_names_what_is_missing_and_one_command(pytester: pytest.Pytester, workers: str) -> None:
    said = lines(
        pytester,
        workers,
        """
        import pytest
        from tests.missing import BROWSER, NODE

        @pytest.fixture(scope="session")
        def browser():
            BROWSER.skip("none on the PATH")

        @pytest.mark.parametrize("n", range(3))
        def test_page(browser, n): ...

        def test_script():
            NODE.skip("no Node")

        def test_that_runs(): ...
        """,
    )
    command = f"{BROWSER.command} && {NODE.command}"
    expected = f"4 tests were skipped: no browser (3), no Node (1). To run them: {command}"
    assert said.count(expected) == 1
    assert said.index(expected) == len(said) - 2, "after all but pytest's count"
    assert any("SKIPPED [3]" in line and line.endswith(": none on the PATH") for line in said)
    assert "1 passed, 4 skipped" in said[-1]


@WORKERS
def test_reasons_without_a_command_are_counted(pytester: pytest.Pytester, workers: str) -> None:
    said = lines(
        pytester,
        workers,
        """
        import pytest

        @pytest.mark.skip("not on a Sunday")
        def test_weekday(): ...
        """,
    )
    assert "1 test was skipped: reasons of their own (1), listed above." in said


def test_nothing_is_said_when_all_ran(pytester: pytest.Pytester) -> None:
    assert not any("skipped" in line for line in lines(pytester, "0", "def test_that_runs(): ..."))
