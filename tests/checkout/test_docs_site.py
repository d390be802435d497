"""The documentation site: links of the checkout become links of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import docs_site

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("path", "on_the_site"),
    [
        ("README.md", "index.md"),
        ("docs/events.md", "events.md"),
        ("docs/adr/README.md", "adr/README.md"),
        ("CONTRIBUTING.md", "repository/CONTRIBUTING.md"),
        ("Pulumi.yaml", "repository/Pulumi.yaml"),
        ("LICENSE", "repository/LICENSE.txt"),
        ("docs/pictures/request.svg", "pictures/request.svg"),
    ],
)
def test_where_a_file_is(path: str, on_the_site: str) -> None:
    assert docs_site.place(path) == on_the_site
    if path.endswith(".md"):
        assert docs_site.origin(on_the_site) == path


@pytest.mark.parametrize(
    ("page", "written", "on_the_site"),
    [
        ("README.md", "[x](docs/events.md#named-reasons)", "[x](events.md#named-reasons)"),
        ("README.md", "![x](docs/pictures/a.png)", "![x](pictures/a.png)"),
        ("README.md", "[x](LICENSE)", "[x](repository/LICENSE.txt)"),
        ("docs/architecture.md", "[x](../Pulumi.yaml)", "[x](repository/Pulumi.yaml)"),
        ("docs/architecture.md", "[ADR\n1](adr/0001-x.md)", "[ADR\n1](adr/0001-x.md)"),
        ("docs/adr/0001-x.md", "[x](../../README.md)", "[x](../index.md)"),
        ("docs/adr/0001-x.md", "[x](../../tests/a.md)", "[x](../repository/tests/a.md)"),
        ("CONTRIBUTING.md", "[x](docs/adr/0001-x.md)", "[x](../adr/0001-x.md)"),
        ("CONTRIBUTING.md", "[x](README.md)", "[x](../index.md)"),
        ("README.md", "[x](#ask-for-data)", "[x](#ask-for-data)"),
        ("README.md", "[x](https://semver.org)", "[x](https://semver.org)"),
        ("README.md", "```md\n[x](docs/a.md)\n```\n[x](docs/a.md)", "```md\n[x](docs/a.md)\n```\n[x](a.md)"),
    ],
)
def test_links(page: str, written: str, on_the_site: str) -> None:
    assert docs_site.relinked(page, written) == on_the_site


def test_every_document_is_in_the_navigation() -> None:
    navigation = set(re.findall(r"[\w./-]+\.md$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages <= navigation
