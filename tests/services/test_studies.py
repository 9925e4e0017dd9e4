"""A study begins whole or not at all, is sealed before the first rating, and ends when all is settled."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from delphi.domain.actors import Clock, Operator
from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import SectionState, StudyState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.sections import Section
from delphi.models.studies import Seal, Study
from delphi.queries.seals import sealed_content
from delphi.services import decisions, panel, rounds, studies
from delphi.services.feedback import publish_feedback
from tools.small_study import SECTIONS, SmallStudy, small_bundle
from tools.small_team import Team, answer_and_decide

NOW = datetime(2025, 1, 9, 10, tzinfo=UTC)


def act(study: SmallStudy, service: Any, **given: Any) -> Any:
    with study.work():
        return service(**{"study_id": study.id, "actor": study.lead, "now": NOW} | given)


def state(study: SmallStudy) -> StudyState:
    with study.look():
        return db.session.get_one(Study, study.id).state


def rows(study: SmallStudy) -> dict[str, int]:
    """How many rows each table has."""
    with study.look():
        return {
            table.name: db.session.scalar(db.select(db.func.count()).select_from(table))
            for table in db.metadata.sorted_tables
        }


def bring(study: SmallStudy, **given: Any) -> None:
    with study.work():
        studies.import_study(
            **{"bundle": small_bundle(), "slug": "copy", "actor": Operator(), "now": NOW} | given
        )


# --- Importing ------------------------------------------------------------------------------------------


def test_two_studies_cannot_have_one_short_name(small_study):
    before = rows(small_study)
    with pytest.raises(InvalidInput, match="“small-study” already") as refused:
        bring(small_study, slug=None)
    assert refused.value.problems[0].where == "study.slug"
    assert rows(small_study) == before


@pytest.mark.parametrize("slug", ["Two Words", "ümlaut", "-x", "x" * 61, "a/b", ""])
def test_a_copy_gets_a_short_name_that_fits_into_an_address(small_study, slug):
    before = rows(small_study)
    with pytest.raises(InvalidInput, match="small letters, digits and hyphens"):
        bring(small_study, slug=slug)
    assert rows(small_study) == before


def missing_text(bundle: Any) -> Any:
    return replace(bundle, texts=dict(list(bundle.texts.items())[:-1]))


def broken_picture(bundle: Any) -> Any:
    return replace(bundle, pictures={"map.png": b"not a picture"})


@pytest.mark.parametrize("spoil", [missing_text, broken_picture])
def test_an_import_that_fails_in_the_middle_leaves_no_row(small_study, spoil):
    before = rows(small_study)
    with pytest.raises((InvalidInput, KeyError)):
        bring(small_study, bundle=spoil(small_bundle()))
    assert rows(small_study) == before
    bring(small_study)
    assert rows(small_study)["study"] == before["study"] + 1


def test_a_study_is_brought_in_by_the_operator_or_a_lead(small_study):
    bring(small_study, slug="by-lead", actor=small_study.lead)
    for actor in (small_study.second, small_study.clerk, Clock()):
        with pytest.raises(NotAllowed):
            bring(small_study, actor=actor)


# --- Sealing --------------------------------------------------------------------------------------------


def test_a_rule_that_one_person_signed_is_not_sealed(small_study):
    act(small_study, studies.sign_rule)
    with pytest.raises(WrongState, match="has to be signed by the team"):
        act(small_study, studies.seal_study)
    assert state(small_study) == StudyState.DRAFT
    act(small_study, studies.sign_rule, actor=small_study.second)
    with pytest.raises(NotAllowed):
        act(small_study, studies.seal_study, actor=small_study.second)
    act(small_study, studies.seal_study)
    assert state(small_study) == StudyState.RUNNING


def test_the_seal_is_a_hash_that_anybody_can_check_and_its_time(small_study):
    small_study.seal()
    with small_study.look():
        seal = db.session.get_one(Seal, small_study.id)
        assert seal.checksum == sha256(seal.content.encode()).hexdigest()
        assert seal.sealed_at == small_study.imported_at
        content = json.loads(seal.content)
        event = db.session.scalars(db.select(Event).where(Event.kind == "study_started")).one()
        assert json.loads(event.data) == {"seal": seal.checksum}
    assert {"rule", "scale", "criteria", "groups", "panels", "feedback_groups", "protocol", "privacy"} <= set(
        content
    )
    assert content["panels"] == {"experience": ["users", "carers"], "practice": ["workers"]}


def test_whatever_decides_outcomes_changes_the_seal_and_nothing_else_does(small_study):
    with small_study.look():
        study = db.session.get_one(Study, small_study.id)
        before = json.dumps(sealed_content(study), sort_keys=True)
        for part in ("rule", "scale", "protocol", "privacy"):
            kept = getattr(study, part)
            setattr(study, part, kept | {"x": 1})
            with db.session.no_autoflush:
                assert json.dumps(sealed_content(study), sort_keys=True) != before
            setattr(study, part, kept)
        study.title = "Another title"
        with db.session.no_autoflush:
            assert json.dumps(sealed_content(study), sort_keys=True) == before
        db.session.rollback()


def test_what_is_sealed_is_neither_signed_nor_sealed_again(small_study):
    small_study.seal()
    with pytest.raises(WrongState, match="sealed already"):
        act(small_study, studies.sign_rule)
    with pytest.raises(WrongState, match="is running, so it cannot become running"):
        act(small_study, studies.seal_study)


# --- Finishing ------------------------------------------------------------------------------------------


def test_a_study_is_finished_when_every_round_is_over_and_every_section_settled(analysed: Team):
    study = analysed.study
    with pytest.raises(WrongState, match="A round is not published yet"):
        act(study, studies.finish_study)
    answer_and_decide(analysed)
    analysed(publish_feedback, number=1)
    with pytest.raises(WrongState, match="A round is not published yet"):
        act(study, studies.finish_study)
    act(study, rounds.cancel_round, number=2, reason="One round was enough.")
    with pytest.raises(WrongState, match="no final outcome yet"):
        act(study, studies.finish_study)
    with study.work():
        section = db.session.scalars(db.select(Section).where(Section.code == SECTIONS[1])).one()
        section.state = SectionState.NO_AGREEMENT
    with pytest.raises(NotAllowed):
        act(study, studies.finish_study, actor=study.second)
    act(study, studies.finish_study)
    assert state(study) == StudyState.FINISHED
    with study.look():
        assert db.session.get_one(Study, study.id).finished_at == NOW


def test_a_finished_study_takes_nobody_in_and_opens_nothing(small_study):
    codes = small_study.started(2)
    for code in codes:
        for section in SECTIONS:
            small_study.save(code, section=section)
    small_study.close().analyse().publish()
    act(small_study, rounds.cancel_round, number=2, reason="One round was enough.")
    act(small_study, studies.finish_study)
    with pytest.raises(WrongState):
        act(small_study, decisions.reopen_section, section=SECTIONS[0], reason="Why.")
    with pytest.raises(WrongState):
        act(
            small_study,
            panel.register_panellist,
            name="Late Person",
            email="late@panel.example",
            group="users",
        )
    with pytest.raises(WrongState):
        act(small_study, rounds.arm_round, number=2)
