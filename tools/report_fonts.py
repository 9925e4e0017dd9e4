"""Make the still fonts of the PDF report out of the variable ones of the web.

Typst reads neither woff2 nor variable fonts, and the web's files are cut into subsets. Each weight here is
one TrueType file with the letters of all subsets. `tools.vendor_assets` calls this; it needs
`pip install "fonttools[woff]"`, which nobody needs to run Delphi.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

WEIGHTS = (400, 700)
STYLES = ("normal", "italic")


def make_still_fonts(folder: Path, family: str, subsets: Sequence[str], target: Path, stem: str) -> None:
    """Write `STEM-WEIGHT.ttf` and `STEM-WEIGHT-italic.ttf` from `FAMILY-SUBSET-wght-STYLE.woff2` in `folder`.

    Raises ImportError without fontTools, and FileNotFoundError for a subset that the package does not have.
    """
    for style in STYLES:
        sources = [folder / f"{family}-{subset}-wght-{style}.woff2" for subset in subsets]
        for weight in WEIGHTS:
            ending = "" if style == "normal" else f"-{style}"
            _make(sources, weight, target / f"{stem}-{weight}{ending}.ttf")


def _make(sources: Sequence[Path], weight: int, output: Path) -> None:
    """One weight of all subsets in one file, with the times of the first, so that its bytes never change."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    with tempfile.TemporaryDirectory(prefix="delphi-font-") as name:
        parts = []
        for number, source in enumerate(sources):
            font = TTFont(source, recalcTimestamp=False)
            font.flavor = None
            still = instantiateVariableFont(font, {"wght": weight}, updateFontNames=True)
            parts.append(str(Path(name) / f"{number}.ttf"))
            still.save(parts[-1])
        whole = Merger().merge(parts)
        with TTFont(parts[0]) as first:
            for moment in ("created", "modified"):
                setattr(whole["head"], moment, getattr(first["head"], moment))
            whole["name"] = first["name"]
            whole.recalcTimestamp = False
            whole.save(output)
