"""Somebody at a browser, for tests: finds things by their roles and words as people do, and presses them.

Waits are Playwright's own: each call waits until what it names is there.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

TIMEOUT_MS = 20_000
OURS = ("http://127.0.0.1:", "file:", "data:", "about:", "blob:")

# A page that says no has a status of its own, and a window without a connection says so: the browser writes
# both down. A style sheet or a script that is not there is trouble.
EXPECTED = re.compile(
    r"^Failed to load resource: (the server responded with a status of 4|net::ERR_INTERNET_DISCONNECTED)"
)


@dataclass
class Walker:
    """One window of one person."""

    page: Page
    address: str

    def open(self, path: str) -> Walker:
        """Open an address of this server."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self

    def visit(self, path: str) -> int:
        """Open an address of this server; the status of its answer, wherever it led."""
        response = self.page.goto(self.address + path)
        return response.status if response else 0

    def press(self, button: str, *, within: str | None = None) -> Walker:
        """Press the button with exactly these words, perhaps in the part of the page with this heading."""
        root = self.page.get_by_role("region", name=within) if within else self.page
        root.get_by_role("button", name=button, exact=True).click()
        return self

    def follow(self, words: str) -> Walker:
        """Follow the first link with exactly these words, which may be drawn as a button."""
        link = self.page.get_by_role("link", name=words, exact=True)
        link.or_(self.page.get_by_role("button", name=words, exact=True)).first.click()
        return self

    def fill(self, label: str, words: str, *, nth: int = 0) -> Walker:
        """Write into the field with exactly this label; the `nth` of several."""
        self.page.get_by_label(label, exact=True).nth(nth).fill(words)
        return self

    def tick(self, *labels: str) -> Walker:
        """Tick boxes, or choose answers, by their labels."""
        for label in labels:
            box = self.page.get_by_role("checkbox", name=label, exact=True)
            box.or_(self.page.get_by_role("radio", name=label, exact=True)).check()
        return self

    def choose(self, field_label: str, option: str) -> Walker:
        """Choose from a list."""
        self.page.get_by_label(field_label, exact=True).select_option(label=option)
        return self

    def answer(self, question: str, answer: str) -> Walker:
        """Choose an answer in the group of radios that is named by this question."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_label(answer, exact=True).check()
        return self

    def unfold(self, words: str) -> Walker:
        """Open what is folded behind these words."""
        self.page.locator("summary", has_text=words).first.click()
        return self

    def send_file(self, label: str, name: str, content: bytes, kind: str) -> Walker:
        """Choose a file that this person has."""
        self.page.get_by_label(label, exact=True).set_input_files(
            {"name": name, "mimeType": kind, "buffer": content}
        )
        return self

    def download(self, button: str, folder: Path) -> Path:
        """Press a button and keep the file that comes."""
        with self.page.expect_download() as coming:
            self.press(button)
        path = folder / coming.value.suggested_filename
        coming.value.save_as(path)
        return path

    def at(self, heading: str | re.Pattern[str]) -> Walker:
        """Be on the page with this first heading; the heading may go on after a string."""
        wanted = re.compile("^" + re.escape(heading)) if isinstance(heading, str) else heading
        expect(self.page.get_by_role("heading", level=1)).to_have_text(wanted)
        return self

    def waits_for(self, heading: str) -> Walker:
        """Load the page again until it has this heading: the platform's clock acts in its own time."""
        until = time.monotonic() + TIMEOUT_MS / 1000
        while heading not in self.page.get_by_role("heading", level=1).inner_text():
            if time.monotonic() > until:
                raise AssertionError(f"the page never came to say “{heading}”")
            self.page.reload()
        return self

    def sees(self, *words: str) -> Walker:
        """Read words in the main part of the page."""
        for one in words:
            expect(self.page.get_by_role("main")).to_contain_text(one)
        return self


@dataclass
class Windows:
    """Windows of any number of people, and what went wrong in any of them.

    `troubles` holds every error in a console (a broken content policy is one) and every request that
    would have left this machine.
    """

    browser: Browser
    address: str
    troubles: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, width: int = 1280, *, scripts: bool = True) -> Walker:
        """A window of somebody new, who is signed in nowhere."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, reduced_motion="reduce"
        )
        context.set_default_timeout(TIMEOUT_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self._watch(request.url))
        return Walker(page, self.address)

    def close(self) -> None:
        """Close every window."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _listen(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        is_file = bool(PurePosixPath(urlsplit(url).path).suffix)
        if message.type == "error" and (is_file or not EXPECTED.match(message.text)):
            self.troubles.append(f"{message.text} ({url})")

    def _watch(self, url: str) -> None:
        if not url.startswith(OURS):
            self.troubles.append(url)
