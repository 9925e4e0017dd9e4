"""The two flow charts: sections by round (F1) and people (F2), with their numbers from the tables."""

from __future__ import annotations

from collections.abc import Sequence

from delphi.charts.flow import Count, Stage, Tone
from delphi.domain.decisions import DecisionKind
from delphi.reports.content import ReportContent
from delphi.reports.protect import People, Shown
from delphi.reports.tally import NEW, UNDECIDED, RoundTally
from delphi.reports.words import counted, listed

_LEAVES: tuple[tuple[DecisionKind, str, Tone], ...] = (
    (DecisionKind.KEEP, "agreed", Tone.GOOD),
    (DecisionKind.LEAVE_OUT, "agreed to leave out", Tone.GOOD),
    (DecisionKind.REPORT_NO_AGREEMENT, "reported as no agreement", Tone.BAD),
    (DecisionKind.REPORT_NOT_ASSESSABLE, "not assessable", Tone.BAD),
    (DecisionKind.REMOVE, "removed", Tone.PLAIN),
    (DecisionKind.MERGE, "merged into another", Tone.PLAIN),
    (DecisionKind.SPLIT, "split", Tone.PLAIN),
)
_ONWARD = (
    (DecisionKind.REVISE, "revised"),
    (DecisionKind.RERATE_UNCHANGED, "re-rated unchanged"),
    (DecisionKind.TAKE_TO_MEETING, "taken to a meeting"),
)


def section_flow(content: ReportContent) -> tuple[tuple[Stage, ...], str]:
    """F1: a stage a round, and the closing words; no stage when no round is shared."""
    stages: list[Stage] = []
    rounds = content.tally.rounds
    for i, one in enumerate(rounds):
        later = rounds[i + 1] if i + 1 < len(rounds) else None
        stages.append(_stage(content, one, rounds[i - 1] if i else None, later))
    return tuple(stages), content.summary.finding.rstrip(".")


def _stage(
    content: ReportContent, one: RoundTally, before: RoundTally | None, later: RoundTally | None
) -> Stage:
    titles = {finding.code: finding.title for finding in content.findings}
    joined = [
        Count(len(codes), words, _titles(titles, codes))
        for words, codes in (
            ("new sections" if before is None else "new", one.came.get(NEW, [])),
            ("taken up again", [*one.came.get("reopened", []), *_returned(one, before)]),
        )
        if codes
    ]
    left = [
        Count(one.n_left(decision), words, _titles(titles, one.left.get(decision, [])), tone)
        for decision, words, tone in _LEAVES
        if one.n_left(decision)
    ]
    paused = [code for code in one.going_on if later is not None and code not in later.rated]
    if paused:
        left.append(Count(len(paused), "waiting", _titles(titles, paused)))
    return Stage(
        label=f"Round {one.round}",
        n=len(one.rated),
        words="sections rated" if len(one.rated) != 1 else "section rated",
        joined=tuple(joined) if before is not None else (),
        left=tuple(left),
        lines=(counted(one.n_items, "item"),),
        onward=", ".join(f"{one.n_left(kind)} {words}" for kind, words in _ONWARD if one.n_left(kind)),
    )


def _returned(one: RoundTally, before: RoundTally | None) -> list[str]:
    """Sections that had been waiting and are taken up in this round."""
    return [code for code in (before.waiting if before else ()) if code in one.rated]


def _titles(titles: dict[str, str], codes: Sequence[str]) -> str:
    return "; ".join(titles[code] for code in codes)


def undecided(content: ReportContent) -> int:
    """Sections about which nothing is decided yet (the team's report only)."""
    return sum(one.n_left(UNDECIDED) for one in content.tally.rounds)


def people_flow(content: ReportContent) -> tuple[Stage, ...]:
    """F2: from interest to the last round; no stage when a number in it may not be shown.

    Between rounds only the difference is given: who answered one round and not the other would be a
    number of few people.
    """
    response, minimum = content.response, content.setting.min_cell
    numbers = [
        ("Interested", "people", response.registered),
        ("Invited", "people", response.invited),
        ("Consented", "joined the panel", response.consented),
        *((f"Round {one.round}", "people answered", one.took_part) for one in response.rounds),
    ]
    known = [(label, words, people.n) for label, words, people in numbers if people.n is not None]
    if len(known) < len(numbers) or not response.rounds:
        return ()
    stages = []
    for i, (label, words, n) in enumerate(known):
        change = known[i + 1][2] - n if i + 1 < len(known) else 0
        more = known[i - 1][2] if i else n
        joined = (Count(n - more, "more people"),) if n > more else ()
        left: tuple[Count, ...] = ()
        if change < 0:
            detail = _declined(response.declined, response.no_reply, minimum) if label == "Invited" else ""
            left = (Count(-change, _LOST.get(label, "fewer in the next round"), detail),)
        stages.append(Stage(label, n, words, joined, left))
    return tuple(stages)


_LOST = {
    "Interested": "not invited",
    "Invited": "did not join",
    "Consented": "did not answer round 1",
}


def _declined(declined: People, no_reply: People, min_cell: int) -> str:
    said = [
        f"{people.in_words(min_cell)} {words}"
        for people, words in ((declined, "declined"), (no_reply, "did not reply"))
        if people.shown is Shown.NUMBER and people.n
    ]
    return listed(said)
