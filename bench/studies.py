"""A study in an open round, with as many panellists, sections and items as a benchmark wants.

The study is set up through the services, its dates moved so that the open round is open today; its panel and
their answers are written as rows (see panels).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from flask import Flask

from bench.panels import add_answers, add_copies, add_links, add_people, settle
from delphi.app import create_app
from delphi.clock import now
from delphi.config import Settings
from delphi.domain.actors import PanellistActor
from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.services import revisions, rounds
from tools.small_study import SmallStudy, small_plain

PAGE = "part-01"
"""The section that the benchmarks answer."""

SECOND_OPENED_AFTER = timedelta(days=28)
FEW = 10
"""So many answer the first round through the services; the others' answers are rows."""

WORDS_A_SECTION = 250
SENTENCES = (
    "Ask what matters to the person before you say what you would do.",
    "Write down together what was agreed, in words that both would use, and give a copy to all who want one.",
    "Plan a little more time than seems needed, so that nobody has to hurry.",
    "If a step does not work, say so early, and choose a smaller one.",
    "People who give support need support themselves: name somebody whom they can ask.",
)


@dataclass(frozen=True, slots=True)
class OpenStudy:
    """A study that takes answers: its panellists in order with their links' tokens, pages and criteria."""

    study_id: StudyId
    slug: str
    number: int
    people: tuple[PanellistActor, ...]
    tokens: tuple[str, ...]
    sections: tuple[str, ...]
    criteria: tuple[str, ...]


class BenchStudy(SmallStudy):
    """A small study with more sections and criteria, and longer texts, whose round `number` is open today."""

    def __init__(
        self, app: Flask, *, sections: int, items_a_page: int, number: int = 1, slug: str = ""
    ) -> None:
        answered_at = self.answered_at + (number - 1) * SECOND_OPENED_AFTER
        by = now() - answered_at
        for name in ("imported_at", "opened_at", "answered_at", "closed_at", "analysed_at"):
            setattr(self, name, getattr(SmallStudy, name) + by)
        codes = [f"part-{index:02}" for index in range(1, sections + 1)]
        files = {code: f"sections/{code}.v1.md" for code in codes}
        plain = small_plain(
            criteria=[
                {
                    "id": f"c{index:02}",
                    "label": f"Criterion {index}",
                    "statement": f"Statement {index} is so.",
                }
                for index in range(1, items_a_page + 1)
            ],
            sections=[
                {"id": code, "title": f"Part {code[-2:]}", "drafts": {1: {"standard": files[code]}}}
                for code in codes
            ],
        )
        plain["rounds"][0]["items"] = dict.fromkeys(codes, 1)
        if slug:
            plain["study"] = plain["study"] | {"slug": slug}
        texts = {file: f"# Part {code[-2:]}\n\n{_words(WORDS_A_SECTION)}\n" for code, file in files.items()}
        super().__init__(app, texts=texts, **_moved(plain, timedelta(days=by.days)))

    def go_on_to_the_second_round(self) -> None:
        """Close, analyse and publish round 1, and put every section again."""
        self.close().analyse()
        self.publish(decision="rerate_unchanged")
        common: dict[str, Any] = {"study_id": self.id, "actor": self.lead, "now": self.analysed_at}
        with self.look():
            said = db.session.scalars(db.select(Comment.id).where(Comment.study_id == self.id)).all()
        for section in self.sections:
            with self.work():
                revisions.write_revision(
                    section=section,
                    for_round=2,
                    kind="rerating",
                    from_number=1,
                    to_number=1,
                    comparable="same",
                    comparable_reason="Not a word changed.",
                    summary="Put again with reasons.",
                    changes=[(said[:1], "It could be shorter.", "We kept it as it was.")],
                    **common,
                )
        with self.work():
            rounds.plan_round(number=2, items=dict.fromkeys(self.sections, 1), **common)
        self.open(2, now=self.opened_at + SECOND_OPENED_AFTER)


def application(url: str, folder: Path) -> Flask:
    """The application on a migrated database."""
    return create_app(
        Settings(
            instance=folder, secret_key="only-for-benchmarks", database_url=url, mail_url=f"file:{folder}"
        )
    )


def open_study(
    app: Flask,
    *,
    panellists: int,
    items_a_page: int,
    without_answers: int,
    sections: int = 2,
    number: int = 1,
    with_messages: bool = True,
    slug: str = "",
) -> OpenStudy:
    """Make the study, with round `number` (1 or 2) open.

    All but the first `without_answers` panellists have rated everything in it; everybody has in a round
    before. `with_messages` leaves many messages in the outbox, which no server may then work off. A second
    study on the same database needs a `slug`.
    """
    study = BenchStudy(app, sections=sections, items_a_page=items_a_page, number=number, slug=slug)
    study.seal().publish_drafts().open()
    people: tuple[PanellistActor, ...] = ()
    if number > 1:
        people = _play_the_first_round(study, min(panellists, FEW))
    with study.work():
        if number > 1:
            # The others come in after the messages of the second round have been promised to few.
            last = people[-1].panellist_id
            people += add_people(study.id, panellists - len(people), study.opened_at)
            add_answers(study.id, 1, after=last, with_comments=False, with_messages=False)
            add_copies(study.id, 1, after=last, like=people[FEW // 2].panellist_id)
        else:
            people = add_people(study.id, panellists, study.opened_at)
        tokens = add_links(study.id, study.opened_at)
        blank = people[min(without_answers, panellists) - 1].panellist_id if without_answers else 0
        add_answers(study.id, number, after=blank, with_comments=number == 1, with_messages=with_messages)
    with study.look():
        settle()
    criteria = tuple(f"c{index:02}" for index in range(1, items_a_page + 1))
    return OpenStudy(study.id, study.slug, number, people, tokens, study.sections, criteria)


def _play_the_first_round(study: BenchStudy, n: int) -> tuple[PanellistActor, ...]:
    """Let a few people answer, and some comment, and go on to the second round."""
    with study.work():
        people = add_people(study.id, n, study.opened_at)
        add_answers(study.id, 1, after=0, with_comments=False, with_messages=False)
    for person in people[: FEW // 2]:
        words = {"change": "It could be shorter, and say sooner what to do."}
        study.save(person.code, PAGE, {}, words, revision=1)
    study.go_on_to_the_second_round()
    return people


def _words(n: int) -> str:
    """About so many words in paragraphs, always the same."""
    sentences, count = [], 0
    for sentence in cycle(SENTENCES):
        if count >= n:
            break
        sentences.append(sentence)
        count += len(sentence.split())
    return "\n\n".join(" ".join(part) for part in _in_threes(sentences))


def _in_threes(sentences: Sequence[str]) -> list[list[str]]:
    return [list(islice(sentences, start, start + 3)) for start in range(0, len(sentences), 3)]


def _moved(value: Any, by: timedelta) -> Any:
    """A study file with every date so much later."""
    if isinstance(value, dict):
        return {key: _moved(one, by) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, by) for one in value]
    return value + by if isinstance(value, date) and not isinstance(value, datetime) else value
