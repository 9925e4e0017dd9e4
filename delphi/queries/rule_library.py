"""Published rules to choose from: what each says on this study's scale, its source, and whether it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from delphi.consensus.library import PUBLISHED_RULES, PUBLISHED_STOPS, PublishedRule, PublishedStop
from delphi.consensus.words import rule_in_words, text_in_own_words
from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotFound
from delphi.domain.setup.rule_apart import take_apart
from delphi.domain.setup.rule_parts import RuleParts, rule_seen, without_day
from delphi.domain.states import StudyState
from delphi.queries.rule_draft import StudyOfRule, is_untouched, own_words, rule_draft, study_of_rule
from delphi.queries.studies import study_of


@dataclass(frozen=True, slots=True)
class LibraryRule:
    """A published rule in the study's words.

    `scales` says for which scales it was written, `why_not` that this study's is another, and `misfits` what
    else of the study it contradicts as it stands.
    """

    code: str
    title: str
    text: str
    source: str
    scales: str
    why_not: str
    sentences: tuple[str, ...]
    misfits: tuple[str, ...]
    is_saved: bool


@dataclass(frozen=True, slots=True)
class LibraryStop:
    """A published stop rule in the study's words."""

    code: str
    title: str
    source: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """The library, with what is for other scales apart.

    `asks_first`: somebody has changed the saved rule, and taking another would replace it.

    `chosen` is the rule that is about to be taken, with its `parts`.
    """

    rules: tuple[LibraryRule, ...]
    others: tuple[LibraryRule, ...]
    stops: tuple[LibraryStop, ...]
    saved: tuple[str, ...]
    saved_text: str
    seen: str
    is_draft: bool
    asks_first: bool
    chosen: LibraryRule | None
    parts: RuleParts


def published_rule(code: str, today: date) -> Mapping[str, Any]:
    """A rule of the library as a study file writes it, but for its day; NotFound when there is none."""
    return without_day(_published(code).make(today))


def library_page(member: TeamMember, *, chosen: str = "") -> LibraryPage:
    """The library for the member's study; `chosen` is the code of a rule that somebody is about to take."""
    study = study_of(member.study_id)
    of = study_of_rule(study)
    rules = tuple(_row(of, one) for one in PUBLISHED_RULES)
    return LibraryPage(
        rules=tuple(one for one in rules if not one.why_not),
        others=tuple(one for one in rules if one.why_not),
        stops=tuple(_stop(of, one) for one in PUBLISHED_STOPS if one.scales.fits(of.vocabulary.scale)),
        saved=rule_in_words(of.saved, of.vocabulary),
        saved_text=text_in_own_words(of.saved, of.vocabulary),
        seen=rule_seen(of.saved),
        is_draft=study.state == StudyState.DRAFT,
        asks_first=not is_untouched(of.saved),
        chosen=next((one for one in rules if one.code == chosen), None),
        parts=take_apart(_published(chosen).make(of.saved.fixed_on) if chosen else of.saved),
    )


def parts_with_stop(of: StudyOfRule, code: str) -> RuleParts:
    """The saved rule with a published stop rule put in; NotFound when there is no such stop rule."""
    for one in PUBLISHED_STOPS:
        if one.code == code:
            return own_words(of, of.saved.model_copy(update={"stop": one.make()}))
    raise NotFound("There is no such stop rule in the library.")


def _stop(of: StudyOfRule, published: PublishedStop) -> LibraryStop:
    rule = of.saved.model_copy(update={"stop": published.make()})
    with_it, without = (
        rule_in_words(one, of.vocabulary) for one in (rule, rule.model_copy(update={"stop": None}))
    )
    return LibraryStop(
        published.code,
        published.title,
        published.source,
        " ".join(sentence for sentence in with_it if sentence not in without),
    )


def _published(code: str) -> PublishedRule:
    for one in PUBLISHED_RULES:
        if one.code == code:
            return one
    raise NotFound("There is no such rule in the library.")


def _row(of: StudyOfRule, published: PublishedRule) -> LibraryRule:
    rule = published.make(of.saved.fixed_on)
    draft = rule_draft(of, take_apart(rule))
    return LibraryRule(
        code=published.code,
        title=published.title,
        text=rule.text,
        source=published.source or "",
        scales=published.scales.words,
        why_not=published.why_not(of.vocabulary.scale, of.vocabulary.structure),
        sentences=draft.sentences,
        misfits=tuple(dict.fromkeys(problem.sentence for problem in draft.problems)),
        is_saved=rule_seen(rule) == rule_seen(of.saved),
    )
