"""Hearing, in a real browser against a real server."""

import json
import re
import wave
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.actions import SENTENCE, TALL_PIXELS, drop, hear, saved, shown_seconds, speak

# Writes down every state that a recording is shown in.
WATCH_STATES = """() => {
  window.states = [];
  const list = document.querySelector('#hear-queue');
  const note = () => window.states.push(...[...list.querySelectorAll('.state')].map((state) => state.textContent));
  new MutationObserver(note).observe(list, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture(scope="session")
def long_clip(microphone_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that takes its time."""
    path = tmp_path_factory.mktemp("long") / "long.wav"
    with wave.open(str(microphone_clip)) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        sound = source.readframes(source.getnframes())
        for _ in range(60):
            target.writeframes(sound)
    return path


def test_a_dropped_clip_becomes_a_transcript_that_follows_the_sound(page: Page, microphone_clip: Path) -> None:
    drop(page, microphone_clip)
    words = page.locator("#transcript .word")
    expect(words.nth(2)).to_be_visible()
    expect(page.locator("#hear-name")).to_have_text(microphone_clip.name)
    expect(page.locator("#hear-status")).to_contain_text("words in")
    assert page.locator("#hear-transport canvas").evaluate(TALL_PIXELS) > 100
    words.nth(2).click()
    expect(page.locator("#transcript .word.now")).to_have_count(1)
    expect(page.locator("#transcript .segment.now")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#hear-transport .play")).to_have_attribute("aria-label", "Play the recording")


def test_the_transcript_is_copied_and_saved_in_every_form(page: Page, microphone_clip: Path) -> None:
    hear(page, microphone_clip)
    files = {kind: saved(page, f'[data-save="{kind}"]') for kind in ("txt", "srt", "vtt", "json")}
    assert {name for name, _ in files.values()} == {f"{microphone_clip.stem}.{kind}" for kind in files}
    heard = json.loads(files["json"][1])
    first = heard["segments"][0]
    assert heard["languages"] == ["en"]
    assert heard["model"]
    assert first["words"][0]["end"] > first["words"][0]["start"] >= first["start"]
    assert files["txt"][1].decode() == "\n".join(one["text"] for one in heard["segments"])
    assert files["srt"][1].decode().startswith("1\n00:00:0")
    assert files["vtt"][1].decode().startswith("WEBVTT\n\n00:00:0")
    page.click("#copy-transcript")
    expect(page.locator("#copy-transcript")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == files["txt"][1].decode()


def test_many_files_are_heard_one_after_another_each_with_its_progress(watched: Any, microphone_clip: Path, tmp_path: Path) -> None:
    page = watched.page
    watched.refusals_expected = True
    text = tmp_path / "notes.txt"
    text.write_text("These are words, not sound. " * 40)
    page.evaluate(WATCH_STATES)
    drop(page, microphone_clip, text, microphone_clip)
    expect(page.locator('#hear-queue li[data-state="done"]')).to_have_count(2)
    expect(page.locator('#hear-queue li[data-state="failed"]')).to_have_count(1)
    expect(page.locator("#hear-total")).to_have_text("2 of 3 done")
    assert {"Waiting", "Listening", "100 %"} <= set(page.evaluate("window.states"))
    page.locator("#hear-queue .pick", has_text="notes.txt").click()
    expect(page.locator("#hear-item-problem")).to_contain_text("Request")
    page.click('#hear-queue button[aria-label="Remove notes.txt"]')
    expect(page.locator("#hear-queue li")).to_have_count(2)
    expect(page.locator("#transcript .word").first).to_be_visible()


def test_one_of_several_is_cancelled_and_the_next_is_heard(page: Page, long_clip: Path, microphone_clip: Path) -> None:
    page.click("#tab-hear")
    page.set_input_files("#hear-files", [long_clip, microphone_clip])
    expect(page.locator("#transcript .word").first).to_be_visible()  # while it is still heard
    expect(page.locator("#hear-queue li").first).to_have_attribute("data-state", "hearing")
    page.click('#hear-queue button[aria-label="Cancel long.wav"]')
    expect(page.locator("#hear-queue li").first).to_have_attribute("data-state", "cancelled")
    expect(page.locator("#hear-queue li").nth(1)).to_have_attribute("data-state", "done")
    expect(page.locator("#hear-status")).to_contain_text("What was heard is kept")


def test_a_busy_server_is_asked_again_when_it_said_so(watched: Any, microphone_clip: Path) -> None:
    page = watched.page
    watched.refusals_expected = True
    answers = iter(
        [{"status": 429, "headers": {"retry-after": "1"}, "json": {"error": {"message": "Full.", "code": "queue_full"}}}]
    )

    def busy_once(route: Route) -> None:
        answer = next(answers, None)
        if answer is None:
            route.continue_()
        else:
            route.fulfill(**answer)

    page.route("**/v1/audio/transcriptions", busy_once)
    page.click("#tab-hear")
    page.set_input_files("#hear-files", microphone_clip)
    expect(page.locator("#hear-elapsed")).to_contain_text("Trying again in")
    expect(page.locator("#hear-queue li")).to_have_attribute("data-state", "done")


def test_a_file_that_is_not_audio_is_answered_in_words(watched: Any) -> None:
    watched.refusals_expected = True
    page = watched.page
    page.set_input_files("#hear-files", {"name": "picture.png", "mimeType": "image/png", "buffer": b"not a picture either" * 50})
    expect(page.locator("#hear-item-problem")).to_contain_text("Request")
    expect(page.locator("#hear-status")).to_have_text("Could not be transcribed")
    expect(page.locator("#hear-retry")).to_be_visible()
    expect(page.locator('[data-save="srt"]')).to_be_disabled()


def test_what_the_microphone_hears_is_transcribed(page: Page) -> None:
    page.click("#tab-hear")
    page.click("#hear-empty [data-record]")
    expect(page.locator("#rec-meter")).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    expect(page.locator("#rec-time")).to_have_text(re.compile("^0:0[4-9]$"))
    page.click("#rec-stop")
    expect(page.locator("#transcript .word").first).to_be_visible()
    assert shown_seconds(page, "#hear-transport") > 2  # a recorder's file tells no length; the page measures it


def test_a_discarded_recording_leaves_nothing(page: Page) -> None:
    page.click("#tab-hear")
    page.click("#hear-empty [data-record]")
    expect(page.locator("#hear-recording")).to_be_visible()
    page.click("#rec-discard")
    expect(page.locator("#hear-empty")).to_be_visible()
    expect(page.locator("#hear-empty [data-record]")).to_be_focused()


def test_a_microphone_that_cannot_be_had_is_explained(page: Page) -> None:
    page.click("#tab-hear")
    for name, words in (
        ("NotAllowedError", "address bar"),
        ("NotFoundError", "No microphone"),
        ("NotReadableError", "another program"),
    ):
        page.evaluate(
            "(name) => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }", name
        )
        page.click("#hear-empty [data-record]")
        expect(page.locator("#hear-problem")).to_contain_text(words)
    page.evaluate("() => { Object.defineProperty(window, 'isSecureContext', { value: false }); }")
    page.click("#hear-empty [data-record]")
    expect(page.locator("#hear-problem")).to_contain_text("https")


def test_what_was_said_can_be_heard(page: Page) -> None:
    speak(page, SENTENCE)
    page.click("#hear-this")
    expect(page.locator("#transcript .word").first).to_be_visible()
    expect(page.locator("#hear-name")).to_have_text("The ferry leaves at nine in.wav")
