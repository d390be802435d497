"""Words from outside made safe to show, and the small phrases that mail and page share."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate
from textwrap import wrap

_UNSEEN = {"Cc", "Cf", "Cs"}
"""Categories of characters that show nothing themselves but change what is around them (bidi controls, for one)."""

_WIDTH = 72
"""Columns of a plain-text mail."""


def clean(text: str, longest: int = 2000) -> str:
    """`text` on one line, in characters that can be seen, cut at `longest` of them.

    Line breaks of every kind become spaces. Control and format characters become U+FFFD rather than nothing: a name
    with something hidden in it must not look like the name without.
    """
    cut = text[: longest + 1]
    seen = "".join("\ufffd" if _is_unseen(character) else character for character in cut)
    line = " ".join(seen.split())
    return line if len(text) <= longest else line[: longest - 1].rstrip() + "…"


def clean_lines(text: str, longest: int = 2000) -> str:
    """`text` as `clean` makes it, but with its own line breaks kept: for a block that cannot be mistaken for ours."""
    lines = [clean(line, longest) for line in text[:longest].splitlines()]
    kept = "\n".join(lines).strip("\n")
    return kept if len(text) <= longest else kept + "…"


def exact(text: str, longest: int = 2000) -> str:
    """`text` with its spaces and line breaks as they are, where they mean something; else as `clean` makes it."""
    lines = "\n".join("".join(map(_seen_exactly, line)) for line in text[:longest].splitlines())
    return lines if len(text) <= longest else lines + "…"


def typed(text: str, longest: int = 20_000) -> str:
    """`text` as somebody typed it into a form, to be put back there: only what no page can carry is gone."""
    lines = text[:longest].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def that_fit(lengths: Iterable[int], room: int) -> int:
    """How many of these have `room`, all of the first ones, in characters."""
    return sum(1 for so_far in accumulate(lengths) if so_far <= room)


def masked(address: str) -> str:
    """An email address that only who knows it recognises: `j…@example.org`."""
    local, at, domain = clean(address, 254).rpartition("@")
    return f"{local[:1]}…@{domain}" if at else "…"


def moment(timestamp: str) -> str:
    """An ISO 8601 time as people write it, in UTC: `Thursday 1 May 2025, 14:03 UTC`."""
    try:
        at = datetime.fromisoformat(timestamp)
    except ValueError:
        return clean(timestamp, 40)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M} UTC"


def counted(number: int, one: str) -> str:
    """`number` with its noun: `1 table`, `1,204 tables`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def wrapped(text: str) -> str:
    """Our own words as a paragraph of a plain-text mail."""
    return "\n".join(wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def quoted(text: str) -> str:
    """Somebody else's words in a plain-text mail: every line marked, and nothing that passes for one of our links.

    Long names stay whole: they are there to be looked up.
    """
    return _marked(clean(text, 20_000), keep_spaces=False)


def quoted_exactly(text: str) -> str:
    """The same of what has spaces and line breaks of its own: where a line goes on that is too long, it says `…`."""
    return "\n".join(_marked(line, keep_spaces=True) or "  > " for line in exact(text, 50_000).split("\n"))


def _marked(line: str, *, keep_spaces: bool) -> str:
    return "\n".join(
        wrap(
            line.replace("://", ": //"),
            _WIDTH,
            initial_indent="  > ",
            subsequent_indent="  > … " if keep_spaces else "  >   ",
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=not keep_spaces,
            expand_tabs=not keep_spaces,
            replace_whitespace=not keep_spaces,
        )
    )


def _seen_exactly(character: str) -> str:
    return "\ufffd" if unicodedata.category(character) in _UNSEEN and character != "\t" else character


def _is_unseen(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) in _UNSEEN
