"""The panellist's pages: from the personal link to the receipt, and every way of stopping.

Views are doors: they load a page object, read a form, call one service, and redirect or render.
"""

from __future__ import annotations

from flask import Flask

from delphi.web.display import set_up_display
from delphi.web.forms_base import set_up_forms
from delphi.web.taking_part import (
    codes,
    display,
    feedback,
    home,
    joining,
    late,
    leaving,
    links,
    saving,
    sections,
    sending,
    troubles,
)
from delphi.web.taking_part.blueprint import blueprint

__all__ = [
    "codes",
    "display",
    "feedback",
    "home",
    "joining",
    "late",
    "leaving",
    "links",
    "saving",
    "sections",
    "sending",
    "set_up_panel_site",
    "troubles",
]


def set_up_panel_site(app: Flask) -> None:
    """Open the panellist's pages."""
    if "csrf" not in app.extensions:
        set_up_forms(app)
    set_up_display(app)
    app.register_blueprint(blueprint)
