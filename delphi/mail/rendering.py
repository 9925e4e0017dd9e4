"""The one plain Jinja environment for what leaves the platform: messages, and report files.

It has no request and no session to lean on: whatever a template says was handed to it, and a name that was
not is an error instead of a gap in somebody's letter.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from delphi.domain.calendar import in_words
from delphi.paths import templates_folder


@cache
def environment() -> Environment:
    """The environment: HTML is escaped, text is not, unknown names are refused."""
    made = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=select_autoescape(enabled_extensions=("html", "xml", "svg"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["in_words"] = in_words
    return made
