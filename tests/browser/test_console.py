"""The console in a real browser, against a real server."""

import base64
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import running_server

SENTENCE = "The ferry leaves at nine in the morning."
LONG = " ".join(f"This is sentence number {number} of a long story." for number in range(40))

# How many pixels of a canvas are painted above and below the thin line that an empty waveform is.
TALL_PIXELS = """(canvas) => {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const middle = height / 2;
  let painted = 0;
  for (let y = 0; y < height; y += 1) {
    if (Math.abs(y - middle) < 6) continue;
    for (let x = 0; x < width; x += 1) if (data[4 * (y * width + x) + 3] > 0) painted += 1;
  }
  return painted;
}"""

DROP = """([selector, files]) => {
  const transfer = new DataTransfer();
  for (const { name, type, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const panel = document.querySelector(selector);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    panel.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


def drop(page: Page, *paths: Path) -> None:
    files = [{"name": path.name, "type": "audio/wav", "base64": base64.b64encode(path.read_bytes()).decode()} for path in paths]
    page.evaluate(DROP, ["#hear", files])


def speak(page: Page, text: str) -> None:
    """Speak `text` and wait until all of it came."""
    page.fill("#say-text", text)
    page.click("#speak")
    expect(page.locator("#hear-this")).to_be_enabled()


def test_a_server_that_asks_for_a_key_is_asked_for_once_and_then_everything_works(browser: Browser, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("console: a-key-for-this-test-only\n")
    named = {"VOXHELM_IDENTITY__KEY_FILES": f'["{keys}"]', "VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.engine:ENGINE"]'}
    with running_server(tmp_path, **named) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.url)
        page.locator("#api-key").fill("a-key-for-this-test-only")
        page.get_by_role("button", name="Use this key").click()
        expect(page.locator("#api-key")).to_have_count(0)
        speak(page, "Hello.")
        assert page.evaluate("Object.values(sessionStorage)") == ["a-key-for-this-test-only"]
        assert page.evaluate("JSON.stringify(localStorage)").count("a-key-for") == 0
        context.close()


def shown_seconds(page: Page, transport: str) -> float:
    """The length that the slider of a waveform tells."""
    return float(page.get_attribute(f"{transport} .waveform", "aria-valuemax") or 0)


def seconds_of(data: bytes, kind: str) -> float:
    """How long `data` really plays, by decoding all of it."""
    if kind == "pcm":
        return len(data) / 2 / 24000
    with av.open(io.BytesIO(data)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def saved(page: Page, selector: str) -> tuple[str, bytes]:
    """Press what saves a file; its name and bytes."""
    with page.expect_download() as download:
        page.click(selector)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


# Saying


def test_a_sentence_is_spoken_and_its_waveform_drawn(page: Page) -> None:
    canvas = page.locator("#say-transport canvas")
    assert canvas.evaluate(TALL_PIXELS) == 0
    speak(page, SENTENCE)
    expect(page.locator("#say-status")).to_contain_text("First sound after")
    assert shown_seconds(page, "#say-transport") > 1
    assert canvas.evaluate(TALL_PIXELS) > 100
    expect(page.locator("#speak")).to_have_text("Speak")  # again, when it was heard to the end


@pytest.mark.parametrize("kind", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_a_download_decodes_to_the_length_that_was_heard(page: Page, kind: str) -> None:
    speak(page, SENTENCE)
    page.select_option("#say-format", kind)
    name, data = saved(page, "#say-download")
    assert name == f"The ferry leaves at nine in.{'ogg' if kind == 'opus' else kind}"
    assert seconds_of(data, kind) == pytest.approx(shown_seconds(page, "#say-transport"), abs=0.2)


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
    page.click("#voice-button")
    expect(page.locator(".voice-option").first).to_contain_text("Automatic")
    page.fill(".voice-search input", "bulgarian")
    expect(page.locator(".voice-option").first).to_contain_text("Bulgarian")
    page.keyboard.press("Enter")
    expect(page.locator("#voice-button .value")).to_contain_text("Bulgarian")
    with page.expect_request("**/v1/audio/speech") as request:
        speak(page, "Добро утро.")
    assert request.value.post_data_json["voice"] != "auto"
    page.goto(server_url)
    expect(page.locator("#voice-button .value")).to_contain_text("Bulgarian")


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
    watched.page.fill("#say-text", "word " * 200_000)
    watched.page.click("#speak")
    expect(watched.page.locator("#say-problem")).to_contain_text("Request")
    expect(watched.page.locator("#say-count.over")).to_contain_text(" of ")


# Hearing


def test_a_dropped_clip_becomes_a_transcript_that_follows_the_sound(page: Page, microphone_clip: Path) -> None:
    drop(page, microphone_clip)
    words = page.locator("#transcript .word")
    expect(words.nth(2)).to_be_visible()
    expect(page.locator("#hear-name")).to_have_text(microphone_clip.name)
    assert page.locator("#hear-transport canvas").evaluate(TALL_PIXELS) > 100
    words.nth(2).click()
    expect(page.locator("#transcript .word.now")).to_have_count(1)
    expect(page.locator("#transcript .segment.now")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#hear-transport .play")).to_have_attribute("aria-label", "Play the recording")


def test_the_transcript_is_copied_and_saved_in_every_form(page: Page, microphone_clip: Path) -> None:
    drop(page, microphone_clip)
    expect(page.locator("#copy-transcript")).to_be_enabled()
    files = {kind: saved(page, f'[data-save="{kind}"]') for kind in ("txt", "srt", "vtt", "json")}
    assert {name for name, _ in files.values()} == {f"{microphone_clip.stem}.{kind}" for kind in files}
    heard = json.loads(files["json"][1])
    first = heard["segments"][0]["text"].strip()
    assert files["txt"][1].decode().startswith(first)
    assert files["srt"][1].decode().startswith("1\n00:00:0")
    assert files["vtt"][1].decode().startswith("WEBVTT\n\n00:00:0")
    page.click("#copy-transcript")
    expect(page.locator("#copy-transcript")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == files["txt"][1].decode()


def test_several_files_are_heard_one_after_another(watched: Any, microphone_clip: Path, tmp_path: Path) -> None:
    page = watched.page
    watched.refusals_expected = True
    text = tmp_path / "notes.txt"
    text.write_text("These are words, not sound. " * 40)
    drop(page, microphone_clip, text, microphone_clip)
    expect(page.locator('#hear-queue .dot[data-state="done"]')).to_have_count(2)
    expect(page.locator('#hear-queue .dot[data-state="failed"]')).to_have_count(1)
    page.click('#hear-queue button[aria-label^="notes.txt"]')
    expect(page.locator("#hear-item-problem")).to_contain_text("Request")
    page.click('#hear-queue button[aria-label="Remove notes.txt"]')
    expect(page.locator("#hear-queue li")).to_have_count(2)
    expect(page.locator("#transcript .word").first).to_be_visible()


def test_a_file_that_is_not_audio_is_answered_in_words(watched: Any) -> None:
    watched.refusals_expected = True
    page = watched.page
    page.set_input_files("#hear-files", {"name": "picture.png", "mimeType": "image/png", "buffer": b"not a picture either" * 50})
    expect(page.locator("#hear-item-problem")).to_contain_text("Request")
    expect(page.locator("#hear-status")).to_have_text("Could not be transcribed")
    expect(page.locator("#hear-retry")).to_be_visible()
    expect(page.locator('[data-save="srt"]')).to_be_disabled()


def test_what_the_microphone_hears_is_transcribed(page: Page) -> None:
    page.click("#hear-empty [data-record]")
    expect(page.locator("#rec-meter")).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    expect(page.locator("#rec-time")).to_have_text(re.compile("^0:0[4-9]$"))
    page.click("#rec-stop")
    expect(page.locator("#transcript .word").first).to_be_visible()
    assert shown_seconds(page, "#hear-transport") > 2  # a recorder's file tells no length; the page measures it


def test_a_discarded_recording_leaves_nothing(page: Page) -> None:
    page.click("#hear-empty [data-record]")
    expect(page.locator("#hear-recording")).to_be_visible()
    page.click("#rec-discard")
    expect(page.locator("#hear-empty")).to_be_visible()
    expect(page.locator("#hear-empty [data-record]")).to_be_focused()


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        (
            "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }; }",
            "address bar",
        ),
        (
            "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }; }",
            "No microphone",
        ),
        (
            "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError'); }; }",
            "another program",
        ),
        ("() => { Object.defineProperty(window, 'isSecureContext', { value: false }); }", "https"),
    ],
    ids=["refused", "missing", "busy", "insecure"],
)
def test_a_microphone_that_cannot_be_had_is_explained(page: Page, spoiled: str, words: str) -> None:
    page.evaluate(spoiled)
    page.click("#hear-empty [data-record]")
    expect(page.locator("#hear-problem")).to_contain_text(words)


def test_what_was_said_can_be_heard(page: Page) -> None:
    speak(page, SENTENCE)
    page.click("#hear-this")
    expect(page.locator("#transcript .word").first).to_be_visible()
    expect(page.locator("#hear-name")).to_have_text("The ferry leaves at nine in.wav")


# The whole page


def test_everything_is_reached_from_the_keyboard(page: Page, microphone_clip: Path) -> None:
    expect(page.locator("#say-text")).to_be_focused()
    page.keyboard.type(SENTENCE)
    page.keyboard.press("Tab")
    expect(page.locator("#voice-button")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("english")
    expect(page.locator(".voice-option").nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#voice-button .value")).to_contain_text("English")
    page.keyboard.press("Tab")
    expect(page.locator("#speed")).to_be_focused()
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

    page.set_input_files("#hear-files", microphone_clip)
    first = page.locator("#transcript .word").first
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#transcript .word").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#transcript .word.now")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_is_wide_enough(page: Page, microphone_clip: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    speak(page, SENTENCE)
    assert page.evaluate(overflow) == 0
    page.click("#voice-button")
    assert page.evaluate(overflow) == 0
    page.keyboard.press("Escape")
    page.click("#tab-hear")
    expect(page.locator("#say")).to_be_hidden()
    page.set_input_files("#hear-files", [microphone_clip, microphone_clip])
    expect(page.locator("#transcript .word").first).to_be_visible()
    assert page.evaluate(overflow) == 0


def test_the_theme_follows_the_system_until_it_is_chosen(page: Page, browser: Browser, server_url: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.click("#theme")
    assert page.evaluate(ground) == light
    page.goto(server_url)
    assert page.evaluate(ground) == light


def test_the_models_of_the_machine_are_listed(page: Page) -> None:
    page.click("#readiness summary")
    expect(page.locator("#model-list li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#model-list")).to_be_hidden()


def test_words_keep_the_punctuation_of_their_segment(page: Page) -> None:
    heard = {
        "text": "Hello, world. <b> again!",
        "segments": [
            {"start": 0, "end": 1.5, "text": " Hello, world."},
            {"start": 3599.9996, "end": 3661.25, "text": "<b> again!"},
        ],
        "words": [
            {"word": "Hello", "start": 0.1, "end": 0.5},
            {"word": "world", "start": 0.6, "end": 1.2},
            {"word": "again", "start": 3600.5, "end": 3601},
        ],
    }
    script = """async (heard) => {
      const { cuesOf, toSrt, toVtt } = await import('./console/subtitles.js');
      const cues = cuesOf(heard);
      return { pieces: cues.map((cue) => cue.pieces.map((piece) => piece.text)), srt: toSrt(cues), vtt: toVtt(cues) };
    }"""
    made = page.evaluate(script, heard)
    assert made["pieces"] == [["Hello", ", ", "world", "."], ["<b> ", "again", "!"]]
    assert made["srt"] == "1\n00:00:00,000 --> 00:00:01,500\nHello, world.\n\n2\n01:00:00,000 --> 01:01:01,250\n<b> again!\n"
    assert made["vtt"].startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello, world.\n")
    assert "&lt;b&gt; again!" in made["vtt"]
