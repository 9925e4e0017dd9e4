"""Whether a draft may be written or published now, and whether its texts can stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from delphi.domain.decisions import DECISION_WORDS, DecisionKind
from delphi.domain.draft_texts import text_problems, variant_words
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.setup.marks import n_to_fill_in
from delphi.domain.states import SectionState, StudyState
from delphi.domain.study_file_texts import picture_name
from delphi.extensions import db
from delphi.models.sections import Draft, Section
from delphi.models.studies import Picture, Study
from delphi.queries.corrections import is_correction
from delphi.queries.decisions import is_reopened, last_round_of
from delphi.queries.sections import outdated_variants, published_draft_of


def check_texts(study_id: StudyId, texts: Mapping[str, str]) -> None:
    """Stop unless these texts can be a draft; InvalidInput with everything that is wrong with them."""
    names = db.session.scalars(db.select(Picture.name).where(Picture.study_id == study_id))
    problems = text_problems(texts, {picture_name(name) or name for name in names})
    if problems:
        raise InvalidInput(problems)


def require_filled_in(texts: Mapping[str, str]) -> None:
    """Stop while a text still says "[to fill in: …]": nobody should sign what is not written yet."""
    problems = [
        Problem(variant, "Some of it is not written yet: it still says “[to fill in: …]”. Write it first.")
        for variant, text in texts.items()
        if n_to_fill_in([text])
    ]
    if problems:
        raise InvalidInput(problems, heading="This draft cannot be put forward yet.")


def require_variants_kept(
    before: Mapping[str, str], texts: Mapping[str, str], without: Collection[str]
) -> None:
    """Stop when a variant would be lost without anybody saying so (requirement S37)."""
    problems = [
        Problem(
            variant,
            "The draft before has this variant. Give its text too, changed or not, or say that this draft "
            "goes without it.",
        )
        for variant in before
        if variant not in texts and variant not in without
    ]
    problems += [
        Problem(variant, "This variant is given and said to be left out. Decide on one of the two.")
        for variant in without
        if variant in texts
    ]
    if problems:
        raise InvalidInput(problems)


def require_variants_in_step(draft: Draft) -> None:
    """Stop while a form of the text may have fallen behind the standard text (requirement S37)."""
    behind = outdated_variants(draft)
    if behind:
        names = ", ".join(variant_words(name) for name in behind)
        raise WrongState(
            f"{names} may be out of date: the standard text of draft {draft.number} changed after somebody "
            "last looked at both. Edit it, or say that it still says the same."
        )


def require_under_way(study: Study) -> None:
    """Stop once a study is finished."""
    if study.state not in (StudyState.DRAFT, StudyState.RUNNING):
        raise WrongState(f"This study is {study.state.value}. Its sections and drafts no longer change.")


def require_may_be_written(study: Study, section: Section, draft: Draft | None) -> None:
    """Stop unless the section takes a new draft (None), or changes to this one."""
    require_under_way(study)
    if section.state in (SectionState.DRAFTING, SectionState.IN_PLAY):
        return
    if section.state == SectionState.AGREED:
        if draft is not None and is_correction(draft.id):
            return
        raise WrongState(
            f"“{section.title}” is agreed and its text is locked. Correct it without changing its meaning, "
            "or decide to take it up again."
        )
    raise WrongState(f"“{section.title}” is {_words(section.state)}; it takes no further drafts.")


def require_may_be_published(study: Study, section: Section, draft: Draft) -> None:
    """Stop unless somebody decided that the section gets a new draft.

    A section that no round has put to the panel yet needs no decision, an agreed one takes corrections only,
    and one that was rated needs the decision to revise it. No draft comes after a newer one.
    """
    require_may_be_written(study, section, draft)
    newest = published_draft_of(section)
    if newest is not None and newest.number > draft.number:
        raise WrongState(
            f"Draft {newest.number} of “{section.title}” is published already; an older one cannot follow."
        )
    last = last_round_of(section)
    if section.state != SectionState.IN_PLAY or last is None or is_reopened(section, last):
        return
    after = f"after round {last.round.number}"
    if last.decision is None:
        raise WrongState(f"Decide about “{section.title}” {after} first: a new draft follows from “revise”.")
    if last.decision.kind != DecisionKind.REVISE:
        words = DECISION_WORDS[DecisionKind(last.decision.kind)]
        raise WrongState(
            f"The decision about “{section.title}” {after} is “{words}”; a new draft does not go with that."
        )


def _words(state: SectionState) -> str:
    return state.value.replace("_", " ")
