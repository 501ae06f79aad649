"""Saying, in a real browser against a real server."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.actions import LONG, SENTENCE, TALL_PIXELS, saved, seconds_of, shown_seconds, speak
from tests.conftest import running_server

FAKE = '["voxhelm.testing.engine:ENGINE"]'


def test_a_sentence_is_spoken_its_waveform_drawn_and_what_it_took_is_told(page: Page) -> None:
    canvas = page.locator("#say-transport canvas")
    assert canvas.evaluate(TALL_PIXELS) == 0
    speak(page, SENTENCE)
    expect(page.locator("#say-status")).to_contain_text("First sound after")
    expect(page.locator("#say-facts")).to_contain_text("Voice ")
    expect(page.locator("#say-facts")).to_contain_text("Model ")
    expect(page.locator("#say-facts")).to_contain_text("On cpu")
    assert shown_seconds(page, "#say-transport") > 1
    assert canvas.evaluate(TALL_PIXELS) > 100
    expect(page.locator("#speak")).to_have_text("Speak")  # again, when it was heard to the end


def test_captions_follow_the_sound_word_by_word_and_lead_back_into_it(page: Page) -> None:
    speak(page, f"{SENTENCE} Nobody waits for it.")
    lines = page.locator("#say-captions .segment p")
    expect(lines).to_have_text([SENTENCE, "Nobody waits for it."])
    expect(page.locator("#say-captions .word.now")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#say-captions .word", has_text="waits").click()
    expect(page.locator("#say-captions .word.now")).to_have_text(re.compile("waits|for|it"))
    page.keyboard.press("Escape")
    page.locator("#say-captions .word").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#say-captions .word").nth(1)).to_be_focused()


def test_what_is_said_is_saved_in_every_format_and_as_captions(page: Page) -> None:
    speak(page, SENTENCE)
    page.keyboard.press("Escape")
    for kind in ("mp3", "opus", "aac", "flac", "wav", "pcm"):
        page.select_option("#say-format", kind)
        name, data = saved(page, "#say-download")
        assert name == f"The ferry leaves at nine in.{'ogg' if kind == 'opus' else kind}"
        assert seconds_of(data, kind) == pytest.approx(shown_seconds(page, "#say-transport"), abs=0.2)
    expect(page.locator("#say-format-note")).to_contain_text("24 kHz")
    page.select_option("#say-format", "srt")
    assert saved(page, "#say-download")[1].decode().startswith("1\n00:00:00,")
    page.select_option("#say-format", "vtt")
    name, captions = saved(page, "#say-download")
    assert name == "The ferry leaves at nine in.vtt"
    assert captions.decode().startswith("WEBVTT\n\n00:00:00.")
    assert "ferry leaves" in captions.decode()


def test_speech_is_stopped_by_escape_and_what_came_is_kept(page: Page) -> None:
    page.fill("#say-text", LONG)
    page.press("#say-text", "Control+Enter")
    expect(page.locator("#say-transport .waveform")).to_have_attribute("aria-valuenow", re.compile(r"^(0\.[3-9]|[1-9])"))
    page.keyboard.press("Escape")
    expect(page.locator("#speak")).to_have_text("Speak")
    expect(page.locator("#say-transport .play")).to_have_attribute("aria-label", "Play the speech")
    assert shown_seconds(page, "#say-transport") > 0.2


def test_a_click_in_the_waveform_moves_the_playhead_there(page: Page) -> None:
    speak(page, SENTENCE)
    page.keyboard.press("Escape")
    box = page.locator("#say-transport .waveform").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    at = float(page.get_attribute("#say-transport .waveform", "aria-valuenow") or 0)
    assert at == pytest.approx(shown_seconds(page, "#say-transport") / 2, abs=0.2)


def test_speed_shortens_the_speech(page: Page) -> None:
    speak(page, SENTENCE)
    natural = shown_seconds(page, "#say-transport")
    page.keyboard.press("Escape")
    page.locator("#speed").fill("1")
    expect(page.locator("#speed-value")).to_have_text("2×")
    speak(page, SENTENCE)
    assert shown_seconds(page, "#say-transport") < 0.75 * natural


def test_a_voice_is_found_by_searching_and_remembered(page: Page, server_url: str) -> None:
    expect(page.locator("#say .voice-option").first).to_contain_text("Automatic")
    page.fill("#say .voice-search input", "bulgarian")
    expect(page.locator("#say .voice-option").first).to_contain_text("Bulgarian")
    page.keyboard.press("Enter")
    expect(page.locator("#voice-button .value")).to_contain_text("Bulgarian")
    with page.expect_request("**/v1/audio/speech") as request:
        speak(page, "Добро утро.")
    assert request.value.post_data_json["voice"] != "auto"
    page.goto(server_url)
    expect(page.locator("#voice-button .value")).to_contain_text("Bulgarian")


def test_voices_stand_by_language_and_each_can_be_heard_before_it_is_chosen(page: Page) -> None:
    page.locator("#say .voice-option", has_text=re.compile(r"^English\d+ voices$")).click()
    expect(page.locator("#say .voice-heading")).to_have_text("English")
    voice = page.locator("#say .voice-option", has=page.locator(".preview")).first
    with page.expect_response("**/v1/audio/speech") as heard:
        voice.locator(".preview").click()
    assert heard.value.request.post_data_json["input"].startswith("Good morning")
    expect(voice.locator(".preview")).to_have_attribute("data-state", "sounding")
    expect(page.locator("#voice-button .value")).to_have_text("Automatic")
    voice.locator(".preview").click()
    expect(voice.locator(".preview")).to_have_attribute("data-state", "")
    page.fill("#say .voice-search input", "bulgarian")
    with page.expect_response("**/v1/audio/speech") as heard:
        page.keyboard.press("Shift+Enter")
    assert heard.value.request.post_data_json["input"].startswith("Добър ден")
    page.keyboard.press("Escape")
    expect(page.locator('.preview[data-state="sounding"]')).to_have_count(0)


def test_a_pause_is_written_where_the_cursor_is_and_heard(page: Page) -> None:
    speak(page, "One. Two.")
    page.keyboard.press("Escape")
    before = shown_seconds(page, "#say-transport")
    page.locator("#say-text").evaluate("(field) => { field.focus(); field.setSelectionRange(4, 4); }")
    page.click("#markup summary")
    page.locator(".snippet", has_text="[pause:1s]").click()
    expect(page.locator("#say-text")).to_have_value("One.[pause:1s] Two.")
    page.click("#speak")
    expect(page.locator("#speak")).to_have_text("Stop")
    expect(page.locator("#hear-this")).to_be_enabled()
    assert shown_seconds(page, "#say-transport") == pytest.approx(before + 1, abs=0.4)
    expect(page.locator("#say-captions")).not_to_contain_text("pause")


def test_a_snippet_of_ssml_makes_ssml_of_the_text_and_the_server_understands_it(page: Page) -> None:
    page.fill("#say-text", "Fish & chips at Dr. Brown's")
    page.locator("#say-text").evaluate("(field) => { field.focus(); field.setSelectionRange(16, 19); }")
    page.click("#markup summary")
    page.locator(".snippet", has_text="<sub alias").click()
    expect(page.locator("#say-text")).to_have_value('<speak>Fish &amp; chips at <sub alias="doctor">Dr.</sub> Brown\'s</speak>')
    page.locator("#say-text").evaluate("(field) => { field.focus(); field.setSelectionRange(17, 17); }")
    page.click("#markup summary")
    page.locator(".snippet", has_text="<break").click()
    page.click("#speak")
    expect(page.locator("#hear-this")).to_be_enabled()
    expect(page.locator("#say-captions")).to_contain_text("chips at")
    expect(page.locator("#say-captions")).not_to_contain_text("<")
    page.keyboard.press("Escape")


def test_ssml_that_is_wrong_is_answered_with_what_is_wrong(watched: Any) -> None:
    watched.refusals_expected = True
    watched.page.fill("#say-text", "<speak>Hello <audio src='x'/></speak>")
    watched.page.click("#speak")
    expect(watched.page.locator("#say-problem")).to_contain_text("<audio> is not supported here")


def test_the_snippets_ask_for_the_same_as_the_page(page: Page, server_url: str) -> None:
    text = 'It\'s "quoted" \\ and\nтова е вторият ред.'
    page.fill("#say-text", text)
    page.click("#copy-curl")
    expect(page.locator("#copy-curl")).to_have_text("Copied")
    words = shlex.split(page.evaluate("navigator.clipboard.readText()").replace("\\\n", ""))
    assert words[1] == f"{server_url.rstrip('/')}/v1/audio/speech"
    assert json.loads(words[words.index("-d") + 1])["input"] == text
    page.click("#copy-python")
    expect(page.locator("#copy-python")).to_have_text("Copied")
    python = page.evaluate("navigator.clipboard.readText()")
    compile(python, "snippet", "exec")
    assert json.dumps(text, ensure_ascii=False) in python


def test_empty_text_is_answered_in_words(page: Page) -> None:
    page.click("#speak")
    expect(page.locator("#say-problem")).to_contain_text("nothing to say")
    page.fill("#say-text", SENTENCE)
    expect(page.locator("#say-problem")).to_be_hidden()


def test_text_over_the_limit_is_refused_with_the_servers_words_and_the_limit(watched: Any) -> None:
    watched.refusals_expected = True
    watched.page.fill("#say-text", "word " * 21_000)
    watched.page.click("#speak")
    expect(watched.page.locator("#say-problem")).to_contain_text("Request")
    expect(watched.page.locator("#say-count.over")).to_contain_text(" of ")


@pytest.fixture(scope="module")
def narrow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose models serve one at a time and let nobody wait."""
    narrow = {"VOXHELM_ADMISSION__IN_FLIGHT_PER_MODEL": "1", "VOXHELM_ADMISSION__QUEUE_PER_MODEL": "0"}
    with running_server(tmp_path_factory.mktemp("narrow"), VOXHELM_MODELS__EXTRA_ENGINES=FAKE, **narrow) as server:
        yield server.url


def test_a_busy_server_is_told_with_the_time_to_wait_and_then_works(browser: Browser, narrow_url: str) -> None:
    occupier = {"input": "It was the best of times. " * 3_000, "model": "fake-speech", "voice": "tone", "response_format": "flac"}
    context = browser.new_context()
    page = context.new_page()
    page.goto(narrow_url)
    page.fill("#say .voice-search input", "tone")
    expect(page.locator("#say .voice-option").first).to_contain_text("Tone")
    page.keyboard.press("Enter")
    with httpx.stream("POST", f"{narrow_url}/v1/audio/speech", json=occupier, timeout=60) as answer:
        chunks = answer.iter_raw()  # kept: the connection closes with its iterator
        next(chunks)
        page.fill("#say-text", "Am I in the way?")
        page.click("#speak")
        expect(page.locator("#say-problem")).to_contain_text(re.compile(r"Try again in \d+ s|worth another try"))
    # That the other one has left takes the server a moment to notice, and nobody may wait here.
    while 'voxhelm_queue_in_flight{model="fake-speech"} 0' not in httpx.get(f"{narrow_url}/metrics").text:
        page.wait_for_timeout(50)
    page.locator("#say-problem").get_by_role("button", name="Try again").click()
    expect(page.locator("#hear-this")).to_be_enabled()
    expect(page.locator("#say-problem")).to_be_hidden()
    context.close()


def test_what_was_kept_from_before_is_told(page: Page) -> None:
    def kept(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"x-voxhelm-cache": "hit"})

    speak(page, "Said twice.")
    expect(page.locator("#say-facts")).not_to_contain_text("Kept")
    page.keyboard.press("Escape")
    page.route("**/v1/audio/speech", kept)
    page.click("#speak")
    expect(page.locator("#say-facts")).to_contain_text("Kept from before")
