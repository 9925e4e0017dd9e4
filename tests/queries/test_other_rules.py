"""Other sets of people are counted as a person would count them, from one pull, beside the sealed outcome."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from delphi.consensus.counts import ItemCounts
from delphi.consensus.other_rules import EVERYBODY, Kind
from delphi.consensus.verdict import Verdict
from delphi.domain.errors import NotFound, WrongState
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.other_rules import Rules, rules_of, rules_of_round
from delphi.queries.other_rules_page import other_rules_page
from delphi.queries.other_rules_section import other_rules_section
from delphi.queries.results import newest_snapshot, read_results
from delphi.queries.rounds import round_of
from delphi.services import answers, consent, panel, rounds
from delphi.services.forms import FormPage, enter_form
from tools.small_study import CONSENT, SECTIONS, SmallStudy

FIRST = SECTIONS[0]


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    """Three people in each group; the first user is also a carer."""
    small_study.seal().publish_drafts()
    small_study.codes = [joined(small_study, "Both", "users", ["carers"]), *small_study.join(2)]
    return small_study.open()


def joined(study: SmallStudy, name: str, group: str, perspectives: list[str]) -> str:
    given: dict[str, Any] = {"study_id": study.id, "actor": study.lead, "now": study.imported_at}
    with study.work():
        person = panel.register_panellist(
            name=name, email="both@panel.example", group=group, perspectives=perspectives, **given
        )
        code = person.code
        consent.give_consent(code=code, given=CONSENT, how="phone", **given)
    return code


def rules(study: SmallStudy, number: int = 1) -> Rules:
    with study.look():
        round_ = round_of(study.id, number)
        results = read_results(newest_snapshot(round_))
        return rules_of_round(db.session.get_one(Study, study.id), round_, results)


def counted(found: Rules, people: str, section: str = FIRST) -> dict[str, tuple[int, ...]]:
    one = next(one for one in found.sections if one.code == section)
    counts: ItemCounts = one.counts[people]["clear"]
    return {group: histogram.counts for group, histogram in counts.by_group.items()}


def way(found: Rules, code: str) -> Any:
    return next(one for one in found.found.ways if one.code == code)


def test_who_also_speaks_for_others_is_counted_there_instead(study):
    for code in study.codes:
        study.save(code)
    study.close().analyse()
    found = rules(study)
    assert [sum(counts) for counts in counted(found, EVERYBODY).values()] == [3, 2, 2]
    assert [sum(counts) for counts in counted(found, "other-perspective").values()] == [2, 3, 2]
    assert way(found, "other-perspective").note == "1 person is counted in another group."


def test_late_paper_supported_and_unsent_answers_can_each_be_left_out(study):
    first, second, third, fourth, *_ = study.codes
    for code, value in ((first, 5), (second, 4)):
        study.save(code, ratings={"clear": value})
    actor = study.person(first)
    with study.work():
        answers.submit(study_id=study.id, number=1, code=first, actor=actor, now=study.answered_at)
    given: dict[str, Any] = {"study_id": study.id, "actor": study.lead, "number": 1}
    pages = {FIRST: FormPage({"clear": 1})}
    with study.work():
        enter_form(
            code=third,
            pages=pages,
            mode="phone",
            received_on=date(2025, 2, 5),
            now=study.answered_at,
            **given,
        )
    study.close()
    with study.work():
        enter_form(
            code=fourth,
            pages={FIRST: FormPage({"clear": 2})},
            received_on=date(2025, 2, 15),
            late_reason="The post.",
            now=datetime(2025, 2, 16, 9, tzinfo=UTC),
            **given,
        )
    study.analyse()
    found = rules(study)

    def points(people: str) -> list[int]:
        tables = counted(found, people).values()
        return [value for value in range(1, 6) for counts in tables if counts[value - 1]]

    assert points(EVERYBODY) == [1, 2, 4, 5]
    assert points("handed-in") == [1, 2, 5]
    assert points("not-late") == [1, 4, 5]
    assert points("alone") == [4, 5]
    assert way(found, "completers").unfit.startswith("Everybody who answered")


def test_completers_took_part_in_every_round_and_only_they_are_left(study):
    for code in study.codes:
        study.save(code)
    study.close().analyse().publish(decision="rerate_unchanged")
    with study.work():
        rounds.plan_round(
            study_id=study.id, number=2, items={FIRST: 1}, actor=study.lead, now=study.analysed_at
        )
    study.open(2, now=datetime(2025, 3, 3, tzinfo=UTC))
    stayed = study.codes[:4]
    for code in stayed:
        study.save(code, ratings={"clear": 5}, number=2, now=datetime(2025, 3, 5, tzinfo=UTC))
    study.close(2, now=datetime(2025, 3, 15, tzinfo=UTC)).analyse(2)
    first, second = rules(study), rules(study, 2)
    assert sum(map(sum, counted(first, "completers").values())) == 4
    assert way(first, "completers").note == "3 people are left out."
    assert not way(second, "completers").rule
    with study.look():
        found = db.session.get_one(Study, study.id)
        both = [
            (round_, read_results(newest_snapshot(round_)))
            for round_ in (round_of(study.id, n) for n in (1, 2))
        ]
        whole = rules_of(found, [(both[0][0], both[0][1], [SECTIONS[1]]), (both[1][0], both[1][1], [FIRST])])
    assert [(one.code, one.round_number) for one in whole.sections] == [(SECTIONS[1], 1), (FIRST, 2)]
    assert way(whole, "completers").rule


def test_the_sealed_outcome_stands_beside_every_other_way(analysed):
    study = analysed.study
    found = rules(study)
    assert [one.verdict for one in found.sections] == [Verdict.AGREED, Verdict.NOT_AGREED]
    with study.look():
        page = other_rules_page(study.lead, 1)
    assert page.sealed.tally == (1, 0, 1, 0)
    assert page.n_asked == len(found.found.asked()) == len(page.heads)
    asked = [row for group in page.groups for row in group.rows]
    assert all(sum(row.tally) == 2 for row in asked)
    assert [row.answers for row in page.sections] == ["1", "10"]
    assert page.sections[0].how_far.startswith("It would no longer be agreed if")


def test_only_what_changes_an_outcome_is_shown_when_asked_for(analysed):
    with analysed.study.look():
        page = other_rules_page(analysed.study.lead, 1, show="changing")
    shown = [row for group in page.groups for row in group.rows]
    assert all(row.changed for row in shown)
    assert len(shown) == page.n_changing == len(page.heads)
    assert all(any(one.differs for one in row.says) for row in page.sections)


def test_nothing_is_said_before_the_analysis(closed):
    with closed.study.look(), pytest.raises(WrongState, match="has not been analysed yet"):
        other_rules_page(closed.study.lead, 1)


def test_a_section_has_its_statements_one_by_one(analysed):
    with analysed.study.look():
        page = other_rules_section(analysed.study.lead, 1, SECTIONS[1])
        with pytest.raises(NotFound):
            other_rules_section(analysed.study.lead, 1, "nowhere")
    assert page.statements == ("Clear", "Feasible")
    assert [one.words for one in page.sealed.statements] == ["Not agreed", "Not agreed"]
    assert [group.heading for group in page.groups] == [
        "Other published rules",
        "The sealed rule, with another setting",
        "The sealed rule, on other answers",
    ]
    assert set(Kind) == {Kind.PUBLISHED, Kind.SETTING, Kind.PEOPLE}
    rand = next(row for row in page.groups[0].unfit if "RAND" in row.title)
    assert rand.unfit.startswith("Written for a scale in three equal parts")
    assert rand.says.words == "Not asked"
