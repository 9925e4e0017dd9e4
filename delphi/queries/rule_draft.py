"""A rule that is being built, held against its study: what it says, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from delphi.consensus.library import PUBLISHED_RULES
from delphi.consensus.vocabulary import Vocabulary
from delphi.consensus.words import rule_as_text, rule_in_words, text_in_own_words
from delphi.domain.errors import Problem
from delphi.domain.rule import Rule
from delphi.domain.rule_check import check_rule
from delphi.domain.setup.rule_apart import take_apart
from delphi.domain.setup.rule_parts import RuleParts, rule_seen, without_day
from delphi.domain.setup.rule_together import PLACE, RuleAsked, put_together
from delphi.domain.setup.starting import STARTING_RULE
from delphi.domain.study_file_errors import problems_of
from delphi.models.studies import Study
from delphi.queries.results import vocabulary_of
from delphi.queries.studies import groups_of, rule_of

TEXT_HOLDS = "text_holds"
"""The tick by which somebody says that their own words are still right."""
LONGEST_TEXT = 5000
TOO_LONG = "Written from the parts this is too long for a text. Say it in your own words."
OLD_WORDS = (
    "The rule is not what it was, and these words still are. Change them, or empty the box and we write them "
    "from the parts; if they do say the same, tick below."
)


@dataclass(frozen=True, slots=True)
class StudyOfRule:
    """What a rule is about: the study's words, its rounds, its plan, and the rule that is saved."""

    vocabulary: Vocabulary
    saved: Rule
    max_rounds: int
    targets: Mapping[str, int]

    @property
    def criteria(self) -> tuple[str, ...]:
        """Codes of what is asked of every section, in order."""
        return tuple(self.vocabulary.criteria)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that is being built. `rule` is None until it can be read; problems name the fields."""

    rule: Rule | None
    plain: Mapping[str, Any]
    sentences: tuple[str, ...]
    problems: tuple[Problem, ...]


def study_of_rule(study: Study) -> StudyOfRule:
    """Everything of a study that a rule is held against."""
    targets = {group.code: group.target for group in groups_of(study.id) if group.target is not None}
    return StudyOfRule(vocabulary_of(study), rule_of(study), int(study.protocol["max_rounds"]), targets)


def rule_draft(of: StudyOfRule, parts: RuleParts) -> RuleDraft:
    """The rule that the parts say, with every objection to it beside its field."""
    asked = put_together(parts)
    if asked.problems:
        return RuleDraft(None, asked.plain, (), tuple(asked.problems))
    rule = _read(of, asked)
    if isinstance(rule, list):
        return RuleDraft(None, asked.plain, (), asked.beside_fields(rule))
    structure, scale = of.vocabulary.structure, of.vocabulary.scale
    problems = check_rule(
        rule, scale, structure, of.criteria, max_rounds=of.max_rounds, targets=of.targets, where=PLACE
    )
    beside = asked.beside_fields(problems)
    try:
        sentences = rule_in_words(rule, of.vocabulary)
    except KeyError:
        # A panel, group or band that the study does not have has no words; the objections name it.
        return RuleDraft(None, asked.plain, (), beside)
    text = asked.plain.get("text") or rule_as_text(rule, of.vocabulary)
    if len(text) > LONGEST_TEXT:
        return RuleDraft(None, asked.plain, sentences, (*beside, Problem("text", TOO_LONG)))
    spoken = rule.model_copy(update={"text": text})
    return RuleDraft(spoken, {**asked.plain, "text": text}, sentences, beside)


def own_words(of: StudyOfRule, rule: Rule) -> RuleParts:
    """The parts of a rule; its text only where somebody wrote another than we would."""
    parts = take_apart(rule)
    text = "" if rule.text == STARTING_RULE["text"] else text_in_own_words(rule, of.vocabulary)
    return replace(parts, text=text)


def old_words(of: StudyOfRule, draft: RuleDraft, given: Mapping[str, str]) -> tuple[Problem, ...]:
    """An objection when the parts of the saved rule were changed, and its own words were not."""
    if draft.rule is None or given.get(TEXT_HOLDS) or not given.get("text"):
        return ()
    was, now = without_day(of.saved), without_day(draft.rule)
    if was.pop("text") != now.pop("text") or was == now:
        return ()
    return (Problem("text", OLD_WORDS),)


def is_untouched(rule: Rule) -> bool:
    """Whether nobody has changed the rule: it is the one a study begins with, or one of the library."""
    day = rule.fixed_on
    first = Rule.model_validate({**STARTING_RULE, "fixed_on": day})
    return rule_seen(rule) in {rule_seen(one) for one in (first, *(one.make(day) for one in PUBLISHED_RULES))}


def _read(of: StudyOfRule, asked: RuleAsked) -> Rule | list[Problem]:
    plain = {"text": "…", **asked.plain, "fixed_on": of.saved.fixed_on}
    try:
        return Rule.model_validate(plain)
    except ValidationError as error:
        return [Problem(f"{PLACE}.{one.where}", one.sentence) for one in problems_of(error, plain, Rule)]
