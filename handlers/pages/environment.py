"""The templates, compiled on first use: importing a page costs nothing that an invocation may not need."""

from functools import cache
from pathlib import Path
from typing import cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from handlers.pages.text import counted, moment, quoted, quoted_exactly, wrapped

FOLDER = Path(__file__).parent
"""Templates and style lie beside the code, so that they travel with it in a function's archive."""


@cache
def environment() -> Environment:
    """HTML is escaped, plain text is not; a name that a template misspells is an error, not a gap."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    cast("dict[str, object]", made.filters).update(
        counted=counted, moment=moment, quoted=quoted, quoted_exactly=quoted_exactly, wrapped=wrapped
    )
    return made


@cache
def style() -> str:
    """The pages' one stylesheet, to the byte as the page carries it: its hash stands in the CSP."""
    return (FOLDER / "page.css").read_text(encoding="utf-8")
