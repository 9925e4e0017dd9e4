"""Agreed text is locked: what is edited all the same is listed, and what was rated stays as it was."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.extensions import db
from delphi.models.decisions import Correction
from delphi.models.rounds import RoundSection
from delphi.models.sections import Draft
from delphi.queries.corrections import corrections_of
from delphi.queries.sections import published_draft_of, section_of
from delphi.services.corrections import correct_agreed_text
from delphi.services.decisions import reopen_section
from delphi.services.drafts import propose_draft, publish_draft, return_draft, sign_draft, write_draft
from delphi.services.feedback import publish_feedback
from tools.small_study import SECTIONS
from tools.small_team import answer_and_decide

AGREED, NOT_AGREED = SECTIONS
CORRECTED = {"standard": "# First steps\n\nBegin with **one** small, step.\n"}


def listed(team) -> list[tuple[str, str, int]]:
    with team.study.look():
        return [
            (correction.kind, correction.edit, db.session.get_one(Draft, correction.draft_id).number)
            for correction in corrections_of(team.study.id)
        ]


def agreed_text(team) -> tuple[int, str]:
    with team.study.look():
        draft = published_draft_of(section_of(team.study.id, AGREED))
        assert draft is not None
        return draft.number, draft.variants[0].text


def test_an_edit_that_changes_no_word_is_listed_with_the_agreed_draft(published):
    published(
        correct_agreed_text,
        section=AGREED,
        kind="minor",
        edit="Each row of the table is read out as a sentence. No word was changed.",
        comment_id=published.comment_ids["scores"],
    )
    assert [(kind, number) for kind, _, number in listed(published)] == [("minor", 1)]
    with published.study.look():
        correction = db.session.scalars(db.select(Correction)).one()
        assert correction.comment_id == published.comment_ids["scores"]
    assert published.events("correction_made") == [("draft:first-steps:1", '{"kind":"minor"}')]


def test_corrected_words_are_a_new_draft_that_holds_once_it_is_signed_off(published):
    before = agreed_text(published)
    published(correct_agreed_text, section=AGREED, kind="correction", edit="A comma.", texts=CORRECTED)
    assert agreed_text(published) == before
    assert listed(published) == []
    here = {"section": AGREED, "number": 2}
    published.refused(WrongState, "not been signed off", publish_draft, **here)
    published.sign(sign_draft, **here)
    published(publish_draft, **here)
    assert agreed_text(published) == (2, CORRECTED["standard"])
    assert listed(published) == [("correction", "A comma.", 2)]
    with published.study.look():
        rated = db.session.scalars(
            db.select(Draft.number)
            .join(RoundSection, RoundSection.draft_id == Draft.id)
            .where(Draft.section_id == section_of(published.study.id, AGREED).id)
        ).all()
        assert rated == [1], "ratings stay with the draft that was rated"


def test_a_correction_can_be_taken_back_and_written_again(published):
    published(correct_agreed_text, section=AGREED, kind="correction", edit="A comma.", texts=CORRECTED)
    here = {"section": AGREED, "number": 2}
    published.refused(
        WrongState,
        "not published yet",
        correct_agreed_text,
        section=AGREED,
        kind="correction",
        edit="Another.",
        texts={"standard": "# First steps\n\nBegin.\n"},
    )
    published(return_draft, **here)
    better = {"standard": "# First steps\n\nBegin with **one**, small step.\n"}
    published(write_draft, revision=1, texts=better, **here)
    with published.study.look():
        assert section_of(published.study.id, AGREED).drafts[1].variants[0].text == better["standard"]


def test_a_draft_that_nobody_went_on_with_does_not_stand_in_the_way(analysed):
    begun = {"standard": "# First steps\n\nRun.\n"}
    analysed(write_draft, section=AGREED, texts=begun)
    answer_and_decide(analysed)
    analysed(publish_feedback, number=1)
    analysed(correct_agreed_text, section=AGREED, kind="correction", edit="A comma.", texts=CORRECTED)
    analysed.sign(sign_draft, section=AGREED, number=3)
    analysed(publish_draft, section=AGREED, number=3)
    assert agreed_text(analysed) == (3, CORRECTED["standard"])
    analysed(reopen_section, section=AGREED, reason="The law changed.")
    analysed(propose_draft, section=AGREED, number=2)
    analysed.sign(sign_draft, section=AGREED, number=2)
    analysed.refused(WrongState, "an older one cannot follow", publish_draft, section=AGREED, number=2)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"kind": "material"}, "taken up again and rated"),
        ({"edit": " "}, "Say what was edited"),
        ({"texts": {"standard": "# First steps\n\nBegin with **one** small step.\n"}}, "Not a word differs"),
        ({"texts": {"standard": "# First steps"}}, "no words"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(published, changed, match):
    given = {"section": AGREED, "kind": "correction", "edit": "A comma.", "texts": CORRECTED} | changed
    published.refused(InvalidInput, match, correct_agreed_text, **given)
    with published.study.look():
        assert db.session.scalars(db.select(Correction)).all() == []


def test_only_agreed_text_is_corrected(published):
    given = {"kind": "correction", "edit": "A comma."}
    published.refused(WrongState, "only agreed text", correct_agreed_text, section=NOT_AGREED, **given)


def test_a_correction_refers_to_a_comment_of_the_same_study(published):
    given = {"section": AGREED, "kind": "minor", "edit": "A table.", "comment_id": 999}
    published.refused(NotFound, "no comment 999", correct_agreed_text, **given)


def test_correcting_is_for_those_who_write(published):
    given = {"section": AGREED, "kind": "minor", "edit": "A table."}
    actor = published.as_role(Role.OBSERVER)
    published.refused(NotAllowed, "write drafts", correct_agreed_text, actor=actor, **given)
