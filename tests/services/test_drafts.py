"""A draft's way from the first word to the panel, and what never changes again."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.draft_texts import draft_checksum
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, Stale, WrongState
from delphi.domain.states import DraftState
from delphi.extensions import db
from delphi.models.sections import Draft, Section
from delphi.models.studies import Picture, SignOff
from delphi.services.decisions import decide
from delphi.services.drafts import propose_draft, publish_draft, return_draft, sign_draft, write_draft
from delphi.services.feedback import publish_feedback
from tools.small_study import SECTIONS
from tools.small_team import Team, answer_and_decide

FIRST, SECOND = SECTIONS
NEW = {"standard": "# Next steps\n\nTake another, when you are ready.\n"}


@pytest.fixture
def team(small_study) -> Team:
    """Nothing is signed yet; each section has a working draft 1."""
    return Team(small_study)


def drafts_saved(team, section: str = SECOND) -> dict[int, str]:
    with team.study.look():
        return {
            number: state.value
            for number, state in db.session.execute(
                db.select(Draft.number, Draft.state)
                .join(Section)
                .where(Section.code == section)
                .order_by(Draft.number)
            )
        }


def texts_saved(team, number: int, section: str = SECOND) -> dict[str, str]:
    with team.study.look():
        draft = db.session.scalars(
            db.select(Draft).join(Section).where(Section.code == section, Draft.number == number)
        ).one()
        return {variant.variant: variant.text for variant in draft.variants}


def signatures(team) -> int:
    with team.study.look():
        return len(db.session.scalars(db.select(SignOff).where(SignOff.subject.like("draft:%"))).all())


# --- Writing --------------------------------------------------------------------------------------------


def test_a_working_draft_is_edited_with_the_revision_it_was_read_at(team):
    team(write_draft, section=SECOND, number=1, revision=1, texts=NEW)
    assert texts_saved(team, 1) == NEW
    assert drafts_saved(team) == {1: "working"}
    assert team.events("draft_written") == [("draft:next-steps:1", '{"revision":2}')]


def test_a_stale_edit_keeps_both_texts(team):
    team(write_draft, section=SECOND, number=1, revision=1, texts=NEW, actor=team.study.second)
    mine = {"standard": "# Next steps\n\nMine.\n"}
    error = team.refused(
        Stale, "saved by somebody else", write_draft, section=SECOND, number=1, revision=1, texts=mine
    )
    assert (error.theirs.number, error.theirs.revision, dict(error.theirs.texts)) == (1, 2, NEW)
    assert texts_saved(team, 1) == NEW


def test_two_people_who_begin_the_same_draft_lose_nothing(team):
    error = team.refused(Stale, "has been begun", write_draft, section=SECOND, texts=NEW)
    assert dict(error.theirs.texts) == texts_saved(team, 1)


def test_an_edit_says_where_it_started(team):
    team.refused(InvalidInput, "from which saved text", write_draft, section=SECOND, number=1, texts=NEW)


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_draft_that_is_not_there_cannot_be_edited(team, number):
    team.refused(NotFound, "no draft", write_draft, section=SECOND, number=number, revision=1, texts=NEW)


@pytest.mark.parametrize(
    ("texts", "match"),
    [
        ({"easy_read": "We help."}, "needs its standard text"),
        ({"standard": "# Only a title"}, "no words below its title"),
        ({"standard": "Words.", "opera": "La la."}, "no such variant"),
        ({"standard": "Words.\n\n![A map](images/map.svg)"}, "no picture “map.svg”"),
        ({"standard": "Words.\n\n![A map](../../etc/map.svg)"}, "picture folder"),
        ({"standard": "Words.\n\n![A map](https://example.org/map.svg)"}, "picture folder"),
        ({"standard": "w" * 200_001}, "200,001 characters"),
        ({"standard": "Words with a \x00."}, "cannot be shown"),
    ],
)
def test_texts_that_cannot_stand_change_nothing(team, texts, match):
    before = texts_saved(team, 1)
    team.refused(InvalidInput, match, write_draft, section=SECOND, number=1, revision=1, texts=texts)
    assert texts_saved(team, 1) == before


def test_a_draft_may_show_the_pictures_that_the_study_has(team):
    with team.study.work():
        db.session.add(
            Picture(study_id=team.study.id, name="map.svg", media_type="image/svg+xml", content=b"<svg/>")
        )
    texts = {"standard": "Words.\r\n\r\n![A map](../images/map.svg)"}
    team(write_draft, section=SECOND, number=1, revision=1, texts=texts)
    assert texts_saved(team, 1) == {"standard": "Words.\n\n![A map](../images/map.svg)"}


def test_a_variant_is_never_lost_without_a_word(team):
    """Requirement S37: the person who changes the text looks at the Easy Read as well, or says it goes."""
    both = NEW | {"easy_read": "You can stop. You can go on."}
    team(write_draft, section=SECOND, number=1, revision=1, texts=both)
    edit = {"section": SECOND, "number": 1, "revision": 2}
    error = team.refused(InvalidInput, "easy_read", write_draft, texts=NEW, **edit)
    assert [problem.where for problem in error.problems] == ["easy_read"]
    team.refused(
        InvalidInput, "Decide on one", write_draft, texts=both, without_variants=["easy_read"], **edit
    )
    team(write_draft, texts=NEW, without_variants=["easy_read"], **edit)
    assert texts_saved(team, 1) == NEW
    assert team.events("draft_written")[-1][1] == '{"revision":3,"without":["easy_read"]}'


def test_the_next_draft_keeps_the_variants_of_the_one_before_too(team):
    both = NEW | {"easy_read": "You can stop. You can go on."}
    team(write_draft, section=SECOND, number=1, revision=1, texts=both)
    publish(team, SECOND, 1)
    team.refused(InvalidInput, "easy_read", write_draft, section=SECOND, texts=NEW)
    team(write_draft, section=SECOND, texts=both)
    assert drafts_saved(team) == {1: "published", 2: "working"}


# --- Signing and publishing -----------------------------------------------------------------------------


def publish(team, section: str, number: int) -> None:
    team(propose_draft, section=section, number=number)
    team.sign(sign_draft, section=section, number=number)
    team(publish_draft, section=section, number=number)


def test_a_published_draft_is_frozen_with_its_checksum(team):
    publish(team, SECOND, 1)
    with team.study.look():
        draft = db.session.scalars(db.select(Draft).join(Section).where(Section.code == SECOND)).one()
        assert draft.state == DraftState.PUBLISHED
        assert draft.checksum == draft_checksum({v.variant: v.text for v in draft.variants})
        assert draft.published_at == team.now
    team.refused(WrongState, "cannot be edited", write_draft, section=SECOND, number=1, revision=1, texts=NEW)
    team.refused(WrongState, "published, so it cannot", return_draft, section=SECOND, number=1)


def test_only_a_proposed_draft_is_signed_or_published(team):
    team.refused(WrongState, "only a proposed draft", sign_draft, section=SECOND, number=1)
    team.refused(WrongState, "cannot become published", publish_draft, section=SECOND, number=1)
    team(propose_draft, section=SECOND, number=1)
    team.refused(
        WrongState, "Take it back first", write_draft, section=SECOND, number=1, revision=1, texts=NEW
    )


def test_a_draft_needs_two_signatures_of_which_one_is_the_leads(team):
    here = {"section": SECOND, "number": 1}
    team(propose_draft, **here)
    team(sign_draft, actor=team.study.second, **here)
    team.refused(WrongState, "not been signed off", publish_draft, **here)
    team.refused(WrongState, "signed this already", sign_draft, actor=team.study.second, **here)
    team(sign_draft, **here)
    team(publish_draft, **here)
    assert drafts_saved(team) == {1: "published"}


def test_signatures_do_not_stand_under_a_text_that_was_taken_back(team):
    here = {"section": SECOND, "number": 1}
    team(propose_draft, **here)
    team.sign(sign_draft, **here)
    team(return_draft, **here)
    assert signatures(team) == 0
    team(write_draft, revision=1, texts=NEW, **here)
    team(propose_draft, **here)
    team.refused(WrongState, "not been signed off", publish_draft, **here)
    assert drafts_saved(team) == {1: "proposed"}


def test_writing_and_signing_are_for_those_who_may(team):
    analyst = team.as_role(Role.ANALYST)
    here = {"section": SECOND, "number": 1, "actor": analyst}
    team.refused(NotAllowed, "write drafts", write_draft, revision=1, texts=NEW, **here)
    team.refused(NotAllowed, "write drafts", propose_draft, **here)
    team.refused(NotAllowed, "write drafts", return_draft, **here)
    team.refused(NotAllowed, "sign off", sign_draft, **here)
    team.refused(NotAllowed, "sign off", publish_draft, **here)


def test_drafts_are_looked_up_in_their_own_study(team):
    elsewhere = team.elsewhere()
    with team.study.work():
        db.session.execute(
            db.update(Section)
            .where(Section.study_id == team.study.id, Section.code == FIRST)
            .values(code="ours-only")
        )
    team.refused(NotFound, "no section", propose_draft, section="ours-only", number=1, **elsewhere)


# --- Beside the rounds ----------------------------------------------------------------------------------


def test_a_new_draft_of_a_rated_section_needs_the_decision_to_revise(analysed):
    analysed(write_draft, section=SECOND, texts=NEW)
    analysed(propose_draft, section=SECOND, number=2)
    analysed.sign(sign_draft, section=SECOND, number=2)
    here = {"section": SECOND, "number": 2}
    analysed.refused(WrongState, "Decide about", publish_draft, **here)
    analysed(decide, number=1, section=SECOND, kind="rerate_unchanged", reason="Close.")
    analysed.refused(WrongState, "does not go with that", publish_draft, **here)
    analysed(decide, number=1, section=SECOND, kind="revise")
    analysed(publish_draft, **here)
    assert drafts_saved(analysed) == {1: "published", 2: "published"}


def test_the_draft_of_an_unfinished_round_is_superseded_only_with_its_feedback(analysed):
    answer_and_decide(analysed)
    analysed(write_draft, section=SECOND, texts=NEW)
    publish(analysed, SECOND, 2)
    assert drafts_saved(analysed) == {1: "published", 2: "published"}
    analysed(publish_feedback, number=1)
    assert drafts_saved(analysed) == {1: "superseded", 2: "published"}
    assert drafts_saved(analysed, FIRST) == {1: "published"}


def test_a_draft_published_after_the_feedback_replaces_the_old_one_at_once(published):
    published(write_draft, section=SECOND, texts=NEW)
    publish(published, SECOND, 2)
    assert drafts_saved(published) == {1: "superseded", 2: "published"}
    assert ("draft:next-steps:1", "{}") in published.events("draft_superseded")


def test_agreed_text_takes_no_new_draft(published):
    published.refused(WrongState, "text is locked", write_draft, section=FIRST, texts=NEW)
    assert drafts_saved(published, FIRST) == {1: "published"}
