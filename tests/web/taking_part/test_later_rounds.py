"""The second round: what changed and why, one's own last answers, the figures, the reasons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment, Rating
from delphi.models.sections import Draft, DraftVariant, Section
from delphi.services import (
    comments,
    decisions,
    deletion,
    dispositions,
    drafts,
    feedback,
    revisions,
    rounds,
)
from tools.small_study import CRITERIA, SECTIONS, SmallStudy, small_plain

SECOND_AT = datetime(2025, 3, 3, tzinfo=UTC)
ANSWERED_AT = datetime(2025, 3, 4, 12, tzinfo=UTC)
WHY = {
    "id": "reason",
    "text": "You have changed your answer since last time. Would you like to tell us why?",
    "only_if_comparable": ["wording", "same"],
    "shown_when": {
        "any": [{"rating_moves_by_at_least": 2}, {"rating_crosses_into_or_out_of_agreement": True}]
    },
}


@pytest.fixture
def second(app, at):
    """A round 2 with one section changed and one put again; five in each group answered round 1."""
    study = SmallStudy(app, comment_prompts=[*small_plain()["comment_prompts"], WHY])
    study.codes = study.started(5)
    for n, code in enumerate(study.codes):
        value = 2 + n % 4
        for section in SECTIONS:
            words = {"change": f"I am {section} {n}."} if n == 0 else {}
            study.save(code, section, dict.fromkeys(CRITERIA, value), words)
    study.close().analyse()
    common = {"study_id": study.id, "actor": study.lead, "now": study.analysed_at}
    with study.look():
        said = {one.text.split()[2]: one.id for one in db.session.scalars(db.select(Comment))}
    _decide(study)
    with study.work():
        drafts.write_draft(
            section="first-steps",
            texts={"standard": "# First steps\n\nBegin with **one** tiny step, together.\n"},
            **common,
        )
    for section, kind, to in (("first-steps", "revision", 2), ("next-steps", "rerating", 1)):
        with study.work():
            revisions.write_revision(
                section=section,
                for_round=2,
                kind=kind,
                from_number=1,
                to_number=to,
                comparable="no" if kind == "revision" else "same",
                comparable_reason="the meaning changed." if kind == "revision" else "Not a word changed.",
                summary="Said more plainly." if kind == "revision" else "Put again with reasons.",
                changes=[([said[section]], "Steps were too big.", "We wrote of tiny steps.")],
                **common,
            )
    with study.work():
        drafts.propose_draft(section="first-steps", number=2, **common)
    for signer in (study.lead, study.second):
        with study.work():
            drafts.sign_draft(
                study_id=study.id, section="first-steps", number=2, actor=signer, now=study.analysed_at
            )
    with study.work():
        drafts.publish_draft(section="first-steps", number=2, **common)
    _publish(study)
    with study.work():
        rounds.plan_round(number=2, items={"first-steps": 2, "next-steps": 1}, **common)
    study.open(2, now=SECOND_AT)
    at(ANSWERED_AT)
    return study


def _decide(study):
    common = {"study_id": study.id, "actor": study.lead, "now": study.analysed_at}
    with study.look():
        waiting = db.session.scalars(db.select(Comment.id)).all()
    for comment_id in waiting:
        with study.work():
            comments.review_comment(comment_id=comment_id, state="shown", **common)
        with study.work():
            dispositions.answer_comment(comment_id=comment_id, kind="accepted", reason="We agree.", **common)
    for section, kind in (("first-steps", "revise"), ("next-steps", "rerate_unchanged")):
        with study.work():
            decisions.decide(number=1, section=section, kind=kind, reason="It was close.", **common)
    for signer in (study.lead, study.second):
        with study.work():
            decisions.sign_decisions(study_id=study.id, number=1, actor=signer, now=study.analysed_at)


def _publish(study):
    with study.work():
        feedback.publish_feedback(study_id=study.id, number=1, actor=study.lead, now=study.analysed_at)


@pytest.fixture
def returning(second, make_person):
    """Somebody who answered round 1, with 2 on everything and a comment."""
    someone = make_person(second, second.codes[0])
    someone.sign_in(ANSWERED_AT)
    return someone


def test_a_changed_section_begins_with_what_changed_and_why(returning):
    page = returning.section("first-steps", 2)
    assert page.status == 200
    assert "Since you last rated" in page.words
    assert "Said more plainly." in page.words
    assert "We changed this" in page.words
    assert "We wrote of tiny steps." in page.words
    added = " ".join(one.text_content() for one in page.tree.iter("ins"))
    removed = " ".join(one.text_content() for one in page.tree.iter("del"))
    assert "added: " in added
    assert "together" in added
    assert "removed: " in removed
    assert "small" in removed


def test_what_was_done_says_whether_the_text_was_changed(returning):
    (done,) = returning.section("first-steps", 2).tree.find_class("app-did__row")
    told = " ".join(one.text_content() for one in done.iter("p"))
    assert told == "You said Steps were too big. Changed We wrote of tiny steps."
    (answered,) = returning.section("next-steps", 2).tree.find_class("app-did__row")
    assert "Our answer" in answered.text_content()
    assert "Changed" not in answered.text_content()


def test_the_old_and_the_new_text_can_be_read_alone(returning):
    old = returning.get(f"{returning.root}/round-2/sections/first-steps?show=old")
    assert "one small step" in old.words
    new = returning.get(f"{returning.root}/round-2/sections/first-steps?show=new")
    assert "one tiny step" in new.words
    assert "removed: " not in new.words


def test_the_last_answer_is_said_in_words_and_never_ticked(returning):
    page = returning.section("first-steps", 2)
    assert "About the old draft you said: Disagree" in page.words
    again = returning.section("next-steps", 2)
    assert "Last time you said: Disagree" in again.words
    assert not [one for one in again.tree.iter("input") if one.get("type") == "radio" and one.checked]


def test_the_figures_stand_in_their_question(returning):
    page = returning.section("next-steps", 2)
    group = next(
        one
        for one in page.tree.iter("fieldset")
        if "This could be done" in one.find(".//legend").text_content()
    )
    words = " ".join(group.text_content().split())
    assert words.index("What the panel said in round 1:") < words.index("Last time you said")
    assert "7 of 15 people agreed" in words
    chart = group.find(".//svg")
    assert chart.get("role") == "img"
    rows = [head.text_content() for head in group.iter("th") if head.get("scope") == "row"]
    assert rows[0] == "Everyone"


def test_a_deletion_is_said_beside_the_figures_that_stay(returning, second):
    assert "later deleted" not in returning.section("first-steps", 2).words
    before = returning.section("first-steps", 2).words.split("What the panel said in round 1:")[1][:40]
    with second.work():
        deletion.stop_and_delete(study_id=second.id, code=second.codes[1], actor=second.lead, now=ANSWERED_AT)
    words = returning.section("first-steps", 2).words
    assert "One person's answers were later deleted at their request." in words
    assert words.split("What the panel said in round 1:")[1][:40] == before


def test_a_deleted_comment_leaves_the_page_at_once(returning, second, make_person):
    someone = make_person(second, second.codes[3])
    someone.sign_in(ANSWERED_AT)
    assert "I am first-steps 0." in someone.section("first-steps", 2).words
    with second.work():
        deletion.stop_and_delete(study_id=second.id, code=second.codes[0], actor=second.lead, now=ANSWERED_AT)
    assert "I am first-steps 0." not in someone.section("first-steps", 2).text


def test_a_changed_answer_is_asked_about_once_and_only_where_it_may_be_compared(returning):
    changed = {"rating__clear": "5", "rating__feasible": "2"}
    page = returning.press(returning.section("next-steps", 2), "Save and continue", **changed)
    assert page.heading == "Next steps"
    box = page.labelled("You have changed your answer since last time.")
    assert not [one for one in box.iterancestors() if "hidden" in one.attrib]
    assert "last time Disagree, now Strongly agree." in page.words
    page = returning.press(page, "Save and continue", comment__reason="I read the reasons.")
    assert page.heading == "Check your answers, then send"
    assert "I read the reasons." in page.words
    page = returning.press(returning.section("first-steps", 2), "Save and continue", **changed)
    assert page.heading == "Next steps"


def test_an_answer_that_stays_is_not_asked_about(returning):
    page = returning.press(
        returning.section("next-steps", 2), "Save and continue", rating__clear="2", rating__feasible="1"
    )
    assert page.heading == "Check your answers, then send"


def test_the_script_is_told_when_to_ask_why(returning):
    token = returning.section("next-steps", 2).form("Save and continue").inputs["csrf_token"].value
    answer = returning.client.post(
        f"{returning.root}/round-2/sections/next-steps/answers",
        json={"revision": "0", "rating-clear": "5"},
        headers={"X-CSRFToken": token},
    )
    assert answer.json["asks"] == ["reason"]


def test_reviewed_comments_are_shown_and_ones_own_is_marked(returning, second, make_person):
    assert "Your comment" in returning.section("first-steps", 2).words
    someone = make_person(second, second.codes[3])
    someone.sign_in(ANSWERED_AT)
    page = someone.section("first-steps", 2)
    assert "I am first-steps 0." in page.words
    assert "You did not comment on this section in round 1." in page.words


def test_home_says_what_kind_of_section_it_is(returning):
    words = returning.get(returning.root).words
    assert "Changed since you rated it." in words
    assert "Not changed. Other people’s reasons to read." in words


def test_home_says_since_which_round_to_somebody_who_missed_it(returning, second):
    with second.work():
        db.session.execute(db.delete(Rating))
    words = returning.get(returning.root).words
    assert "Changed since round 1." in words
    assert "since you rated" not in words


@pytest.fixture
def easy(second, returning):
    """The first section has an Easy Read text in both drafts, and she has switched to it."""
    with second.work():
        for draft in db.session.scalars(db.select(Draft).join(Section).where(Section.code == "first-steps")):
            text = "# Small steps\n\nTake a step.\n" + "Ask a friend.\n" * (draft.number == 2)
            db.session.add(DraftVariant(draft_id=draft.id, variant="easy_read", text=text))
    return returning.get(f"{returning.root}/round-2/sections/first-steps?read=easy-read")


def test_in_easy_read_what_is_new_is_said_in_short_sentences(easy):
    assert easy.heading == "Small steps"
    since = " ".join(easy.tree.find_class("app-since")[0].text_content().split())
    assert since.startswith("What is new")
    assert "We changed this part. Please read it again." in " ".join(since.replace(".", ". ").split())
    assert "Since you last rated" not in easy.words
    assert not list(easy.tree.iter("ins")), "the new text is read whole, changes are one key away"


def test_easy_read_figures_are_out_of_ten_people_and_everything_else_is_folded(easy):
    figure = easy.tree.find_class("app-figure--easy")[0]
    seen = " ".join(one.text_content() for one in figure.iterchildren("p"))
    assert "said yes." in seen
    assert "%" not in seen
    assert figure.find("details") is not None
    assert figure.find("svg").get("aria-hidden") == "true"


def test_easy_read_holds_for_feedback_and_the_list_as_well(easy, returning):
    page = returning.get(f"{returning.root}/feedback/1/sections/first-steps")
    assert page.tree.find_class("app-figure--easy")
