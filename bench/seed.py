"""`bench seed`: a real study with an open round in a new installation, and a personal link of each panellist.

For measuring from outside, also with other programs: everybody has consented, nobody has answered yet.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from bench.measure import say
from bench.studies import open_study
from delphi.app import create_app
from delphi.config import Settings, load_settings
from delphi.domain.errors import DelphiError
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.invitations import personal_link
from delphi.queries.status import platform_status

FAILED = 1


def run(panel: int, items: int, links: Path, page: int = 5) -> int:
    """Seed the installation that the DELPHI_… variables name; the exit code.

    `items` is how many ratings a panellist is asked for, `page` how many of them a section asks.
    """
    try:
        n_links = seed(panel, items, links, page)
    except DelphiError as error:
        say(str(error))
        return FAILED
    say(f"Wrote {n_links:,} links to {links}. Keep that file secret: each link is a panellist's way in.")
    return 0


def seed(panel: int, items: int, links: Path, page: int = 5) -> int:
    """Make the study and write the links, one a line; how many.

    Raises DelphiError when the installation is not ready or holds a study, or when the numbers do not fit.
    """
    if items < 1 or page < 1 or panel < 1 or items % page:
        raise DelphiError(f"The number of items must be a multiple of the {page} items of a page (--page).")
    settings = load_settings()
    app = create_app(settings)
    try:
        tokens = _open_study(app, settings, panel, items, page)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    # Whoever has a link is that panellist: nobody else on this machine may read the file.
    links.touch(mode=0o600)
    links.chmod(0o600)
    lines = (f"{personal_link(settings.base_url, token)}\n" for token in tokens)
    links.write_text("".join(lines), encoding="utf-8")
    return len(tokens)


def _open_study(app: Flask, settings: Settings, panel: int, items: int, page: int) -> tuple[str, ...]:
    with app.app_context():
        status = platform_status()
        if not status.is_ready:
            raise DelphiError(status.sentence)
        if db.session.scalar(db.select(Study.id).limit(1)) is not None:
            raise DelphiError(
                f"The installation in {settings.instance} holds a study already. Seed a new one: set "
                "DELPHI_INSTANCE to an empty folder and run “delphi init” first. Nothing was changed."
            )
    study = open_study(
        app,
        panellists=panel,
        items_a_page=page,
        without_answers=panel,
        sections=items // page,
        with_messages=False,
    )
    return tuple(study.tokens)
