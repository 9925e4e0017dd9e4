"""The tables of `delphi statistics` as people read them, as CSV, as JSON and as an Excel file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delphi.cli.statistics.reading import show
from delphi.cli.statistics.tables import Row, columns

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "items": {
        "item": "Item",
        "round": "Round",
        "group": "Group",
        "n": "n",
        "n_unable": "Can't say",
        "n_missing": "Missing",
        "median": "Median",
        "iqr_type7": "IQR",
        "mean": "Mean",
        "sd": "SD",
        "pct_agree": "Agree %",
        "wilson95": "95% interval",
        "pct_disagree": "Disagree %",
        "comet_70_15": "COMET 70/15",
        "class_biomed": "RAND/UCLA",
        "agreement_a": "Agreement A",
    },
    "groups": {
        "item": "Item",
        "round": "Round",
        "k": "Groups",
        "n": "n",
        "cliffs_delta": "Cliff's delta",
        "p_asymptotic_cc": "p (Mann-Whitney)",
        "h": "H",
        "p": "p (Kruskal-Wallis)",
        "epsilon_squared": "Epsilon²",
    },
    "rounds": {
        "item": "Item",
        "from_round": "From",
        "to_round": "To",
        "n_pairs": "Both",
        "median1": "Median",
        "median2": "then",
        "pct_changed": "Changed %",
        "net_change_pct": "Net change %",
        "kappa_quadratic": "Kappa (quadratic)",
        "p_wilcox_exact": "p (Wilcoxon)",
        "n_dropouts": "Left",
        "cliffs_delta": "Delta of who left",
    },
}
"""What the table for people shows of each row, and what it calls it; the files have every key."""

TITLES = {
    "items": "Items",
    "groups": "Differences between groups",
    "rounds": "From one round to the next",
}
_WORDS = {
    "consensus_in": "in",
    "consensus_out": "out",
    "no_consensus": "no consensus",
}


def as_text(found: Mapping[str, Sequence[Row]]) -> str:
    """Every table under its title, for a terminal; figures are rounded."""
    return "\n\n".join(f"{TITLES[name]}\n\n{_aligned(HEADINGS[name], rows)}" for name, rows in found.items())


def as_csv(rows: Sequence[Row]) -> str:
    """One table with the contract's keys as headings, unrounded; nothing stands for undefined."""
    out = io.StringIO()
    names = columns(rows)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def as_json(found: Mapping[str, Sequence[Row]]) -> str:
    """Every table, unrounded."""
    return json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False)


def write_excel(found: Mapping[str, Sequence[Row]], path: Path) -> None:
    """An Excel file with a sheet for each table, unrounded; OSError where it cannot be written."""
    import xlsxwriter

    # Text from a file is never a formula or a link, whatever it begins with.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, rows in found.items():
            sheet = book.add_worksheet(TITLES[name])
            names = columns(rows)
            sheet.write_row(0, 0, names, bold)
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, 0, 28)
            sheet.set_column(1, len(names), 14)
            for line, row in enumerate(rows, start=1):
                sheet.write_row(line, 0, [_cell(row.get(column)) for column in names])
    path.write_bytes(content.getvalue())


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(str(one) for one in value if one is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _aligned(headings: Mapping[str, str], rows: Sequence[Row]) -> str:
    """A table of fixed width: text to the left, figures to the right, under headings that fit."""
    names = [name for name in headings if any(name in row for row in rows)]
    grid = [[headings[name] for name in names]]
    grid += [[_words(row.get(name)) for name in names] for row in rows]
    is_text = [all(isinstance(row.get(name), str | None) for row in rows) for name in names]
    widths = [max(len(line[i]) for line in grid) for i in range(len(names))]
    lines = [
        "  ".join(
            cell.ljust(width) if left else cell.rjust(width)
            for cell, width, left in zip(line, widths, is_text, strict=True)
        ).rstrip()
        for line in grid
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _words(value: Any) -> str:
    if value is None or value == [None, None]:
        return "–"
    if isinstance(value, str):
        value = " ".join(value.split())
        return _WORDS.get(value, value if len(value) <= 40 else f"{value[:39]}…")
    if isinstance(value, list):
        return f"{100 * value[0]:.0f} to {100 * value[1]:.0f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.2g}" if 0 < abs(value) < 0.01 else f"{value:.2f}".rstrip("0").rstrip(".")
    return show(value)
