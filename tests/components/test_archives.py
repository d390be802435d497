"""The functions' archives and their layer: minimal, and the same bytes for the same sources."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import handler_archive, handler_layer
from tests.components.conftest import CENTRAL, PORTAL
from tests.components.program import ROOT, Program, run

MODULES = (
    "classify",
    "request_approval",
    "notify",
    "decide",
    "grant",
    "close",
    "revoke",
    "sweep",
    "survey",
    "drift",
    "findings_api",
    "requests_api",
    "decide_signed_in",
    "catalogue_api",
    "index_catalogue",
)


def names(module: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in handler_archive.sources(module)}


@pytest.mark.parametrize("module", MODULES)
def test_an_entry_point_is_in_its_own_archive_only(module: str) -> None:
    assert [each for each in MODULES if f"handlers/{module}.py" in names(each)] == [module]


@pytest.mark.parametrize("module", MODULES)
def test_an_archive_holds_every_import_of_ours_and_no_bytecode(module: str) -> None:
    held = names(module)
    for path in held:
        assert "__pycache__" not in path
        if path.endswith(".py"):
            assert Path(path).parent.as_posix() + "/__init__.py" in held
            assert imports(ROOT / path) <= held, path


@pytest.mark.parametrize("module", MODULES)
def test_an_archive_works_on_its_own(module: str, tmp_path: Path) -> None:
    for path in handler_archive.sources(module):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    program = (
        f"import handlers.{module} as m; assert callable(m.handler); assert m.__file__.startswith({str(tmp_path)!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PATH": "", "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_only_those_who_show_something_carry_the_pages() -> None:
    carrying = {module for module in MODULES if any(name.startswith("handlers/pages/") for name in names(module))}
    assert carrying == {"notify", "decide"}
    for module in carrying:
        assert any(not name.endswith(".py") for name in names(module)), "the templates are missing"


def imports(path: Path) -> set[str]:
    """The files of ours that a file imports when it runs, found without the tool under test."""
    found: set[str] = set()
    for node in nodes_that_run(ast.parse(path.read_text(encoding="utf-8"))):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        files = (module.replace(".", "/") + ".py" for module in modules if module.startswith("handlers."))
        found |= {file for file in files if (ROOT / file).exists()}
    return found


def nodes_that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            yield node
            yield from nodes_that_run(node)


def test_the_same_sources_give_the_same_archive() -> None:
    first, second = (handler_archive.handler_archive("decide", {"b.json": "1"}) for _ in range(2))
    assert list(first.assets) == sorted(first.assets)
    assert {name: told(asset) for name, asset in first.assets.items()} == {
        name: told(asset) for name, asset in second.assets.items()
    }


def told(asset: object) -> str:
    assert isinstance(asset, pulumi.FileAsset | pulumi.StringAsset)
    return str(asset.path) if isinstance(asset, pulumi.FileAsset) else str(asset.text)


def test_an_entry_point_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"expected the entry point handlers/nothing\.py, found none"):
        handler_archive.sources("nothing")


def test_the_parties_travel_with_those_who_decide_by_them(portal: Program) -> None:
    carrying = {}
    for made in portal.of("aws:lambda/function:Function"):
        assets = made.inputs["code"].assets
        assert set(assets) - {"parties.json", "signed_in.json"} == names(made.inputs["handler"].split(".")[1])
        if "parties.json" in assets:
            carrying[made.name] = json.loads(assets["parties.json"].text)
    assert set(carrying) == {
        f"lakeshare-{name}-function"
        for name in (
            *("classify", "notify", "grant", "survey", "drift"),
            *("portal-requests-api", "portal-shares-api", "portal-decide-signed-in", "portal-catalogue-api"),
            "portal-findings-api",
        )
    }
    # What producers demand of whoever enters their accounts, only Notify knows, which does.
    entering = carrying["lakeshare-notify-function"]["producers"]
    assert [each.pop("external_id") for each in entering] == ["one-secret", None]
    for parties in carrying.values():
        assert parties == {
            "producers": [
                {
                    "account_id": "111111111111",
                    "region": None,
                    "name": "Retail",
                    "databases": ["retail", "r_*"],
                    "legacy_kit": False,
                    "default_share_days": 7,
                    "longest_share_days": 30,
                    "approvers_group": None,
                    "decisions": "link",
                    "safe_subset": False,
                },
                {
                    "account_id": "222222222222",
                    "region": "us-east-1",
                    "name": None,
                    "databases": None,
                    "legacy_kit": True,
                    "default_share_days": None,
                    "longest_share_days": None,
                    "approvers_group": None,
                    "decisions": "link",
                    "safe_subset": False,
                },
            ],
            "consumer_accounts": ["999999999999"],
            "default_share_days": None,
            "longest_share_days": 90,
        }


OF_ALL = {"AWS_STS_REGIONAL_ENDPOINTS", "LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
"""Variables that every function has, for what it is made of."""


def test_no_function_is_told_what_it_does_not_read(portal: Program) -> None:
    for made in portal.of("aws:lambda/function:Function"):
        read = {
            field.name.upper()
            for path in handler_archive.sources(made.inputs["handler"].split(".")[1])
            if path.suffix == ".py"
            for field in declared(".".join(path.relative_to(ROOT).with_suffix("").parts))
        }
        assert set(made.inputs["environment"]["variables"]) - OF_ALL <= read, made.name


def declared(module: str) -> Iterator[dataclasses.Field[Any]]:
    """The fields of the environments that a module declares."""
    for name, kind in vars(importlib.import_module(module)).items():
        if name.endswith("Environment") and dataclasses.is_dataclass(kind):
            yield from dataclasses.fields(kind)


@pytest.mark.parametrize(("decisions", "own", "signed_in"), [("link", "signed-in", 1), ("signed-in", "link", 0)])
def test_decide_is_told_who_decides_signed_in_and_no_more(decisions: str, own: str, signed_in: int) -> None:
    owners = ("111111111111", "222222222222")
    producers = [{"accountId": owners[0]}, {"accountId": owners[1], "decisions": own}]
    program = run({**PORTAL, "decisions": decisions, "producers": producers})
    assets = program.one("aws:lambda/function:Function", "lakeshare-decide-function").inputs["code"].assets
    assert json.loads(assets["signed_in.json"].text) == [owners[signed_in]]
    assert "parties.json" not in assets


def test_any_consumer_is_said_as_null() -> None:
    program = run({**CENTRAL, "consumerAccounts": "any"})
    code = program.one("aws:lambda/function:Function", "lakeshare-classify-function").inputs["code"]
    assert json.loads(code.assets["parties.json"].text)["consumer_accounts"] is None


def test_kits_are_said_where_there_are_any() -> None:
    program = run({**CENTRAL, "consumerKits": ["999999999999"]})
    code = program.one("aws:lambda/function:Function", "lakeshare-classify-function").inputs["code"]
    assert json.loads(code.assets["parties.json"].text)["consumer_kits"] == ["999999999999"]


def test_encrypted_producers_stay_secret(central: Program) -> None:
    function = "lakeshare-classify-function"
    assert "code" not in central.one("aws:lambda/function:Function", function).secrets
    program = run(CENTRAL, secret=("producers",))
    assert "code" in program.one("aws:lambda/function:Function", function).secrets
    assert "code" not in program.one("aws:lambda/function:Function", "lakeshare-close-function").secrets


def test_the_layer_is_for_the_functions_platform(central: Program) -> None:
    layer = central.one("aws:lambda/layerVersion:LayerVersion").inputs
    assert layer["compatibleRuntimes"] == ["python3.13"]
    assert layer["compatibleArchitectures"] == ["arm64"]
    assets = layer["code"].assets
    assert {name.split("/")[0] for name in assets} == {"python"}
    assert "python/aws_lambda_powertools/__init__.py" in assets
    assert not [name for name in assets if "__pycache__" in name or name.endswith(("/RECORD", "/INSTALLER"))]
    binaries = [name for name in assets if name.endswith(".so")]
    assert all("cpython-313-aarch64" in name for name in binaries)


def test_the_layer_is_the_same_whenever_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = handler_layer.layer_folder(lambda _: None)
    said: list[str] = []
    monkeypatch.setattr(handler_layer, "CACHE", tmp_path)
    second = handler_layer.layer_folder(said.append)
    assert said, "a build that takes a while must say so"
    assert second.name == first.name
    contents = [
        {path.relative_to(folder): path.read_bytes() for path in handler_layer.layer_files(folder)}
        for folder in (first, second)
    ]
    assert contents[0] == contents[1]
    assert [path.name for path in tmp_path.iterdir()] == [first.name], "something was left behind"
    assert handler_layer.layer_folder(lambda text: pytest.fail(f"built again: {text}")) == second


def test_a_layer_that_cannot_be_built_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler_layer, "CACHE", tmp_path)
    monkeypatch.setattr(handler_layer, "PLATFORM", "no-such-platform")
    with pytest.raises(RuntimeError, match=r"expected `uv pip install` to succeed, got"):
        handler_layer.layer_folder(lambda _: None)
    assert not list(tmp_path.iterdir())
