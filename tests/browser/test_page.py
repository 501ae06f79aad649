"""The console as a whole: keys, keyboard, phones, themes, and a server that goes away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import SENTENCE, drop, hear, speak
from tests.conftest import running_server

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def guarded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that asks for a key."""
    directory = tmp_path_factory.mktemp("guarded")
    keys = directory / "keys"
    keys.write_text("console: a-key-for-this-test-only\n")
    with running_server(directory, VOXHELM_IDENTITY__KEY_FILES=f'["{keys}"]') as server:
        yield server.url


def test_a_server_that_asks_for_a_key_is_asked_for_once_and_then_everything_works(browser: Browser, guarded_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(guarded_url)
    page.locator("#api-key").fill("not-the-key")
    page.get_by_role("button", name="Use this key").click()
    expect(page.locator("#key-title")).to_have_text("That key is not known here")
    page.locator("#api-key").fill("a-key-for-this-test-only")
    page.keyboard.press("Enter")
    expect(page.locator("#api-key")).to_have_count(0)
    speak(page, "Hello.")
    page.click("#tab-models")
    expect(page.locator(".model").first).to_be_visible()
    assert page.evaluate("Object.values(sessionStorage)") == ["a-key-for-this-test-only"]
    assert page.evaluate("JSON.stringify(localStorage)").count("a-key-for") == 0
    context.close()


def test_who_declines_to_give_a_key_is_asked_again_only_for_what_they_do(browser: Browser, guarded_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{guarded_url}/#models")
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#models-problem")).to_be_visible()
    with page.expect_response("**/v1/models"):  # the next look
        pass
    expect(page.locator("#api-key")).to_have_count(0)
    page.fill("#pull-name", "kokoro")
    page.click("#pull-start")
    expect(page.locator("#api-key")).to_be_visible()
    context.close()


def test_a_server_that_goes_away_is_told_and_what_was_typed_stays(watched: Any) -> None:
    page = watched.page
    page.fill("#say-text", SENTENCE)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("no network")
    page.click("#speak")
    expect(page.locator("#say-problem")).to_contain_text("does not answer")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    page.locator("#say-problem").get_by_role("button", name="Try again").click()
    expect(page.locator("#hear-this")).to_be_enabled()
    expect(page.locator("#say-text")).to_have_value(SENTENCE)
    watched.complaints.clear()  # the browser reports every request that failed


def test_files_dropped_anywhere_are_heard(page: Page, microphone_clip: Path) -> None:
    drop(page, microphone_clip)
    expect(page.locator("#tab-hear")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#say")).to_be_hidden()
    expect(page.locator("#transcript .word").first).to_be_visible()


def test_the_address_leads_back_to_the_same_panel(page: Page, server_url: str) -> None:
    page.click("#tab-models")
    page.reload()
    expect(page.locator("#models")).to_be_visible()
    expect(page.locator("#say")).to_be_hidden()
    page.locator("#tab-models").press("ArrowLeft")
    expect(page.locator("#tab-talk")).to_be_focused()
    expect(page.locator("#talk")).to_be_visible()


def test_everything_is_reached_from_the_keyboard(page: Page, microphone_clip: Path) -> None:
    expect(page.locator("#say-text")).to_be_focused()
    page.keyboard.type(SENTENCE)
    page.keyboard.press("Tab")
    expect(page.locator("#markup summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#speak")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#hear-this")).to_be_enabled()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    waveform = page.locator("#say-transport .waveform")
    expect(waveform).to_be_focused()
    page.keyboard.press("End")
    expect(waveform).to_have_attribute("aria-valuenow", waveform.get_attribute("aria-valuemax") or "")
    page.keyboard.press("Home")
    expect(waveform).to_have_attribute("aria-valuenow", "0.0")

    page.locator("#voice-button").press("Enter")
    expect(page.locator("#say .voice-search input")).to_be_focused()
    page.keyboard.type("english")
    expect(page.locator("#say .voice-option").nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#voice-button .value")).to_contain_text("English")
    page.keyboard.press("Tab")
    expect(page.locator("#speed")).to_be_focused()

    hear(page, microphone_clip)
    first = page.locator("#transcript .word").first
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#transcript .word").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#transcript .word.now")).to_have_count(1)


def test_everything_that_can_be_pressed_has_a_name(page: Page, microphone_clip: Path) -> None:
    nameless = """() => {
      const acting = 'button:not([aria-hidden]), input:not([hidden]), select, textarea, [role="slider"], progress';
      const named = (one) => one.ariaLabel || one.textContent.trim() || one.labels?.length || one.getAttribute('aria-labelledby');
      return [...document.querySelectorAll(acting)].filter((one) => !named(one)).map((one) => one.outerHTML.slice(0, 120));
    }"""
    speak(page, SENTENCE)
    page.keyboard.press("Escape")
    hear(page, microphone_clip)
    page.click("#edit-start")
    assert page.evaluate(nameless) == []
    page.click("#tab-models")
    expect(page.locator(".model").first).to_be_visible()
    assert page.evaluate(nameless) == []


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_is_wide_enough(page: Page, microphone_clip: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    speak(page, SENTENCE)
    assert page.evaluate(OVERFLOW) == 0
    page.click("#voice-button")
    expect(page.locator("#say .voice-search input")).to_be_focused()
    assert page.evaluate(OVERFLOW) == 0
    page.keyboard.press("Escape")
    expect(page.locator("#say .voice-sheet")).to_be_hidden()
    page.click("#markup summary")
    assert page.evaluate(OVERFLOW) == 0
    page.keyboard.press("Escape")
    hear(page, microphone_clip, microphone_clip)
    page.click("#edit-start")
    assert page.evaluate(OVERFLOW) == 0
    page.click("#tab-models")
    expect(page.locator(".model").first).to_be_visible()
    assert page.evaluate(OVERFLOW) == 0


def test_the_theme_follows_the_system_until_it_is_chosen(page: Page, server_url: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.click("#theme")
    assert page.evaluate(ground) == light
    page.goto(server_url)
    assert page.evaluate(ground) == light
