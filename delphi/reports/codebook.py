"""What every column and every measure of the data files means: one list for CSV, Excel and JSON."""

from __future__ import annotations

from dataclasses import dataclass

FORMULA_NOTE = (
    "In CSV files a text that begins with =, +, -, @, a tab or a line end has a straight quote (') put "
    "before it, so that no spreadsheet takes it for a formula. The quote is not part of the text."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One column, or one value of the column `measure`."""

    name: str
    where: str
    kind: str
    meaning: str
    values: str = ""


COLUMNS: tuple[Entry, ...] = (
    Entry("study", "column", "text", "Short name of the study."),
    Entry("round", "column", "whole number", "Number of the round."),
    Entry("section", "column", "text", "Code of the section; it stays the same in all rounds."),
    Entry("section_title", "column", "text", "Title of the section."),
    Entry(
        "draft",
        "column",
        "whole number",
        "Version of the section's text that was rated. Ratings of different drafts must not be pooled.",
    ),
    Entry(
        "criterion", "column", "text", "Code of the criterion; section and criterion together are an item."
    ),
    Entry(
        "unit_kind",
        "column",
        "text",
        "Whose ratings a row is about.",
        "everyone; panel (of the consensus rule); feedback_group; stakeholder_group (not for sharing only)",
    ),
    Entry("unit", "column", "text", "Code of the panel or group; empty for everyone."),
    Entry("unit_label", "column", "text", "Name of the panel or group."),
    Entry(
        "display",
        "column",
        "text",
        "How much of the figures may be shown.",
        "full; coarse (agree or not only); hidden (no figure; the only row of the unit, without a value)",
    ),
    Entry("measure", "column", "text", "What the value is; see the measures below."),
    Entry(
        "value",
        "column",
        "number",
        "The figure, unrounded. Empty where there is none (nobody rated, or hidden).",
    ),
    Entry(
        "outcome",
        "column",
        "text",
        "What the consensus rule says of the section in this round.",
        "agreed (= consensus in); agreed_to_leave_out (= consensus out); close; not_agreed; not_assessable",
    ),
    Entry(
        "decision",
        "column",
        "text",
        "What the team decided about the section after the round.",
        "keep; revise; rerate_unchanged; merge; split; remove; leave_out; take_to_meeting; "
        "report_no_agreement; report_not_assessable",
    ),
)

MEASURES: tuple[Entry, ...] = (
    Entry("n", "measure", "people", "People who gave a rating."),
    Entry("n_unable", "measure", "people", "People who answered that they could not say; in no rating."),
    Entry(
        "count_1, count_2, …", "measure", "people", "People who chose this point of the scale (full only)."
    ),
    Entry("n_agree", "measure", "people", "People who chose a point of the agree band."),
    Entry("pct_agree", "measure", "per cent", "n_agree of the people in the rule's denominator."),
    Entry("wilson95_low", "measure", "per cent", "Lower end of Wilson's 95% interval of pct_agree."),
    Entry("wilson95_high", "measure", "per cent", "Upper end of Wilson's 95% interval of pct_agree."),
    Entry("n_disagree", "measure", "people", "People who chose a point of the disagree band (full only)."),
    Entry("pct_disagree", "measure", "per cent", "n_disagree of the people in the rule's denominator."),
    Entry("n_neutral", "measure", "people", "People who chose a point in neither band (full only)."),
    Entry("pct_neutral", "measure", "per cent", "n_neutral of the people in the rule's denominator."),
    Entry("median", "measure", "points", "Median rating (full only)."),
    Entry("q1", "measure", "points", "Lower quarter, of the rule's quantile type (full only)."),
    Entry("q3", "measure", "points", "Upper quarter, of the rule's quantile type (full only)."),
    Entry("iqr", "measure", "points", "q3 - q1 (full only)."),
    Entry("mean", "measure", "points", "Mean rating (full only)."),
    Entry("sd", "measure", "points", "Standard deviation with n - 1; empty for one rating (full only)."),
)

CODEBOOK = (*COLUMNS, *MEASURES)
HEADINGS = ("name", "where", "kind", "meaning", "values")


def rows() -> list[tuple[str, ...]]:
    """The codebook as a table under `HEADINGS`."""
    return [(one.name, one.where, one.kind, one.meaning, one.values) for one in CODEBOOK]
