"""The built page as it lies in `portal/dist`: which files there are, of which type, and how long they may be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pulumi

from components.handler_archive import ROOT

DIST: Final = ROOT / "portal" / "dist"
"""Where Vite puts the page."""

INDEX: Final = "index.html"
CONFIG: Final = "config.json"
"""Written by the program, whatever lies there under this name."""

ASSETS: Final = "assets/"
"""Files under this prefix bear a hash of their content in their names."""

FOR_EVER: Final = "public, max-age=31536000, immutable"
NOT_AT_ALL: Final = "no-cache"
"""Kept, but asked about before each use."""

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Not from `mimetypes`, which reads the machine's own tables: every machine must upload the same."""


class PageNotBuiltError(pulumi.RunError):
    """There is no built page; Pulumi prints the message without a traceback, and nothing has been made yet."""


@dataclass(frozen=True)
class BuiltFile:
    """One file of the page.

    Attributes:
        key: its path on the site, without a slash at the beginning.
        path: where it lies.
    """

    key: str
    path: Path

    @property
    def content_type(self) -> str:
        """What a browser is told that it is."""
        return _TYPES[self.path.suffix]

    @property
    def cache_control(self) -> str:
        """How long a browser may keep it."""
        return FOR_EVER if self.key.startswith(ASSETS) else NOT_AT_ALL


def built_page(folder: Path | None = None) -> Sequence[BuiltFile]:
    """The files of the built page, sorted, the index last: it names the others, so they must be there before it.

    Raises:
        PageNotBuiltError: there is none, or it holds something that no browser would know what to do with.
    """
    folder = folder or DIST
    if not (folder / INDEX).is_file():
        raise PageNotBuiltError(
            f"portal: true uploads the built page: expected {folder / INDEX}, found none. `make portal` builds it "
            "(that takes Node), or set lakeshare:portal to false."
        )
    files = [BuiltFile(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()]
    files = [file for file in files if file.key != CONFIG and not file.path.name.startswith(".")]
    unknown = sorted(file.key for file in files if file.path.suffix not in _TYPES)
    if unknown:
        raise PageNotBuiltError(
            f"the built page: expected files that end in {', '.join(_TYPES)}, got {', '.join(unknown)}. "
            "components/built_page.py says which type a file is of."
        )
    return sorted(files, key=lambda file: (file.key == INDEX, file.key))
