"""The report as JSON, for programs: schema, snapshot checksums, every released figure."""

from __future__ import annotations

import json
from pathlib import Path

from delphi.reports.content import ReportContent
from delphi.reports.plain import plain_report


def write_json(content: ReportContent, path: Path) -> None:
    """Write one file; it ends with a line end, and a file that was cut is no JSON any more."""
    text = json.dumps(plain_report(content), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
