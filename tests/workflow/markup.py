"""What a page or a mail is made of, without the words that people brought in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MOMENT = re.compile(r"\w+day \d+ \w+ \d{4}, \d\d:\d\d UTC")
_LINK = re.compile(r"(request|key)=[^&\s]+")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"!{data}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"!{decl}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"!{data}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"?{data}")


def tags(html: str) -> list[object]:
    """Every tag of a page with its attributes, every comment and declaration, in order."""
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser.found


def own_lines(body: str) -> list[str]:
    """The lines of a mail that are Lakeshare's own; what differs from request to request is taken out."""
    lines = [_LINK.sub(r"\1=…", line) if not line.startswith("  >") else "  >" for line in body.splitlines()]
    # How the first paragraph is broken into lines depends on the date in it.
    end = lines.index("")
    first = _MOMENT.sub("…", " ".join(lines[:end]))
    return [first, *(line for line, before in zip(lines[end:], lines[end - 1 :], strict=False) if line != before)]
