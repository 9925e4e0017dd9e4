"""`bench journey`: panellists read pages and save answers over HTTP, against a bare Flask with the same.

Subject: `delphi serve` on a study of its own. Baseline: the limit, on the same server program and on a
database of the same rows. Both are seeded alike and asked in turns. A page is one read and its save, since
that is what a person does.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from bench.databases import sources
from bench.machine import pss_mb
from bench.measure import Options, Outcome, Spread, in_turns, say, watching
from bench.peer import Peer
from bench.respondent import Unexpected, is_refused_without_its_token
from bench.stands import PANEL, SECTIONS, Load, Stand, seeded, serving_delphi, serving_limit
from bench.studies import OpenStudy, application
from bench.visits import visits_of
from delphi.extensions import db
from tools.databases import Databases

SECONDS = 1.0
CLIENTS = (1, 8, 32)
JOURNEYS_AT = 8
KINDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
ASSET = re.compile(rb'<(?:link|script|img)\b[^>]* (?:href|src)="([^"]+)"')

Act = Callable[[Stand], Load]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: items a page, people at once, and another program beside ours if there is one."""

    items: int = 5
    clients: Sequence[int] = CLIENTS
    panel: int = PANEL
    seconds: float = SECONDS
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class Stands:
    """Both servers, and where what is found is kept."""

    subject: Stand
    baseline: Stand
    outcome: Outcome
    name: str
    options: Options
    plan: Plan

    def compare(self, act: Act) -> list[tuple[Load, Load]]:
        """Let both do the same in turns."""
        parts = len(self.plan.clients) + 2
        share = Options(self.options.rounds, self.options.seed, self.options.seconds / parts)
        return list(in_turns(share, lambda _: act(self.subject), lambda _: act(self.baseline)))


def run(options: Options, kinds: Sequence[str] = ("sqlite",), plan: Plan | None = None) -> Outcome:
    """Measure; see the module's words."""
    plan = plan or Plan()
    outcome = Outcome("journey")
    with sources() as databases:
        for kind in kinds:
            if KINDS[kind] in databases:
                _measure_on(databases[KINDS[kind]], kind, options, plan, outcome)
    return outcome


def _measure_on(source: Databases, kind: str, options: Options, plan: Plan, outcome: Outcome) -> None:
    say(f"journey on {KINDS[kind]}: {SECTIONS} pages of {plan.items} items, {plan.panel:,} panellists")
    with _serving(source, kind, options, plan, outcome) as stands:
        watch = watching(plan.peer.pids if plan.peer else ())
        for n in plan.clients:
            _answering(stands, n)
        _journeys(stands)
        _reading(stands)
        outcome.watched(watch.load())
        _weights(stands)


@contextmanager
def _serving(
    source: Databases, kind: str, options: Options, plan: Plan, outcome: Outcome
) -> Iterator[Stands]:
    """Both servers, each on its own database, which go with the body."""
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as name:
        folder = Path(name)
        ours, study = seeded(source, folder, plan.items, plan.panel)
        n_bytes = _statements(ours, study, folder, f"{kind}.{plan.items}", outcome)
        theirs, bare = seeded(source, folder, plan.items, plan.panel)
        with (
            serving_delphi(ours, study, folder, options.seed) as subject,
            serving_limit(theirs, bare, folder, options.seed, n_bytes) as baseline,
        ):
            if not is_refused_without_its_token(subject.person(0).sender, subject.person(0).sections[0]):
                outcome.problems.append("A save without its token against forged forms was not refused.")
            yield Stands(subject, baseline, outcome, f"{kind}.{plan.items}", options, plan)
        for url in (ours, theirs):
            source.drop(url)


def _statements(url: str, study: OpenStudy, folder: Path, name: str, outcome: Outcome) -> int:
    """Count the statements of each request, and weigh the page; its length in bytes."""
    app = application(url, folder)
    visits = list(visits_of(app, study))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    words = ", ".join(f"{one.name.replace('_', ' ')} {len(one.statements)}" for one in visits)
    say(f"  statements: {words}")
    outcome.details[f"{name}.statements"] = {one.name: len(one.statements) for one in visits}
    weights = {one.name: one.n_bytes for one in visits}
    outcome.add(f"{name}.page_bytes", weights["page"], "HTML of a page, bytes")
    answered = "HTML of a page with every question answered, bytes"
    outcome.add(f"{name}.answered_page_bytes", weights["page_answered"], answered)
    return weights["page"]


def _answering(stands: Stands, clients: int) -> None:
    """People read and save without a pause: pages a second, time in the server, waiting times."""
    outcome, name = stands.outcome, f"{stands.name}.c{clients}"
    loads = stands.compare(lambda stand: stand.answer(clients, stands.plan.seconds))
    say(f"  {clients} at once (median/95%/99% of the times):")
    for ours, bare in loads:
        say(f"    {ours}; limit {bare}")
    outcome.details[f"{name}.rounds"] = [(str(ours), str(bare)) for ours, bare in loads]
    for what, of in (
        ("pages_per_second", "pages read and saved a second"),
        ("cpu_ms_per_page", "CPU ms a page"),
    ):
        spread = Spread.of([getattr(ours, what) for ours, _ in loads])
        outcome.add(f"{name}.{what}", spread.median, f"{clients} at once, {of}")
    _add_ratio(
        outcome,
        f"{name}.pages_ratio",
        [(ours.pages_per_second, bare.pages_per_second) for ours, bare in loads],
        f"{clients} at once, pages a second against the limit",
    )
    _add_ratio(
        outcome,
        f"{name}.cpu_ratio",
        [(ours.cpu_ms_per_page, bare.cpu_ms_per_page) for ours, bare in loads],
        f"{clients} at once, CPU a page against the limit",
    )
    if stands.plan.peer is not None:
        _against_peer(stands, clients, [ours for ours, _ in loads])


def _against_peer(stands: Stands, clients: int, loads: Sequence[Load]) -> None:
    peer, outcome, name = stands.plan.peer, stands.outcome, f"{stands.name}.c{clients}"
    if peer is None:
        return
    theirs = [peer.answer(clients, stands.plan.seconds, stands.options.seed) for _ in loads]
    for load in theirs:
        say(f"    peer {load}")
    pairs = list(zip(loads, theirs, strict=True))
    _add_ratio(
        outcome,
        f"{name}.pages_to_peer",
        [(ours.pages_per_second, peer.pages_per_second) for ours, peer in pairs],
        f"{clients} at once, pages a second against the peer",
    )
    _add_ratio(
        outcome,
        f"{name}.cpu_to_peer",
        [(ours.cpu_ms_per_page, peer.cpu_ms_per_page) for ours, peer in pairs],
        f"{clients} at once, CPU a page against the peer",
    )


def _add_ratio(outcome: Outcome, name: str, pairs: Sequence[tuple[float, float]], words: str) -> None:
    """Keep a ratio over the rounds in which both did anything at all; a busy machine may have none."""
    ratios = [ours / other for ours, other in pairs if ours and other]
    if ratios:
        outcome.add_ratio(name, ratios, words)
    else:
        outcome.noise.append(f"no round was long enough for “{words}”")


def _journeys(stands: Stands) -> None:
    """Whole journeys, from the link to the receipt."""
    loads = stands.compare(lambda stand: stand.journeys(JOURNEYS_AT, stands.plan.seconds))
    pairs = [(ours.journeys_per_second, bare.journeys_per_second) for ours, bare in loads]
    name = f"{stands.name}.journeys"
    stands.outcome.add(
        f"{name}_per_second", Spread.of([ours for ours, _ in pairs]).median, "journeys a second, 8 at once"
    )
    _add_ratio(stands.outcome, f"{name}_ratio", pairs, "journeys against the limit")


def _reading(stands: Stands) -> None:
    """One person reads a page again and again; the limit renders a plain page as long, without a database."""

    def reads(stand: Stand, path: str) -> float:
        sender = stand.person(0).sender
        n, ends = 0, time.perf_counter() + stands.plan.seconds
        while time.perf_counter() < ends:
            if sender.send("GET", path).status != HTTPStatus.OK:
                raise Unexpected(f"{path} did not answer.")
            n += 1
        return n / stands.plan.seconds

    page = stands.subject.person(0).sections[0]
    parts = len(stands.plan.clients) + 2
    share = Options(stands.options.rounds, stands.options.seed, stands.options.seconds / parts)
    rates = list(
        in_turns(share, lambda _: reads(stands.subject, page), lambda _: reads(stands.baseline, "/page"))
    )
    _add_ratio(
        stands.outcome,
        f"{stands.name}.reading_ratio",
        rates,
        "pages read a second, against a plain Jinja page of 20 fieldsets at least as long",
    )


def _weights(stands: Stands) -> None:
    """Memory after the load, and what else a page asks a browser to fetch."""
    outcome, name = stands.outcome, stands.name
    ours, bare = pss_mb(stands.subject.server.pid), pss_mb(stands.baseline.server.pid)
    if ours and bare:
        outcome.add(f"{name}.pss_mb", ours, "memory after the load, MB")
        outcome.add(f"{name}.pss_ratio", ours / bare, "memory against the limit")
    person = stands.subject.person(0)
    body = person.sender.send("GET", person.sections[0]).body
    assets = sorted({one.decode() for one in ASSET.findall(body)})
    outcome.details[f"{name}.assets"] = assets
    outcome.add(f"{name}.assets", len(assets), "style sheets, scripts and pictures that a page names")
