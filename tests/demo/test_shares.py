"""The demo's story comes out often enough, and as often as documented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from delphi.consensus.assess import assess_section
from delphi.consensus.library import pooled_and_each_panel
from delphi.demo.script import Script, load_script
from delphi.demo.shares import Measure, Share, StoryShares, demo_measure, story_shares
from delphi.demo.simulator import RatingSimulator, count_answers, study_facts
from delphi.paths import demo_folder

# Per cent of the first 1000 seeds. Two of those behind the third and the fifth have a second online draft
# that is not assessable, because too many could not say: the documentation looked at their figures only.
DOCUMENTED = [90.6, 66.2, 72.5, 36.3, 44.7, 6.2]


@pytest.fixture(scope="module")
def script() -> Script:
    return load_script(demo_folder())


@pytest.fixture(scope="module")
def measure() -> Measure:
    return demo_measure()


@pytest.fixture(scope="module")
def of_200_seeds(script: Script, measure: Measure) -> StoryShares:
    return story_shares(range(200), script=script, measure=measure)


def test_the_shares_of_200_seeds_are_above_their_floors(of_200_seeds: StoryShares) -> None:
    assert of_200_seeds.n_seeds == 200
    assert [share.floor for share in of_200_seeds.shares] == [80, 55, 60, None, None, None]
    assert of_200_seeds.are_above_floors
    assert all(share.percent > share.floor for share in of_200_seeds.shares if share.floor is not None)


def test_the_shares_of_200_seeds_are_near_those_of_1000(of_200_seeds: StoryShares) -> None:
    found = [float(share.percent) for share in of_200_seeds.shares]
    assert found == pytest.approx(DOCUMENTED, abs=8)


@pytest.mark.slow
def test_the_shares_of_1000_seeds_are_the_documented_ones(script: Script, measure: Measure) -> None:
    told = story_shares(range(1000), script=script, measure=measure)
    assert [share.n for share in told.shares] == [906, 662, 723, 363, 446, 62]
    assert [float(share.percent) for share in told.shares] == pytest.approx(DOCUMENTED, abs=0.21)


def test_the_default_seed_tells_the_whole_story(script: Script, measure: Measure) -> None:
    told = story_shares([script.simulation.default_seed], script=script, measure=measure)
    assert [share.n for share in told.shares] == [1, 1, 1, 1, 1, 0]


def test_every_outcome_of_the_default_seed_is_the_one_in_the_script(script: Script, measure: Measure) -> None:
    facts = study_facts(script)
    matrix = RatingSimulator(script, facts).ratings(script.simulation.default_seed)
    for (number, section), step in each_step(script):
        items = count_answers(script, facts, matrix, (number, section))
        found = assess_section(measure.rule, measure.scale, measure.structure, items, number)
        assert (section, number, found.outcome, found.because) == (section, number, step[0], step[1])


def each_step(script: Script) -> Iterator[tuple[tuple[int, str], tuple[str, str | None]]]:
    for section, steps in script.story.items():
        for number, step in steps.items():
            yield (number, section), (step.outcome, step.because)


def test_the_demo_uses_the_rule_of_its_documentation(script: Script, measure: Measure) -> None:
    published = Measure(pooled_and_each_panel(date(2024, 2, 12)), measure.scale, measure.structure)
    told = story_shares(range(20), script=script, measure=measure)
    assert told == story_shares(range(20), script=script, measure=published)


def test_the_text_names_every_share_and_its_floor(of_200_seeds: StoryShares) -> None:
    lines = of_200_seeds.as_text().splitlines()
    assert lines[0] == "Played 200 seeds in memory. The story came out like this:"
    assert len(lines) == 1 + len(of_200_seeds.shares)
    assert Counter("above the floor" in line for line in lines) == {True: 3, False: 4}


def test_a_share_below_or_at_its_floor_says_so() -> None:
    assert Share("x", 9, 10, 80).is_above_floor
    assert not Share("x", 8, 10, 80).is_above_floor
    assert str(Share("the story", 7, 10, 80)) == " 70.0%  the story (NOT above the floor of 80%)"
    assert str(Share("the story", 1, 3)) == " 33.3%  the story"


def test_no_seeds_is_no_share() -> None:
    assert Share("x", 0, 0).percent == 0
