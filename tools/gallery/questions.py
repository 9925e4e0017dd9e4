"""The gallery's questions and figures, made up, as the product's own queries would give them to its pages."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from delphi.charts.figures import Coarse, Full, Level, UnitRow
from delphi.domain.scale import Scale
from delphi.queries.answers import Answer
from delphi.queries.figures_shown import Figure, TableRow
from delphi.queries.question_asked import Question
from delphi.queries.rating_page import CommentBox
from delphi.queries.section_content import EASY_READ, STANDARD, Earlier, SectionContent
from delphi.web.taking_part.ready import own_answers
from tools.gallery.charts import ROWS, plain_scale

LABELS = {
    2: ("No", "Yes"),
    3: ("No", "In part", "Yes"),
    4: ("Not at all", "A little", "Mostly", "Completely"),
    6: ("Not at all", "Hardly", "Partly", "Mostly", "Nearly all", "Completely"),
    7: ("Not at all", "Hardly", "A little", "Partly", "Mostly", "Nearly all", "Completely"),
    8: ("Never", "Hardly ever", "Seldom", "At times", "Often", "Very often", "Nearly always", "Always"),
    9: tuple(
        f"{value}: {words}"
        for value, words in enumerate(3 * ["Not important"] + 3 * ["Important"] + 3 * ["Very important"], 1)
    ),
    11: ("0: not at all", *(str(value) for value in range(1, 10)), "10: completely"),
}
"""Words at each point, at bands of points, at the ends only; ten points have their numbers alone."""


def asked(
    code: str,
    size: int,
    *,
    place: int = 1,
    of: int = 8,
    statement: str = "This section is easy to understand.",
    chosen: Answer | None = None,
    before: Answer | None = None,
    variant: str = STANDARD,
    is_changed: bool = False,
    has_figure: bool = False,
    problem: str = "",
    elsewhere: str = "",
) -> Question:
    """A question on a scale of so many points."""
    scale = plain_scale(size, LABELS.get(size, ()))
    figures = {code: figure_on(scale, code)} if has_figure else {}
    earlier = _earlier(figures, is_changed=is_changed)
    source = SectionContent("Drawing a map", variant, True, Markup(""), 5, earlier, ("gallery", code), False)
    return Question(
        code=code,
        label="Easy to understand",
        statement=statement,
        place=place,
        of=of,
        scale=scale,
        source=source,
        chosen=chosen,
        before=before,
        problem=problem,
        elsewhere=elsewhere,
    )


def own_gap(one: Question) -> Callable[[str], Markup]:
    """What stands in a question's gaps for its reader, as the product fills them."""
    values = own_answers(one)
    return lambda name: Markup(values.get(name, ""))  # noqa: S704 - rendered by the product's templates


def words_box(
    code: str,
    words: str,
    text: str = "",
    *,
    about_change: str = "",
    problem: str = "",
    elsewhere: str | None = None,
) -> CommentBox:
    """A box for words; one about a change of answer says what changed."""
    return CommentBox(code, words, text, about_change, bool(about_change), True, problem, elsewhere)


def figure_on(scale: Scale, key: str) -> Figure:
    """Figures of one statement: the five-point scale has groups, one of them shown coarsely."""
    is_five = len(scale.points) == 5
    everyone = UnitRow("Everyone", Level.EVERYONE, Full((1, 2, 3, 4, 9, 8, 10, 6, 2), 1))
    rows = ROWS if is_five else (everyone,)
    shown = [row for row in rows if isinstance(row.figures, Full | Coarse)]
    return Figure(
        key=key,
        title="Easy to understand: what the panel said in round 1",
        finding="26 of 46 people agreed (57%)." if is_five else "18 of 45 people chose 7 to 9 (40%).",
        easy_finding="6 out of 10 people said yes." if is_five else "About 4 out of 10 people chose 7 to 9.",
        tenths=6 if is_five else 4,
        by_group="By group: from 4 of 18 people with lived experience to 19 of 28." if is_five else "",
        heads=(*(point.label for point in scale.points), "I can’t say"),
        agreed_head="Agreed" if is_five else "Chose 7 to 9",
        table=tuple(_table_row(row) for row in shown),
        top_rows=tuple(row for row in shown if row.level is not Level.GROUP),
        group_rows=tuple(row for row in shown if row.level is Level.GROUP),
        scale=scale,
        source=("gallery", key),
    )


def easy_asked(code: str, size: int, **more: object) -> Question:
    """The same in Easy Read."""
    return asked(code, size, variant=EASY_READ, **more)  # type: ignore[arg-type]


def _table_row(row: UnitRow) -> TableRow:
    if isinstance(row.figures, Full):
        return TableRow(row.label, (*row.figures.counts, row.figures.n_unable), "", "26 of 46")
    return TableRow(row.label, (), "Shown as agreed or not only", "5 of 6")


def _earlier(figures: dict[str, Figure], *, is_changed: bool) -> Earlier:
    return Earlier(
        round=1,
        draft_number=1,
        is_changed=is_changed,
        happened="The panel did not agree on this section in round 1.",
        reason=None,
        summary="",
        comparable="same",
        comparable_reason="",
        changes=(),
        difference=None,
        difference_summary="",
        old_text=None,
        figures=figures,
        n_rated=46,
        notes=(),
        deletion_note="",
        themes=(),
    )
