"""docs/rules.md: what a rule can say, written from the language itself and from the library."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import yaml

from delphi.consensus.library import PUBLISHED_RULES, PUBLISHED_STOPS, PublishedRule
from delphi.consensus.rule_figures import LEAST_FOR_ORDINAL, LEAST_PAIRS
from delphi.consensus.vocabulary import FIGURE_WORDS, CriterionWords, Vocabulary
from delphi.consensus.words import rule_in_words, stop_rule_in_words
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule, to_dict
from delphi.domain.rule_tests import AnyTest, ThresholdTest
from delphi.domain.scale import Scale, ScalePoint
from delphi.domain.wording import with_capital

DAY = date(2026, 1, 5)
STRUCTURE = GroupStructure(
    groups=(Group("carers", "Carers"), Group("workers", "Workers")),
    panels=(GroupUnion("carers", "Carers", ("carers",)), GroupUnion("workers", "Workers", ("workers",))),
    feedback_groups=(),
)
CRITERIA = {"clear": CriterionWords("Clear"), "feasible": CriterionWords("Feasible")}
HEAD = """
A consensus rule is fixed, signed and sealed before the first rating. It is an ordered list of outcomes: the
first whose condition holds is the outcome of a section, and `otherwise` stands last. It is written in the
study file ([study-file.md](study-file.md)) or built in the browser, and it says itself in words wherever it
is shown.

A section with fewer ratings than `min_ratings_per_panel` on any criterion in any consensus panel is not
assessable, and never agreed. A figure that is missing (nobody rated, the text changed, there was no round
before) never passes a test, also not a test for little agreement. Figures are compared exactly: 79.6% is
below 80%, and a standard deviation is compared by its square. Only logarithms, p-values and, beyond 1,000
ratings, the chance behind Lawshe's critical value are rounded by the machine (to some fifteen digits), and
nothing is rounded before.
"""
EXAMPLE: dict[str, Any] = {
    "text": "An example.",
    "fixed_on": DAY,
    "min_ratings_per_panel": 10,
    "most_ratings_per_draft": 2,
    "stop": {"after_round": 3, "stable": {"statistic": "net_change_pct", "below": 15}},
    "outcomes": [
        {
            "outcome": "agreed",
            "when": {
                "all": [
                    {"statistic": "share", "band": "agree", "of": "each_panel", "at_least": 75},
                    {"statistic": "sd", "at_most": "1.5", "criteria": {"at_least": 1}},
                ]
            },
        },
        {
            "outcome": "close",
            "because": "stable_dissent",
            "label": "Stable, but not agreed",
            "rounds": [2, 3],
            "when": {"statistic": "pct_changed", "below": 15},
        },
        {"otherwise": "not_agreed"},
    ],
}
WHOM = """
`of` says whose ratings: `pooled` (everybody together), `each_panel`, `any_panel`, `each_group`,
`any_group`, `panel:CODE`, `group:CODE`. With `equal_panels` and `equal_groups` the shares, means or content
validity indices of all that gave a rating are added and divided by their number, so that a group of four
weighs as much as one of forty; who gave no rating is named.

`criteria` says for which of a section's criteria: `all`, `any`, a list of codes (all of them), `{at_least:
2}`, or `{at_least: 1, of: [clear, feasible]}`.

A condition is one test, or tests joined by `all` or `any`, within each other as deep as needed. A clause
with `rounds` counts in these rounds only, so a rule may ask for 50% in round 1 and 70% later.
"""
SETTINGS = """
| setting | meaning |
| --- | --- |
| `min_ratings_per_panel` | fewer on any criterion in any panel: not assessable |
| `denominator` | `valid`: of those who gave a rating; `respondents`: "can't say" counts as not in the band |
| `quantile_type` | 7 (R, Excel), 6 (SPSS), 2 (SAS): for quartiles and percentiles |
| `half_medians` | whether 6.5 on nine points counts as in the `higher` or the `middle` third |
| `most_ratings_per_draft` | how often one draft may be put; the lower of this and the protocol's |
| `stop` | `after_round`: a number; `stable`: tests of movement; the earlier of the two |

A draft is not put to the panel again once its section is agreed or agreed to leave out, after the last
round, or once its answers are stable; the study stops when no draft is to be put again. "Stable without
agreement" is a result of its own. The platform refuses to put such a draft again, with the reason; a new
draft may still be written.
"""
REFUSED = """
Before it can be sealed, a rule is held against its study. Refused, with the place and the reason, is what
can never be met or always is, what contradicts itself or is covered by an outcome above it, a threshold
outside what the figure can be, RAND's thirds on a scale that has none, a coefficient of variation on a
scale from 0, agreement A on two points, movement or attrition where only round 1 counts, an unknown band,
panel, group or criterion, more ratings of a draft than there are rounds, and a rule by which nothing could
be agreed.
"""


def rules_page() -> str:
    """The page's content."""
    return "\n".join(
        [
            HEAD.strip(),
            f"\n```yaml\n{_yaml(Rule.model_validate(EXAMPLE))}```\n",
            *(f"- {sentence}" for sentence in rule_in_words(Rule.model_validate(EXAMPLE), _words_for(9))),
            "\n## Statistics\n",
            *_statistics(),
            "\n## Whose ratings, which criteria\n",
            WHOM.strip(),
            "\n## Settings of the rule\n",
            SETTINGS.strip(),
            "\n## What is refused\n",
            REFUSED.strip(),
            "\n## Published rules\n",
            "Each says for which scales it was written; elsewhere it is “not for this scale”, which is no",
            "failure. The bands are the study's own. Take one, change what your study needs, and seal it.\n",
            *(line for published in PUBLISHED_RULES for line in _published(published)),
            "## Published stop rules\n",
            *_stops(),
        ]
    )


def _statistics() -> Iterator[str]:
    yield "| `statistic` | what it is | asked with |"
    yield "| --- | --- | --- |"
    for kind in get_args(AnyTest):
        for statistic in get_args(kind.model_fields["statistic"].annotation):
            words = FIGURE_WORDS.get(statistic) or _first_sentence(kind)
            yield f"| `{statistic}` | {with_capital(words)} | {_asked_with(kind)} |"
    yield ""
    yield f"Agreement A and its kin need {LEAST_FOR_ORDINAL} ratings, the standard deviation 2, movement"
    yield f"{LEAST_PAIRS} people who rated both times, on a draft that is the same or comparable."


def _asked_with(kind: type) -> str:
    fields = {field.alias or name: field for name, field in kind.model_fields.items()}  # type: ignore[attr-defined]
    named = [f"`{name}`" for name in ("band", "method") if name in fields]
    if issubclass(kind, ThresholdTest):
        return ", ".join([*named, "a threshold"])
    choices = [str(getattr(one, "value", one)) for one in _choices(fields["is"].annotation)]
    return ", ".join([*named, f"`is`: {', '.join(choices)}"])


def _choices(annotation: Any) -> list[Any]:
    """The values of a choice: of a literal, of an enumeration, or of a list of one."""
    inside = list(get_args(annotation))
    if inside and not isinstance(inside[0], type):
        return inside
    return list(inside[0] if inside else annotation)


def _first_sentence(kind: type) -> str:
    return re.split(r"\.\s|:\s|\.$", inspect.cleandoc(kind.__doc__ or ""))[0].replace("\n", " ")


def _published(published: PublishedRule) -> Iterator[str]:
    rule = published.make(DAY)
    yield f"### {published.title}\n"
    source = f" Source: {published.source}." if published.source else ""
    yield f"`{published.code}`, for {published.scales.words}.{source}\n"
    for sentence in rule_in_words(rule, _vocabulary(published))[1:]:
        if sentence.startswith("In every other case"):
            break
        yield f"- {sentence}"
    if rule.most_ratings_per_draft is not None:
        yield f"- One draft is put to the panel at most {rule.most_ratings_per_draft} times."
    yield ""


def _yaml(rule: Rule) -> str:
    plain = {key: value for key, value in to_dict(rule).items() if key not in ("text", "source", "fixed_on")}
    for setting, usual in (("denominator", "valid"), ("quantile_type", 7), ("half_medians", "higher")):
        if plain[setting] == usual:
            del plain[setting]
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


def _vocabulary(published: PublishedRule) -> Vocabulary:
    """Words on the first scale, from many points to few, for which the rule was written."""
    return next(_words_for(points) for points in (9, 5, 4, 3) if published.scales.fits(_scale(points)))


def _words_for(points: int) -> Vocabulary:
    return Vocabulary(_scale(points), STRUCTURE, CRITERIA)


def _scale(points: int) -> Scale:
    """A scale from 1 up, on which the usual points agree: 7 to 9, 4 and 5, 3 and 4, or 3."""
    top = {9: (7, 8, 9), 5: (4, 5), 4: (3, 4), 3: (3,)}[points]
    return Scale(
        id="scale",
        points=tuple(ScalePoint(value=value, label=str(value)) for value in range(1, points + 1)),
        bands={"agree": top},
    )


def _stops() -> Iterator[str]:
    vocabulary = _words_for(9)
    rule = PUBLISHED_RULES[0].make(DAY)
    for published in PUBLISHED_STOPS:
        words = stop_rule_in_words(rule, published.make(), vocabulary)
        yield f"- **{published.title}** (`{published.code}`). {words} Source: {published.source}."
