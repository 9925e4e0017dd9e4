"""What every act of the demo needs: the study, its people as actors, and one use case at a time.

Nothing here knows what happens: acts are in setting_up, answering and teamwork, their order in player.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from delphi.demo.script import Script
from delphi.demo.simulator import Simulation
from delphi.domain.actors import PanellistActor, TeamMember
from delphi.domain.calendar import moment
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.study_archive import StudyBundle
from delphi.queries.panellists import panellist_of
from delphi.queries.studies import account_by_email, member_of
from delphi.unit_of_work import unit_of_work

Say = Callable[[str], None]

NOT_YET = StudyId(0)


@dataclass
class Stage:
    """A play under way. `study_id` is set by the first act; `comment_ids` follows what was placed."""

    script: Script
    bundle: StudyBundle
    simulation: Simulation
    folder: Path
    say: Say
    study_id: StudyId = NOT_YET
    comment_ids: dict[str, CommentId] = field(default_factory=dict)
    _members: dict[str, TeamMember] = field(default_factory=dict)
    _people: dict[str, PanellistActor] = field(default_factory=dict)

    @property
    def timezone(self) -> str:
        """The time zone in which the script's days are meant."""
        return self.bundle.study_file.study.timezone

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A time of day in the study's time zone."""
        return moment(day, time(hour, minute), self.timezone)

    def use_case(self) -> AbstractContextManager[None]:
        """One transaction, as at the edge of any other caller."""
        return unit_of_work()

    def member(self, key: str) -> TeamMember:
        """Somebody of the team by the script's key, with the roles they have in this study."""
        if key not in self._members:
            person = next(one for one in self.script.team if one.key == key)
            self._members[key] = member_of(self.study_id, account_by_email(person.email).id)
        return self._members[key]

    def person(self, code: str) -> PanellistActor:
        """A panel member acting for themselves."""
        if code not in self._people:
            self._people[code] = PanellistActor(panellist_of(self.study_id, code).id, self.study_id, code)
        return self._people[code]

    def text(self, path: str) -> str:
        """A text of the demo by its path in the script."""
        return (self.folder / path).read_text(encoding="utf-8")
