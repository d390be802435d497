"""The documents name what is there: files, commands, config keys, outputs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from settings.keys import KEYS
from tools import docs_site

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bench", "components", "demo", "docs", "handlers", "localmesh", "portal", "settings", "tests", "tools")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "localmesh/*.md", "portal/README.md", "tests/unit/*.md")
    for path in ROOT.glob(pattern)
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
MADE = {"parties.json", "signed_in.json", "config.json", "mesh.json", "src/api/openapi.d.ts", ".build/site/index.html"}
"""What commands make, or programs at run time."""

_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?<![\w./…<-])[\w.-]+(?:/[\w.*-]+)*/?(?![\w./])")
_FILE = re.compile(r"[\w./*-]+\.(?:py|md|json|yaml|yml|ts|tsx|mjs|js|css|html|svg)")


def _there() -> Iterator[str]:
    for folder in (*FOLDERS, ".github"):
        for found, below, files in os.walk(ROOT / folder):
            below[:] = [name for name in below if name not in {"node_modules", "dist", "__pycache__"}]
            yield from ((Path(found) / name).relative_to(ROOT).as_posix() for name in files)
    yield from (path.name for path in ROOT.iterdir() if path.is_file())


THERE = tuple(_there())


def _named(document: Path) -> Iterator[str]:
    """The files and folders that a document names in the middle of its text."""
    for code in _CODE.findall(document.read_text(encoding="utf-8")):
        for path in _PATH.findall(code):
            if _FILE.fullmatch(path) or ("/" in path and path.partition("/")[0] in FOLDERS):
                yield path.rstrip("/")


def _exists(name: str) -> bool:
    """Whether it is there; documents leave out the folders that are clear from the sentence."""
    if any(ROOT.glob(name)):
        return True
    return any(f"/{name}/" in f"/{path}/" or fnmatch(path, f"*/{name}") for path in THERE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_names_files_that_exist(document: Path) -> None:
    missing = {name for name in _named(document) if not _exists(name)}
    assert not missing - MADE


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_links_to_files_that_exist(document: Path) -> None:
    path = document.relative_to(ROOT).as_posix()
    for linked in docs_site.linked(path, document.read_text(encoding="utf-8")):
        assert (ROOT / linked).is_file(), f"{path} links to {linked}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_keys_and_outputs_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    assert commands <= TARGETS
    keys = set(re.findall(r"\blakeshare:([A-Za-z]+)\b(?!:)", text))
    assert keys - {"index"} <= set(KEYS)
    program = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "components").glob("*.py"))
    for output in re.findall(r"\bstack output (\w+)", text):
        assert f'"{output}"' in program, output
