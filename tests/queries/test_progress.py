"""Progress is counts by group: they add up, and groups without people are there with noughts."""

from __future__ import annotations

from datetime import timedelta

from delphi.queries.panellists import panellist_of
from delphi.queries.progress import progress_of_round, recruitment_of
from delphi.queries.rounds import round_of
from delphi.services import answers, invitations, panel
from delphi.services.deletion import stop_and_delete
from delphi.services.leaving import decline, stop
from tools.small_study import SmallStudy


def common(study: SmallStudy, **changes: object) -> dict[str, object]:
    return {"study_id": study.id, "actor": study.lead, "now": study.imported_at} | changes


def register(study: SmallStudy, name: str, *, is_invited: bool = True) -> str:
    with study.work():
        code = panel.register_panellist(
            name=name, email=f"{name}@panel.example", group="users", **common(study)
        ).code
        if is_invited:
            invitations.invite(codes=[code], **common(study))
        return code


def test_recruitment_adds_up_whatever_became_of_people(small_study):
    joined = small_study.join(3)
    register(small_study, "interested", is_invited=False)
    declined, _silent = register(small_study, "declined"), register(small_study, "silent")
    changed_mind = register(small_study, "changed", is_invited=False)
    with small_study.work():
        decline(code=declined, **common(small_study))
        decline(code=changed_mind, **common(small_study))
        stop(code=joined[0], **common(small_study))
        stop_and_delete(code=joined[1], **common(small_study))
    with small_study.look():
        users, carers, workers = recruitment_of(small_study.id)
    assert (users.group, users.label) == ("users", "People who use services")
    assert (users.n_registered, users.n_invited, users.n_consented) == (7, 5, 3)
    assert (users.n_declined, users.n_no_reply, users.n_active) == (1, 1, 1)
    assert users.n_invited == users.n_consented + users.n_declined + users.n_no_reply
    assert (carers.n_invited, carers.n_consented, carers.n_active) == (3, 3, 3)
    assert workers.n_no_reply == 0


def test_a_group_without_people_is_there_with_noughts(small_study):
    with small_study.look():
        assert [(one.group, one.n_registered) for one in recruitment_of(small_study.id)] == [
            ("users", 0),
            ("carers", 0),
            ("workers", 0),
        ]


def test_a_rounds_progress_counts_the_started_and_the_submitted(small_study):
    codes = small_study.started(2)
    for code in codes[:3]:
        small_study.save(code)
    person = small_study.person(codes[0])
    with small_study.work():
        answers.submit(
            number=1, code=codes[0], **common(small_study, actor=person, now=small_study.answered_at)
        )
    with small_study.look():
        found = progress_of_round(round_of(small_study.id, 1))
    assert [(one.group, one.n_asked, one.n_started, one.n_submitted) for one in found] == [
        ("users", 2, 2, 1),
        ("carers", 2, 1, 0),
        ("workers", 2, 0, 0),
    ]
    assert found[1].n_not_started == 1


def test_people_count_in_the_rounds_for_which_they_were_there(small_study):
    codes = small_study.started(2)
    later = small_study.closed_at + timedelta(days=3)
    small_study.close()
    with small_study.work():
        stop(code=codes[0], **common(small_study, now=later))
        round_of(small_study.id, 2).opened_at = later + timedelta(days=1)
    with small_study.look():
        first = progress_of_round(round_of(small_study.id, 1))[0]
        second = progress_of_round(round_of(small_study.id, 2))[0]
    assert (first.n_asked, second.n_asked) == (2, 1)


def test_a_late_joiner_was_not_asked_in_the_round_before(small_study):
    codes = small_study.started(1)
    small_study.close()
    with small_study.work():
        panellist = panellist_of(small_study.id, codes[0])
        panellist.joined_at = small_study.closed_at + timedelta(days=1)
    with small_study.look():
        assert progress_of_round(round_of(small_study.id, 1))[0].n_asked == 0
        assert progress_of_round(round_of(small_study.id, 2))[0].n_asked == 1
