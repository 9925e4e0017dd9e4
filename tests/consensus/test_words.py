"""A rule's words mean what its evaluation does: the words are read back and worked out from the rows.

The reader below knows nothing of the rule's data, only the sentences that `rule_in_words` writes, and
it evaluates them person by person with Python's own statistics.
"""

from __future__ import annotations

import re
import statistics
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.assess import assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.vocabulary import CriterionWords, Vocabulary
from delphi.consensus.words import rule_as_text, rule_in_words, text_in_own_words
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale, ScalePoint

LABELS = ("Strongly disagree", "Disagree", "In the middle", "Agree", "Strongly agree")
FIVE = Scale(
    id="five",
    points=tuple(ScalePoint(value=v, label=label) for v, label in enumerate(LABELS, start=1)),
    bands={"agree": (4, 5), "middle": (2, 3, 4)},
)
GROUPS = {"lived": "People with lived experience", "carers": "Carers", "staff": "Staff"}
STRUCTURE = GroupStructure(
    groups=tuple(Group(code, label) for code, label in GROUPS.items()),
    panels=(
        GroupUnion("experience", "Lived experience and carers", ("lived", "carers")),
        GroupUnion("delivery", "Practice and policy panel", ("staff",)),
    ),
    feedback_groups=(),
)
CRITERIA = {"clear": CriterionWords("Clear"), "feasible": CriterionWords("Feasible")}
VOCABULARY = Vocabulary(FIVE, STRUCTURE, CRITERIA)
PEOPLE_BY_WORDS = {
    "all panel members": list(GROUPS),
    "lived experience and carers": ["lived", "carers"],
    "the practice and policy panel": ["staff"],
    "people with lived experience": ["lived"],
    "carers": ["carers"],
    "staff": ["staff"],
}
SETS_BY_WORDS = {
    "in each panel, ": (all, [["lived", "carers"], ["staff"]]),
    "in at least one panel, ": (any, [["lived", "carers"], ["staff"]]),
    "in each stakeholder group, ": (all, [[code] for code in GROUPS]),
    "in at least one stakeholder group, ": (any, [[code] for code in GROUPS]),
}
Answer = int | None  # None is "can't say"
Rows = list[tuple[str, dict[str, Answer]]]


def split_outside_brackets(words: str, link: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(words):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and words.startswith(link, place):
            parts.append(words[start:place])
            start = place + len(link)
    return [*parts, words[start:]]


def holds(words: str, rows: Rows) -> bool:
    """Whether a condition, given in words, is true of these people."""
    for link, join in (("; and ", all), ("; or ", any)):
        parts = split_outside_brackets(words, link)
        if len(parts) > 1:
            return join([holds(part, rows) for part in parts])
    nested = re.fullmatch(r"\((all of|at least one of): (.*)\)", words)
    if nested:
        return holds(nested[2], rows)
    return one_holds(words, rows)


def one_holds(words: str, rows: Rows) -> bool:
    over, named = all, list(CRITERIA)
    found = re.match(r"for (every criterion|at least one criterion|(?:“\w+”(?: and )?)+), (.*)$", words)
    assert found, words
    if found[1] == "at least one criterion":
        over = any
    elif found[1] != "every criterion":
        named = [label.lower() for label in re.findall(r"“(\w+)”", found[1])]
    rest, join, sets = found[2], all, None
    for lead, (how, people) in SETS_BY_WORDS.items():
        if rest.startswith(lead):
            rest, join, sets = rest.removeprefix(lead), how, people
    return over([join([figure_holds(rest, rows, code, groups) for groups in sets or [[]]]) for code in named])


def figure_holds(words: str, rows: Rows, criterion: str, groups: list[str]) -> bool:
    share = re.fullmatch(r"(.* of \d+) of (.*) who (gave a rating|answered) chose (.*)", words)
    if share:
        amounts, people, counted, band = share.groups()
    else:
        other = re.fullmatch(r"the (median|interquartile range)(?: of (.*?))? is (.*)", words)
        assert other, words
        amounts, people, counted, band = other[3], other[2] or "those", "gave a rating", ""
    groups = groups or PEOPLE_BY_WORDS[people]
    answers = [answers[criterion] for group, answers in rows if group in groups]
    ratings = [Fraction(answer) for answer in answers if answer is not None]
    if not ratings:
        return False
    if share:
        points = {LABELS.index(label) + 1 for label in re.findall(r"“([^”]+)”", band)}
        if not points:
            low, _, high = band.partition(" to ")
            points = set(range(int(low), int(high) + 1))
        n = len(ratings) if counted == "gave a rating" else len(answers)
        value = Fraction(sum(rating in points for rating in ratings), n)
    elif words.startswith("the median"):
        value = statistics.median(ratings)
    else:
        low, _, high = statistics.quantiles(
            ratings * 1 if len(ratings) > 1 else ratings * 2, method="inclusive"
        )
        value = high - low
    return all(amount_holds(amount, value) for amount in amounts.split(" but "))


def amount_holds(words: str, value: Fraction) -> bool:
    found = re.fullmatch(r"(at least|more than|at most|fewer than|below) ([\d.]+)(?: of (\d+))?", words)
    assert found, words
    limit = Fraction(found[2]) / int(found[3] or 1)
    return {
        "at least": value >= limit,
        "more than": value > limit,
        "at most": value <= limit,
        "fewer than": value < limit,
        "below": value < limit,
    }[found[1]]


def outcome_by_words(sentences: tuple[str, ...], rows: Rows, round_number: int) -> str:
    minimum = int(re.search(r"fewer than (\d+) ratings", sentences[0])[1])  # type: ignore[index]
    for criterion in CRITERIA:
        for _, panels in [SETS_BY_WORDS["in each panel, "]]:
            for panel in panels:
                if sum(g in panel and answers[criterion] is not None for g, answers in rows) < minimum:
                    return "not assessable"
    for sentence in sentences[1:]:
        last = re.fullmatch(r"In every other case the outcome is (.*)\.", sentence)
        if last:
            return last[1]
        rounds, outcome, words = re.fullmatch(  # type: ignore[union-attr]
            r"(?:In rounds? ([\d and,]+), )?(?:[Oo]therwise, )?(.*?) means: (.*)\.", sentence
        ).groups()
        counts = rounds is None or str(round_number) in re.findall(r"\d+", rounds)
        if counts and holds(words, rows):
            return outcome.lower()
    raise AssertionError("the words end without an outcome")


WHOM = st.sampled_from(
    ["pooled", "each_panel", "any_panel", "each_group", "any_group", "panel:experience", "panel:delivery"]
    + [f"group:{code}" for code in GROUPS]
)
PERCENT = st.one_of(st.integers(1, 100), st.sampled_from(["200/3", "100/3", "62.5", "79.6"]))
POINTS = st.sampled_from([1, 2, 3, "3.5", 4, "4.25", 5])


def compared(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    one = [st.fixed_dictionaries({name: numbers}) for name in ("at_least", "more_than", "at_most", "below")]
    return st.one_of(*one, st.fixed_dictionaries({"at_least": numbers, "below": numbers}))


@st.composite
def a_test(draw: st.DrawFn) -> dict[str, Any]:
    criteria = draw(st.sampled_from(["all", "any", ["clear"], ["feasible"], ["clear", "feasible"]]))
    about = {"of": draw(WHOM), "criteria": criteria}
    statistic = draw(st.sampled_from(["share", "share", "median", "iqr"]))
    if statistic == "share":
        about |= {"band": draw(st.sampled_from(["agree", "disagree", "middle"]))}
    return {"statistic": statistic} | about | draw(compared(PERCENT if statistic == "share" else POINTS))


CONDITIONS = st.recursive(
    a_test(),
    lambda inner: st.builds(
        lambda join, parts: {join: parts},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
RULES = st.builds(
    lambda clauses, denominator, minimum: Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": minimum,
            "denominator": denominator,
            "outcomes": [
                *(
                    {"outcome": outcome, "when": when} | ({"rounds": rounds} if rounds else {})
                    for outcome, when, rounds in clauses
                ),
                {"otherwise": "not_agreed"},
            ],
        }
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["agreed", "close", "agreed_to_leave_out", "not_agreed"]),
            CONDITIONS,
            st.sampled_from([None, [1], [2, 3]]),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["valid", "respondents"]),
    st.integers(2, 3),
)
ANSWERS = st.sampled_from([1, 2, 3, 4, 4, 5, 5, None])
PANELS = st.lists(
    st.tuples(st.sampled_from(list(GROUPS)), st.fixed_dictionaries({"clear": ANSWERS, "feasible": ANSWERS})),
    min_size=6,
    max_size=40,
)


def counted(rows: Rows) -> dict[str, ItemCounts]:
    items = {}
    for criterion in CRITERIA:
        by_group = {}
        for code in GROUPS:
            answers = [answers[criterion] for group, answers in rows if group == code]
            points = tuple(answers.count(value) for value in range(1, 6))
            by_group[code] = Histogram(1, points, n_unable=answers.count(None))
        items[criterion] = ItemCounts(by_group)
    return items


@settings(max_examples=400, deadline=None)
@given(RULES, PANELS, st.integers(1, 3))
def test_the_words_of_a_rule_and_its_evaluation_agree(rule: Rule, rows: Rows, round_number: int) -> None:
    sentences = rule_in_words(rule, VOCABULARY)
    found = assess_section(rule, FIVE, STRUCTURE, counted(rows), round_number)
    assert outcome_by_words(sentences, rows, round_number) == found.outcome.value.replace("_", " "), sentences


def test_what_is_nested_stands_in_brackets_and_is_read_as_such() -> None:
    yes = {"statistic": "median", "at_least": 2, "criteria": "any"}
    no = {"statistic": "median", "below": 2, "criteria": "any"}
    rows: Rows = [(code, {"clear": 5, "feasible": 5}) for code in GROUPS for _ in range(2)]
    for when, expected in (
        ({"any": [yes, {"all": [yes, no]}]}, "agreed"),
        ({"all": [{"any": [yes, yes]}, no]}, "not agreed"),
        ({"any": [{"all": [no, yes]}, {"all": [no, {"any": [yes, no]}]}]}, "not agreed"),
        ({"all": [yes, {"any": [no, {"all": [yes, yes]}]}]}, "agreed"),
    ):
        assert outcome_by_words(rule_saying(when, min_ratings_per_panel=2), rows, 1) == expected
    said = rule_saying({"all": [yes, {"any": [yes, no]}]})[1]
    assert "; and (at least one of: for at least one criterion, the median" in said
    assert said.endswith("is below 2).")


def rule_saying(when: dict[str, Any], **extra: Any) -> tuple[str, ...]:
    rule = {
        "text": "Words",
        "fixed_on": "2024-02-12",
        "min_ratings_per_panel": 10,
        "outcomes": [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}],
    }
    return rule_in_words(Rule.model_validate(rule | extra), VOCABULARY)


def test_a_rule_is_said_in_plain_words() -> None:
    said = rule_saying({"statistic": "share", "band": "agree", "at_least": 80})
    people, band = "all panel members who gave a rating", "“Agree” or “Strongly agree”"
    assert said == (
        "A section is not assessable when a panel has fewer than 10 ratings on one of its criteria.",
        f"Agreed means: for every criterion, at least 80 of 100 of {people} chose {band}.",
        "In every other case the outcome is not agreed.",
        "Shares are of people who gave a rating; “can't say” is not counted.",
        "Exact figures are compared; nothing is rounded first.",
    )


def test_settings_that_decide_are_said_and_others_are_not() -> None:
    rand = {"statistic": "rand_ucla_class", "method": "ipras", "is": ["uncertain", "appropriate"]}
    said = " ".join(rule_saying(rand, quantile_type=2, half_medians="middle", min_ratings_per_panel=1))
    assert "(IPRAS) finds the ratings of all panel members appropriate or uncertain" in said
    assert "of type 2" in said
    assert "middle third" in said
    assert "can't say" not in said
    assert "has no rating on one" in said
    assert "type" not in " ".join(rule_saying({"statistic": "median", "at_least": 4}))


def test_a_label_stands_beside_the_outcome_never_instead_of_it() -> None:
    clause = {
        "outcome": "not_agreed",
        "label": "The panels differ",
        "rounds": [2],
        "when": {"statistic": "median", "at_least": 4, "of": "each_panel"},
    }
    said = rule_saying({}, outcomes=[clause, {"otherwise": "close", "label": "Nearly"}])
    assert said[1] == (
        "In round 2, not agreed (“The panels differ”) means: for every criterion, in each panel, "
        "the median is at least 4."
    )
    assert said[2] == "In every other case the outcome is close (“Nearly”)."


def test_a_rule_without_a_text_of_its_own_says_first_what_agreed_means() -> None:
    share = {"statistic": "share", "band": "agree", "at_least": 80}
    outcomes = [{"outcome": "agreed", "when": share}, {"otherwise": "not_agreed"}]
    plain = {"text": "Words", "fixed_on": "2024-02-12", "min_ratings_per_panel": 10, "outcomes": outcomes}
    rule = Rule.model_validate(plain)
    text = rule_as_text(rule, VOCABULARY)
    assert text.startswith("Agreed means: for every criterion, at least 80 of 100 of all panel members")
    assert text.endswith("fewer than 10 ratings on one of its criteria.")
    assert text_in_own_words(rule, VOCABULARY) == "Words"
    assert not text_in_own_words(rule.model_copy(update={"text": text}), VOCABULARY)
