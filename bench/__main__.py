"""`python -m bench`: choose a benchmark, run it, keep what it found, compare it with the goals.

Exit codes: 0 all well, 1 a goal was missed (with `--check`) or something is wrong, 3 the machine was too
noisy for the figures to mean much.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench import close, journey, limit, seed, sql, start, stats, writers
from bench.goals import compare, read_goals
from bench.machine import description, fdatasyncs_per_second
from bench.measure import Options, Outcome, say
from bench.peer import Peer

FAILED, NOISY, STOPPED = 1, 3, 130
HELP = {
    "journey": "panellists read, answer and save over HTTP, against a bare Flask with the same pages",
    "limit": "the floors of this machine: disk, commits, requests, lines of CSV",
    "writers": "many saves at once on SQLite: how long the slowest took, and that none is lost",
    "stats": "the statistics of a round in memory, against R and against SciPy item by item",
    "close": "closing and analysing a round of two, against the plain driver and NumPy",
    "sql": "exact numbers of SQL statements, and how the database runs them",
    "start": "from the start of the server to its first answer, and its memory",
    "all": "all of these, one after the other",
}


def main(arguments: Sequence[str]) -> int:
    """Run one benchmark, or all; the exit code."""
    given = _parser().parse_args(arguments)
    if given.command == "seed":
        return seed.run(given.panel, given.items, given.links, given.page)
    options = Options(given.rounds, given.seed, given.seconds)
    jobs: dict[str, Callable[[], Outcome]] = {
        "limit": partial(limit.run, options),
        "sql": partial(sql.run, options),
        "start": partial(start.run, options),
        "stats": partial(_stats, options, given),
        "close": partial(_close, options, given),
        "journey": partial(_journey, options, given),
        "writers": partial(writers.run, options, getattr(given, "n", writers.WRITERS)),
    }
    wanted = jobs if given.command == "all" else {given.command: jobs[given.command]}
    try:
        outcomes = [job() for job in wanted.values()]
    except KeyboardInterrupt:
        say("\nStopped. Nothing was kept.")
        return STOPPED
    return conclude(outcomes, file=given.json, is_checked=given.check)


def _stats(options: Options, given: argparse.Namespace) -> Outcome:
    return stats.run(options, getattr(given, "panel", stats.PANELS), with_r=getattr(given, "r", True))


def _close(options: Options, given: argparse.Namespace) -> Outcome:
    """The closing as asked for; in `all`, on both databases."""
    return close.run(
        options,
        getattr(given, "panel", close.PANELS),
        getattr(given, "db", tuple(close.KINDS)),
        with_saves=getattr(given, "with_saves", True),
    )


def _journey(options: Options, given: argparse.Namespace) -> Outcome:
    """The journey as asked for; in `all`, the pages of both sizes that the goals name, on both databases."""
    if given.command == "all":
        outcome = journey.run(options, tuple(journey.KINDS), journey.Plan(clients=(8,)))
        small = journey.run(options, ("sqlite",), journey.Plan(items=20, clients=(1,)))
        outcome.figures |= small.figures
        outcome.details |= {f"20 items: {name}": value for name, value in small.details.items()}
        outcome.problems += small.problems
        outcome.noise += small.noise
        return outcome
    peer = Peer(given.peer, tuple(given.peer_pids)) if given.peer else None
    plan = journey.Plan(items=given.page, clients=tuple(given.clients), peer=peer)
    return journey.run(options, tuple(given.db), plan)


def conclude(outcomes: Sequence[Outcome], *, file: Path | None, is_checked: bool) -> int:
    """Write the record, say what is wrong, missed or noisy; the exit code."""
    if file is not None:
        file.write_text(json.dumps(record(outcomes), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    problems = [sentence for outcome in outcomes for sentence in outcome.problems]
    missed: list[str] = []
    if is_checked:
        figures = {name: value for outcome in outcomes for name, value in outcome.figures.items()}
        sentences, missed = compare(figures, read_goals())
        for sentence in sentences:
            say(sentence)
    for problem in problems:
        say(f"WRONG: {problem}")
    noise = [f"{outcome.name}: {words}" for outcome in outcomes for words in outcome.noise]
    for words in noise:
        say(f"NOISY: {words}")
    if problems or missed:
        return FAILED
    return NOISY if noise else 0


def record(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """All that was found, with the machine on which it was."""
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as folder:
        syncs = fdatasyncs_per_second(Path(folder))
    return {
        "machine": description() | {"fdatasyncs_per_second": syncs},
        "benchmarks": {
            outcome.name: {
                "figures": outcome.figures,
                "details": outcome.details,
                "problems": outcome.problems,
                "noise": outcome.noise,
            }
            for outcome in outcomes
        },
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="start.py bench", description="Benchmarks: ratios to a baseline measured in the same run."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="BENCHMARK")
    defaults = Options()
    for name, words in HELP.items():
        command = commands.add_parser(name, help=words, description=words.capitalize() + ".")
        command.add_argument("--rounds", type=int, default=defaults.rounds, help="rounds to take (5)")
        command.add_argument("--seed", type=int, default=defaults.seed, help="dice of made-up answers (1)")
        command.add_argument(
            "--seconds", type=float, default=defaults.seconds, help="begin no round after so long (60)"
        )
        command.add_argument("--json", type=Path, metavar="FILE", help="write everything found to FILE")
        command.add_argument("--check", action="store_true", help="compare with the goals")
        if name == "writers":
            command.add_argument("-n", type=int, default=writers.WRITERS, help="writers at once (16)")
        if name == "stats":
            _add_stats(command)
        if name == "close":
            _add_close(command)
        if name == "journey":
            _add_journey(command)
    _add_seed(commands)
    return parser


def _add_stats(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--panel",
        type=_size,
        nargs="+",
        default=list(stats.PANELS),
        metavar="NxM",
        help="people and items (30x60 300x200); also 3000x500 and 30000x200, which take R minutes",
    )
    command.add_argument(
        "--r", action=argparse.BooleanOptionalAction, default=True, help="compare with R where there is one"
    )


def _add_close(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--panel",
        type=_size,
        nargs="+",
        default=list(close.PANELS),
        metavar="NxM",
        help="people and items (1000x100 4000x100 1000x400); also 100000x100, which takes minutes to seed",
    )
    command.add_argument(
        "--db", nargs="+", choices=list(close.KINDS), default=["sqlite"], help="which databases (sqlite)"
    )
    command.add_argument(
        "--with-saves", action="store_true", help="let people of another study save meanwhile"
    )


def _size(text: str) -> tuple[int, int]:
    """People and items; argparse says what is wrong with another text."""
    people, _, n_items = text.partition("x")
    if not (people.isdigit() and n_items.isdigit() and int(people) and int(n_items)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write people and items, such as 1000x100")
    return int(people), int(n_items)


def _add_journey(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--db", nargs="+", choices=list(journey.KINDS), default=["sqlite"], help="which databases (sqlite)"
    )
    command.add_argument("--page", type=int, choices=(5, 20), default=5, help="items a page (5)")
    command.add_argument(
        "-c",
        dest="clients",
        type=int,
        nargs="+",
        default=list(journey.CLIENTS),
        help="people at once (1 8 32)",
    )
    command.add_argument("--peer", metavar="URL", help="a questionnaire of another program on this machine")
    command.add_argument(
        "--peer-pids", type=int, nargs="+", default=[], metavar="PID", help="its processes, whose time counts"
    )


def _add_seed(commands: Any) -> None:
    words = "a study with an open round in a new installation, and everybody's personal link"
    command = commands.add_parser("seed", help=words, description=words.capitalize() + ".")
    command.add_argument("--panel", type=int, required=True, metavar="N", help="panellists")
    command.add_argument("--items", type=int, required=True, metavar="M", help="items in the round")
    command.add_argument("--page", type=int, default=5, help="items of them on a page (5)")
    command.add_argument(
        "--links", type=Path, required=True, metavar="FILE", help="where to write the links, one a line"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
