"""A study can be carried elsewhere: what was imported comes out again, also when it was played."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from delphi.domain.actors import Clock, Operator
from delphi.domain.errors import NotAllowed
from delphi.domain.study_archive import StudyBundle, files_of, read_archive, read_folder, write_archive
from delphi.domain.study_file_yaml import FILE_NAME
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.panellists import Identity
from delphi.paths import demo_folder
from delphi.queries.studies import study_by_slug
from delphi.queries.study_export import bundle_of
from delphi.services import rounds
from delphi.services.studies import import_study
from delphi.services.study_export import export_study
from tools.small_study import SECTIONS, SmallStudy, small_bundle

LATER = date(2025, 3, 14)


def bring(study: SmallStudy, bundle: StudyBundle, **options: Any) -> StudyBundle:
    """Import a study and take it out again."""
    with study.work():
        import_study(bundle=bundle, actor=Operator(), now=study.imported_at, **options)
    return take(study, options.get("slug") or bundle.study_file.study.slug)


def take(study: SmallStudy, slug: str) -> StudyBundle:
    with study.look():
        return bundle_of(study_by_slug(slug))


def renamed(bundle: StudyBundle, slug: str) -> StudyBundle:
    part = bundle.study_file.study.model_copy(update={"slug": slug})
    return replace(bundle, study_file=bundle.study_file.model_copy(update={"study": part}))


@pytest.mark.parametrize(
    "source", [small_bundle, lambda: read_folder(demo_folder() / "study")], ids=["small", "demo"]
)
def test_a_study_that_travels_twice_is_the_same_to_the_byte(small_study, source):
    bundle = renamed(source(), "first")
    once = bring(small_study, bundle)
    archive = write_archive(once)
    twice = bring(small_study, read_archive(archive), slug="second")
    assert files_of(renamed(twice, "first")) == files_of(once)
    assert write_archive(renamed(twice, "first")) == archive
    assert twice.pictures == bundle.pictures
    assert sorted(twice.texts.values()) == sorted(bundle.texts.values())
    assert twice.study_file.consensus_rule == bundle.study_file.consensus_rule


def test_a_study_that_was_moved_in_time_comes_out_moved_by_whole_weeks(small_study):
    moved = bring(small_study, small_bundle(), slug="moved", first_day=date(2026, 1, 1)).study_file
    plain = small_bundle().study_file
    by = moved.rounds[0].opens - plain.rounds[0].opens
    assert by == timedelta(weeks=48)
    assert moved.rounds[0].opens == date(2026, 1, 5)
    assert [(r.opens - by, r.closes - by) for r in moved.rounds] == [
        (r.opens, r.closes) for r in plain.rounds
    ]
    assert tuple(day - by for day in moved.rounds[0].reminders) == plain.rounds[0].reminders
    assert moved.consent.withdrawal_cutoff - by == plain.consent.withdrawal_cutoff
    assert moved.protocol.fixed_on - by == plain.protocol.fixed_on


def test_a_study_that_was_played_can_be_set_up_again_as_it_was_planned(small_study):
    """Deadlines moved past the next round's opening, but the plan that travels is the one that was made."""
    before = read_archive(write_archive(take(small_study, small_study.slug)))
    codes = small_study.started(2)
    for code in codes:
        for section in SECTIONS:
            small_study.save(code, section=section, ratings={"clear": 2, "feasible": 2})
    common = {"study_id": small_study.id, "number": 1, "actor": small_study.lead}
    with small_study.work():
        rounds.extend_round(
            closes_on=date(2025, 3, 7),
            reason="Too few.",
            reminders_on=[date(2025, 3, 1)],
            now=small_study.answered_at,
            **common,
        )
    small_study.close()
    with small_study.work():
        rounds.reopen_round(closes_on=LATER, reason="The post.", now=small_study.closed_at, **common)
    small_study.close().analyse().publish(decision="report_no_agreement")
    after = read_archive(write_archive(take(small_study, small_study.slug)))
    assert after == before
    again = bring(small_study, after, slug="again")
    assert files_of(renamed(again, small_study.slug)) == files_of(before)


def test_no_person_and_no_answer_travels(small_study):
    # The file says what codes look like, by the example of P01.
    code = next(one for one in small_study.started(1) if one != "P01")
    small_study.save(code, comments={"change": "A secret comment."})
    with small_study.look():
        names = [
            *db.session.scalars(db.select(Identity.name)),
            *db.session.scalars(db.select(Identity.email)),
        ]
    content = b"".join(files_of(take(small_study, small_study.slug)).values()).decode()
    assert "consensus_rule" in content
    assert [word for word in (*names, code, "A secret comment.") if word in content] == []


def test_an_export_is_the_archive_and_stands_in_the_log(small_study):
    with small_study.work():
        content = export_study(study_id=small_study.id, actor=Operator(), now=small_study.answered_at)
    assert FILE_NAME in files_of(read_archive(content))
    with small_study.look():
        assert db.session.scalars(db.select(Event.kind)).all()[-1] == "study_exported"
    for actor in (small_study.clerk, Clock()):
        with pytest.raises(NotAllowed), small_study.work():
            export_study(study_id=small_study.id, actor=actor, now=small_study.answered_at)
