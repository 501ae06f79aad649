"""The models of a server, in a real browser, with a hub on loopback to pull from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched
from tests.conftest import running_server
from tests.unit.catalog import hub_server
from voxhelm.testing.models.piper_voice import write_piper_voice

STEM = "bg_BG-test_voice-medium"
FOLDER = "bg/bg_BG/test_voice/medium"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hub_server.FakeHub]:
    voice = write_piper_voice(tmp_path_factory.mktemp("voice"), STEM, language="bg_BG")
    with hub_server.hub_server() as one:
        one.files["rhasspy/piper-voices"] = {f"{FOLDER}/{path.name}": path.read_bytes() for path in voice.parent.iterdir()}
        yield one


@pytest.fixture(scope="module")
def box_url(hub: hub_server.FakeHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that pulls from that hub, and whose models may hold two gigabytes."""
    settings = {
        "VOXHELM_MODELS__HUB_URL": hub.url,
        "VOXHELM_MODELS__DIRECTORY": str(tmp_path_factory.mktemp("models")),
        "VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.engine:ENGINE"]',
        "VOXHELM_MODELS__MEMORY_BUDGET_BYTES": '{"cpu": 2000000000}',
    }
    with running_server(tmp_path_factory.mktemp("box"), **settings) as server:
        yield server.url


@pytest.fixture
def models(browser: Browser, box_url: str) -> Iterator[Watched]:
    """The Models panel of that server."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    watched = Watched(context.new_page(), box_url)
    watched.page.goto(f"{box_url}/#models")
    expect(watched.page.locator(".model").first).to_be_visible()
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.foreign == []


def comes(handler: Any, data: bytes) -> None:
    """Nothing happens to a file."""
    handler.send_bytes(data)


def model(page: Page, name: str) -> Any:
    return page.locator(f'.model[data-id="{name}"]')


def test_a_model_is_loaded_counted_against_the_budget_and_unloaded(models: Watched) -> None:
    page = models.page
    row = model(page, "fake-speech")
    expect(row.locator(".state-words")).to_have_text("Not loaded")
    expect(row.locator(".badge")).to_have_text("Speaks")
    row.get_by_role("button", name="Load fake-speech").click()
    expect(row.locator(".state-words")).to_have_text("Loaded on cpu")
    device = page.locator('.device[data-device="cpu"]')
    expect(device).to_contain_text(re.compile(r"MB held of 2\.0 GB allowed"))
    expect(device.locator(".legend")).to_contain_text("fake-speech")
    row.get_by_role("button", name="Unload fake-speech").click()
    expect(row.locator(".state-words")).to_have_text("Not loaded")
    expect(device.locator(".legend")).not_to_contain_text("fake-speech")


def test_what_others_do_to_a_model_and_how_busy_it_is_is_seen_as_it_happens(models: Watched, box_url: str) -> None:
    row = model(models.page, "fake-speech")
    wish = {"input": "It was the best of times. " * 3_000, "model": "fake-speech", "voice": "tone", "response_format": "flac"}
    with httpx.stream("POST", f"{box_url}/v1/audio/speech", json=wish, timeout=60) as answer:
        chunks = answer.iter_raw()  # kept: the connection closes with its iterator
        next(chunks)
        expect(row.locator(".state-words")).to_have_text("Loaded on cpu")
        expect(row.locator(".model-queue")).to_have_text("1 in flight, 0 waiting")
        models.refusals_expected = True
        row.get_by_role("button", name="Unload fake-speech").click()
        expect(row.locator(".problem")).to_contain_text("fake-speech")
    expect(row.locator(".model-queue")).to_be_hidden()


def test_a_model_is_pulled_with_its_progress_speaks_and_is_removed(models: Watched, hub: hub_server.FakeHub) -> None:
    page = models.page
    hub.released.clear()
    hub.stalled.clear()
    hub.faults.extend([comes, hub_server.stalls_after(100)])  # the first file comes, the second stands still
    page.fill("#pull-name", f"piper:{STEM}")
    page.keyboard.press("Enter")
    bar = page.locator(".pull-row progress")
    expect(bar).to_have_attribute("max", re.compile(r"\d+"))
    expect(page.locator(".pull-numbers")).to_contain_text(" of ")
    hub.released.set()
    expect(page.locator(".pull-words")).to_contain_text(f"Installed as {STEM}")
    row = model(page, STEM)
    expect(row).to_be_visible()
    row.get_by_role("button", name=f"Remove {STEM}").click()
    page.get_by_role("button", name="Keep it").click()
    row.get_by_role("button", name=f"Remove {STEM}").click()
    page.locator("dialog.ask").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_pull_is_cancelled_and_goes_on_from_where_it_was(models: Watched, hub: hub_server.FakeHub) -> None:
    page = models.page
    hub.released.clear()
    hub.faults.extend([comes, hub_server.stalls_after(100)])  # the first file comes, the second stands still
    page.fill("#pull-name", f"piper:{STEM}")
    page.click("#pull-start")
    expect(page.locator(".pull-numbers")).to_contain_text(" of ")
    page.locator(".pull-row").get_by_role("button", name="Cancel").click()
    expect(page.locator(".pull-words")).to_contain_text("Cancelled")
    hub.released.set()
    page.get_by_role("button", name="Pull again").click()
    expect(page.locator(".pull-words")).to_contain_text("Installed as")


def test_what_cannot_be_pulled_or_removed_is_explained(models: Watched) -> None:
    page = models.page
    models.refusals_expected = True
    page.click("#pull-start")
    expect(page.locator("#pull-problem")).to_contain_text("Say which model")
    page.fill("#pull-name", "nobody/nothing")
    expect(page.locator("#pull-problem")).to_be_hidden()
    page.click("#pull-start")
    expect(page.locator(".pull-row .problem")).to_contain_text("nobody/nothing")
    row = model(page, "espeak-ng")
    row.get_by_role("button", name="Remove espeak-ng").click()
    page.locator("dialog.ask").get_by_role("button", name="Remove").click()
    expect(row.locator(".problem")).to_contain_text("espeak-ng")


def test_a_model_that_is_not_where_it_belongs_says_so_and_what_to_do(models: Watched) -> None:
    page = models.page
    listed = {
        "object": "list",
        "data": [
            {
                "id": "large", "object": "model", "owned_by": "whisper", "capability": "transcription", "languages": ["en"],
                "state": "loaded", "resident_bytes": 10, "device": "cpu", "fallback": "no_room",
                "usage": [{"placed_on": "cpu", "device": "cpu", "declared_bytes": 1, "measured_bytes": 3_000_000_000}],
            }
        ],
    }  # fmt: skip
    page.route("**/v1/models", lambda route: route.fulfill(json=listed))
    expect(model(page, "large").locator(".fallback")).to_contain_text("On cpu instead of a card: the card has no room")
    expect(page.locator('.device[data-device="cpu"]')).to_have_attribute("data-full", "true")
    page.route("**/v1/models", lambda route: route.fulfill(json={"object": "list", "data": []}))
    expect(page.locator("#models-note")).to_contain_text("No model is installed yet")


def test_a_key_that_may_not_read_metrics_still_sees_the_models(models: Watched, tmp_path: Path) -> None:
    page = models.page
    models.refusals_expected = True
    page.route(
        "**/metrics", lambda route: route.fulfill(status=403, json={"error": {"message": "No.", "code": "insufficient_scope"}})
    )
    page.reload()
    expect(page.locator("#models-note")).to_contain_text("may not read the metrics")
    expect(model(page, "espeak-ng")).to_be_visible()


def test_a_voice_is_checked_and_what_was_heard_is_shown(models: Watched) -> None:
    page = models.page
    expect(page.get_by_text("No voice has been checked yet")).to_be_visible()
    page.get_by_label("How well a voice is understood").fill("en")
    page.get_by_role("button", name="Check", exact=True).click()
    checked = page.locator(".quality-row").first
    expect(checked).to_contain_text("of words wrong")
    expect(checked).to_contain_text("English")
    checked.get_by_text("What was said and heard").click()
    expect(checked.locator("tbody tr").first).to_be_visible()
    assert len(checked.locator("tbody tr").first.locator("td").nth(1).inner_text()) > 0
    page.reload()
    expect(page.locator(".quality-row").first).to_contain_text("of words wrong")


def test_a_voice_that_is_none_is_told_where_it_was_asked_for(models: Watched) -> None:
    models.refusals_expected = True
    models.page.get_by_label("How well a voice is understood").fill("nobody-at-all")
    models.page.get_by_role("button", name="Check", exact=True).click()
    expect(models.page.locator("#quality-problem")).to_contain_text("nobody-at-all")
