"""Take the pictures in README.md and docs/: `python -m tools.pictures`, with Chromium installed.

They show the gallery, and the demo study after it was played, as a browser draws them: what is said of the
pages cannot drift from the pages. Few and small on purpose: they are kept in the repository.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from delphi import clock
from delphi.app import create_app
from delphi.cli.init import migrate
from delphi.config import Settings
from delphi.demo.links import demo_links
from delphi.demo.player import play
from delphi.demo.visitors import open_for_visitors
from delphi.jobs.loop import run_due
from delphi.paths import demo_folder
from tools.gallery.pages import add_gallery

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCALE = 0.75


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: which page, how wide, from where, how much, in which light."""

    file: str
    page: str
    width: int
    height: int
    selector: str = "body"
    scheme: Literal["light", "dark"] = "light"


GALLERY = (
    Shot("design-question.png", "questions", 360, 900, selector=".govuk-form-group--error"),
    Shot("design-dark.png", "figures", 960, 560, selector=".app-figures", scheme="dark"),
)


OPEN = "making-connections-open/taking-part"
READ = "making-connections/taking-part/feedback/2"
DEMO = {
    "panellist": (
        Shot("home.png", OPEN, 960, 620),
        Shot("home-phone.png", OPEN, 360, 640),
        Shot("rating.png", f"{OPEN}/round-1/sections/getting-started", 760, 900, selector="#rate"),
    ),
    "reader": (
        Shot("feedback.png", f"{READ}/sections/sharing-your-own-contacts", 760, 900, selector="#panel-h"),
    ),
    "team": (
        Shot("study-home.png", "making-connections-open", 1180, 960),
        Shot("results.png", "making-connections/rounds/2/results", 1180, 960),
    ),
}
"""What is shown of the played demo and of its open copy, by who looks at it."""


def take(page: Page, shot: Shot, address: str, target: Path) -> None:
    """Write one picture into `target`; TimeoutError from the browser when its page does not come."""
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.emulate_media(color_scheme=shot.scheme)
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise SystemExit(f"{shot.file} was not taken: there is no page {shot.page}.")
    page.locator(shot.selector).first.evaluate("(one) => one.scrollIntoView()")
    page.screenshot(path=target / shot.file)


def take_gallery(browser: Browser, address: str, target: Path) -> int:
    """Take the components; return how many pictures there are of them."""
    with browser.new_context(device_scale_factor=SCALE) as context:
        for shot in GALLERY:
            take(context.new_page(), shot, f"{address}/gallery/{shot.page}", target)
    return len(GALLERY)


def take_demo(browser: Browser, links: Mapping[str, str], address: str, target: Path) -> int:
    """Take the pages of the demo, each as the person sees it whose link it is; return how many."""
    for who, shots in DEMO.items():
        with browser.new_context(device_scale_factor=SCALE) as context:
            page = context.new_page()
            page.goto(links[who])
            page.locator("main form button").first.click()
            page.wait_for_load_state()
            for shot in shots:
                take(page, shot, f"{address}/studies/{shot.page}", target)
    return sum(len(shots) for shots in DEMO.values())


@contextmanager
def serving() -> Iterator[tuple[str, dict[str, str]]]:
    """A server on a free port with the gallery and the demo, played just now; its address, and ways in."""
    with tempfile.TemporaryDirectory(prefix="delphi-pictures-") as folder:
        settings = Settings(
            instance=Path(folder),
            secret_key="only-for-pictures",
            database_url=f"sqlite:///{folder}/pictures.sqlite",
            mail_url="memory:",
        )
        app = create_app(settings)
        add_gallery(app)
        with app.app_context():
            play_demo(settings)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            with app.app_context():
                yield address, asdict(demo_links(base_url=address, now=clock.now()))
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def play_demo(settings: Settings) -> None:
    """Play the demo study, and leave its copy open, in an empty database."""
    migrate()
    play(demo_folder(), deliver=lambda now: run_due(now, settings))
    open_for_visitors(demo_folder(), now=clock.now())
    run_due(clock.now(), settings)


def main() -> int:
    """Take the pictures; return the exit code."""
    names = (os.environ.get("DELPHI_TEST_BROWSER", ""), *BROWSERS)
    program = next((path for name in names if name and (path := shutil.which(name))), None)
    if program is None:
        print("The pictures are taken with Chromium, which is not installed here.")
        return 1
    print("Playing the demo, which takes about a minute.", flush=True)
    PICTURES.mkdir(exist_ok=True)
    with serving() as (address, links), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        n = take_gallery(browser, address, PICTURES) + take_demo(browser, links, address, PICTURES)
        browser.close()
    print(f"Took {n} pictures into docs/pictures.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
