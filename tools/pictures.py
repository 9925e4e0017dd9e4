"""The pictures of the README and docs/: `python -m tools.pictures`, with Chromium and the test lock.

Plays the demo in a folder of its own, serves it on this machine, and takes each picture as a visitor would
see the page. Nothing is drawn by hand, so the pictures are as true as the pages.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from delphi import clock
from delphi.app import create_app
from delphi.config import Settings
from delphi.demo.links import DemoLinks, demo_links
from delphi.demo.player import play
from delphi.demo.visitors import open_for_visitors
from delphi.extensions import db
from delphi.jobs.loop import run_due
from delphi.paths import demo_folder

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SWITCHES = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
RATING = "/studies/making-connections-open/taking-part/round-1/sections/connections-map"
TEAM = "/studies/making-connections"


def main() -> None:
    """Take every picture anew."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium was not found. On Debian: sudo apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Werkzeug prints every address, and those of links are secrets.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder)) as (base_url, links),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        _take(browser, links.panellist, base_url + RATING, "rating", width=1280, height=1500)
        _take(browser, links.panellist, base_url + RATING, "rating-phone", width=360, height=1500)
        _take(browser, links.team, base_url + TEAM, "study-home", width=1280, height=1300)
        browser.close()


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, DemoLinks]]:
    """The played demo on a free port of this machine, with a link for a panellist and one for the team."""
    settings = Settings(
        instance=folder,
        secret_key="only-for-pictures",
        database_url=f"sqlite:///{folder / 'pictures.sqlite'}",
        mail_url="memory:",
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        play(demo_folder(), deliver=lambda now: run_due(now, settings))
        open_for_visitors(demo_folder(), now=clock.now())
        run_due(clock.now(), settings)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        base_url = f"http://127.0.0.1:{server.server_port}"
        links = demo_links(base_url=base_url, now=clock.now())
        db.session.remove()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield base_url, links
    server.shutdown()
    thread.join()


def _take(browser: Browser, link: str, address: str, name: str, *, width: int, height: int) -> None:
    """Sign in with a link, open a page, and keep what a window of this size shows of it."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(link)
    page.get_by_role("button").first.click()
    page.goto(address)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"Took {FOLDER / name}.png")
    page.context.close()


if __name__ == "__main__":
    main()
