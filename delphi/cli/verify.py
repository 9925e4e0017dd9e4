"""`delphi verify`: say plainly whether studies are as they were recorded."""

from __future__ import annotations

import sys

import click

from delphi import clock
from delphi.cli.shared import progress, with_database
from delphi.domain.actors import Operator
from delphi.domain.ids import StudyId
from delphi.queries.studies import all_studies, study_by_slug
from delphi.services.verification import Verification, verify_study


@click.command("verify", epilog="Example: delphi verify my-study")
@click.argument("slug", metavar="[STUDY]", required=False)
@with_database
def verify(slug: str | None) -> None:
    """Check the records of a study, or of all.

    They are its seal, log, drafts, ratings, results and feedback. Every result is computed again from the
    answers and compared byte for byte. Nothing is changed. Ends with exit code 1 when something does not
    fit, and says what.
    """
    studies = [study_by_slug(slug)] if slug else all_studies()
    if not studies:
        click.echo("There is no study here yet, so there is nothing to check.")
        return
    wanted = [(study.id, study.short_title) for study in studies]
    results = [_verify(study_id, title) for study_id, title in wanted]
    if not all(result.ok for result in results):
        sys.exit(1)


def _verify(study_id: StudyId, title: str) -> Verification:
    with progress(0, title) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        result = verify_study(study_id=study_id, actor=Operator(), now=clock.now(), progress=show)
    click.echo(report(result, title))
    return result


def report(result: Verification, title: str) -> str:
    """What was checked, what is worth knowing and what was found, a line each."""
    lines = [f"{title} ({result.study})"]
    for check in result.checks:
        count = len(check.findings)
        words = f"  {count} found wrong" if count else ""
        lines.append(f"{check.n_checked:>9,}  {check.name}{words}")
    lines += [f"  Note: {sentence}" for sentence in result.notes]
    lines += [f"  WRONG: {sentence}" for sentence in result.findings]
    if result.ok:
        lines.append("Everything that was checked is as it was recorded.")
    else:
        n = len(result.findings)
        lines.append(
            f"{n} thing{' does' if n == 1 else 's do'} not fit. Keep this database as it is, and compare it "
            "with a backup before anybody works on."
        )
    return "\n".join(lines) + "\n"
