"""The study file: everything about a study that is settled before its first round opens.

This is the schema of study.yaml (`docs/study-file.md` explains it to a study team). People, answers
and what happened are not in it: a study file sets up a study on any server.

Reading YAML is in `study_file_yaml`, whether the parts fit together in `study_file_check`, a study
with its texts and pictures in `study_archive`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule, to_dict
from delphi.domain.scale import Scale
from delphi.domain.study_file_errors import problems_of
from delphi.domain.study_file_parts import (
    CommentPrompt,
    Consent,
    CriterionPart,
    Document,
    GroupUnionPart,
    Information,
    Look,
    Part,
    Privacy,
    Protocol,
    RoundPart,
    SectionPart,
    StakeholderGroup,
    StudyIdentity,
    TextPaths,
)

FORMAT = "delphi-study/1"


class StudyFile(Part):
    """A whole study as written in study.yaml."""

    format: Literal["delphi-study/1"]
    study: StudyIdentity
    look: Look = Look()
    information: Information
    documents: tuple[Document, ...] = ()
    consent: Consent
    stakeholder_groups: Annotated[tuple[StakeholderGroup, ...], Field(min_length=1)]
    consensus_panels: Annotated[tuple[GroupUnionPart, ...], Field(min_length=1)]
    """The unions of groups that the rule speaks of; every group is in exactly one."""
    feedback_groups: Annotated[tuple[GroupUnionPart, ...], Field(min_length=1)]
    """The unions of groups that panellists are shown; every group is in exactly one."""
    scale: Scale
    criteria: Annotated[tuple[CriterionPart, ...], Field(min_length=1)]
    comment_prompts: tuple[CommentPrompt, ...] = ()
    protocol: Protocol
    consensus_rule: Rule
    privacy: Privacy
    rounds: Annotated[tuple[RoundPart, ...], Field(min_length=1)]
    sections: Annotated[tuple[SectionPart, ...], Field(min_length=1)]

    @cached_property
    def structure(self) -> GroupStructure:
        """The groups, panels and feedback groups as the statistics use them."""
        return GroupStructure(
            groups=tuple(Group(group.id, group.label) for group in self.stakeholder_groups),
            panels=tuple(_union(panel) for panel in self.consensus_panels),
            feedback_groups=tuple(_union(union) for union in self.feedback_groups),
        )

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Each place in the file that names a text ("sections[0].drafts.1.standard"), with the path named."""
        found = {}
        for place, paths in self._text_parts():
            for variant, path in paths.by_variant.items():
                found[f"{place}.{variant}"] = path
        return found

    def _text_parts(self) -> list[tuple[str, TextPaths]]:
        documents = [
            (f"documents[{i}].texts", document.texts)
            for i, document in enumerate(self.documents)
            if document.texts is not None
        ]
        drafts = [
            (f"sections[{i}].drafts.{number}", paths)
            for i, section in enumerate(self.sections)
            for number, paths in section.drafts.items()
        ]
        return documents + drafts


def _union(part: GroupUnionPart) -> GroupUnion:
    return GroupUnion(part.id, part.label, part.groups)


def from_plain(plain: object) -> StudyFile:
    """The study file in plain lists, mappings and values; InvalidInput lists everything of the wrong shape.

    Whether the parts fit together is asked in `study_file_check.check`.
    """
    if not isinstance(plain, dict):
        raise InvalidInput([Problem("", f'expected a mapping that begins with "format: {FORMAT}"')])
    if plain.get("format") != FORMAT:
        found = f"found {plain['format']!r}" if "format" in plain else "there is none"
        raise InvalidInput(
            [Problem("format", f'expected "{FORMAT}", {found}; this version reads no other format')]
        )
    try:
        return StudyFile.model_validate(plain)
    except ValidationError as error:
        raise InvalidInput(problems_of(error, plain, StudyFile)) from None


def to_plain(study_file: StudyFile) -> dict[str, Any]:
    """The study file in plain lists, mappings and values, in its own order, without what is unset.

    `from_plain(to_plain(x)) == x`.
    """
    plain = study_file.model_dump(mode="python", exclude_none=True, by_alias=True)
    plain["consensus_rule"] = to_dict(study_file.consensus_rule)
    return {key: _plain(value) for key, value in plain.items() if value not in ((), {})}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if part not in ((), {})}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
