"""People come onto the panel whole, under codes that tell nothing, and only while the study admits them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.groups import StakeholderGroup
from delphi.models.log import Event, OutboxEntry
from delphi.models.panellists import Identity, Panellist, Perspective
from delphi.queries.panellists import panel_of, panellist_of
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.deletion import stop_and_delete
from delphi.services.panel import change_contact_details, draw_codes, register_panellist
from tools.small_study import SmallStudy


def register(study: SmallStudy, **fields: object) -> str:
    """Register one person and return their code."""
    person = {"name": "Alex Morgan", "email": "alex@panel.example", "group": "users"} | fields
    with study.work():
        return register_panellist(
            study_id=study.id, **({"actor": study.lead, "now": study.imported_at} | person)
        ).code


def test_a_registered_person_is_on_the_panel_with_the_name_in_another_table(small_study):
    code = register(
        small_study,
        name="  Alex   Morgan ",
        email=" Alex@Panel.Example ",
        format="easy_read",
        mode="supported",
        region="North",
        perspectives=["workers"],
    )
    with small_study.look():
        person = panellist_of(small_study.id, code)
        identity = db.session.scalars(db.select(Identity)).one()
        assert (person.state, person.format, person.mode) == (
            PanellistState.REGISTERED,
            "easy_read",
            "supported",
        )
        assert (person.region, person.registered_at) == ("North", small_study.imported_at)
        assert (identity.panellist_id, identity.name, identity.email) == (
            person.id,
            "Alex Morgan",
            "alex@panel.example",
        )
        groups = db.session.scalars(
            db.select(StakeholderGroup.code).join(Perspective, Perspective.group_id == StakeholderGroup.id)
        )
        assert groups.all() == ["workers"]


def test_registering_leaves_an_event_by_code_and_writes_to_nobody(small_study):
    code = register(small_study)
    with small_study.look():
        event = db.session.scalars(db.select(Event).order_by(Event.number.desc())).first()
        assert (event.kind, event.subject) == ("panellist_registered", f"panellist:{code}")
        assert "Alex" not in event.data
        assert db.session.scalars(db.select(OutboxEntry)).all() == []


def test_somebody_who_reads_on_paper_answers_on_paper(small_study):
    code = register(small_study, email=None, address="1 High Street", format="paper")
    with small_study.look():
        assert panellist_of(small_study.id, code).mode == "paper"


def test_every_problem_with_a_person_is_named_at_once(small_study):
    with pytest.raises(InvalidInput) as caught:
        register(small_study, name=" ", email="alex@panel", group="user", mode="video", format="braille")
    found = {problem.where: problem.sentence for problem in caught.value.problems}
    assert set(found) == {"name", "email", "group", "mode", "format"}
    assert "Did you mean “users”?" in found["group"]
    with small_study.look():
        assert panel_of(small_study.id) == []


@pytest.mark.parametrize(
    "email",
    ["alex", "alex@", "@panel.example", "a b@panel.example", "a@panel.example\nBcc: x@y.zz", "ä@b.zz"],
)
def test_an_address_that_mail_cannot_reach_is_refused(small_study, email):
    with pytest.raises(InvalidInput, match="not an e-mail address"):
        register(small_study, email=email)


def test_somebody_who_cannot_be_reached_is_refused(small_study):
    with pytest.raises(InvalidInput, match="at least one of e-mail, phone or postal address"):
        register(small_study, email=None)


def test_a_phone_number_or_an_address_is_enough(small_study):
    register(small_study, email=None, phone="+44 (0)1632 960 123 ext 4")
    register(small_study, email=None, name="Sam Paper", address="1 High Street,\nNorthbridge")
    with small_study.look():
        assert len(panel_of(small_study.id)) == 2


def test_the_same_person_is_not_registered_twice(small_study):
    code = register(small_study, phone="01632 960 123")
    with pytest.raises(InvalidInput, match=f"e-mail address is on the panel already, with the code {code}"):
        register(small_study, name="A. Morgan", email="ALEX@panel.example")
    with pytest.raises(InvalidInput, match="name and telephone number"):
        register(small_study, name="alex morgan", email="other@panel.example", phone="01632-960-123")


def test_people_may_share_a_telephone(small_study):
    register(small_study, phone="01632 960 123")
    register(small_study, name="Kim Morgan", email="kim@panel.example", phone="01632 960 123")
    with small_study.look():
        assert len(panel_of(small_study.id)) == 2


def test_a_code_can_be_brought_and_is_refused_when_taken(small_study):
    assert register(small_study, code="p19") == "P19"
    with pytest.raises(InvalidInput, match="The code P19 is or was somebody's"):
        register(small_study, name="Kim", email="kim@panel.example", code="P19")


def test_codes_have_the_form_of_the_study_and_do_not_follow_the_order(small_study):
    with small_study.look():
        codes = draw_codes(study_of(small_study.id), 99)
    assert sorted(codes) == [f"P{number:02}" for number in range(1, 100)]
    assert codes != sorted(codes)


def test_a_form_that_has_run_out_gets_one_digit_more(small_study):
    with small_study.look():
        codes = draw_codes(study_of(small_study.id), 150)
    assert len(set(codes)) == 150
    assert max(len(code) for code in codes) == 4


def test_codes_that_are_taken_are_never_drawn(small_study):
    taken = [f"P{number:02}" for number in range(1, 99)]
    with small_study.look():
        assert draw_codes(study_of(small_study.id), 1, taken=taken) == ["P99"]


def test_people_registered_at_once_get_different_codes(small_study):
    with ThreadPoolExecutor(8) as threads:
        codes = list(
            threads.map(
                lambda i: register(small_study, name=f"Person {i}", email=f"p{i}@panel.example"), range(24)
            )
        )
    assert len(set(codes)) == 24


def test_the_code_of_a_deleted_person_is_never_given_again(small_study):
    register(small_study, code="P07")
    with small_study.work():
        stop_and_delete(
            study_id=small_study.id, code="P07", actor=small_study.lead, now=small_study.imported_at
        )
    with pytest.raises(InvalidInput, match="is or was somebody's"):
        register(small_study, code="P07")
    with small_study.look():
        assert "P07" not in draw_codes(study_of(small_study.id), 98)


def test_nobody_is_admitted_once_the_protocols_round_has_opened(small_study):
    register(small_study)
    with small_study.work():
        round_of(small_study.id, 1).opened_at = small_study.opened_at
    register(small_study, name="Kim", email="kim@panel.example")
    with small_study.work():
        round_of(small_study.id, 2).opened_at = small_study.closed_at
    with pytest.raises(WrongState, match="until round 2 opens, and it has opened"):
        register(small_study, name="Late", email="late@panel.example")


def test_only_those_who_manage_the_panel_may_register(small_study):
    with pytest.raises(NotAllowed):
        register(small_study, actor=small_study.clerk)


def test_contact_details_are_corrected_and_what_is_not_named_stays(small_study):
    code = register(small_study, phone="01632 960 123")
    with small_study.work():
        change_contact_details(
            study_id=small_study.id,
            code=code,
            email="New@panel.example",
            phone="",
            actor=small_study.lead,
            now=small_study.imported_at + timedelta(days=1),
        )
    with small_study.look():
        identity = db.session.scalars(db.select(Identity)).one()
        assert (identity.name, identity.email, identity.phone) == ("Alex Morgan", "new@panel.example", None)
        kinds = db.session.scalars(db.select(Event.kind).order_by(Event.number)).all()
        assert kinds[-1] == "contact_details_changed"


def test_contact_details_cannot_become_somebody_elses_or_nothing(small_study):
    register(small_study)
    code = register(small_study, name="Kim", email="kim@panel.example")
    for email, sentence in (("alex@panel.example", "on the panel already"), ("", "at least one of")):
        with pytest.raises(InvalidInput, match=sentence), small_study.work():
            change_contact_details(
                study_id=small_study.id,
                code=code,
                email=email,
                actor=small_study.lead,
                now=small_study.imported_at,
            )
    with small_study.look():
        assert db.session.scalars(db.select(Panellist)).all()
        assert set(db.session.scalars(db.select(Identity.email))) == {
            "alex@panel.example",
            "kim@panel.example",
        }
