"""What the demo's player needs beside the study file: calendar, story, revisions, people, simulation.

`load_script` reads script.yaml and comments.yaml, and refuses a script whose parts contradict each
other. Pure but for reading the two files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError

from delphi.demo.cast import (
    Contact,
    Frozen,
    NotJoined,
    Panellist,
    PanellistCode,
    Recruitment,
    SignOff,
    TeamPerson,
)
from delphi.demo.comment_bank import Comment, CommentBank
from delphi.demo.parameters import SimulationParameters
from delphi.demo.storyline import (
    AddedSection,
    AdvisoryReview,
    Calendar,
    Correction,
    Escalation,
    Revision,
    RoundPlan,
    StoryStep,
)
from delphi.domain.errors import InvalidInput, Problem


class Script(Frozen):
    """The whole script, with the comment bank."""

    format: Annotated[Literal["demo-script/1"], Field(alias="schema")]
    calendar: Calendar
    team: tuple[TeamPerson, ...]
    sign_off: SignOff
    advisory_review: AdvisoryReview
    rounds: Annotated[tuple[RoundPlan, ...], Field(min_length=1)]
    story: dict[str, dict[int, StoryStep]]
    added_sections: tuple[AddedSection, ...]
    revisions: tuple[Revision, ...]
    corrections: tuple[Correction, ...]
    escalations: tuple[Escalation, ...]
    recruitment: tuple[Recruitment, ...]
    panellists: Annotated[tuple[Panellist, ...], Field(min_length=1)]
    contacts: dict[PanellistCode, Contact]
    not_joined: tuple[NotJoined, ...]
    simulation: SimulationParameters
    comments: tuple[Comment, ...]

    @cached_property
    def panellist_by_code(self) -> dict[str, Panellist]:
        """Panellists by code."""
        return {panellist.code: panellist for panellist in self.panellists}

    @cached_property
    def comment_by_id(self) -> dict[str, Comment]:
        """Comments by id."""
        return {comment.id: comment for comment in self.comments}

    @cached_property
    def must_use_comments(self) -> frozenset[str]:
        """Ids of the comments that are placed for every seed in which somebody fits them."""
        answered = {
            id_ for revision in self.revisions for change in revision.changes for id_ in change.comments
        }
        return frozenset(answered | set(self.simulation.always_used_comments))

    def round(self, number: int) -> RoundPlan:
        """The round with a number; KeyError when there is none."""
        return {plan.number: plan for plan in self.rounds}[number]

    def revisions_for(self, round_number: int) -> tuple[Revision, ...]:
        """The revisions and re-ratings that a round puts to the panel."""
        return tuple(revision for revision in self.revisions if revision.for_round == round_number)


def load_script(folder: Path) -> Script:
    """Read script.yaml and comments.yaml of the demo; raises InvalidInput naming every problem found."""
    bank = _parsed(CommentBank, folder / "comments.yaml", {})
    script = _parsed(Script, folder / "script.yaml", {"comments": bank.comments})
    problems = tuple(_problems_of(script))
    if problems:
        raise InvalidInput(problems, heading="The demo's script contradicts itself.")
    return script


_Model = TypeVar("_Model", bound=BaseModel)


def _parsed(model: type[_Model], path: Path, more: dict[str, Any]) -> _Model:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        return model.model_validate({**content, **more})
    except yaml.YAMLError as error:
        raise InvalidInput((Problem(path.name, f"This is not YAML: {error}"),)) from error
    except ValidationError as error:
        raise InvalidInput(
            Problem(
                f"{path.name}: {'.'.join(map(str, found['loc']))}", found["msg"].removeprefix("Value error, ")
            )
            for found in error.errors()
        ) from error


def _problems_of(script: Script) -> Iterator[Problem]:
    """Every contradiction between parts of the script, in the order of the file."""
    yield from _team_keys(script)
    yield from _story_follows_items(script)
    yield from _rounds_put_the_right_drafts(script)
    yield from _comment_references(script)
    yield from _panel_adds_up(script)
    yield from _simulation_covers_items(script)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _team_keys(script: Script) -> Iterator[Problem]:
    keys = [person.key for person in script.team]
    for key in _repeated(keys):
        yield Problem("team", f"{key!r} is there twice.")
    named = [
        ("sign_off", script.sign_off.first),
        ("sign_off", script.sign_off.lead),
        *(("advisory_review", remark.by) for remark in script.advisory_review.remarks),
        *(("escalations", key) for entry in script.escalations for key in (entry.found_by, entry.told)),
    ]
    for where, key in named:
        if key not in keys:
            yield Problem(where, f"{key!r} is not in the team.")


def _story_follows_items(script: Script) -> Iterator[Problem]:
    rated = {(section, plan.number) for plan in script.rounds for section in plan.items}
    told = {(section, number) for section, steps in script.story.items() for number in steps}
    for section, number in sorted(rated ^ told):
        yield Problem(f"story.{section}", f"Rated and told do not match in round {number}.")
    for section, number in sorted(rated & told):
        goes_on = script.story[section][number].decision in ("revise", "rerate_unchanged")
        if goes_on != ((section, number + 1) in rated):
            yield Problem(
                f"story.{section}", f"The decision after round {number} does not fit round {number + 1}."
            )


def _rounds_put_the_right_drafts(script: Script) -> Iterator[Problem]:
    if [plan.number for plan in script.rounds] != list(range(1, len(script.rounds) + 1)):
        yield Problem("rounds", "Rounds are numbered 1, 2, 3 and so on, in this order.")
        return
    brought = {(r.for_round, r.section): r.to_version for r in script.revisions}
    brought |= {(added.for_round, added.section): 1 for added in script.added_sections}
    put = {
        (plan.number, section): version
        for plan in script.rounds[1:]
        for section, version in plan.items.items()
    }
    for number, section in sorted({key for key in brought | put if brought.get(key) != put.get(key)}):
        yield Problem(f"rounds[{number}].items.{section}", "The version put is not the one that was brought.")


def _comment_references(script: Script) -> Iterator[Problem]:
    ids = [comment.id for comment in script.comments]
    for id_ in _repeated(ids):
        yield Problem("comments", f"{id_} is there twice.")
    named = [
        *(("simulation.always_used_comments", id_) for id_ in script.simulation.always_used_comments),
        *((f"revisions.{r.section}", id_) for r in script.revisions for c in r.changes for id_ in c.comments),
        *((f"added_sections.{a.section}", id_) for a in script.added_sections for id_ in a.asked_for_in),
        *(("corrections", correction.comment) for correction in script.corrections),
        *(("escalations", escalation.comment) for escalation in script.escalations),
        *((f"comments.{c.id}", c.duplicate_of) for c in script.comments if c.duplicate_of),
    ]
    for where, id_ in named:
        if id_ not in ids:
            yield Problem(where, f"There is no comment {id_}.")
    escalated = {c.id for c in script.comments if c.moderation and c.moderation.action == "escalate"}
    for id_ in sorted(escalated ^ {entry.comment for entry in script.escalations}):
        yield Problem("escalations", f"{id_}: escalated and followed up do not match.")
    drafts = {(section, version) for plan in script.rounds for section, version in plan.items.items()}
    for comment in script.comments:
        if comment.section and (comment.section, comment.version) not in drafts:
            yield Problem(f"comments.{comment.id}", "It is about a draft that is never put to the panel.")


def _panel_adds_up(script: Script) -> Iterator[Problem]:
    codes = [panellist.code for panellist in script.panellists]
    for code in _repeated(codes):
        yield Problem("panellists", f"{code} is there twice.")
    for code in sorted(set(codes) ^ set(script.contacts)):
        yield Problem("contacts", f"{code}: panellists and contacts do not match.")
    for panellist in script.panellists:
        if len(panellist.rounds) != len(script.rounds):
            yield Problem(f"panellists.{panellist.code}", "`rounds` needs one number for each round.")
        contact = script.contacts.get(panellist.code)
        if contact and (panellist.mode == "paper") != (contact.address is not None):
            yield Problem(f"contacts.{panellist.code}", "A postal address goes with answering on paper.")
    joined = Counter(panellist.group for panellist in script.panellists)
    others = Counter((person.group, person.status) for person in script.not_joined)
    for row in script.recruitment:
        counted = (joined[row.group], others[row.group, "declined"], others[row.group, "no_reply"])
        not_invited = others[row.group, "not_invited"]
        if (*counted, not_invited) != (
            row.consented,
            row.declined,
            row.no_reply,
            row.interested - row.invited,
        ):
            yield Problem(f"recruitment.{row.group}", "The counts are not those of the people listed.")
    people: list[Contact | NotJoined] = [*script.contacts.values(), *script.not_joined]
    for email in _repeated(person.email for person in people if person.email):
        yield Problem("contacts", f"{email} belongs to two people.")
    for phone in _repeated(person.phone for person in people):
        yield Problem("contacts", f"{phone} belongs to two people.")


def _simulation_covers_items(script: Script) -> Iterator[Problem]:
    parameters = script.simulation
    for plan in script.rounds:
        for section, version in plan.items.items():
            quality = parameters.latent_quality.get(section, {}).get(version, ())
            if len(quality) != len(parameters.criteria):
                yield Problem(
                    f"simulation.latent_quality.{section}.{version}",
                    "It needs one number for each criterion.",
                )
    for criterion in parameters.cannot_say:
        if criterion not in (*parameters.criteria, "default"):
            yield Problem(f"simulation.cannot_say.{criterion}", "There is no such criterion.")
