"""The transition tables are whole: every state can be reached, and every refusal has a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from delphi.domain.errors import WrongState
from delphi.domain.lifecycles import (
    COMMENT,
    DRAFT,
    INVITATION,
    LATE_FORM,
    LIFECYCLES,
    PANELLIST,
    ROUND,
    SECTION,
    STUDY,
    SUBMISSION,
    Guard,
    Lifecycle,
    Transition,
    check_guards,
    states_page,
    words_of,
)
from delphi.domain.permissions import Permission
from delphi.domain.states import RoundState, StudyState

TRANSITIONS = [(lifecycle, transition) for lifecycle in LIFECYCLES for transition in lifecycle.transitions]


def event_of(part: object) -> str:
    return getattr(part, "event", "")


# Written down a second time on purpose, from the lifecycles of the design: a slip in the table shows here.
PERMITTED = {
    STUDY: "draft>running running>finished finished>archived",
    ROUND: "planned>open open>closed closed>open closed>analysed analysed>published planned>cancelled "
    "open>cancelled",
    SECTION: "drafting>in_play in_play>agreed in_play>left_out in_play>no_agreement in_play>not_assessable "
    "agreed>in_play in_play>removed in_play>merged in_play>split drafting>removed",
    DRAFT: "working>proposed proposed>working proposed>published published>superseded",
    PANELLIST: "registered>active registered>stopped active>stopped active>erased stopped>erased "
    "registered>erased",
    INVITATION: "prepared>sent sent>opened opened>consented prepared>consented sent>consented sent>declined "
    "opened>declined sent>bounced bounced>sent sent>expired opened>expired expired>sent prepared>revoked "
    "sent>revoked opened>revoked consented>revoked",
    SUBMISSION: "started>submitted submitted>started",
    LATE_FORM: "held>admitted held>refused refused>admitted",
    COMMENT: " ".join(
        f"{source}>{target}"
        for source in ("new", "shown", "redacted", "held", "escalated")
        for target in ("new", "shown", "redacted", "held", "escalated")
        if source != target
    ),
}


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.noun)
def test_exactly_the_permitted_pairs_are_in_the_table(lifecycle):
    found = {f"{t.source.value}>{t.target.value}" for t in lifecycle.transitions}
    assert found == set(PERMITTED[lifecycle].split())


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.noun)
def test_every_state_can_be_reached_from_the_first_one(lifecycle):
    reached, new = {lifecycle.initial}, [lifecycle.initial]
    while new:
        source = new.pop()
        for transition in lifecycle.transitions:
            if transition.source == source and transition.target not in reached:
                reached.add(transition.target)
                new.append(transition.target)
    assert reached == set(lifecycle.states)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.noun)
def test_no_pair_outside_the_table_is_found_and_the_refusal_names_what_is_possible(lifecycle):
    pairs = {(t.source, t.target) for t in lifecycle.transitions}
    for source in lifecycle.states:
        following = [words_of(t.target) for t in lifecycle.transitions if t.source == source]
        for target in lifecycle.states:
            if (source, target) in pairs:
                assert lifecycle.find(source, target).target == target
                continue
            with pytest.raises(WrongState) as refused:
                lifecycle.find(source, target)
            sentence = str(refused.value)
            assert f"is {words_of(source)}, so it cannot become {words_of(target)}" in sentence
            assert sentence.endswith(f"{', '.join(following) or 'nothing else'}.")


def test_what_has_ended_does_not_go_on():
    ends = {
        (lifecycle.noun, state.value)
        for lifecycle in LIFECYCLES
        for state in lifecycle.states
        if not any(t.source == state for t in lifecycle.transitions)
    }
    assert ends == {
        ("study", "archived"),
        ("round", "published"),
        ("round", "cancelled"),
        *(
            ("section", s)
            for s in ("left_out", "no_agreement", "not_assessable", "removed", "merged", "split")
        ),
        ("draft", "superseded"),
        ("panellist", "erased"),
        ("invitation", "declined"),
        ("invitation", "revoked"),
        ("late form", "admitted"),
    }


@pytest.mark.parametrize(("lifecycle", "transition"), TRANSITIONS, ids=event_of)
def test_every_transition_says_what_it_does_and_why_it_is_refused(lifecycle, transition):
    assert transition.effect.endswith(".")
    assert transition.event == transition.event.lower()
    assert " " not in transition.event
    for guard in transition.guards:
        assert guard.otherwise.endswith(".")
        assert guard.otherwise[0].isupper()


def test_an_event_never_stands_for_two_kinds_of_thing():
    nouns: dict[str, set[str]] = {}
    for lifecycle, transition in TRANSITIONS:
        nouns.setdefault(transition.event, set()).add(lifecycle.noun)
    assert {event: found for event, found in nouns.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("_", "transition"), TRANSITIONS, ids=event_of)
def test_each_missing_fact_is_refused_with_the_sentence_of_its_guard(_, transition):
    names = frozenset(guard.name for guard in transition.guards)
    check_guards(transition, names)
    for guard in transition.guards:
        with pytest.raises(WrongState) as refused:
            check_guards(transition, names - {guard.name})
        assert str(refused.value) == guard.otherwise


def test_with_several_facts_missing_the_first_guard_speaks():
    guards = (Guard("one", "First."), Guard("two", "Second."))
    transition = Transition(StudyState.DRAFT, StudyState.RUNNING, "x", Permission.SEAL_STUDY, guards)
    with pytest.raises(WrongState, match=r"^First\.$"):
        check_guards(transition, frozenset({"three"}))


def test_a_pair_cannot_be_listed_twice():
    twice = Transition(RoundState.OPEN, RoundState.CLOSED, "round_closed", Permission.RUN_CLOCK)
    with pytest.raises(ValueError, match="listed twice"):
        Lifecycle("round", RoundState.PLANNED, (twice, twice))


def test_the_page_of_states_lists_every_transition_once():
    rows = [line for line in states_page().splitlines() if line.startswith("| ")]
    for _, transition in TRANSITIONS:
        cells = f"| {words_of(transition.source)} | {words_of(transition.target)} | {transition.event} |"
        assert sum(row.startswith(cells) for row in rows) == 1
    assert len(rows) == len(TRANSITIONS) + 2 * len(LIFECYCLES)


def test_the_page_in_the_documentation_is_what_the_tables_say():
    page = Path(__file__).parents[2] / "docs" / "states.md"
    assert states_page().strip() in page.read_text(encoding="utf-8"), "run “delphi docs” and commit the page"
