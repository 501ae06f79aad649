"""Editing subtitles, in a real browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import hear, saved

# A recording of two cues, shown without a server's help.
CUES = """async () => {
  const { cueOf } = await import('./console/subtitles.js');
  const edits = await import('./console/cue-edits.js');
  const words = (text, from) => text.split(' ').map((word, i) => ({ word, start: from + i, end: from + i + 0.9 }));
  return { edits, cues: [
    cueOf({ text: 'One two three.', start: 0, end: 3, words: words('One two three', 0) }),
    cueOf({ text: 'Four five.', start: 4, end: 6, words: words('Four five', 4) }),
  ] };
}"""


def edited(page: Page, edit: str) -> list[list[Any]]:
    """What `edit(edits, cues)` makes of two cues: text, start and end of each."""
    shown = "map(({ text, start, end }) => [text, start, end])"
    script = f"async () => {{ const {{ edits, cues }} = await ({CUES})(); return ({edit})(edits, cues).{shown}; }}"
    result: list[list[Any]] = page.evaluate(script)
    return result


def subtitles(page: Page) -> list[dict[str, Any]]:
    """The cues as they would be saved."""
    segments: list[dict[str, Any]] = json.loads(saved(page, '[data-save="json"]')[1])["segments"]
    return segments


def test_text_is_edited_where_it_stands_and_what_is_saved_is_what_was_edited(page: Page, microphone_clip: Path) -> None:
    hear(page, microphone_clip)
    page.locator("#transcript .segment p").first.dblclick()
    page.fill(".cue-text", "Quite other words.")
    page.keyboard.press("Escape")
    expect(page.locator("#transcript .segment p").first).to_have_text("Quite other words.")
    assert "Quite other words." in saved(page, '[data-save="srt"]')[1].decode()
    page.click("#edit-undo")
    expect(page.locator("#transcript .segment p").first).not_to_have_text("Quite other words.")
    expect(page.locator("#edit-undo")).to_be_disabled()


def test_a_subtitle_is_split_and_joined_from_the_keyboard(page: Page, microphone_clip: Path) -> None:
    hear(page, microphone_clip)
    before = subtitles(page)
    page.locator("#transcript .word").first.focus()
    page.keyboard.press("F2")
    expect(page.locator(".cue-text")).to_be_focused()
    first = before[0]["text"].split()[0]
    page.keyboard.press("Control+Home")
    for _ in first:
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#transcript .segment")).to_have_count(len(before) + 1)
    page.keyboard.press("Escape")
    after = subtitles(page)
    assert after[0]["text"] == first
    assert after[0]["end"] <= after[1]["start"] == pytest.approx(before[0]["words"][1]["start"])
    page.locator("#transcript .word").nth(1).focus()
    page.keyboard.press("F2")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    assert subtitles(page)[0]["text"] == before[0]["text"]


def test_times_are_moved_by_hand_by_key_and_by_dragging_over_the_waveform(page: Page, microphone_clip: Path) -> None:
    hear(page, microphone_clip)
    start = subtitles(page)[0]["start"]
    page.click("#edit-start")
    field = page.get_by_label("Begins at")
    field.fill("0:00.150")
    field.press("Enter")
    expect(field).to_have_value("0:00.150")
    field.press("ArrowUp")
    expect(field).to_have_value("0:00.250")
    page.locator(".cue-text").focus()
    page.keyboard.press("Alt+Comma")
    expect(field).to_have_value("0:00.150")
    end = page.get_by_label("Ends at").input_value()
    box = page.locator("#hear-transport .waveform").bounding_box()
    assert box is not None
    handles = page.evaluate(
        """() => import('./console/cue-edits.js').then(({ secondsOf }) => {
          const [start, end] = [...document.querySelectorAll('.time-field')].map((field) => secondsOf(field.value));
          const total = Number(document.querySelector('#hear-transport .waveform').getAttribute('aria-valuemax'));
          return { end, to: Math.min(total, end + 1.5), from: Math.max(0, start - 1.5) };
        })"""
    )
    at = box["x"] + box["width"] * (handles["end"] - handles["from"]) / (handles["to"] - handles["from"])
    page.mouse.move(at, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(at - 80, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.get_by_label("Ends at")).not_to_have_value(end)
    page.keyboard.press("Escape")
    for _ in range(4):
        if page.locator("#edit-undo").is_enabled():
            page.click("#edit-undo")
    assert subtitles(page)[0]["start"] == start


def test_all_subtitles_are_shifted_at_once(page: Page, microphone_clip: Path) -> None:
    hear(page, microphone_clip)
    before = subtitles(page)
    page.fill("#shift-seconds", "1.5")
    page.click("#shift-all")
    after = subtitles(page)
    assert [one["start"] for one in after] == pytest.approx([one["start"] + 1.5 for one in before])
    assert after[0]["words"][0]["start"] == pytest.approx(before[0]["words"][0]["start"] + 1.5)


def test_edits_keep_subtitles_in_order_and_of_some_length(page: Page) -> None:
    assert edited(page, "(e, c) => e.split(c, 0, 8)") == [["One two", 0, 1.9], ["three.", 2, 3], ["Four five.", 4, 6]]
    assert edited(page, "(e, c) => e.split(c, 0, 0)") == [["One two three.", 0, 3], ["Four five.", 4, 6]]
    assert edited(page, "(e, c) => e.join(c, 0)") == [["One two three. Four five.", 0, 6]]
    assert edited(page, "(e, c) => e.join(c, 1)") == [["One two three.", 0, 3], ["Four five.", 4, 6]]
    assert edited(page, "(e, c) => e.remove(c, 0)") == [["Four five.", 4, 6]]
    assert edited(page, "(e, c) => e.retimed(c, 1, { start: 1 })")[1] == ["Four five.", 3, 6]
    assert edited(page, "(e, c) => e.retimed(c, 0, { end: 9 })")[0] == ["One two three.", 0, 4]
    assert edited(page, "(e, c) => e.retimed(c, 0, { end: -1 })")[0] == ["One two three.", 0, 0.1]
    assert edited(page, "(e, c) => e.shifted(c, -9)") == [["One two three.", 0, 3], ["Four five.", 4, 6]]
    times = page.evaluate("import('./console/cue-edits.js').then((e) => ['1:02.5', '1:00:00', '7', 'x', '1:x'].map(e.secondsOf))")
    assert times == [62.5, 3600, 7, None, None]
    assert page.evaluate("import('./console/cue-edits.js').then((e) => [62.5, 3661.25].map(e.timeText))") == [
        "1:02.500",
        "1:01:01.250",
    ]


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


def test_long_segments_become_subtitles_that_can_be_read(page: Page) -> None:
    text = (
        "When the ferry had left, nobody on the pier said a word; the gulls went on as if nothing had happened, and the rain began."
    )
    script = """async (text) => {
      const { cuesOfSegment, inLines } = await import('./console/subtitles.js');
      const words = text.split(' ').map((word, i) => ({ word: word.replace(/[,;.]/, ''), start: i * 0.4, end: i * 0.4 + 0.3 }));
      return cuesOfSegment({ text, start: 0, end: 10, words }).map((cue) => ({ ...cue, lines: inLines(cue.text).split('\\n') }));
    }"""
    cues = page.evaluate(script, text)
    assert " ".join(cue["text"] for cue in cues) == text
    assert all(cue["end"] - cue["start"] <= 7 for cue in cues)
    assert all(len(line) <= 44 for cue in cues for line in cue["lines"])
    assert all(cue["text"][-1] in ",;." for cue in cues)


def test_hours_of_subtitles_make_words_only_where_they_are_seen(page: Page) -> None:
    script = """async () => {
      const { Transcript } = await import('./console/transcript.js');
      const { cueOf } = await import('./console/subtitles.js');
      const place = document.createElement('div');
      Object.assign(place.style, { position: 'fixed', inset: 0, overflow: 'auto', zIndex: 99 });
      document.body.append(place);
      const words = (i) => Array.from({ length: 8 }, (_, n) => ({ word: `w${n}`, start: 3 * i + n / 4, end: 3 * i + n / 4 + 0.2 }));
      const transcript = new Transcript(place);
      const cue = (i) => cueOf({ text: words(i).map(({ word }) => word).join(' '), start: 3 * i, end: 3 * i + 2.5, words: words(i) });
      transcript.show(Array.from({ length: 4000 }, (_, i) => cue(i)));
      transcript.follow(3 * 3000 + 1);
      const count = (name) => place.querySelectorAll(name).length;
      return { segments: count('.segment'), words: count('.word'), now: place.querySelector('.word.now').textContent };
    }"""
    made = page.evaluate(script)
    assert made["segments"] == 4000
    assert made["words"] < 2000
    assert made["now"] == "w4"
