"""The demo's pages at every turn of its play, panellists' and the team's: nothing wrong with any of them.

The play stops at some moments, and people open their pages at the time of the play. They only look: what
would change the story (mistakes, stopping, two devices) is in test_page_states.py. Axe and the width of
pages do not depend on the database, so this runs on SQLite alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import MapAdapter

from delphi import clock
from delphi.demo.player import play
from delphi.domain.actors import Operator
from delphi.domain.states import SubmissionState
from delphi.extensions import db
from delphi.jobs.loop import run_due
from delphi.models.answers import Submission
from delphi.models.panellists import Panellist
from delphi.paths import demo_folder
from delphi.queries.panellists import panellist_of
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_by_slug
from delphi.services.invitations import issue_link
from delphi.services.signing_in import make_sign_in_link
from delphi.unit_of_work import unit_of_work
from tools.page_faults import DESK, PHONE, faults_of
from tools.walking import Walker, Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STUDY = "/studies/making-connections"
OURS = f"{STUDY}/taking-part"
LEAD = "ngozi.adebayo@making-connections.example"


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@dataclass
class Tour:
    """Opens pages at a moment of the play and keeps what is wrong with them."""

    windows: Windows
    router: MapAdapter
    moment: str = ""
    found: dict[str, list[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def link(self, code: str) -> str:
        with unit_of_work():
            person = panellist_of(study_by_slug("making-connections").id, code)
            return issue_link(panellist_id=person.id, now=clock.now())

    def panellist(self, code: str) -> Walker:
        """Somebody of the panel, signed in by a link of their own."""
        window = self.windows.open().open(self.link(code))
        return window.press("Continue")

    def someone_who_has_sent(self, number: int) -> str:
        """The code of somebody whose answers of this round are in."""
        round_ = round_of(study_by_slug("making-connections").id, number)
        return db.session.scalars(
            db.select(Panellist.code)
            .join(Submission, Submission.panellist_id == Panellist.id)
            .where(Submission.round_id == round_.id, Submission.state == SubmissionState.SUBMITTED)
            .order_by(Panellist.code)
        ).first()

    def lead(self) -> Walker:
        """The study lead, signed in."""
        with unit_of_work():
            link = make_sign_in_link(email=LEAD, base_url="", actor=Operator(), now=clock.now())
        return self.windows.open().open(link).press("Sign in").at("Your studies")

    def look(self, window: Walker, *paths: str, root: str = "", status: int = 200) -> None:
        """Look at pages by their addresses."""
        for path in paths:
            answered = window.visit(root + path)
            assert answered == status, f"{path} answered {answered} ({self.moment})"
            self.check(window, root + path)

    def check(self, window: Walker, name: str) -> None:
        """Look at the page that is open: at a desk and on a phone, and on a phone when it comes again."""
        page = self.router.match(urlsplit(window.page.url).path)[0]
        faults = faults_of(window.page, widths=(PHONE,) if page in self.seen else (DESK, PHONE))
        self.seen.add(page)
        if faults:
            self.found[f"{self.moment}: {name}"] = faults


# --- What is looked at, in the order of the play --------------------------------------------------------


def set_up(tour: Tour) -> None:
    """The study is new: nothing is sealed, nobody is there."""
    lead = tour.lead()
    tour.look(lead, "/studies", "/studies/import", "/your-account")
    parts = ("", "/rule", "/panel", "/panel/new", "/panel/import", "/panel/people", "/rounds/1", "/rounds/2")
    tour.look(lead, *parts, "/drafts", "/drafts/getting-started/1", "/report", root=STUDY)


def invited(tour: Tour) -> None:
    """Invitations are out, some have consented, round 1 has not opened."""
    window = tour.windows.open().open(tour.link("P01"))
    tour.check(window, "a first link")
    window.press("Continue")
    tour.look(window, "/consent", "/consent?read=easy-read", "/decline", root=OURS)
    tour.look(window, "/display")
    documents = window.open(f"{OURS}/consent").page.locator("main a[href*='/documents/']")
    for address in [one.get_attribute("href") for one in documents.all()]:
        tour.look(window, address)
    tour.look(tour.panellist("P19"), "", "/consent", root=OURS)
    lead = tour.lead()
    tour.look(lead, "", "/panel", "/panel/invite", "/panel/people", root=STUDY)
    person = lead.page.locator("main tbody a").first.get_attribute("href")
    tour.look(lead, person, f"{person}/consent")
    tour.look(lead, "/panel/import/undo", "/settings", "/settings/people/1", root=STUDY)
    tour.look(lead, "/settings/study-file", root=STUDY)


def first_round_open(tour: Tour) -> None:
    """Round 1 is open: somebody has sent, somebody has not begun, one reads Easy Read."""
    window = tour.panellist("P01")
    tour.look(window, "", "/round-1/sections/getting-started", "/round-1/review", root=OURS)
    tour.look(window, "/stop", "/finish", "/display", root=OURS)
    tour.look(window, *(f"/stop?choice={one}" for one in ("stop", "delete", "contact", "pause")), root=OURS)
    tour.look(window, "/round-1/sections/small-steps?read=easy-read", "", root=OURS)
    sent = tour.someone_who_has_sent(1)
    tour.check(tour.windows.open().open(tour.link(sent)), "a link used before")
    tour.look(tour.panellist(sent), "", "/round-1/receipt", "/round-1/sections/small-steps", root=OURS)
    lead = tour.lead()
    tour.look(lead, "", "/panel", "/panel/remind", "/rounds/1", "/rounds/1/forms", root=STUDY)
    tour.look(lead, "/rounds/1/forms/P41", "/rounds/1/comments", root=STUDY)
    tour.look(lead, "/rounds/1/results", "/rounds/1/decisions", root=STUDY, status=409)
    tour.look(lead, "/rounds/1/other-rules", "/rounds/1/other-rules/going-along", root=STUDY, status=409)
    tour.look(lead, "/rounds/1/feedback", "/panel/messages", "/consents", "/consents/P41", root=STUDY)


def first_round_closed(tour: Tour) -> None:
    """Nothing can be answered any more; nobody has seen a figure yet."""
    tour.look(tour.panellist("P19"), "", "/round-1/sections/small-steps", "/round-1/review", root=OURS)
    tour.look(tour.panellist("P01"), "", root=OURS)
    tour.look(tour.lead(), "", "/rounds/1", "/rounds/1/forms/P41", root=STUDY)


def first_round_analysed(tour: Tour) -> None:
    """The team sees figures and reads comments; the panel waits."""
    lead = tour.lead()
    tour.look(lead, "", "/rounds/1", "/rounds/1/results", "/rounds/1/results/going-along", root=STUDY)
    tour.look(lead, "/rounds/1/results?share=safe", root=STUDY)
    tour.look(lead, "/rounds/1/comments", "/rounds/1/comments?show=held", "/themes", root=STUDY)
    tour.look(lead, "/rounds/1/comments/1/same-answer", root=STUDY)
    tour.look(lead, "/rounds/1/decisions", "/rounds/1/decisions/going-along", root=STUDY)
    tour.look(lead, "/rounds/1/feedback", root=STUDY)
    preview = "/rounds/1/preview/carers/standard/feedback"
    tour.look(lead, preview, f"{preview}/sections/going-along", root=STUDY)


def drafts_written(tour: Tour) -> None:
    """New drafts wait for signatures, with what they answer."""
    lead = tour.lead()
    tour.look(lead, "/rounds/1/decisions", "/rounds/1/comments", "/drafts", root=STUDY)
    draft = "/drafts/going-along/2"
    tour.look(lead, draft, f"{draft}/edit", f"{draft}?view=old", "/sections/new", root=STUDY)
    tour.look(lead, "/drafts/going-along/for-round/2", "/rounds/1/feedback", root=STUDY)


def feedback_published(tour: Tour) -> None:
    """Between two rounds the panel reads."""
    window = tour.panellist("P19")
    tour.look(window, "", "/feedback/1", "/feedback/1/sections/going-along", root=OURS)
    lead = tour.lead()
    tour.look(lead, "", "/rounds/1/feedback", "/rounds/2", "/open-sections", root=STUDY)
    agreed = "/drafts/getting-started"
    tour.look(lead, agreed, f"{agreed}/correct", f"{agreed}/take-up-again", root=STUDY)


def second_round_open(tour: Tour) -> None:
    """Sections that were revised, put again and new; somebody who was not there the last time."""
    window = tour.panellist("P19")
    tour.look(window, "", "/round-2/review", root=OURS)
    sections = window.open(OURS).page.locator("main ol a")
    addresses = sorted({str(one.get_attribute("href")) for one in sections.all()})
    assert len(addresses) == 7
    tour.look(window, *addresses)
    revised = f"{OURS}/round-2/sections/going-along"
    tour.look(window, f"{revised}?show=new", f"{revised}?show=old", f"{revised}?read=easy-read")
    tour.look(tour.panellist("P26"), "", "/round-2/sections/going-along", root=OURS)
    lead = tour.lead()
    tour.look(lead, "", "/rounds/2", "/panel", root=STUDY)
    preview = "/rounds/2/preview/lived_experience/easy-read"
    tour.look(lead, preview, f"{preview}/sections/going-along", f"{preview}/elsewhere", root=STUDY)


def second_round_closed(tour: Tour) -> None:
    """Somebody who answered before has answered nothing this time."""
    tour.look(tour.panellist("P16"), "", "/round-2/sections/going-along", root=OURS)


def second_round_analysed(tour: Tour) -> None:
    """The team sets the two rounds beside each other."""
    lead = tour.lead()
    tour.look(lead, "/rounds/2/groups?by=groups", "/rounds/2/stability", root=STUDY)
    tour.look(lead, "/rounds/2/stability/local-knowledge", "/rounds/2/who-came-back", root=STUDY)


def finished(tour: Tour) -> None:
    """Everything is over; the report is final."""
    window = tour.panellist("P19")
    tour.look(window, "", "/feedback/3", "/feedback/2/sections/what-teams-need", root=OURS)
    lead = tour.lead()
    tour.look(lead, "/studies")
    tour.look(lead, "", "/panel", "/panel/people", "/rounds/3", "/rule", "/report", "/audit", root=STUDY)
    tour.look(lead, "/rounds/2/results", "/rounds/2/results/sharing-your-own-contacts", root=STUDY)
    tour.look(lead, "/rounds/2/groups", "/rounds/3/who-came-back", root=STUDY)
    tour.look(lead, "/rounds/2/comments", "/rounds/2/decisions", "/rounds/3/feedback", root=STUDY)
    tour.look(lead, "/drafts", "/drafts/connections-map", root=STUDY)
    others = "/rounds/2/other-rules"
    tour.look(lead, others, f"{others}?show=changing", f"{others}/connecting-online", root=STUDY)


NOT_PAGES = {
    "assets.accent",
    "audit.export",
    "comments.index",
    "decisions.feedback_index",
    "drafts.section",
    "look.logo",
    "previews.index",
    "previews.picture",
    "rounds.index",
    "static",
    "status.healthz",
    "status.readyz",
    "taking_part.picture",
    "taking_part.reading",
}
"""Files, answers for machines, and addresses that lead on to a page."""

LOOKED_AT_ELSEWHERE = {
    "accounts.link_page",
    "accounts.sign_in_page",
    "added_rounds.new",
    "comment_files.show",
    "drafts.begin",
    "late_forms.new",
    "late_forms.show",
    "look.show",
    "meetings.index",
    "meetings.show",
    "new_study.show",
    "rehearsal.show",
    "rule_form.library",
    "renewals.index",
    "renewals.new",
    "rule_form.show",
    "settings.show",
    "setup_more.pictures",
    "status.home",
    "taking_part.code",
    "taking_part.finished_here",
    "taking_part.left",
    "team.index",
    "writing.show",
}
"""In test_page_states.py and test_setting_up.py."""

# Each begins at the first act of the play at or after its time.
MOMENTS: list[tuple[datetime, Callable[[Tour], None]]] = [
    (datetime(2024, 1, 8, 9, tzinfo=UTC), set_up),
    (datetime(2024, 3, 12, 8, tzinfo=UTC), invited),
    (datetime(2024, 3, 30, 8, tzinfo=UTC), first_round_open),
    (datetime(2024, 4, 12, 22, 30, tzinfo=UTC), first_round_closed),
    (datetime(2024, 4, 16, 8, tzinfo=UTC), first_round_analysed),
    (datetime(2024, 4, 18, 14, tzinfo=UTC), drafts_written),
    (datetime(2024, 4, 24, 10, tzinfo=UTC), feedback_published),
    (datetime(2024, 5, 7, 6, tzinfo=UTC), second_round_open),
    (datetime(2024, 5, 17, 22, 30, tzinfo=UTC), second_round_closed),
    (datetime(2024, 5, 28, 18, tzinfo=UTC), second_round_analysed),
    (datetime(2024, 7, 12, 9, tzinfo=UTC), finished),
]


def test_nothing_is_wrong_with_any_page_of_the_demo(app, settings, windows, monkeypatch):
    tour, left = Tour(windows, app.url_map.bind("")), list(MOMENTS)

    def deliver(now: datetime) -> None:
        run_due(now, settings)
        while left and now >= left[0][0]:
            monkeypatch.setattr(clock, "now", lambda: now)
            walk = left.pop(0)[1]
            tour.moment = walk.__name__
            walk(tour)
            windows.close()

    with app.app_context():
        play(demo_folder(), deliver=deliver)
    assert not left
    assert not tour.found
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    forgotten = pages - tour.seen - NOT_PAGES - LOOKED_AT_ELSEWHERE
    assert not forgotten, "look at each of these at some moment above, or in test_page_states.py"
