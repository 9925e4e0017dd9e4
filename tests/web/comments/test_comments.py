"""Comments: reviewed one by one; nothing before the close, nothing after publishing."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.queries.rounds import round_of
from tools.small_team import opened_team

COMMENTS = "/studies/small-study/rounds/1/comments"


@pytest.fixture
def closed(small_study):
    team = opened_team(small_study)
    small_study.close()
    return team


def comment(team, name):
    with team.study.look():
        found = db.session.get(Comment, team.comment_ids[name])
        return (
            found.state.value,
            found.disposition and found.disposition.kind,
            [t.theme.label for t in found.themes],
        )


def test_while_the_round_is_open_there_are_only_counts(lead, small_study):
    opened_team(small_study)
    page = lead.get(COMMENTS)
    assert "Comments of this round: 3" in page.text
    assert "Pets" not in page.html


def test_a_comment_is_reviewed_coded_and_answered_in_one_go(lead, closed):
    page = lead.get(COMMENTS)
    assert page.heading == "Comments: 3 left to answer"
    assert "No scores, please." in page.text
    page = lead.press(
        "Save and go to the next",
        **{
            "Show": "shown",
            "Accepted": "accepted",
            "Themes": "scores, Choice",
            "Reason, as the panel will read it": "Taken out.",
        },
    )
    assert comment(closed, "scores") == ("shown", "accepted", ["scores", "Choice"])
    assert page.heading == "Comments: 2 left to answer"
    assert "Scores again?" in page.tree.xpath("//blockquote")[0].text_content()


def test_an_answer_without_its_reason_is_not_saved_and_not_lost(lead, closed):
    lead.get(COMMENTS)
    page = lead.press("Save and go to the next", 422, Show="shown", Accepted="accepted", Themes="a b")
    assert "Say why" in page.errors[0]
    assert page.field("Themes").get("value") == "a b"
    assert comment(closed, "scores") == ("new", None, []), "all of it or nothing"


def test_leaving_a_comment_open_goes_on_and_changes_nothing(lead, closed):
    lead.get(COMMENTS)
    page = lead.press("Leave open", Hold="held")
    assert "Scores again?" in page.tree.xpath("//blockquote")[0].text_content()
    assert comment(closed, "scores")[0] == "new"


def test_words_are_taken_out_with_a_reason(lead, closed):
    lead.get(COMMENTS)
    page = lead.press("Save and go to the next", 422, **{"Show, with words taken out": "redacted"})
    assert "Say why" in page.errors[0]
    lead.press("Save and go to the next", shown_text="No …, please.", Why="Names a product.")
    assert comment(closed, "scores")[0] == "redacted"


def test_the_text_of_a_held_comment_is_not_in_the_list(lead, closed):
    lead.get(COMMENTS)
    lead.press("Save and go to the next", Hold="held", Why="An attack.")
    listed = lead.get(f"{COMMENTS}?comment={closed.comment_ids['pets']}").html
    assert "No scores, please." not in listed
    assert "The text is not shown in this list" in listed


def test_a_duplicate_names_the_comment_it_repeats(lead, closed):
    lead.get(f"{COMMENTS}?comment={closed.comment_ids['again']}")
    first = str(closed.comment_ids["scores"])
    lead.press(
        "Save and go to the next",
        **{
            "Show": "shown",
            "Says the same as another comment": "duplicate",
            "duplicate_of": first,
            "reason": "As C1.",
        },
    )
    assert comment(closed, "again")[1] == "duplicate"


def test_what_people_wrote_is_escaped(lead, closed):
    with closed.study.work():
        db.session.get(
            Comment, closed.comment_ids["scores"]
        ).text = "<script>alert(1)</script> \u202eright to left"
    assert "<script>alert" not in lead.get(COMMENTS).html


def test_a_comment_of_another_round_is_not_there(lead, closed):
    lead.get(f"{COMMENTS}?comment=999", 404)


def test_a_search_looks_through_the_words(lead, closed):
    assert "Pets." in lead.get(f"{COMMENTS}?q=pets").main
    assert "Nothing fits" in lead.get(f"{COMMENTS}?q=zebra").main


def test_after_publishing_what_was_decided_is_final(lead, closed, small_study):
    with small_study.work():
        round_of(small_study.id, 1).state = "published"
    assert "Save and go to the next" not in lead.get(COMMENTS).buttons()
