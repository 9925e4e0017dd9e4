"""`delphi statistics`: the command itself."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from delphi.cli.statistics import families
from delphi.cli.statistics.csv_file import read_ratings
from delphi.cli.statistics.printing import as_csv, as_json, as_text, write_excel
from delphi.cli.statistics.reading import MOST_POINTS, USUAL_BANDS, Unreadable
from delphi.cli.statistics.tables import Bands, tables
from delphi.cli.statistics.tallying import Layout

EPILOG = """\b
Ratings as CSV
  Long: a row for each answer, with the columns “item” and “rating”.
      panellist,group,round,item,rating
      P1,carers,1,First steps,8
  Wide: a row for each person, a column for each item.
      panellist,group,First steps,Next steps
      P1,carers,8,7
  Missing ratings are empty; “can't say” is counted apart. Rounds follow the numbers in their names.
  Nobody may answer twice in a round; without a column for the round a row that stands twice counts twice.

\b
Examples
  delphi statistics ratings.csv --scale 1-9
  delphi statistics ratings.csv --scale 1-5 --group-column group --round-column round
  delphi statistics ratings.csv --scale 1-7 --agree 6-7 --disagree 1-2 --to ratings.xlsx
  delphi statistics cases.json
  echo '{"family": "ram", "input": {"ratings": [7, 8, 9], "scale": {"min": 1, "max": 9}}}' \\
      | delphi statistics -

Cases as JSON are answered in their order, each with "results" and "reasons" or with an "error"; the exit
status is 1 when there was an error. Families: """ + ", ".join(families.FAMILIES)


_JSON = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*[\[{]")
"""How cases begin: in UTF-8 or, as some terminals write them, in UTF-16."""


class Range(click.ParamType[tuple[int, int]]):
    """Two whole numbers such as 1-9; either may be negative."""

    name = "LOW-HIGH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The two numbers; fails with what they must look like."""
        found = re.fullmatch(r"\s*(-?\d+)\s*(?:-|–|to|\.\.)\s*(-?\d+)\s*", str(value))
        if not found or int(found[1]) > int(found[2]):
            self.fail(f"“{value}” is not a range. Write the lowest and the highest point: 1-9.", param, ctx)
        return int(found[1]), int(found[2])


@click.command(epilog=EPILOG)
@click.argument("file", metavar="FILE", type=click.File("rb"))
@click.option("--scale", type=Range(), help="Lowest and highest point, such as 1-9. CSV needs it.")
@click.option("--agree", type=Range(), help="The agree band (7-9 on 1-9, 4-5 on 1-5).")
@click.option("--disagree", type=Range(), help="The disagree band (1-3 on 1-9, 1-2 on 1-5).")
@click.option("--item-column", metavar="NAME", help="Long files: the column with the item.")
@click.option("--rating-column", metavar="NAME", help="Long files: the column with the rating.")
@click.option("--person-column", metavar="NAME", help="The column that says who answered.")
@click.option("--group-column", metavar="NAME", help="The column with the stakeholder group.")
@click.option("--round-column", metavar="NAME", help="The column with the round.")
@click.option("--missing", "missing_codes", metavar="CODE", multiple=True, help="Stands for no rating: 99.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv"]),
    help="How to print it: table (CSV in), json (JSON in).",
)
@click.option(
    "--show",
    type=click.Choice(["items", "groups", "rounds"]),
    default="items",
    help="The table that CSV prints.",
)
@click.option(
    "--to", "path", type=click.Path(dir_okay=False, path_type=Path), help="An Excel file to write instead."
)
def statistics(file: BinaryIO, format_: str | None, show: str, path: Path | None, **options: Any) -> None:
    """Compute consensus statistics of the ratings in FILE.

    No study is needed. FILE (- for standard input) holds ratings as CSV, or cases as JSON. Nothing leaves
    this machine and nothing is kept.
    """
    content = file.peek(1)[:4096] if hasattr(file, "peek") else b""
    if _JSON.match(content):
        if path or format_ not in (None, "json"):
            raise click.UsageError(
                "Cases as JSON are answered as JSON; other formats are for ratings as CSV."
            )
        _answer_cases(file)
        return
    try:
        found = tables(read_ratings(file, _layout(options)), _bands(options))
    except Unreadable as problem:
        raise click.ClickException(str(problem)) from None
    if path:
        try:
            write_excel(found, path)
        except OSError as problem:
            raise click.ClickException(f"{path} cannot be written: {problem.strerror}.") from None
        click.echo(f"Wrote {path} ({path.stat().st_size:,} bytes).")
    elif format_ == "json":
        click.echo(as_json(found))
    elif format_ == "csv":
        if show not in found:
            raise click.ClickException(f"This file has no table of {show}. See “delphi statistics --help”.")
        click.echo(as_csv(found[show]), nl=False)
    else:
        click.echo(as_text(found))


def _answer_cases(file: BinaryIO) -> None:
    """Answer JSON with JSON, in its order and number; exit with 1 when a case had an error."""
    try:
        given = json.loads(file.read())
    except UnicodeDecodeError:
        raise click.ClickException("The file is neither UTF-8 nor UTF-16, as JSON must be.") from None
    except json.JSONDecodeError as problem:
        raise click.ClickException(
            f"The file is not JSON: {problem.msg} in line {problem.lineno}, column {problem.colno}."
        ) from None
    except (ValueError, RecursionError):
        raise click.ClickException(
            "The file holds a number of thousands of digits, or lists within lists without end."
        ) from None
    answers = [families.answer(case) for case in (given if isinstance(given, list) else [given])]
    answered: Any = answers if isinstance(given, list) else answers[0]
    click.echo(json.dumps(answered, ensure_ascii=False, allow_nan=False))
    if any("error" in one for one in answers):
        sys.exit(1)


def _layout(options: dict[str, Any]) -> Layout:
    scale = cast("tuple[int, int] | None", options["scale"])
    if scale is None:
        raise click.UsageError("A CSV file needs its scale: --scale 1-9.")
    if not 0 < scale[1] - scale[0] < MOST_POINTS:
        raise click.UsageError(f"--scale must have 2 to {MOST_POINTS} points.")
    names = ("item_column", "rating_column", "person_column", "group_column", "round_column")
    return Layout(
        scale, **{name: options[name] for name in names}, missing_codes=frozenset(options["missing_codes"])
    )


def _bands(options: dict[str, Any]) -> Bands | None:
    """The bands given, or the usual ones of the scale; None when there are neither."""
    scale = options["scale"]
    usual = USUAL_BANDS.get(scale, (None, None))
    agree, disagree = options["agree"] or usual[0], options["disagree"] or usual[1]
    if agree is None and disagree is None:
        return None
    if agree is None or disagree is None:
        raise click.UsageError("Give both bands: --agree and --disagree.")
    for name, (low, high) in (("--agree", agree), ("--disagree", disagree)):
        if not scale[0] <= low <= high <= scale[1]:
            raise click.UsageError(f"{name} is {low} to {high}, but the scale is {scale[0]} to {scale[1]}.")
    if agree[0] <= disagree[1] and disagree[0] <= agree[1]:
        raise click.UsageError("The bands --agree and --disagree overlap; they must be apart.")
    return Bands(agree, disagree)
