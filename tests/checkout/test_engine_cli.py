"""Which Pulumi CLI the engine tests take: no network, no CLI, no Go."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine import build_cli
from tests.engine.build_cli import VERSION, NotHereError, Ways

HERE, INSTALLED, BUILT = Path("/here"), Path("/installed"), Path("/built")


def refuse(why: str) -> Callable[[], Path]:
    """A way that is none."""

    def way() -> Path:
        raise NotHereError(why)

    return way


def never() -> Path:
    """A way that is not to be tried."""
    pytest.fail("it was tried although there was a CLI before it")


def got(ways: Ways) -> tuple[Path | None, list[str]]:
    """The folder, and what was said."""
    said: list[str] = []
    return build_cli.get(ways, said.append), said


def test_one_that_is_there_is_taken() -> None:
    folder, said = got(Ways(lambda _: HERE, never, never))
    assert folder == HERE
    assert said == ["The engine tests use the Pulumi CLI that is there: /here/bin/pulumi"]


def test_then_the_installer() -> None:
    folder, said = got(Ways(lambda _: None, lambda: INSTALLED, never))
    assert folder == INSTALLED
    assert said == [
        f"There is no Pulumi CLI that fits. Downloading {VERSION} with Pulumi's own installer (about a minute)",
        "Installed /installed/bin/pulumi",
    ]


def test_then_the_module_and_why() -> None:
    folder, said = got(Ways(lambda _: None, refuse("no internet"), lambda: BUILT))
    assert folder == BUILT
    assert said[1:] == [
        "The installer cannot be used: no internet",
        f"Building the Pulumi CLI {VERSION} from its Go module instead (about four minutes)",
        "Built /built/bin/pulumi",
    ]


def test_without_any_way_the_tests_are_skipped_and_it_says_what_to_do() -> None:
    folder, said = got(Ways(lambda _: None, refuse("no internet"), refuse("no Go")))
    assert folder is None
    assert said[-2:] == [
        "It cannot be built either: no Go",
        f"The engine tests will be skipped. Install a Pulumi CLI, version {VERSION} or a later 3.x, to run them.",
    ]


@pytest.mark.parametrize("version", ["v3.259.0", "3.259.0", "v3.259.1", "3.400.0", "v3.260.0-alpha.1"])
def test_versions_that_fit(version: str) -> None:
    assert build_cli.unfit(Path("/opt/bin/pulumi"), version) is None


@pytest.mark.parametrize("version", ["v3.258.9", "3.100.0", "v2.25.0", "v4.0.0", "v3.259.0-dev.1"])
def test_versions_that_do_not(version: str) -> None:
    said = build_cli.unfit(Path("/opt/bin/pulumi"), version)
    assert said == (
        f"expected a Pulumi CLI of version {VERSION} or a later 3.x, got {version.removeprefix('v')} at /opt/bin/pulumi"
    )


@pytest.mark.parametrize("version", [None, "", "hello"])
def test_what_is_no_cli(version: str | None) -> None:
    assert f"got {version!r} from" in str(build_cli.unfit(Path("/opt/bin/pulumi"), version))


def test_the_automation_api_wants_it_in_a_folder_named_bin() -> None:
    assert "in a folder named `bin`, got /shims/pulumi" in str(build_cli.unfit(Path("/shims/pulumi"), "3.259.0"))


# --- what is there ------------------------------------------------------------------------------------------------


def cli(folder: Path, version: str) -> Path:
    """A script that tells a version as the CLI does."""
    file = folder / "bin" / "pulumi"
    file.parent.mkdir(parents=True)
    file.write_text(f"#!/bin/sh\necho {version}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and nothing on the PATH but a shell's commands."""
    monkeypatch.setattr(build_cli, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path / "path" / "bin"))
    return tmp_path / "cache"


def test_nothing_is_there(cache: Path) -> None:
    assert build_cli.find() is None


def test_the_one_on_the_path_comes_first(cache: Path, tmp_path: Path) -> None:
    cli(tmp_path / "path", "v3.300.0")
    cli(cache, "v3.259.0")
    assert build_cli.find() == tmp_path / "path"


def test_one_that_does_not_fit_is_named_and_passed_over(cache: Path, tmp_path: Path) -> None:
    old = cli(tmp_path / "path", "v3.100.0")
    cli(cache, "v3.259.0")
    said: list[str] = []
    assert build_cli.find(said.append) == cache
    assert said == [f"Not taken: {build_cli.unfit(old, '3.100.0')}"]


def test_one_that_does_not_run_is_passed_over(cache: Path) -> None:
    cli(cache, "v3.259.0").write_text("half a download")
    assert build_cli.find() is None


# --- the installer ------------------------------------------------------------------------------------------------


def test_the_installer_fills_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(build_cli.PulumiCommand, "install", lambda **given: asked.append(given))
    assert build_cli.install() == cache
    assert asked == [{"root": str(cache), "version": VERSION}]


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (OSError("Name or service not known"), "Name or service not known"),
        (subprocess.CalledProcessError(1, "install.sh", b"+ curl\nerror: no such version\n"), "error: no such version"),
        (subprocess.CalledProcessError(1, "install.sh", b""), "returned non-zero exit status 1"),
    ],
)
def test_an_installer_that_fails_says_why(
    cache: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, why: str
) -> None:
    def fail(**_: Any) -> None:
        raise raised

    monkeypatch.setattr(build_cli.PulumiCommand, "install", fail)
    with pytest.raises(NotHereError, match=why):
        build_cli.install()


# --- the Go module ------------------------------------------------------------------------------------------------


def test_building_takes_go(cache: Path) -> None:
    with pytest.raises(NotHereError, match=r"expected Go 1\.25 or later, found no Go on the PATH"):
        build_cli.build()


def test_building_takes_a_newer_go(cache: Path, tmp_path: Path) -> None:
    go = tmp_path / "path" / "bin" / "go"
    go.parent.mkdir(parents=True)
    go.write_text("#!/bin/sh\necho go1.22.5\n")
    go.chmod(0o755)
    with pytest.raises(NotHereError, match=r"expected Go 1\.25 or later, got go1\.22\.5"):
        build_cli.build()


def test_the_module_builds_that_version() -> None:
    module = (build_cli.MODULE / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in module
