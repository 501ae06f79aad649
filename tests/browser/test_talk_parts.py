"""What the Talk panel is made of, in a real browser but without a page's help: times, words, and what is kept for later."""

from typing import Any

import pytest
from playwright.sync_api import Page


def run(page: Page, module: str, script: str, given: object = None) -> Any:
    """What `script`, a function of the module and of `given`, comes to."""
    return page.evaluate(f"async ([module, given]) => ({script})(await import(`./console/${{module}}`), given)", [module, given])


DIALOGUE = """({ Dialogue }, events) => {
  const dialogue = new Dialogue();
  const wishes = events.flatMap((event) => dialogue.take(event).map(({ kind }) => kind));
  const entries = dialogue.entries.map(({ role, text, ended, kept }) => [role, text, ended, kept]);
  return { entries, wishes, phase: dialogue.phase(false), history: dialogue.history() };
}"""
TRANSCRIPTION = "conversation.item.input_audio_transcription"


def message(item_id: str, role: str, text: str = "") -> dict[str, Any]:
    kind = "input_text" if role == "user" else "output_audio"
    content = [{"type": kind, "text" if role == "user" else "transcript": text}] if text else []
    return {"id": item_id, "type": "message", "role": role, "content": content}


def spoken(item_id: str, text: str, **fields: object) -> dict[str, Any]:
    return {"type": "response.output_audio_transcript.delta", "response_id": "r", "item_id": item_id, "delta": text, **fields}


def test_a_cough_leaves_no_trace(page: Page) -> None:
    events = [
        {"type": "input_audio_buffer.speech_started", "item_id": "u"},
        {"type": "input_audio_buffer.speech_stopped", "item_id": "u"},
        {"type": "input_audio_buffer.committed", "item_id": "u"},
        {"type": f"{TRANSCRIPTION}.completed", "item_id": "u", "transcript": " "},
    ]
    made = run(page, "dialogue.js", DIALOGUE, events)
    assert made["entries"] == []
    assert made["phase"] == "listening"


def test_an_item_stands_behind_the_one_that_it_follows(page: Page) -> None:
    events = [
        {"type": "conversation.item.added", "item": message("a", "user", "One."), "previous_item_id": None},
        {"type": "conversation.item.added", "item": message("c", "user", "Three."), "previous_item_id": "a"},
        {"type": "conversation.item.added", "item": message("b", "user", "Two."), "previous_item_id": "a"},
        {"type": "conversation.item.deleted", "item_id": "c"},
    ]
    assert [text for _, text, _, _ in run(page, "dialogue.js", DIALOGUE, events)["entries"]] == ["One.", "Two."]


def test_of_a_reply_that_was_cut_short_the_servers_words_count(page: Page) -> None:
    begun = [
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.output_item.added", "response_id": "r", "item": message("a", "assistant")},
        spoken("a", "One two three.", start_ms=0, end_ms=1400),
    ]
    cut = {"type": "conversation.item.truncated", "item_id": "a", "audio_end_ms": 900}
    guessed = run(page, "dialogue.js", DIALOGUE, [*begun, cut])
    assert guessed["entries"] == [["assistant", "One two three.", True, "One two"]]
    assert guessed["wishes"] == ["retrieve"]
    told = run(
        page,
        "dialogue.js",
        DIALOGUE,
        [*begun, cut, {"type": "conversation.item.retrieved", "item": message("a", "assistant", "One")}],
    )
    assert told["entries"] == [["assistant", "One two three.", True, "One"]]
    assert told["history"] == [
        {"id": "a", "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "One"}]}
    ]


def test_a_reply_of_which_nothing_came_leaves_no_trace(page: Page) -> None:
    events = [
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.output_item.added", "response_id": "r", "item": message("a", "assistant")},
        {"type": "response.done", "response": {"id": "r", "status": "cancelled", "status_details": {"reason": "turn_detected"}}},
    ]
    made = run(page, "dialogue.js", DIALOGUE, events)
    assert made["entries"] == []
    assert made["wishes"] == ["hush"]
    assert made["phase"] == "listening"


def test_words_sound_in_proportion_to_their_letters_where_nobody_knows_better(page: Page) -> None:
    entry = {
        "text": "One two. Three four",
        "soundMs": 2_000,
        "pieces": [{"from": 0, "to": 9, "startMs": 0, "endMs": None}, {"from": 9, "to": 19, "startMs": 900, "endMs": None}],
    }
    words = run(
        page,
        "timed-words.js",
        "({ wordsOf }, entry) => wordsOf(entry).map(({ text, startMs, endMs }) => [text, startMs, endMs])",
        entry,
    )
    assert words == [["One ", 0, 300], ["two. ", 400, 800], ["Three ", 900, 1450], ["four", 1560, 2000]]


def test_what_was_played_is_known_to_the_millisecond(page: Page) -> None:
    script = """({ Playout }) => {
      const playout = new Playout();
      playout.add('a', 1, 0.5);
      playout.add('a', 1.5, 0.5);
      playout.finish('a');
      playout.add('b', 2, 1);
      playout.add('c', 3, 1);
      const before = [playout.at(0.5), playout.at(1.7), playout.at(2.25)];
      playout.forget(2.1);
      return { before, sounds: playout.soundsAt(3.9), cut: playout.cut(2.3004), after: playout.soundsAt(2.3) };
    }"""
    made = run(page, "playout.js", script)
    assert made["before"] == [None, {"itemId": "a", "ms": pytest.approx(700)}, {"itemId": "b", "ms": pytest.approx(250)}]
    assert made["cut"] == [{"itemId": "b", "playedMs": 300}, {"itemId": "c", "playedMs": 0}]
    assert made["sounds"]
    assert not made["after"]


def test_an_utterance_that_a_broken_connection_cut_is_said_again_and_what_was_sent_is_not(page: Page) -> None:
    script = """({ Outgoing }) => {
      const outgoing = new Outgoing(5000);
      const say = (from, to) => { for (let at = from; at < to; at += 1) outgoing.give(`s${String(at).padStart(3, '0')}`, 100, 0); };
      outgoing.give('update', 0, 0);
      say(0, 50);
      outgoing.begun();
      say(50, 55);
      outgoing.broke(0, true);
      const utterance = outgoing.take().map(({ text }) => text);
      say(55, 60);
      outgoing.ended();
      outgoing.give('cancel', 0, 10);
      outgoing.give('s999', 100, 10);
      outgoing.broke(10, false);
      const unsent = outgoing.take().map(({ text }) => text);
      for (let at = 0; at < 60; at += 1) outgoing.hold(`h${at}`, 100);
      return { utterance, unsent, heldMs: outgoing.heldMs, first: outgoing.take()[0].text };
    }"""
    made = run(page, "outgoing.js", script)
    assert made["utterance"][-5:] == ["s050", "s051", "s052", "s053", "s054"]
    assert len(made["utterance"]) == 5 + 30  # and its beginning, before anybody knew of it
    assert made["unsent"] == ["cancel", "s999"]
    assert made["heldMs"] == 5_000
    assert made["first"] == "h10"


def test_who_tries_again_does_so_ever_more_seldom_and_gives_up(page: Page) -> None:
    script = """({ Retry }) => {
      const retry = new Retry(10_000, () => 0.5);
      const waits = [];
      for (let now = 0; ;) {
        const wait = retry.next(now, now === 0 ? 0 : 100);
        waits.push(wait);
        if (wait === null) return waits;
        now += wait + 1;
      }
    }"""
    assert run(page, "retry.js", script) == [0, 250, 500, 1_000, 2_000, 4_000, None]


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100, 48_000, 96_000])
def test_any_microphone_comes_at_24_khz_without_a_seam(page: Page, rate_hz: int) -> None:
    script = """({ Resampler }, rateHz) => {
      const loudness = (hz) => {
        const resampler = new Resampler(rateHz, 24000);
        const out = [];
        for (let from = 0; from < rateHz; from += 441) {
          const wave = (_, i) => Math.sin((2 * Math.PI * hz * (from + i)) / rateHz);
          out.push(...resampler.push(Float32Array.from({ length: Math.min(441, rateHz - from) }, wave)));
        }
        const middle = out.slice(2000, -2000);
        const sum = middle.reduce((total, sample) => total + sample * sample, 0);
        const steepest = middle.slice(1).reduce((most, sample, i) => Math.max(most, Math.abs(sample - middle[i])), 0);
        return { count: out.length, decibels: 10 * Math.log10((2 * sum) / middle.length + 1e-12), steepest };
      };
      return [loudness(440), loudness(15000)];
    }"""
    low, high = run(page, "resampler.js", script, rate_hz)
    assert low["count"] == pytest.approx(24_000, abs=40)
    assert low["decibels"] == pytest.approx(0, abs=0.05)
    assert low["steepest"] < 0.12  # of a sine of 440 Hz; a seam would be steeper
    if rate_hz >= 44_100:
        assert high["decibels"] < -60  # what 24 kHz cannot hold does not come back as another tone


def test_the_beginning_and_the_end_of_a_voice_are_found_above_the_noise_of_the_room(page: Page) -> None:
    script = """({ OwnVoice }) => {
      const voice = new OwnVoice();
      for (let ms = 20; ms <= 4000; ms += 20) voice.hear(ms > 1000 && ms <= 2000 ? -25 : -48, ms, 0.02);
      const quiet = [voice.onsetMs, voice.takeEnd()];
      for (let ms = 20; ms <= 60; ms += 20) voice.hear(-120, ms, 0.02);
      return [...quiet, voice.onsetMs, voice.takeEnd()];
    }"""
    assert run(page, "own-voice.js", script) == [1_000, 2_000, None, None]


def test_who_speaks_from_the_first_moment_on_is_not_taken_for_the_room(page: Page) -> None:
    script = """({ OwnVoice }) => {
      const voice = new OwnVoice();
      for (let ms = 20; ms <= 600; ms += 20) voice.hear(-25, ms, 0.02);
      return [voice.onsetMs, voice.takeEnd()];
    }"""
    assert run(page, "own-voice.js", script) == [0, 600]
