""" "You said, we did": how a section goes into the next round."""

from __future__ import annotations

from typing import Any

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.decisions import Revision
from delphi.models.sections import Draft
from delphi.queries.comments import changes_behind
from delphi.queries.revisions import revisions_of
from delphi.queries.rounds import round_of
from delphi.queries.sections import section_of
from delphi.services.decisions import decide
from delphi.services.drafts import write_draft
from delphi.services.revisions import withdraw_revision, write_revision
from delphi.services.rounds import cancel_round
from tools.small_study import SECTIONS
from tools.small_team import Team

AGREED, NOT_AGREED = SECTIONS
ENTRY: dict[str, Any] = {"section": NOT_AGREED, "for_round": 2, "summary": "No scores any more."}
REVISION = ENTRY | {
    "kind": "revision",
    "from_number": 1,
    "to_number": 2,
    "comparable": "no",
    "comparable_reason": "The meaning changed.",
}
RERATING = ENTRY | {
    "kind": "rerating",
    "from_number": 1,
    "to_number": 1,
    "comparable": "same",
    "comparable_reason": "Not a word was changed.",
}


@pytest.fixture
def revised(analysed) -> Team:
    """The second section is to be revised, and its draft 2 is written."""
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    analysed(write_draft, section=NOT_AGREED, texts={"standard": "# Next steps\n\nAnother.\n"})
    return analysed


@pytest.fixture
def rerated(analysed) -> Team:
    """The second section is to be rated again as it is."""
    analysed(decide, number=1, section=NOT_AGREED, kind="rerate_unchanged", reason="Close.")
    return analysed


def changes(team) -> list[tuple[list[int], str, str]]:
    ids = team.comment_ids
    return [
        ([ids["scores"], ids["again"], ids["scores"]], "Scores felt wrong.", "Took them out."),
        ([ids["pets"]], "Pets belong on it.", "Not changed: see the next section."),
    ]


def entries(team) -> list[tuple[Any, ...]]:
    with team.study.look():
        return [
            (
                entry.section.code,
                entry.kind,
                entry.comparable,
                entry.summary,
                [
                    (change.you_said, sorted(c.comment_id for c in change.comments))
                    for change in entry.changes
                ],
            )
            for entry in revisions_of(team.study.id, for_round=2)
        ]


def test_a_revision_says_what_was_said_and_done(revised):
    revised(write_revision, changes=changes(revised), **REVISION)
    ids = revised.comment_ids
    said = [
        ("Scores felt wrong.", sorted([ids["scores"], ids["again"]])),
        ("Pets belong on it.", [ids["pets"]]),
    ]
    assert entries(revised) == [(NOT_AGREED, "revision", "no", "No scores any more.", said)]
    assert revised.events("revision_written") == [
        ("round:2:section:next-steps", '{"comparable":"no","from":1,"kind":"revision","to":2}')
    ]


def test_each_comment_leads_to_what_became_of_it(revised):
    revised(write_revision, changes=changes(revised), **REVISION)
    with revised.study.look():
        found = changes_behind(round_of(revised.study.id, 1).id)
        became = {comment_id: [change.we_did for _, change in lines] for comment_id, lines in found.items()}
    ids = revised.comment_ids
    assert became == {
        ids["scores"]: ["Took them out."],
        ids["again"]: ["Took them out."],
        ids["pets"]: ["Not changed: see the next section."],
    }


def test_an_entry_can_be_written_anew_until_its_round_opens(revised):
    revised(write_revision, changes=changes(revised), **REVISION)
    revised(write_revision, changes=[], **(REVISION | {"summary": "Shorter.", "comparable": "wording"}))
    assert entries(revised) == [(NOT_AGREED, "revision", "wording", "Shorter.", [])]


def test_an_entry_can_be_withdrawn(revised):
    revised.refused(NotFound, "Nothing is written down", withdraw_revision, section=NOT_AGREED, for_round=2)
    revised(write_revision, changes=changes(revised), **REVISION)
    revised(withdraw_revision, section=NOT_AGREED, for_round=2)
    assert entries(revised) == []
    assert revised.events("revision_withdrawn") == [("round:2:section:next-steps", "{}")]


def test_a_rerating_keeps_the_draft(rerated):
    rerated(write_revision, changes=changes(rerated), **RERATING)
    with rerated.study.look():
        entry = db.session.scalars(db.select(Revision)).one()
        assert entry.from_draft_id == entry.to_draft_id
        assert (entry.kind, entry.comparable) == ("rerating", "same")


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"comparable": "same"}, "no or wording"),
        ({"comparable": "maybe"}, "no or wording"),
        ({"kind": "rewrite"}, "one of the two"),
        ({"to_number": 1}, "a newer draft"),
        ({"comparable_reason": ""}, "empty"),
        ({"summary": " "}, "empty"),
        ({"changes": [([], "Somebody said.", "We did.")]}, "at least one comment"),
    ],
)
def test_a_revision_whose_parts_do_not_fit_is_refused(revised, changed, match):
    revised.refused(
        InvalidInput, match, write_revision, **({"changes": changes(revised)} | REVISION | changed)
    )
    assert entries(revised) == []


@pytest.mark.parametrize(
    ("changed", "match"),
    [({"comparable": "no"}, "compared as: same"), ({"to_number": 2}, "the same draft again")],
)
def test_a_rerating_whose_parts_do_not_fit_is_refused(rerated, changed, match):
    rerated(write_draft, section=NOT_AGREED, texts={"standard": "# Next steps\n\nAnother.\n"})
    rerated.refused(InvalidInput, match, write_revision, changes=[], **(RERATING | changed))


@pytest.mark.parametrize("field", ["you_said", "we_did"])
def test_both_halves_of_a_change_are_written(revised, field):
    comment_ids = [revised.comment_ids["scores"]]
    change = (comment_ids, *("" if name == field else "Words." for name in ("you_said", "we_did")))
    error = revised.refused(InvalidInput, "empty", write_revision, changes=[change], **REVISION)
    assert error.problems[0].where == f"changes, line 1, {field.replace('_', ' ')}"


def test_a_comment_behind_a_change_is_one_of_this_study_and_of_an_earlier_round(revised):
    change = ([revised.comment_ids["scores"], 999], "Scores felt wrong.", "Took them out.")
    revised.refused(NotFound, "comment 999", write_revision, changes=[change], **REVISION)
    assert entries(revised) == []


def test_a_comment_of_the_round_itself_cannot_be_behind_it(revised):
    with revised.study.work():
        ours = db.session.get_one(Comment, revised.comment_ids["scores"])
        later = Comment(
            study_id=ours.study_id,
            round_id=round_of(revised.study.id, 2).id,
            panellist_id=ours.panellist_id,
            prompt="change",
            text="Too early.",
            saved_at=revised.now,
        )
        db.session.add(later)
        db.session.flush()
        change = ([later.id], "Too early.", "Nothing.")
    revised.refused(NotFound, "no round before round 2", write_revision, changes=[change], **REVISION)


def test_comments_of_an_open_round_cannot_be_quoted(opened):
    opened(write_draft, section=NOT_AGREED, texts={"standard": "# Next steps\n\nAnother.\n"})
    opened.refused(WrongState, "once it has closed", write_revision, changes=changes(opened), **REVISION)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"to_number": 5}, NotFound, "no draft 5"),
        ({"for_round": 9}, NotFound, "no round 9"),
        ({"for_round": 1}, WrongState, "cannot be changed any more"),
        ({"section": "nowhere"}, NotFound, "no section"),
        ({"from_number": 2, "to_number": 3}, InvalidInput, "put draft 1 to the panel"),
    ],
)
def test_an_entry_fits_what_was_put_before_and_what_is_planned(revised, changed, error, match):
    if changed.get("to_number") == 3:
        with revised.study.work():
            section = section_of(revised.study.id, NOT_AGREED)
            section.drafts.append(Draft(study_id=revised.study.id, number=3, created_at=revised.now))
    revised.refused(error, match, write_revision, **({"changes": []} | REVISION | changed))


def test_an_entry_follows_from_the_decision(revised):
    revised.refused(WrongState, "does not go with that", write_revision, changes=[], **RERATING)
    revised(decide, number=1, section=NOT_AGREED, kind="rerate_unchanged", reason="Close.")
    revised.refused(WrongState, "does not go with that", write_revision, changes=[], **REVISION)


def test_a_settled_section_is_not_revised(published):
    agreed = REVISION | {"section": AGREED}
    published.refused(
        WrongState, "agreed; only a section that is in play", write_revision, changes=[], **agreed
    )


def test_nothing_is_written_for_a_round_that_will_not_be(revised):
    revised(cancel_round, number=2, reason="No money.")
    revised.refused(WrongState, "is cancelled", write_revision, changes=[], **REVISION)


def test_the_same_draft_is_not_put_a_third_time(analysed_under):
    team = analysed_under(max_ratings_per_draft=1)
    team.refused(WrongState, "as often as the protocol allows", write_revision, changes=[], **RERATING)


def test_writing_entries_is_for_those_who_write(revised):
    analyst = revised.as_role(Role.ANALYST)
    revised.refused(NotAllowed, "write drafts", write_revision, changes=[], actor=analyst, **REVISION)
    revised.refused(
        NotAllowed, "write drafts", withdraw_revision, section=NOT_AGREED, for_round=2, actor=analyst
    )


# --- How much changed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change_class", "comparable"),
    [("correction", "wording"), ("minor", "wording"), ("minor", "no"), ("material", "no")],
)
def test_the_class_of_a_change_is_kept(revised, change_class, comparable):
    entry = REVISION | {"change_class": change_class, "comparable": comparable}
    revised(write_revision, changes=changes(revised), **entry)
    with revised.study.look():
        assert [one.change_class for one in revisions_of(revised.study.id)] == [change_class]


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"change_class": "material", "comparable": "wording"}, "rated anew"),
        ({"change_class": "correction", "comparable": "no"}, "changes no meaning"),
        ({"change_class": "huge"}, "correction, minor or material"),
    ],
)
def test_a_class_that_does_not_fit_is_refused(revised, changed, match):
    revised.refused(InvalidInput, match, write_revision, changes=changes(revised), **REVISION | changed)


def test_the_same_draft_put_again_has_no_class(rerated):
    rerated.refused(InvalidInput, "is none", write_revision, changes=[], **RERATING, change_class="minor")
