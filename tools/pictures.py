"""Take the pictures in docs/design-system.md: `python -m tools.pictures`, with Chromium installed.

They show the gallery as a browser draws it, so that the page about the design cannot drift from the style
sheets. Few and small on purpose: they are kept in the repository.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from werkzeug.serving import make_server

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: a page of the gallery, how wide, from where, how much, in which light."""

    file: str
    page: str
    width: int
    height: int
    selector: str = "body"
    scheme: Literal["light", "dark"] = "light"


SHOTS = (
    Shot("design-panel.png", "words", 960, 620),
    Shot("design-question.png", "questions", 360, 620, selector=".govuk-form-group--error"),
    Shot("design-dark.png", "figures", 960, 560, selector=".app-figures", scheme="dark"),
    Shot("design-team.png", "team-tables", 1100, 560),
)


def take(address: str, browser: str, target: Path) -> None:
    """Write every picture into `target`; TimeoutError from the browser when a page does not come."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for shot in SHOTS:
            page = program.new_page(
                viewport={"width": shot.width, "height": shot.height},
                color_scheme=shot.scheme,
                device_scale_factor=0.75,
            )
            page.goto(f"{address}/gallery/{shot.page}", wait_until="networkidle")
            page.locator(shot.selector).first.evaluate("(one) => one.scrollIntoView()")
            page.screenshot(path=target / shot.file)
            page.close()
        program.close()


@contextmanager
def gallery() -> Iterator[str]:
    """A server with the gallery on a free port; its address."""
    from delphi.app import create_app
    from delphi.config import Settings
    from tools.gallery.pages import add_gallery

    with tempfile.TemporaryDirectory(prefix="delphi-pictures-") as folder:
        settings = Settings(
            instance=Path(folder),
            secret_key="only-for-pictures",
            database_url=f"sqlite:///{folder}/pictures.sqlite",
            mail_url="memory:",
        )
        app = create_app(settings)
        add_gallery(app)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def main() -> int:
    """Take the pictures; return the exit code."""
    names = (os.environ.get("DELPHI_TEST_BROWSER", ""), *BROWSERS)
    browser = next((path for name in names if name and (path := shutil.which(name))), None)
    if browser is None:
        print("The pictures are taken with Chromium, which is not installed here.")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with gallery() as address:
        take(address, browser, PICTURES)
    print(f"Took {len(SHOTS)} pictures into docs/pictures.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
