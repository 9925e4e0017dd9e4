"""Comments: reviewed one by one; nothing before the close, nothing after publishing."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.queries import comments_page
from delphi.queries.rounds import round_of
from delphi.services.comments import review_comment
from delphi.services.themes import set_themes
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


def test_a_save_can_be_taken_back_whole(lead, closed):
    lead.get(COMMENTS)
    lead.press(
        "Save and go to the next", Hold="held", Why="An attack.", Accepted="accepted", reason="x", Themes="a"
    )
    name = f"C{closed.comment_ids['scores']}"
    page = lead.press(f"Undo what I saved last ({name})")
    assert comment(closed, "scores") == ("new", None, [])
    assert f"{name} is as before." in page.text
    assert f"Undo what I saved last ({name})" not in page.buttons(), "it is taken back once"


def test_somebody_elses_decision_is_not_overwritten_unseen(lead, sign_in_as, closed):
    """Two people have the same comment in hand: the second sees what the first saved, and loses nothing."""
    colleague = sign_in_as("second")
    address = f"{COMMENTS}?comment={closed.comment_ids['pets']}"
    lead.get(address)
    colleague.get(address)
    colleague.press("Save and go to the next", Show="shown", Accepted="accepted", reason="It is in draft 2.")
    page = lead.press("Save and go to the next", 409, Hold="held", Why="Mine.")
    assert "A colleague has decided" in page.errors[0]
    assert "It is in draft 2." in page.main
    assert page.field("Why").get("value") == "Mine."
    lead.press("Save and go to the next")
    assert comment(closed, "pets")[0] == "held"


def test_the_list_is_narrowed_by_section_theme_and_tab(lead, closed):
    closed(set_themes, comment_id=closed.comment_ids["scores"], labels=["scoring"])
    closed(review_comment, comment_id=closed.comment_ids["again"], state="held", reason="conduct")

    def rows(query):
        page = lead.get(f"{COMMENTS}?{query}")
        return [one.get("href").split("comment=")[1].split("&")[0] for one in page.tree.xpath(ROWS)]

    ids = {name: str(number) for name, number in closed.comment_ids.items()}
    assert rows("section=whole") == [ids["pets"]]
    assert rows("section=next-steps") == [ids["scores"], ids["again"]]
    assert rows("theme=scoring") == [ids["scores"]]
    assert rows("show=held") == [ids["again"]]
    assert "Nothing fits" in lead.get(f"{COMMENTS}?show=passed").main
    assert "Nothing fits" in lead.get(f"{COMMENTS}?q=again").main, (
        "a search never tells what a held text says"
    )


def test_groups_can_be_hidden_while_answering(lead, closed):
    page = lead.get(f"{COMMENTS}?blind=yes")
    assert "People who use services" not in page.main
    page = lead.press("Leave open")
    assert "People who use services" not in page.main, "the choice goes on with the next comment"


def test_a_long_list_comes_in_pages(lead, closed, monkeypatch):
    monkeypatch.setattr(comments_page, "ON_A_PAGE", 2)
    page = lead.get(COMMENTS)
    assert "1 to 2 of 3" in page.main
    page = lead.get(page.links()["Later comments"])
    assert "3 to 3 of 3" in page.main
    assert "Pets." in page.main


ROWS = "//*[contains(@class,'app-bench__list')]//li/a"
