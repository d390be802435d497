"""Accessibility, as axe-core sees it."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.workflow.running import ROOT

_SOURCE = ROOT / "portal" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => {
    const { violations } = await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],
    });
    return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(
        ({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`) }));
}"""


def available() -> bool:
    """Whether the portal's packages are installed, of which axe-core is one."""
    return _SOURCE.is_file()


def findings(page: Page) -> list[dict[str, Any]]:
    """What is wrong on a page, of any gravity."""
    # Not as a script of the page's: its content security policy would rightly refuse it.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    return list(page.evaluate(_RUN))


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")
