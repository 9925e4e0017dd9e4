"""URL rules that write their builder when an address is first built, not when the application is made.

Werkzeug compiles two small functions for each rule, and that is nine tenths of making the application;
a server builds a few dozen of those addresses, a command none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule as Werkzeug's, but for the moment at which its builder is compiled."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled: list[Builder] = []

        def build(rule: LateRule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(Rule._compile_builder(rule, append_unknown))
            return compiled[0](rule, **values)

        return build


class DelphiFlask(Flask):
    """Flask with rules that wait."""

    url_rule_class = LateRule
