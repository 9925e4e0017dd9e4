"""A lead builds the rule from parts in the browser: no script is needed, and only "Save" saves."""

from __future__ import annotations

import pytest

from delphi.domain.rule import to_dict
from delphi.domain.setup.rule_parts import rule_seen
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.studies import rule_of
from tools.small_study import SmallStudy, small_plain

RULE = "/studies/small-study/settings/rule"
SAVE = "Save this rule"
ADD, SEVERAL = "Add a condition to outcome 1", "Add several that count together to outcome 1"


@pytest.fixture
def form(lead):
    """The lead on the page of the rule."""
    lead.get(RULE)
    return lead


@pytest.fixture
def saved_rule(small_study):
    """The rule as it is saved now."""

    def read():
        with small_study.look():
            return rule_of(db.session.get_one(Study, small_study.id))

    return read


def sentences(page, part="says"):
    """What one of the parts that follow the typing says."""
    return " ".join(page.tree.xpath(f"//*[@data-part='{part}']")[0].text_content().split())


def test_opening_and_saving_changes_nothing(form):
    assert "Nothing was different" in form.press(SAVE).text


def test_a_rule_is_built_of_parts_and_saved_at_the_end(form, saved_rule):
    before = rule_seen(saved_rule())
    page = form.press(ADD, 200)
    assert page.tree.xpath("//*[@autofocus]")[0].get("id") == "o.0.c.2.statistic"
    page = form.press("Update the fields of condition 3 of outcome 1", 200, **{"o.0.c.2.statistic": "iqr"})
    assert "points" in page.main
    form.press("Add an outcome", 200, **{"o.0.c.2.how": "at_most", "o.0.c.2.number": "1"})
    form.press("Add an outcome", 200, **{"o.1.c.0.number": "60"})
    form.press("Up outcome 3", 200, **{"o.2.outcome": "not_agreed", "o.2.label": "Torn"})
    page = form.press("Down outcome 2", 200)
    assert page.tree.get_element_by_id("o.2.label").get("value") == "Torn"
    assert rule_seen(saved_rule()) == before, "nothing is saved yet"
    torn = {"o.2.c.0.of": "any_panel", "o.2.c.0.number": "50,5 %"}
    assert "Saved." in form.press(SAVE, text="", **torn).text
    agreed, _, last, _ = to_dict(saved_rule())["outcomes"]
    assert agreed["when"]["all"][2]["at_most"] == 1
    assert (last["label"], last["when"]["of"], last["when"]["at_least"]) == ("Torn", "any_panel", "50.5")
    assert saved_rule().text.startswith("Agreed means: for every criterion, at least 75 of 100")
    assert "the interquartile range of all panel members is at most 1" in saved_rule().text
    assert "Sam Lead changed the settings: The rule" in form.get("/studies/small-study/audit").main


def test_what_is_typed_survives_every_other_button(form):
    typed = {"o.0.c.0.number": "eighty", "source": "Our own 2026", "o.0.label": "Taken up", "text": "Mine"}
    form.press(SEVERAL, 200, **typed)
    page = form.press("Add a condition here to condition 3 of outcome 1", 200)
    for name, value in typed.items():
        field = page.tree.get_element_by_id(name)
        assert (field.get("value") or field.text_content().strip()) == value
    assert page.tree.get_element_by_id("o.0.c.2.c.1.number").get("value") == ""
    assert "“eighty” is not a number" in sentences(page)


def test_what_stands_in_the_way_is_beside_its_field_and_in_the_summary(form):
    form.press(ADD, 200)
    page = form.press(SAVE, 422)
    assert page.title.startswith("Problem:")
    assert page.errors == ["Outcome 1, condition 3: Write the number that the figure is compared with."]
    link = page.tree.xpath("//*[contains(@class,'error-summary__list')]//a")[0].get("href")
    field = page.tree.get_element_by_id(link.removeprefix("#"))
    assert field.get("name") == "o.0.c.2.number"
    said = page.tree.get_element_by_id(field.get("aria-describedby")).text_content()
    assert "Write the number" in said


SENSELESS = (
    ({"o.0.c.0.number": "101"}, "o.0.c.0.number", "outside"),
    ({"o.0.c.0.number": "0"}, "o.0.c.0", "always met"),
    ({"o.0.c.0.how": "below", "o.0.c.0.number": "0"}, "o.0.c.0", "never be met"),
    ({"o.0.c.0.how": "at_most", "o.0.c.0.number": "10"}, "o.0", "contradict each other"),
    ({"o.0.c.0.of": "panel:nobody"}, "o.0.c.0.of", "no panel 'nobody'"),
    ({"o.0.c.0.statistic": "rand_agreement"}, "o.0.c.0.statistic", "three equal parts"),
    ({"otherwise.outcome": "agreed"}, "otherwise", "never be what is left over"),
    ({"min_ratings_per_panel": "0"}, "min_ratings_per_panel", "at least 1"),
)


def test_a_rule_that_makes_no_sense_is_refused_beside_its_part(form, saved_rule):
    before = rule_seen(saved_rule())
    for given, where, said in SENSELESS:
        form.get(RULE)
        page = form.press(SAVE, 422, text="", **given)
        assert said in " ".join(page.errors)
        assert said in page.tree.get_element_by_id(f"{where}-error").text_content()
        assert page.tree.get_element_by_id(where) is not None
    assert rule_seen(saved_rule()) == before


def test_words_of_ones_own_do_not_outlive_the_rule_they_say(form, saved_rule):
    page = form.press(SAVE, 422, **{"o.0.c.0.number": "80"})
    assert any("these words still are" in one for one in page.errors)
    form.press(SAVE, text_holds="yes")
    assert saved_rule().text == small_plain()["consensus_rule"]["text"]
    form.get(RULE)
    form.press(SAVE, **{"o.0.c.0.number": "81", "text": ""})
    assert "at least 81 of 100" in saved_rule().text
    page = form.get(RULE)
    assert page.tree.get_element_by_id("text").text_content().strip() == "", "ours follow the parts again"


def test_two_people_who_build_at_once_keep_both(form, sign_in_as):
    second = sign_in_as("second")
    second.get(RULE)
    form.press(SAVE, **{"o.0.c.0.number": "80", "text": ""})
    page = second.press(SAVE, 409, **{"o.0.c.0.number": "90", "text": ""})
    assert page.heading == "Both are kept"
    assert "at least 80 of 100" in page.main
    assert page.tree.get_element_by_id("o.0.c.0.number").get("value") == "90"
    assert "Saved." in second.press("Save mine over it").text
    assert second.get(RULE).tree.get_element_by_id("o.0.c.0.number").get("value") == "90"


@pytest.fixture
def small_study(app, request):
    """The small study; a test may ask for another rule."""
    return SmallStudy(app, **getattr(request, "param", {}))


SHARE = {"statistic": "share", "band": "agree", "at_least": 75}
DEEP = {"all": [SHARE, {"any": [SHARE, {"all": [{**SHARE, "of": "each_panel"}, {**SHARE, "at_least": 60}]}]}]}
FINER = small_plain()["consensus_rule"] | {
    "outcomes": [{"outcome": "agreed", "when": DEEP}, {"otherwise": "not_agreed"}]
}


@pytest.mark.parametrize("small_study", [{"consensus_rule": FINER}], indirect=True)
def test_what_is_finer_than_the_form_is_shown_in_words_and_kept(form, saved_rule):
    assert "finer than the form. It stays as it is." in form.page.main
    assert "at least 60 of 100" in form.page.main
    form.press(SAVE, **{"o.0.c.0.number": "70", "text": ""})
    when = to_dict(saved_rule())["outcomes"][0]["when"]["all"]
    assert when[0]["at_least"] == 70
    assert when[1]["any"][1]["all"][1]["at_least"] == 60


def test_the_sentence_and_the_outcome_follow_what_is_typed(form, saved_rule):
    _, values = form.page.form_of(SAVE)
    changed = {"o.0.c.0.number": "90", "try.practice.5": "0", "try.practice.1": "20"}
    page = form.post(f"{RULE}/shown", 200, **(values | changed))
    assert "at least 90 of 100" in sentences(page)
    assert "Not agreed" in sentences(page, "found") or "Close" in sentences(page, "found")
    assert "the rule asks for at least 90%" in sentences(page, "found")
    page = form.post(f"{RULE}/shown", 200, **(values | {"try.practice.5": "many"}))
    assert "“many” is not a number of people" in sentences(page, "found")
    page = form.post(f"{RULE}/shown", 200, **(values | {"o.0.c.0.number": ""}))
    assert "Outcome 1, condition 1: Write the number" in sentences(page)
    assert "90" not in str(to_dict(saved_rule())["outcomes"])


def test_the_library_says_each_rule_on_this_scale_and_why_one_does_not_fit(lead):
    page = lead.get(f"{RULE}/library")
    assert (
        "at least 70 of 100 of all panel members who gave a rating chose “Agree” or “Strongly agree”"
        in page.main
    )
    assert "Williamson PR et al. The COMET Handbook" in page.main
    assert "For any scale: the study's own bands count." in page.main
    assert "Written for a scale in three equal parts; this one runs from 1 to 5." in page.main


def test_a_published_rule_is_taken_and_asks_before_it_replaces_ones_own(lead, saved_rule):
    lead.get(f"{RULE}/library")
    own = rule_seen(saved_rule())
    page = lead.press("Take this one: COMET 70/15, all together", 200)
    assert page.heading.startswith("Put “COMET 70/15, all together” in the place of your rule?")
    assert small_plain()["consensus_rule"]["text"] in page.main
    assert rule_seen(saved_rule()) == own
    lead.press("Replace our rule")
    assert saved_rule().source.startswith("Williamson PR")
    lead.get(f"{RULE}/library")
    page = lead.press("Take this one: 80% in every panel")
    assert "Saved." in page.text, "nobody has changed a rule that was only taken"


def test_a_published_rule_that_does_not_fit_opens_with_what_is_in_the_way(lead, saved_rule):
    lead.get(f"{RULE}/library")
    before = rule_seen(saved_rule())
    _, values = lead.page.form_of("Take this one: COMET 70/15, all together")
    taken = values | {"published": "rand-ucla", "sure": "yes"}
    page = lead.post(f"{RULE}/library", 422, **taken)
    assert page.heading == "When a section is agreed"
    assert any("three equal parts" in one for one in page.errors)
    assert page.tree.get_element_by_id("o.0.c.0.is.appropriate").get("checked") is not None
    assert rule_seen(saved_rule()) == before
    lead.post(f"{RULE}/library", 404, **(values | {"published": "none"}))
    lead.post(f"{RULE}/library", 404, **(values | {"stop": "none"}))


def test_a_published_stop_rule_is_put_into_the_form_and_saved_with_it(lead, saved_rule):
    page = lead.get(f"{RULE}/library")
    assert "the net change" in page.main
    page = lead.press("Put this into our rule: Net change below 15%", 200)
    assert "Nothing is saved yet" in page.main
    assert page.tree.get_element_by_id("stop.c.0.number").get("value") == "15"
    assert saved_rule().stop is None
    lead.press(SAVE, text="", stop_after="2")
    assert to_dict(saved_rule())["stop"]["after_round"] == 2


def test_a_sealed_rule_is_read_and_not_built(lead, small_study, saved_rule):
    lead.get(RULE)
    _, values = lead.page.form_of(SAVE)
    small_study.seal()
    page = lead.get(RULE)
    assert "The rule is sealed." in page.main
    assert SAVE not in page.buttons()
    page = lead.press("Try these figures", 200, **{"try.practice.5": "0", "try.practice.1": "8"})
    assert "Not agreed" in sentences(page, "found")
    before = rule_seen(saved_rule())
    page = lead.post(RULE, 409, **(values | {"o.0.c.0.number": "90", "text": ""}))
    assert "record a deviation" in page.main
    assert rule_seen(saved_rule()) == before
    assert "Take this one" not in lead.get(f"{RULE}/library").main


GROUPS = [{**group, "target": 12} for group in small_plain()["stakeholder_groups"]]


@pytest.mark.parametrize("small_study", [{"stakeholder_groups": GROUPS}], indirect=True)
def test_the_rule_is_rehearsed_on_panels_of_the_planned_sizes(lead):
    page = lead.get("/studies/small-study/rule/rehearsal?differs=30")
    assert page.heading == "What this rule would do"
    assert int(page.row("60%")[2].rstrip("%")) < 5
    assert int(page.row("95%")[2].rstrip("%")) > 80
    assert page.row("Workers")[0] == "12"
    assert "if only 30% of them agree" in page.main
    assert "Change the rule" in page.main


OF_EIGHT = {
    "stakeholder_groups": GROUPS,
    "consensus_rule": small_plain()["consensus_rule"] | {"min_ratings_per_panel": 8},
}


@pytest.mark.parametrize("small_study", [OF_EIGHT], indirect=True)
def test_a_panel_too_small_for_the_rule_has_no_per_cent(lead, small_study):
    small_study.seal()
    page = lead.get("/studies/small-study/rule/rehearsal")
    assert "6 people, and the rule needs 8 ratings" in page.main
    assert page.row("95%")[0] == "too few"
    assert page.row("95%")[2].endswith("%")
    assert "Change the rule" not in page.main


def test_a_rehearsal_asks_for_the_plan_first(lead):
    page = lead.get("/studies/small-study/rule/rehearsal")
    assert "how many people you plan for in: People who use services" in page.main


CUT_OFF = {"statistic": "apmo", "band": "agree", "is": "reached"}
BY_THE_ROUND = small_plain()["consensus_rule"] | {
    "outcomes": [{"outcome": "agreed", "when": CUT_OFF}, {"otherwise": "not_agreed"}]
}


@pytest.mark.parametrize(
    "small_study", [{"stakeholder_groups": GROUPS, "consensus_rule": BY_THE_ROUND}], indirect=True
)
def test_what_made_up_panels_cannot_show_has_words_and_no_figures(lead):
    page = lead.get("/studies/small-study/rule/rehearsal")
    assert "Made-up panels of one round cannot show what this rule would do." in page.main
    assert "What the rule takes from the whole round cannot be tried here" in page.main
    assert "95%" not in page.main
