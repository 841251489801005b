"""What axe finds serious or critical in a page, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours. Nothing but colours differs in the dark."""


def expect_accessible(page: Page, state: str = "", shown: Callable[[str], Any] = lambda scheme: None) -> None:
    """Nothing serious or critical, light or dark.

    Args:
        page: what is looked at.
        state: named when something is found.
        shown: called with each colour scheme as soon as it is to be seen.
    """
    for scheme, rules in (("light", {}), ("dark", {"runOnly": _COLOURS})):
        page.emulate_media(color_scheme=scheme)
        _settle(page)
        shown(scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        serious = [
            f"{state}, {scheme}: {one['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
        assert serious == [], "\n".join(serious)


def _settle(page: Page) -> None:
    """Wait until finite animations have ended."""
    page.evaluate(
        """() => Promise.all(document.getAnimations()
          .filter(one => one.effect.getComputedTiming().endTime !== Infinity).map(one => one.finished))"""
    )
