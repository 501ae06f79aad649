"""A real browser around the console, and an eye on everything it complains about or asks for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

CLIPS = Path(__file__).parent.parent / "data"
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
WAIT_MS = 60_000  # a busy machine loads models slowly; nothing waits this long when all is well
expect.set_options(timeout=WAIT_MS)


class Watched:
    """A page, what went wrong in it, and where it asked for anything."""

    def __init__(self, page: Page, server_url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.refusals_expected = False
        self._home = (server_url, "blob:", "data:")
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        # The browser itself reports every answer of 400 and above; a test that provokes one says so.
        refusal = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in ("error", "warning") and not (refusal and self.refusals_expected):
            self.complaints.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self._home):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def microphone_clip() -> Path:
    """What the browser's pretended microphone plays, over and over."""
    return sorted(CLIPS.glob("flite-*.wav"))[0]


@pytest.fixture(scope="module")
def browser(microphone_clip: Path) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not on the PATH (Debian: apt install chromium)")
    arguments = [
        "--no-sandbox",  # CI runs as root in a container, where Chromium's own sandbox cannot start
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--mute-audio",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone_clip}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def watched(browser: Browser, server_url: str) -> Iterator[Watched]:
    """The console, open and ready, at a desk's size. Afterwards it must not have complained or asked anyone else for anything."""
    home = server_url.rstrip("/") + "/"
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["microphone", "clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(WAIT_MS)
    watched = Watched(context.new_page(), home)
    watched.page.goto(home)
    watched.page.wait_for_selector('#ready-dot[data-state="ready"]')
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.foreign == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """Just the page, for tests that expect nothing to go wrong."""
    return watched.page
