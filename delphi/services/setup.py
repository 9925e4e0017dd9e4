"""Changing what a study was set up with, page by page, before it starts; a little also afterwards.

Every change is checked as a whole study file would be, so that whatever is saved can be exported, sealed and
run. What was wrong before stands in nobody's way: only new problems are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of
from delphi.domain.canonical import canonical_json
from delphi.domain.errors import InvalidInput, Problem, Stale, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.logos import named_logo
from delphi.domain.permissions import Permission, require
from delphi.domain.pictures import objection
from delphi.domain.setup.arranging import arranged, bundle_from
from delphi.domain.setup.fields import Setup, Theme, fingerprint, shown_values
from delphi.domain.setup.reading import Asked, asked_for, made_id
from delphi.domain.setup.rule_parts import rule_seen
from delphi.domain.setup.scales import READY_MADE
from delphi.domain.setup.themes import theme_of
from delphi.domain.states import StudyState
from delphi.domain.study_archive import StudyBundle, bundle_problems
from delphi.domain.wording import with_capital
from delphi.models.studies import Study
from delphi.queries.seals import sealed_content
from delphi.queries.signatures import RULE_SUBJECT, signing_of
from delphi.queries.studies import study_of
from delphi.queries.study_export import bundle_of
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.setup_parts import put_parts
from delphi.services.sign_offs import withdraw_signatures

TABLES: dict[str, tuple[str, ...]] = {
    "names": ("study",),
    "contact": ("information",),
    "information": ("information",),
    "documents": ("documents",),
    "consent": ("consent",),
    "sections": ("sections", "rounds"),
    "questions": ("questions",),
    "scale": ("scale",),
    "groups": ("groups",),
    "protocol": ("protocol",),
    "privacy": ("privacy",),
    "rounds": ("rounds",),
}
"""Which parts the page of each theme writes."""


@dataclass(frozen=True, slots=True)
class SavedSetup:
    """What stands in a theme's fields now; what a stale save is told in `theirs`."""

    values: Mapping[str, str]
    seen: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a save: whether anything is different, and whether signatures under the rule fell away."""

    is_different: bool
    has_lost_signatures: bool


def change_setup(
    *, study_id: StudyId, theme: str, given: Mapping[str, str], seen: str, actor: Actor, now: datetime
) -> Changed:
    """Save one page of the settings as it was filled in.

    `given` holds the form's fields by name, `seen` the fingerprint of what the form was made from. Raises
    Stale, with a SavedSetup as `theirs`, when somebody else saved first; InvalidInput with a problem beside
    each field; WrongState for what is fixed.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    page = theme_of(theme)
    study, before = held(study_id)
    _require_may_change(study, page.is_open)
    return put_page(
        study,
        before,
        page,
        given=given,
        seen=seen,
        only_open=study.state != StudyState.DRAFT,
        actor=actor,
        now=now,
    )


def put_page(
    study: Study,
    before: StudyBundle,
    page: Theme,
    *,
    given: Mapping[str, str],
    seen: str,
    only_open: bool,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Write what a page's form says; a step of use cases that have asked whether the page may change.

    `only_open` leaves alone what is fixed once the study has started. Raises as `change_setup` does.
    """
    setup = arranged(before)
    if fingerprint(page, setup) != seen:
        raise Stale(
            f"“{page.title}” was saved by somebody else while you were writing. Both are kept: "
            "compare them, and save again what should stand.",
            theirs=SavedSetup(shown_values(page, setup), fingerprint(page, setup)),
        )
    with_pictures = setup | {"pictures": _picture_options(before)}
    asked = asked_for(page, with_pictures, given, only_open=only_open)
    asked.setup.pop("pictures", None)
    if asked.problems:
        raise InvalidInput(asked.problems)
    if page.key == "protocol":
        asked.setup["protocol"]["fixed_on"] = _fixed_on(
            before.study_file.protocol.fixed_on, before, study, now
        )
    after = _checked(before, asked)
    return _save(study, after, TABLES[page.key], _differences(page, setup, after), page.key, actor, now)


def change_rule(
    *, study_id: StudyId, rule: Mapping[str, Any], seen: str, actor: Actor, now: datetime
) -> Changed:
    """Take another consensus rule, written as in a study file but for the day on which it is fixed.

    `seen` is the checksum of the rule that was looked at. Raises as `change_setup` does.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    study, before = held(study_id)
    _require_may_change(study, False)
    if seen != rule_seen(before.study_file.consensus_rule):
        raise Stale("The rule was changed by somebody else in the meantime. Look at it, then choose again.")
    fixed_on = _fixed_on(before.study_file.consensus_rule.fixed_on, before, study, now)
    asked = Asked(arranged(before) | {"consensus_rule": {**rule, "fixed_on": fixed_on}})
    after = _checked(before, asked)
    is_same = rule_seen(after.study_file.consensus_rule) == seen
    return _save(study, after, ("consensus_rule",), [] if is_same else ["rule"], "rule", actor, now)


def change_look(
    *,
    study_id: StudyId,
    accent: str | None,
    logo: bytes | None = None,
    without_logo: bool = False,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Give a study its colour and its logo; without a new logo the one that is there stays.

    Possible until the study is put away: how pages look decides nothing. Raises InvalidInput for a colour
    that cannot be read with and for what is no logo.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    study, before = held(study_id)
    _require_may_change(study, True)
    look = before.study_file.look.model_dump(exclude_none=True) | {"accent": accent or None}
    pictures = dict(before.pictures)
    if logo is not None:
        name = named_logo(logo)
        pictures[name], look["logo"] = logo, name
    elif without_logo:
        look["logo"] = None
    look = {key: value for key, value in look.items() if value is not None}
    asked = Asked(arranged(before) | {"look": look})
    after = _checked(StudyBundle(before.study_file, before.texts, pictures), asked)
    is_same = after.study_file.look == before.study_file.look
    return _save(study, after, ("look",), [] if is_same else ["look"], "look", actor, now)


def change_scale(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> Changed:
    """Take a ready-made scale of another length in place of the one that is there, before the study starts.

    Its words can be changed afterwards. Raises InvalidInput for a scale that there is not, or on which the
    rule cannot be applied; WrongState once the study has started.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    study, before = held(study_id)
    _require_may_change(study, False)
    if code not in READY_MADE:
        raise InvalidInput([Problem("ready", "Choose one of the scales.")])
    scale = READY_MADE[code].plain()
    after = _checked(before, Asked(arranged(before) | {"scale": scale}))
    is_same = after.study_file.scale == before.study_file.scale
    return _save(study, after, ("scale",), [] if is_same else ["scale"], "scale", actor, now)


def add_picture(*, study_id: StudyId, name: str, content: bytes, actor: Actor, now: datetime) -> str:
    """Add a picture for texts and Easy Read; it can be used as soon as it is there. Returns its name.

    Pictures are only added, never replaced: a published text may show one. Possible until the study is put
    away. Raises InvalidInput for what is no picture, and for a name that is taken.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    study, before = held(study_id)
    _require_may_change(study, True)
    stem, _, ending = PurePosixPath(name.replace("\\", "/")).name.lower().rpartition(".")
    safe = f"{made_id(stem, set())}.{ending}" if stem else ""
    if not safe:
        raise InvalidInput([Problem("picture", "Give the file a name with an ending, such as cup.svg.")])
    if safe in before.pictures:
        raise InvalidInput([Problem("picture", f"There is a picture {safe} already. Rename the file.")])
    if sentence := objection(safe, content):
        raise InvalidInput([Problem("picture", with_capital(sentence))])
    after = StudyBundle(before.study_file, before.texts, {**before.pictures, safe: content})
    _save(study, after, (), [safe], "pictures", actor, now)
    return safe


def held(study_id: StudyId) -> tuple[Study, StudyBundle]:
    """A study that nobody else changes until this transaction ends, with what it is set up with."""
    study = study_of(study_id)
    hold(study)
    return study, bundle_of(study)


def _require_may_change(study: Study, is_open: bool) -> None:
    if study.state == StudyState.ARCHIVED:
        raise WrongState("This study is in the archive and can only be read.")
    if study.state != StudyState.DRAFT and not is_open:
        raise WrongState(
            "The study has started, so this is fixed. To go another way, record a deviation: it keeps what "
            "was laid down and prints your reason in every report."
        )


def _picture_options(bundle: StudyBundle) -> list[dict[str, str]]:
    return [{"id": name, "label": name} for name in sorted(bundle.pictures)]


def _fixed_on(fixed_on: date, before: StudyBundle, study: Study, now: datetime) -> date:
    """Rule and protocol are fixed on the day of their last change; the planned dates may lag behind it."""
    today = day_of(now, study.timezone)
    return today if today <= before.study_file.rounds[0].opens else fixed_on


def _checked(before: StudyBundle, asked: Asked) -> StudyBundle:
    """The study that is asked for; InvalidInput with every problem that was not there before."""
    try:
        after = bundle_from(asked.setup, before)
    except InvalidInput as error:
        raise InvalidInput(_beside_fields(error.problems, asked)) from None
    known = {(one.where, one.sentence) for one in bundle_problems(before)}
    new = [one for one in bundle_problems(after) if (one.where, one.sentence) not in known]
    if new:
        raise InvalidInput(_beside_fields(new, asked))
    return after


def _beside_fields(problems: Collection[Problem], asked: Asked) -> list[Problem]:
    return [Problem(asked.name_of(one.where), with_capital(one.sentence)) for one in problems]


def _differences(page: Theme, before: Setup, after: StudyBundle) -> list[str]:
    was, now = shown_values(page, before), shown_values(page, arranged(after))
    return sorted(name for name in was.keys() | now.keys() if was.get(name, "") != now.get(name, ""))


def _save(
    study: Study,
    after: StudyBundle,
    parts: Collection[str],
    differences: list[str],
    theme: str,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Write the parts, note that it was done, and let signatures under what is different now fall away."""
    if not differences:
        return Changed(False, False)
    sealed = canonical_json(sealed_content(study))
    put_parts(study, after, now=now, parts=parts)
    lost = False
    if study.state == StudyState.DRAFT and canonical_json(sealed_content(study)) != sealed:
        lost = bool(signing_of(study, RULE_SUBJECT).signatures)
        withdraw_signatures(study.id, RULE_SUBJECT)
    record(
        "setup_changed",
        study_id=study.id,
        actor=actor,
        now=now,
        subject=f"setup:{theme}",
        data={"fields": len(differences), **({"signatures": "withdrawn"} if lost else {})},
    )
    return Changed(True, lost)
