"""MkDocs' hook: the site is `docs/`, and what its pages link to elsewhere in the checkout.

The documents are written to be read in the checkout too, so their links are paths in it. The README is the site's first
page; another document outside `docs/`, or any file that a page links to, is put below `repository/`, and the links are
made to fit. A link to a file that does not exist fails the build.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
DOCS = "docs"
FIRST_PAGE = "README.md"
NAMED_IN_NAV = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
"""Documents that the navigation names, whether or not a page links to them."""

_LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?(?=\))")
_FENCE = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)\s*$", re.DOTALL | re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the first page, and all that pages link to outside `docs/`."""
    from mkdocs.structure.files import File

    waiting = [FIRST_PAGE, *NAMED_IN_NAV]
    waiting += [f"{DOCS}/{file.src_uri}" for file in files.documentation_pages()]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if not (ROOT / path).is_file():
            raise FileNotFoundError(f"expected the file {path}, to which a page links, found none")
        if not path.startswith(f"{DOCS}/"):
            files.append(File.generated(config, place(path), abs_src_path=str(ROOT / path)))
        if path.endswith(".md"):
            waiting += linked(path, (ROOT / path).read_text(encoding="utf-8"))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Make the links fit the site."""
    return relinked(origin(page.file.src_uri), markdown)


def place(path: str) -> str:
    """Where a file of the checkout is on the site, before MkDocs turns documents into pages.

    Args:
        path: in the checkout.
    """
    if path.startswith(f"{DOCS}/"):
        return path.removeprefix(f"{DOCS}/")
    if path == FIRST_PAGE:
        return "index.md"
    # Servers tell a file's type by its ending.
    return f"repository/{path}" if PurePosixPath(path).suffix else f"repository/{path}.txt"


def origin(uri: str) -> str:
    """The file of the checkout that a page of the site comes from."""
    if uri == "index.md":
        return FIRST_PAGE
    return uri.removeprefix("repository/") if uri.startswith("repository/") else f"{DOCS}/{uri}"


def linked(path: str, markdown: str) -> list[str]:
    """The files of the checkout that a document links to."""
    found: list[str] = []

    def note(target: str) -> str:
        found.append(target)
        return target

    _each_link(path, markdown, note)
    return found


def relinked(path: str, markdown: str) -> str:
    """A document of the checkout with links as the site needs them."""
    here = posixpath.dirname(place(path))
    return _each_link(path, markdown, lambda target: posixpath.relpath(place(target), here or "."))


def _each_link(path: str, markdown: str, put: Callable[[str], str]) -> str:
    """Replace each link to a file; `put` is given the file's path in the checkout. Code blocks are left alone."""

    def replaced(link: re.Match[str]) -> str:
        target = link["target"]
        if _ELSEWHERE.match(target):
            return link[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        return link["before"] + put(file) + (link["anchor"] or "")

    done, parts = 0, list[str]()
    for block in _FENCE.finditer(markdown):
        parts += [_LINK.sub(replaced, markdown[done : block.start()]), block[0]]
        done = block.end()
    return "".join([*parts, _LINK.sub(replaced, markdown[done:])])
