"""The rule of a study that is being set up: in words, and as the short form says it."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.words import rule_in_words
from delphi.domain.actors import TeamMember
from delphi.domain.setup.simple_rule import SimpleRule, rule_seen, simple_form_of
from delphi.domain.states import StudyState
from delphi.queries.results import vocabulary_of
from delphi.queries.rule_trial import RuleTrial, trial_of
from delphi.queries.studies import criteria_of, rule_of, scale_of, structure_of, study_of


@dataclass(frozen=True, slots=True)
class CriterionChoice:
    """A criterion, and whether the rule asks for agreement on it."""

    code: str
    label: str
    is_counted: bool


@dataclass(frozen=True, slots=True)
class RuleFormPage:
    """The rule; `form` is what the short form begins with, `is_simple` whether that says all of the rule."""

    text: str
    sentences: tuple[str, ...]
    seen: str
    is_draft: bool
    is_simple: bool
    form: SimpleRule
    criteria: tuple[CriterionChoice, ...]
    trial: RuleTrial


def rule_form_page(member: TeamMember) -> RuleFormPage:
    """The rule of the member's study."""
    study = study_of(member.study_id)
    rule = rule_of(study)
    form = simple_form_of(rule)
    counted = form.criteria if form else ()
    criteria = criteria_of(study.id)
    return RuleFormPage(
        text=rule.text,
        sentences=rule_in_words(rule, vocabulary_of(study)),
        seen=rule_seen(rule),
        is_draft=study.state == StudyState.DRAFT,
        is_simple=form is not None,
        form=form or SimpleRule(),
        criteria=tuple(
            CriterionChoice(one.code, one.label, not counted or one.code in counted) for one in criteria
        ),
        trial=trial_of(rule, scale_of(study), structure_of(study.id), tuple(one.code for one in criteria)),
    )
