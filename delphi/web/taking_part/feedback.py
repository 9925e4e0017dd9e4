"""What the panel said in earlier rounds, as it was published."""

from __future__ import annotations

from delphi.domain.permissions import Permission
from delphi.queries.feedback_page import feedback_page, feedback_section
from delphi.web.access import Key, current_visit, requires
from delphi.web.taking_part.blueprint import agreed, blueprint, page


@blueprint.get("/studies/<slug>/taking-part/feedback/<int:number>")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
@agreed
def feedback(slug: str, number: int) -> tuple[str, int]:
    """The sections of a round with what came of each."""
    return page("taking_part/feedback.html", feedback=feedback_page(current_visit(), number))


@blueprint.get("/studies/<slug>/taking-part/feedback/<int:number>/sections/<code>")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
@agreed
def feedback_on_section(slug: str, number: int, code: str) -> tuple[str, int]:
    """One section's figures and comments, beside the reader's own answers."""
    return page("taking_part/feedback_section.html", feedback=feedback_section(current_visit(), number, code))
