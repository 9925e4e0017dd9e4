"""The simulator gives the figures, the comments and the times that the demo's story stands on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from delphi.demo.placing import PlacedComment
from delphi.demo.script import Script, load_script
from delphi.demo.simulator import (
    RatingKey,
    RatingSimulator,
    Simulation,
    Stream,
    count_answers,
    simulate,
    study_facts,
)
from delphi.demo.timing import day_weights
from delphi.paths import demo_folder

SEED = 2098
PANELS = {
    "experience": ("lived_experience", "carers"),
    "delivery": ("volunteers", "practitioners", "managers", "commissioners", "researchers"),
}

# Agreeing / ratings of all panel members on clear, relevant, feasible, appropriate.
CHECK_TABLE = {
    (1, "getting-started"): "46/46 44/46 39/43 45/46",
    (1, "connections-map"): "26/46 37/44 25/44 23/46",
    (1, "strengths-and-interests"): "41/43 41/45 41/44 44/45",
    (1, "small-steps"): "44/46 42/46 39/42 44/45",
    (1, "local-knowledge"): "43/46 45/46 35/45 44/46",
    (1, "going-along"): "42/46 41/45 23/43 28/46",
    (1, "when-things-get-in-the-way"): "32/45 42/46 21/44 12/46",
    (1, "connecting-online"): "32/46 30/45 26/43 14/44",
    (1, "sharing-your-own-contacts"): "37/46 30/45 13/45 12/46",
    (2, "connections-map"): "40/42 37/42 38/41 38/41",
    (2, "local-knowledge"): "39/41 40/41 38/41 40/42",
    (2, "going-along"): "41/42 42/42 37/39 41/42",
    (2, "when-things-get-in-the-way"): "39/41 39/41 35/42 35/41",
    (2, "connecting-online"): "39/42 37/41 37/41 34/41",
    (2, "sharing-your-own-contacts"): "37/42 30/42 18/40 22/42",
    (2, "what-teams-need"): "38/42 38/42 23/41 23/42",
    (3, "connecting-online"): "36/39 36/38 35/37 38/39",
    (3, "sharing-your-own-contacts"): "36/39 20/39 11/38 12/39",
    (3, "what-teams-need"): "35/39 39/39 35/37 36/39",
}

# The same by consensus panel: lived experience and carers, practice and policy.
BY_PANEL = {
    (1, "local-knowledge", "feasible"): ("14/17", "21/28"),
    (2, "local-knowledge", "feasible"): ("15/15", "23/26"),
    (2, "connecting-online", "appropriate"): ("8/15", "26/26"),
    (1, "sharing-your-own-contacts", "relevant"): ("18/18", "12/27"),
}


@pytest.fixture(scope="module")
def script() -> Script:
    return load_script(demo_folder())


@pytest.fixture(scope="module")
def told(script: Script) -> Simulation:
    """The default seed, played."""
    return simulate(script, study_facts(script), SEED)


@pytest.fixture(scope="module", params=[0, 1, 2, 3, SEED])
def any_seed(script: Script, request: pytest.FixtureRequest) -> Simulation:
    return simulate(script, study_facts(script), request.param)


def share(ratings: Sequence[int | None]) -> str:
    given = [rating for rating in ratings if rating is not None]
    return f"{sum(rating >= 4 for rating in given)}/{len(given)}"


def ratings_of(told: Simulation, number: int, section: str, criterion: str) -> dict[str, int | None]:
    return {
        key.code: rating for key, rating in told.ratings.items() if key[:3] == (number, section, criterion)
    }


def test_the_default_seed_is_the_one_the_story_is_told_with(script: Script, told: Simulation) -> None:
    assert script.simulation.default_seed == SEED
    assert told.leniency[:3] == pytest.approx([-0.5224, 0.2652, 0.4285], abs=5e-5)


@pytest.mark.parametrize("cell", CHECK_TABLE)
def test_every_agreement_count_of_the_default_seed_is_the_documented_one(
    script: Script, told: Simulation, cell: tuple[int, str]
) -> None:
    counted = [share(list(ratings_of(told, *cell, name).values())) for name in script.simulation.criteria]
    assert " ".join(counted) == CHECK_TABLE[cell]


def test_the_check_table_leaves_out_no_section(script: Script) -> None:
    assert set(CHECK_TABLE) == {(plan.number, section) for plan in script.rounds for section in plan.items}


@pytest.mark.parametrize("item", BY_PANEL)
def test_the_panels_agree_as_documented(script: Script, told: Simulation, item: tuple[int, str, str]) -> None:
    ratings = ratings_of(told, *item)
    groups = {panellist.code: panellist.group for panellist in script.panellists}
    found = tuple(
        share([rating for code, rating in ratings.items() if groups[code] in panel])
        for panel in PANELS.values()
    )
    assert found == BY_PANEL[item]


def test_count_tables_say_the_same_as_the_ratings(script: Script, told: Simulation) -> None:
    facts = study_facts(script)
    matrix = RatingSimulator(script, facts).ratings(SEED)
    groups = {panellist.code: panellist.group for panellist in script.panellists}
    for cell in matrix.cells:
        for criterion, counts in count_answers(script, facts, matrix, cell).items():
            ratings = ratings_of(told, *cell, criterion)
            for group, histogram in counts.by_group.items():
                own = [rating for code, rating in ratings.items() if groups[code] == group]
                assert histogram.counts == tuple(own.count(value) for value in range(1, 6))
                assert histogram.n_unable == own.count(None)


def test_a_person_left_out_of_the_counts_is_missing_from_one_group_only(script: Script) -> None:
    facts = study_facts(script)
    matrix = RatingSimulator(script, facts).ratings(SEED)
    everybody = count_answers(script, facts, matrix, (1, "small-steps"))["clear"]
    others = count_answers(script, facts, matrix, (1, "small-steps"), without={"P05"})["clear"]
    assert everybody.pooled.n_answered - others.pooled.n_answered == 1
    changed = [name for name in everybody.by_group if everybody.by_group[name] != others.by_group[name]]
    assert changed == ["lived_experience"]


def test_only_those_who_take_part_have_ratings_and_times(script: Script, any_seed: Simulation) -> None:
    expected = {
        (plan.number, panellist.code)
        for plan in script.rounds
        for panellist in script.panellists
        if panellist.answers_in(plan.number)
    }
    assert {(key.round_number, key.code) for key in any_seed.ratings} == expected
    assert set(any_seed.times) == expected
    assert len(any_seed.ratings) == 4 * (9 * 46 + 7 * 42 + 3 * 39)
    assert set(any_seed.ratings.values()) == {None, 1, 2, 3, 4, 5}


def test_the_person_whose_answers_are_deleted_rates_in_round_1(told: Simulation) -> None:
    assert RatingKey(1, "small-steps", "clear", "P05") in told.ratings


def test_one_seed_always_tells_one_story_and_another_seed_another(script: Script, told: Simulation) -> None:
    again = simulate(script, study_facts(script), SEED)
    other = simulate(script, study_facts(script), SEED + 1)
    assert again == told
    assert other.ratings != told.ratings
    assert other.times != told.times


def test_adding_a_comment_changes_no_rating_and_no_time(script: Script, told: Simulation) -> None:
    fewer = script.model_copy(update={"comments": script.comments[1:]})
    without = simulate(fewer, study_facts(script), SEED)
    assert without.ratings == told.ratings
    assert without.times == told.times
    assert without.comments != told.comments


# --- comments


def test_every_comment_that_the_story_needs_is_placed(script: Script, told: Simulation) -> None:
    assert told.left_out == ()
    assert script.must_use_comments <= {placed.comment.id for placed in told.comments}
    assert {"S01", "S02", "M05", "R03", "C92", "C10"} <= script.must_use_comments


def test_a_comment_is_used_once_and_by_one_of_those_who_may_say_it(
    script: Script, any_seed: Simulation
) -> None:
    ids = [placed.comment.id for placed in any_seed.comments]
    assert len(ids) == len(set(ids))
    for placed in any_seed.comments:
        writer = script.panellist_by_code[placed.code]
        assert writer.group in placed.comment.groups
        assert writer.answers_in(placed.round_number)
        assert not (placed.comment.easy_read and writer.format != "easy_read")
        assert not (placed.comment.standard_text and writer.format == "easy_read")


def test_a_comment_is_made_in_a_round_that_rates_its_draft(script: Script, any_seed: Simulation) -> None:
    for placed in any_seed.comments:
        comment = placed.comment
        assert comment.round in (None, placed.round_number)
        if comment.section is None:
            assert placed.round_number == 1
        else:
            assert script.round(placed.round_number).items[comment.section] == comment.version


def test_somebody_whose_answers_are_deleted_writes_no_placed_comment(any_seed: Simulation) -> None:
    assert "P05" not in {placed.code for placed in any_seed.comments}


def test_nobody_comments_twice_on_a_section_in_a_round_in_the_same_way(any_seed: Simulation) -> None:
    keys = [(p.round_number, p.section, p.code, p.comment.kind) for p in any_seed.comments]
    assert len(keys) == len(set(keys))


def test_a_reason_is_given_by_somebody_who_came_round(any_seed: Simulation) -> None:
    reasons = [placed for placed in any_seed.comments if placed.comment.kind == "reason"]
    for placed in reasons:
        assert placed.section is not None
        assert placed.comment.criterion is not None
        before, after = (
            any_seed.ratings[RatingKey(number, placed.section, placed.comment.criterion, placed.code)]
            for number in (placed.round_number - 1, placed.round_number)
        )
        assert before in (1, 2, 3)
        assert after in (4, 5)


def test_comments_by_chance_suit_the_ratings_of_those_who_make_them(
    script: Script, any_seed: Simulation
) -> None:
    by_chance = [p for p in any_seed.comments if p.comment.id not in script.must_use_comments]
    assert by_chance
    for placed in by_chance:
        lowest = lowest_rating(any_seed, placed)
        if placed.comment.stance == "positive":
            assert lowest in (4, 5)
        if placed.comment.stance == "negative":
            assert lowest in (1, 2, 3)


def lowest_rating(told: Simulation, placed: PlacedComment) -> int | None:
    given = [
        rating
        for key, rating in told.ratings.items()
        if (key.round_number, key.section, key.code) == (placed.round_number, placed.section, placed.code)
        and rating is not None
    ]
    return min(given, default=None)


# --- times


def test_people_answer_while_the_round_is_open_and_awake(script: Script, any_seed: Simulation) -> None:
    for (number, code), times in any_seed.times.items():
        plan = script.round(number)
        late = script.panellist_by_code[code].late_form
        if late and late.round == number:
            continue
        assert plan.opens <= (times.started_on or times.answered_on) <= times.answered_on <= plan.last_day
        assert 480 <= times.minute < 1320


def test_a_paper_form_is_entered_one_to_three_days_after_it_comes(
    script: Script, any_seed: Simulation
) -> None:
    for (_, code), times in any_seed.times.items():
        if script.panellist_by_code[code].mode == "paper":
            assert times.entered_on is not None
            assert 1 <= (times.entered_on - times.answered_on).days <= 3
        else:
            assert times.entered_on is None


def test_the_dates_of_the_script_win(script: Script, any_seed: Simulation) -> None:
    late = script.panellist_by_code["P32"].late_form
    assert late is not None
    assert any_seed.times[2, "P32"].answered_on == late.received_on
    paused = any_seed.times[2, "P47"]
    assert paused.started_on == paused.answered_on - timedelta(days=4)
    assert [code for (_, code), times in any_seed.times.items() if times.started_on] == ["P47"]


def test_every_form_is_entered_before_its_round_is_analysed(script: Script) -> None:
    for seed in range(40):
        for (number, _), times in simulate(script, study_facts(script), seed).times.items():
            if times.entered_on:
                assert times.entered_on < script.round(number).acts.analysed_on


def test_only_the_form_that_came_late_is_saved_after_closing(script: Script, any_seed: Simulation) -> None:
    saved_late = [
        (number, code)
        for (number, code), times in any_seed.times.items()
        if times.saved_on(script.round(number).last_day) > script.round(number).last_day
    ]
    assert saved_late == [(2, "P32")]


def test_days_weigh_more_after_opening_around_reminders_and_at_the_end(script: Script) -> None:
    plan = script.round(1)
    weights = day_weights(plan)
    by_day = {f"{day:%m-%d}": weight for day, weight in weights.items()}
    assert len(weights) == 26
    assert by_day["03-18"] == by_day["03-19"] == 4  # the opening day and the day after
    assert by_day["03-20"] == 1
    assert by_day["03-23"] == 0.5  # a Saturday
    assert by_day["04-02"] == by_day["04-03"] == 4  # a reminder
    assert by_day["04-11"] == 1 + 3 + 2  # after a reminder, and last but one
    assert by_day["04-12"] == 1 + 2


def test_a_stream_draws_as_numpy_does() -> None:
    ours, theirs = Stream(SEED, 3), np.random.default_rng([SEED, 3])
    weights = [1.0, 4.0, 0.5]
    drawn: list[Any] = [ours.place(weights), ours.whole(480, 1320), ours.shares(2)]
    expected: list[Any] = [
        theirs.choice(3, p=np.array(weights) / 5.5),
        theirs.integers(480, 1320),
        theirs.random(2).tolist(),
    ]
    assert drawn == expected
