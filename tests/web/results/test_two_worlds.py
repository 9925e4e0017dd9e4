"""Whatever leaves the house is the same, byte for byte, if hidden answers were others than they are.

Two worlds have the same shown figures: in the second, people of hidden groups answered otherwise, and two
panels of one mind each chose another point. If every file and page is the same in both, none of them tells
more than the figures that the small-number rules let through, in whatever corner: a chart's description, a
hidden sheet, an unrounded number, a sum. What follows from those figures is attacked elsewhere.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest

from delphi.domain.canonical import canonical_json, checksum
from delphi.extensions import db
from delphi.models.answers import Rating
from delphi.models.panellists import Panellist
from delphi.queries.feedback import feedback_content, feedback_of
from delphi.queries.results import computed_results, newest_snapshot, read_results
from delphi.queries.rounds import items_of, round_of
from delphi.queries.studies import study_of
from delphi.reports.audience import Audience
from delphi.reports.registry import FORMATS
from delphi.reports.writing import write_report

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
RESULTS = "/studies/small-study/rounds/1/results"
UNABLE = "unable"

# Two people who use services and two carers are too few to be shown, their panel is not; four workers are.
WORLDS = {
    ("first-steps", "clear"): (([4, 4, 4, 4], [5, 5, 5, 5]), ([5, 5, 5, 5], [4, 4, 4, 4])),
    ("first-steps", "feasible"): (([5, 1, 2, 4], [2, 4, 4, 5]), ([4, 1, 2, 5], [2, 4, 4, 5])),
    ("next-steps", "clear"): (([UNABLE, 1, 2, 4], [1, 4, 4, 3]), ([2, 1, UNABLE, 4], [1, 4, 4, 3])),
    ("next-steps", "feasible"): (([5, 5, 1, 1], [5, 4, 4, 4]), ([1, 1, 5, 5], [5, 4, 4, 4])),
}


@pytest.fixture
def first_world(small_study):
    """The first world, shared with its panel; the codes of those who answered, users and carers first."""
    joined = small_study.started(4)
    codes = [*joined[:2], *joined[4:6], *joined[8:]]
    for section in small_study.sections:
        for place, code in enumerate(codes):
            ratings = {
                criterion: [*first[0], *first[1]][place]
                for (of, criterion), (first, _) in WORLDS.items()
                if of == section
            }
            small_study.save(code, section, ratings)
    small_study.close().analyse().publish(decision="report_no_agreement")
    return codes


def go_to(study, codes, world):
    """Let the hidden answers be those of a world, and the team's results; what was shared stays."""
    with study.look():
        the_study, round_ = study_of(study.id), round_of(study.id, 1)
        person = {one.code: one.id for one in db.session.scalars(db.select(Panellist))}
        before = json.loads(newest_snapshot(round_).content)
        for item in items_of(round_.id):
            answers = WORLDS[item.section.code, item.criterion.code][world]
            for code, value in zip(codes, [*answers[0], *answers[1]], strict=True):
                rating = db.session.get_one(Rating, (round_.id, person[code], item.id))
                rating.value = None if value == UNABLE else value
        db.session.flush()
        kept = newest_snapshot(round_)
        kept.content = canonical_json(before | computed_results(the_study, round_))
        kept.checksum = checksum(kept.content)
        after = json.loads(kept.content)
        assert [one["counts"] for one in before["items"]] != [one["counts"] for one in after["items"]]
        shared = json.loads(feedback_of(round_).content)
        again = feedback_content(the_study, round_, read_results(kept))
        assert json.loads(canonical_json(again))["figures"] == shared["figures"], "the worlds look alike"
        assert [one["outcome"] for one in again["sections"]] == [one["outcome"] for one in shared["sections"]]
        cells = canonical_json(shared["figures"])
        assert "coarse" in cells
        assert "hidden" in cells
        db.session.commit()


def report(study, folder):
    """Every file of the report that is safe to share, by name; its log would be in the next one."""
    with study.look():
        files = write_report(
            study_id=study.id,
            formats=[one.id for one in FORMATS],
            folder=folder,
            audience=Audience.SHARED,
            actor=study.lead,
            now=NOW,
            record=lambda **_: None,
        )
    return {one.path.name: one.path.read_bytes() for one in files}


def page(lead):
    """The page that is safe to share and its table as files, by kind; without what is new at every visit."""
    found = {"html": re.sub(r"csrf_token[^>]*>|nonce-?[^ >]*", "", lead.get(f"{RESULTS}?share=safe").html)}
    token = lead.page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    for kind in ("csv", "xlsx"):
        form = {"csrf_token": token, "share": "safe", "format": kind}
        found[kind] = lead.client.post(f"{RESULTS}/file", data=form).get_data()
    with zipfile.ZipFile(io.BytesIO(found.pop("xlsx"))) as book:
        # Without the part that says when it was made.
        found |= {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
    return found


def test_no_file_and_no_page_knows_which_world_it_is(first_world, small_study, lead, tmp_path):
    first, team = report(small_study, tmp_path / "first"), lead.get(f"{RESULTS}?view=groups").main
    go_to(small_study, first_world, 1)
    second, page_of_second = report(small_study, tmp_path / "second"), page(lead)
    assert lead.get(f"{RESULTS}?view=groups").main != team, "what the team sees is another"
    go_to(small_study, first_world, 0)
    page_of_first = page(lead)
    assert len(first) == 7
    for one, other in ((first, second), (page_of_first, page_of_second)):
        assert [name for name in one if one[name] != other[name]] == []
