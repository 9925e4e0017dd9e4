"""The demo's report tells the demo's story, and its files together give nobody away."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import openpyxl
import pytest

from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.answers import Comment
from delphi.models.panellists import Identity, Panellist
from delphi.reports.audience import Audience
from delphi.reports.flows import people_flow, section_flow
from delphi.reports.sections import End

pytestmark = pytest.mark.slow

HIDDEN_IN_ROUND_3 = ("volunteers", "researchers")


@pytest.fixture
def shared(demo_report):
    return demo_report()[0]


@pytest.fixture
def files(demo_report):
    return demo_report()[1]


def test_the_finding_is_that_nine_of_ten_sections_were_agreed(shared):
    assert shared.summary.finding == "9 of 10 sections were agreed."
    assert [finding.title for finding in shared.ended(End.NO_AGREEMENT)] == ["Sharing your own contacts"]
    assert "40% of people with lived experience and carers (6 of 15)" in shared.summary.paragraphs[-1]


def test_sections_by_round_are_those_of_the_story(shared):
    rounds = shared.tally.rounds
    assert [(len(one.rated), one.n_items) for one in rounds] == [(9, 36), (7, 28), (3, 12)]
    assert [one.n_left("keep") for one in rounds] == [3, 4, 2]
    assert [one.n_came("new") for one in rounds] == [9, 1, 0]
    stages, closing = section_flow(shared)
    assert (stages[0].onward, closing) == ("5 revised, 1 re-rated unchanged", "9 of 10 sections were agreed")


def test_people_flow_from_interest_to_the_last_round(shared):
    stages = people_flow(shared)
    assert [stage.n for stage in stages] == [71, 63, 48, 46, 42, 39]
    assert stages[1].left[0].detail == "6 declined and 9 did not reply"


def test_round_1_is_reported_as_it_was_shared(shared):
    assert shared.response.everyone.took_part[1].n == 46
    assert {row.everyone.n + row.everyone.n_unable for row in shared.items_of(1)} == {46}
    note = shared.setting.study.privacy["deletion_note"]
    assert [(one.round, one.note, one.recomputed) for one in shared.trail.deletions] == [(1, note, None)]


def test_the_team_learns_only_whether_an_outcome_changes(demo_report, shared):
    team = demo_report(Audience.TEAM)[0]
    (deletion,) = team.trail.deletions
    assert deletion.recomputed == "Computed again without the deleted answers, no outcome changes."
    assert team.items_of(1) == shared.items_of(1)
    groups = {row.code: row.took_part for row in team.response.rows if row.kind == "stakeholder_group"}
    assert (groups["researchers"][3].n, groups["commissioners"][2].n) == (4, 3)


def test_the_veto_of_one_panel_is_marked(shared):
    row = next(
        r for r in shared.items_of(2) if (r.section, r.criterion) == ("connecting-online", "appropriate")
    )
    assert row.missing == {("panel", "experience")}
    assert row.headline == "Not agreed: the panels differ"


def test_corrections_deviations_and_advice_are_printed(shared):
    assert [one.kind for one in shared.corrections] == ["minor"]
    assert [one.subject for one in shared.trail.deviations] == ["Closing day of round 1"]
    assert len(shared.trail.advice) == 5


def test_every_revision_shows_both_texts_or_that_nothing_changed(shared):
    assert len(shared.revisions) == 9
    for entry in shared.revisions:
        assert (entry.difference is None) == entry.is_rerating
        assert entry.is_rerating or entry.edits


# --- Nobody is given away -------------------------------------------------------------------------------


def test_no_file_names_a_panellist_or_holds_an_address_of_the_team(played_demo, files):
    with played_demo.app.app_context():
        names = db.session.scalars(db.select(Identity.name)).all()
        mails = [
            *db.session.scalars(db.select(Identity.email)),
            *db.session.scalars(db.select(Account.email)),
        ]
        codes = db.session.scalars(db.select(Panellist.code)).all()
    texts = _texts(files)
    for name, text in texts.items():
        found = [word for word in [*names, *mails] if word and word in text]
        assert not found, f"{name}: {found}"
        assert not [code for code in codes if f'"{code}"' in text or f">{code}<" in text], name


def test_words_that_were_held_or_may_not_be_quoted_are_in_no_file(played_demo, demo_report, shared):
    printed = {entry.text for entry in shared.comments.entries if entry.text}
    with played_demo.app.app_context():
        rows = db.session.execute(db.select(Comment.text, Comment.shown_text, Comment.state)).all()
    silent = {text for text, shown, state in rows if (shown or text) not in printed or shown != text}
    assert len(silent) > 10
    for audience in Audience:
        for name, text in _texts(demo_report(audience)[1]).items():
            said = text.replace("&#39;", "'").replace("&amp;", "&").replace('\\"', '"')
            assert not [words for words in silent if words in said], f"{audience}: {name}"


@pytest.mark.parametrize("item", [(s, c) for s in ("connecting-online", "sharing-your-own-contacts",
    "what-teams-need") for c in ("clear", "relevant", "feasible", "appropriate")])  # fmt: skip
def test_no_hidden_figure_of_round_3_follows_from_all_files_together(demo_report, files, item):
    """Unknown: how many of each feedback group gave each answer. Known: whatever any file says of them."""
    section, criterion = item
    plain = json.loads(files["making-connections-report.json"].read_text(encoding="utf-8"))
    groups = [one["unit"] for one in plain["response"]["by_unit"] if one["unit_kind"] == "feedback_group"]
    unknowns = [(group, answer) for group in groups for answer in range(1, 8)]
    known = [
        *_equations_of_json(plain, section, criterion, unknowns),
        *_equations_of_csv(files["making-connections-data.csv"], section, criterion, unknowns),
        *_equations_of_response(plain, unknowns),
    ]
    basis = _Basis(known)
    assert basis.holds(_vector(unknowns, ["lived_experience"], [4, 5])), "what is shown must follow"
    for hidden in HIDDEN_IN_ROUND_3:
        for answers in ([1], [2], [3], [4], [5], [6], [1, 2], [4, 5], [1, 2, 3], range(1, 8)):
            assert not basis.holds(_vector(unknowns, [hidden], answers)), f"{hidden} {answers}"


def test_hidden_groups_have_no_figure_in_any_file(files):
    rows = list(csv.DictReader(io.StringIO(files["making-connections-data.csv"].read_text("utf-8-sig"))))
    hidden = [row for row in rows if row["round"] == "3" and row["unit"] in HIDDEN_IN_ROUND_3]
    assert len(hidden) == 24
    assert {(row["display"], row["measure"], row["value"]) for row in hidden} == {("hidden", "n", "")}
    sheet = openpyxl.load_workbook(files["making-connections-report.xlsx"])["Items"]
    for row in sheet.iter_rows(min_row=2, values_only=True):
        if row[7] == "hidden":
            assert row[0] == 3
            assert set(row[8:28]) == {None}


def test_small_numbers_of_people_are_not_in_the_response(shared):
    for row in shared.response.rows:
        for people in (row.invited, row.consented, *row.took_part.values()):
            assert people.n is None or people.n == 0 or people.n >= 5
    words = {row.code: row.took_part[3].in_words(5) for row in shared.response.rows}
    assert (words["researchers"], words["volunteers"]) == ("fewer than 5", "not shown")


def test_nobody_is_quoted_more_often_than_three_times(demo_report, shared):
    assert 0 < shared.comments.n_quoted < len(shared.comments.entries)
    times = dict(demo_report(Audience.TEAM)[0].comments.quotes_per_person)
    assert max(times) == 3
    assert shared.comments.quotes_per_person == ()


def _texts(files):
    return {
        name: path.read_text(encoding="utf-8-sig")
        for name, path in files.items()
        if not name.endswith((".xlsx", ".pdf"))
    } | {
        name: "\n".join(
            str(value)
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows(values_only=True)
            for value in row
            if value is not None
        )
        for name, path in files.items()
        if name.endswith(".xlsx")
    }


UNITS = {
    "": [],
    "experience": ["lived_experience", "carers"],
    "delivery": ["volunteers", "practitioners", "managers_commissioners", "researchers"],
}
RATED, UNABLE = range(1, 6), 6
MEASURED = {"n": RATED, "n_unable": [UNABLE], "n_agree": [4, 5], "n_disagree": [1, 2], "n_neutral": [3]}


def _vector(unknowns, groups, answers):
    return [int(group in groups and answer in answers) for group, answer in unknowns]


def _groups(unit, unknowns):
    return UNITS.get(unit) or ([unit] if unit else sorted({group for group, _ in unknowns}))


def _equations_of_json(plain, section, criterion, unknowns):
    for item in plain["items"]:
        if (item["round"], item["section"], item["criterion"]) == (3, section, criterion):
            for row in item["figures"]:
                groups = _groups(row["unit"], unknowns)
                yield from (_vector(unknowns, groups, on) for name, on in MEASURED.items() if name in row)
                for point, _ in enumerate(row.get("counts", ()), start=1):
                    yield _vector(unknowns, groups, [point])


def _equations_of_csv(path, section, criterion, unknowns):
    for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))):
        if (row["round"], row["section"], row["criterion"]) != ("3", section, criterion) or not row["value"]:
            continue
        groups, measure = _groups(row["unit"], unknowns), row["measure"]
        if measure in MEASURED:
            yield _vector(unknowns, groups, MEASURED[measure])
        elif measure.startswith("count_"):
            yield _vector(unknowns, groups, [int(measure.removeprefix("count_"))])


def _equations_of_response(plain, unknowns):
    """Who answered the round gave a rating, could not say, or skipped the item (7)."""
    for row in plain["response"]["by_unit"]:
        if isinstance(row["took_part"]["3"], int):
            yield _vector(unknowns, _groups(row["unit"], unknowns), range(1, 8))


class _Basis:
    """What follows from some sums by adding and subtracting, exactly."""

    def __init__(self, rows):
        self.rows = {}
        for row in rows:
            rest = self._reduced(row)
            pivot = next((i for i, cell in enumerate(rest) if cell), None)
            if pivot is not None:
                self.rows[pivot] = [cell / rest[pivot] for cell in rest]

    def _reduced(self, row):
        rest = [Fraction(cell) for cell in row]
        for pivot in sorted(self.rows):
            if rest[pivot]:
                factor = rest[pivot]
                rest = [a - factor * b for a, b in zip(rest, self.rows[pivot], strict=True)]
        return rest

    def holds(self, row):
        return not any(self._reduced(row))
