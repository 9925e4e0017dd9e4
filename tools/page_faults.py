"""What is wrong with a page as a browser draws it: the rules of WCAG 2.2 AA, sideways scrolling, headings.

Axe (by Deque) knows the rules; it sees only what is drawn, so everything folded is opened first. One load of
a page serves every width: the layout follows the window. Contrast takes three quarters of axe's time and
does not follow the width, so it is measured at the first one; tests/browser/test_look.py measures every
component at each width, in both lights.
"""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
DESK, PHONE, NARROWEST = 1280, 360, 320
"""Widths of windows in CSS pixels; the last is what WCAG 2.2, 1.4.10 asks for."""

_HEIGHT = 900
_OPTIONS = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
_RUN = f"""async (withContrast) => {{
  const rules = {{ "color-contrast": {{ enabled: withContrast }} }};
  const found = await axe.run(document, {{ ...{_OPTIONS}, rules }});
  const said = (rule, node) => `${{rule.id}}: ${{node.html.slice(0, 160)}}`;
  return found.violations.flatMap((rule) => rule.nodes.map((node) => said(rule, node)));
}}"""
_UNFOLD = """() => {
  window.folded = [...document.querySelectorAll("details:not([open])")];
  window.folded.forEach((one) => { one.open = true; });
}"""
_FOLD = "window.folded.forEach((one) => { one.open = false; })"
_WIDTH = "document.documentElement.scrollWidth"


def faults_of(page: Page, *, widths: tuple[int, ...] = (DESK, PHONE)) -> list[str]:
    """Everything wrong with the page that is open, each as one line; nothing when it is well.

    Axe runs at each of `widths`; at these and at 320 pixels the page must not scroll sideways. Leaves the
    window as wide as it was.
    """
    before = page.viewport_size
    page.evaluate(_UNFOLD)
    page.evaluate(AXE_SCRIPT)
    faults = []
    for width in (*widths, NARROWEST):
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        if width in widths:
            faults += [f"{width} px: {one}" for one in page.evaluate(_RUN, width == widths[0])]
        drawn = page.evaluate(_WIDTH)
        if drawn > width:
            faults.append(f"{width} px: scrolls sideways, it is {drawn} px wide")
    if page.get_by_role("heading", level=1).count() != 1:
        faults.append("does not have one first heading")
    if not page.title().strip():
        faults.append("has no title")
    page.evaluate(_FOLD)
    if before:
        page.set_viewport_size(before)
    return faults
