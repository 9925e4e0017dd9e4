"""Whether the parts of a study file fit together; every objection is a sentence for the study team.

The shape was checked when the file was read. Here names are held against what they name, days
against each other, and the consensus rule against the study (`rule_check`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from delphi.domain.colours import accent_of
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.rule_check import check_rule
from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_errors import nearest
from delphi.domain.study_file_languages import is_language_tag
from delphi.domain.study_file_parts import GroupUnionPart, RoundPart, SectionPart


def check(study_file: StudyFile) -> list[Problem]:
    """All objections, in the order of the file's parts; none means that the study can be set up."""
    group_problems = [*_ids(study_file), *_groups(study_file)]
    problems = [
        *_place_and_language(study_file),
        *_look(study_file),
        *_documents(study_file),
        *group_problems,
        *_scale(study_file),
        *_prompts(study_file),
        *_protocol(study_file),
        *_early_days(study_file),
        *_rounds(study_file),
        *_sections(study_file),
        *_items(study_file),
    ]
    if not group_problems:
        problems += _rule(study_file)
    return problems


def _place_and_language(study: StudyFile) -> Iterator[Problem]:
    language, zone = study.study.language, study.study.timezone
    if not is_language_tag(language):
        yield Problem(
            "study.language", f'"{language}" is not a known language; write a language tag, as en-GB or cy.'
        )
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(zone, available_timezones())
        hint = near if near.startswith("; did") else "; write it as Europe/London."
        yield Problem("study.timezone", f'"{zone}" is not a known time zone{hint}')


def _look(study: StudyFile) -> Iterator[Problem]:
    if study.look.accent is None:
        return
    try:
        accent_of(study.look.accent)
    except InvalidInput as error:
        yield Problem("look.accent", str(error))


def _documents(study: StudyFile) -> Iterator[Problem]:
    for number, document in enumerate(study.documents):
        if document.texts and "easy_read" in document.formats and document.texts.easy_read is None:
            yield Problem(
                f"documents[{number}].formats",
                'offers "easy_read", but there is no such text; add texts.easy_read or leave the format out.',
            )


def _ids(study: StudyFile) -> Iterator[Problem]:
    statements = [
        *((f"consent.statements[{i}].id", part.id) for i, part in enumerate(study.consent.statements)),
        *((f"consent.optional[{i}].id", part.id) for i, part in enumerate(study.consent.optional)),
    ]
    yield from _twice("consent statement", statements)
    for key, what, codes in (
        ("documents", "document", [part.id for part in study.documents]),
        ("stakeholder_groups", "stakeholder group", [part.id for part in study.stakeholder_groups]),
        ("consensus_panels", "consensus panel", [part.id for part in study.consensus_panels]),
        ("feedback_groups", "feedback group", [part.id for part in study.feedback_groups]),
        ("criteria", "criterion", [part.id for part in study.criteria]),
        ("comment_prompts", "comment prompt", [part.id for part in study.comment_prompts]),
        ("sections", "section", [part.id for part in study.sections]),
    ):
        yield from _twice(what, [(f"{key}[{i}].id", code) for i, code in enumerate(codes)])


def _twice(what: str, ids: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for place, code in ids:
        if code in first:
            yield Problem(
                place, f'"{code}" is also the {what} at {first[code]}; give each {what} an id of its own.'
            )
        first.setdefault(code, place)


def _groups(study: StudyFile) -> Iterator[Problem]:
    yield from _union_members(study, "consensus_panels", "consensus panel", study.consensus_panels)
    yield from _union_members(study, "feedback_groups", "feedback group", study.feedback_groups)
    panel_of = {group: panel for panel in study.consensus_panels for group in panel.groups}
    for number, union in enumerate(study.feedback_groups):
        panels = list(dict.fromkeys(panel_of[group].id for group in union.groups if group in panel_of))
        if len(panels) > 1:
            yield Problem(
                f"feedback_groups[{number}].groups",
                f'"{union.id}" takes in groups of two consensus panels ({", ".join(panels)}); its figures '
                "would let one panel's be worked out. Keep each feedback group within one panel.",
            )


def _union_members(
    study: StudyFile, key: str, what: str, unions: Sequence[GroupUnionPart]
) -> Iterator[Problem]:
    known = [group.id for group in study.stakeholder_groups]
    for i, union in enumerate(unions):
        for j, group in enumerate(union.groups):
            if group not in known:
                yield Problem(
                    f"{key}[{i}].groups[{j}]",
                    f'there is no stakeholder group "{group}"{nearest(group, known)}',
                )
    counts = Counter(group for union in unions for group in union.groups)
    for i, group in enumerate(known):
        if counts[group] != 1:
            holders = [union.id for union in unions if group in union.groups]
            found = f"is in {counts[group]} of them ({', '.join(holders)})" if holders else "is in none"
            yield Problem(
                f"stakeholder_groups[{i}].id",
                f'every group belongs to exactly one {what}; "{group}" {found}. Change {key}.',
            )


def _scale(study: StudyFile) -> Iterator[Problem]:
    with_easy_read = [point.easy_read is not None for point in study.scale.points]
    if any(with_easy_read) and not all(with_easy_read):
        yield Problem(
            f"scale.points[{with_easy_read.index(False)}]",
            "has no easy_read words while other points do; give every point its words, or none.",
        )


def _prompts(study: StudyFile) -> Iterator[Problem]:
    for i, prompt in enumerate(study.comment_prompts):
        for j, number in enumerate(prompt.rounds or ()):
            if number > study.protocol.max_rounds:
                yield Problem(
                    f"comment_prompts[{i}].rounds[{j}]",
                    f"round {number} is named, but the protocol allows {study.protocol.max_rounds} at most.",
                )
        if prompt.scope == "round" and (prompt.shown_when or prompt.only_if_comparable):
            yield Problem(
                f"comment_prompts[{i}]",
                "is asked once in a round, so it cannot depend on an answer or a draft; leave out "
                'shown_when and only_if_comparable, or write "scope: section".',
            )


def _protocol(study: StudyFile) -> Iterator[Problem]:
    protocol = study.protocol
    if len(study.rounds) > protocol.max_rounds:
        yield Problem(
            "protocol.max_rounds",
            f"{protocol.max_rounds} at most, but {len(study.rounds)} rounds are planned; change one of them.",
        )
    if protocol.admit_until.round > protocol.max_rounds:
        yield Problem(
            "protocol.admit_until.round",
            f"round {protocol.admit_until.round} is named, but there are {protocol.max_rounds} at most.",
        )


def _early_days(study: StudyFile) -> Iterator[Problem]:
    """What has to be settled before the first round opens."""
    opens = study.rounds[0].opens
    for place, what, day in (
        ("protocol.fixed_on", "the protocol is fixed", study.protocol.fixed_on),
        ("consensus_rule.fixed_on", "the consensus rule is fixed", study.consensus_rule.fixed_on),
        ("consent.date", "the consent text is dated", study.consent.date),
    ):
        if day > opens:
            yield Problem(
                place,
                f"{what} on {day}, after round 1 opens ({opens}); both must be settled before any data.",
            )
    if study.consent.withdrawal_cutoff <= opens:
        yield Problem(
            "consent.withdrawal_cutoff",
            f"{study.consent.withdrawal_cutoff} is not after round 1 opens ({opens}): nobody could ever ask "
            "for deletion. Choose a later day.",
        )


def _rounds(study: StudyFile) -> Iterator[Problem]:
    for i, part in enumerate(study.rounds):
        here = f"rounds[{i}]"
        if part.number != i + 1:
            yield Problem(f"{here}.number", f"expected {i + 1}: rounds are numbered from 1 in order.")
        if part.closes < part.opens:
            yield Problem(f"{here}.closes", f"{part.closes} is before the round opens ({part.opens}).")
        yield from _reminders(part, here)
        if part.feedback_published and part.feedback_published <= part.closes:
            yield Problem(
                f"{here}.feedback_published",
                f"{part.feedback_published} is not after the round closes ({part.closes}); while a round is "
                "open nobody sees figures.",
            )
    for i, (before, after) in enumerate(pairwise(study.rounds)):
        settled, what = _settled(before)
        if after.opens <= before.closes or after.opens < settled:
            yield Problem(
                f"rounds[{i + 1}].opens",
                f"{after.opens} is too early: round {before.number} {what} on {settled}.",
            )


def _settled(part: RoundPart) -> tuple[date, str]:
    if part.feedback_published:
        return part.feedback_published, "is fed back"
    return part.closes, "closes"


def _reminders(part: RoundPart, here: str) -> Iterator[Problem]:
    for j, day in enumerate(part.reminders):
        if not part.opens <= day <= part.closes:
            yield Problem(
                f"{here}.reminders[{j}]",
                f"{day} is outside the round, which runs from {part.opens} to {part.closes}.",
            )
    for j, (before, after) in enumerate(pairwise(part.reminders)):
        if after <= before:
            yield Problem(
                f"{here}.reminders[{j + 1}]", f"{after} does not come after {before}; put them in order."
            )


def _sections(study: StudyFile) -> Iterator[Problem]:
    for i, section in enumerate(study.sections):
        here = f"sections[{i}]"
        joins_later = (section.added_in_round or 1) > 1
        if section.added_in_round and section.added_in_round > study.protocol.max_rounds:
            yield Problem(
                f"{here}.added_in_round",
                f"round {section.added_in_round} is named, but there are "
                f"{study.protocol.max_rounds} at most.",
            )
        if not section.drafts and not joins_later:
            yield Problem(
                here,
                f'the section "{section.id}" has no text; add drafts, as "1: {{standard: '
                f'sections/{section.id}.md}}", or say in which later round it is added (added_in_round).',
            )
        if list(section.drafts) != list(range(1, len(section.drafts) + 1)):
            yield Problem(f"{here}.drafts", "drafts are numbered from 1 in order; change the numbers.")


def _items(study: StudyFile) -> Iterator[Problem]:
    sections = {section.id: section for section in study.sections}
    used: Counter[tuple[str, int]] = Counter()
    latest: dict[str, int] = {}
    for i, part in enumerate(study.rounds):
        if part.number == 1 and not part.items and part.kind != "open":
            yield Problem(f"rounds[{i}]", "the first round puts nothing to the panel; add items.")
        for code, draft in part.items.items():
            here = f"rounds[{i}].items.{code}"
            if code not in sections:
                yield Problem(here, f'there is no section "{code}"{nearest(code, sections)}')
                continue
            yield from _item(study, part, sections[code], draft, here)
            used[code, draft] += part.kind in ("rating", "mixed")
            if used[code, draft] > study.protocol.max_ratings_per_draft:
                yield Problem(
                    here,
                    f"draft {draft} is rated {used[code, draft]} times; the protocol allows "
                    f"{study.protocol.max_ratings_per_draft} (max_ratings_per_draft).",
                )
            if draft < latest.get(code, 0):
                yield Problem(here, f"draft {draft} comes after draft {latest[code]} was put to the panel.")
            latest[code] = draft


def _item(
    study: StudyFile, part: RoundPart, section: SectionPart, draft: int, here: str
) -> Iterator[Problem]:
    if section.kind == "introduction" and part.kind in ("rating", "mixed"):
        yield Problem(here, "an introduction is shown and not rated; leave it out of the items.")
    if (section.added_in_round or 1) > part.number:
        yield Problem(
            here,
            f"the section is added in round {section.added_in_round}; it cannot be in round {part.number}.",
        )
    elif draft not in section.drafts and part.number == 1:
        written = ", ".join(str(number) for number in section.drafts) or "none"
        yield Problem(
            here,
            f"draft {draft} is not in this file (it has: {written}); a first round needs written drafts.",
        )


def _rule(study: StudyFile) -> list[Problem]:
    targets = {group.id: group.target for group in study.stakeholder_groups if group.target is not None}
    return check_rule(
        study.consensus_rule,
        study.scale,
        study.structure,
        [criterion.id for criterion in study.criteria],
        max_rounds=study.protocol.max_rounds,
        targets=targets,
    )
