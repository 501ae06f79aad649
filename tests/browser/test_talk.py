"""A spoken conversation in a real browser, against a server that says what the test tells it to."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched
from tests.browser.scripted_realtime import ScriptedRealtime

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
REPLY = "One two three four five six seven eight nine ten."
PHASE = "#talk-phase"
PROBLEM = "#talk-problem"
LOUD = re.compile(r"^([3-9]\d|100)$")


@pytest.fixture
def talk(browser: Browser, server_url: str) -> Iterator[Watched]:
    """The console at its Talk panel, with a microphone that is silent until it is told to `say` something."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, permissions=["microphone"])
    watched = Watched(context.new_page(), server_url)
    yield watched
    context.close()
    assert watched.complaints == []


@pytest.fixture
def realtime(talk: Watched, server_url: str) -> ScriptedRealtime:
    """The server of the page, by WebSocket."""
    scripted = ScriptedRealtime(talk.page)
    talk.page.add_init_script(
        "localStorage.getItem('voxhelm.talk') ?? localStorage.setItem('voxhelm.talk', '{\"transport\": \"websocket\"}')"
    )
    talk.page.goto(f"{server_url}/#talk")
    return scripted


def connect(page: Page, realtime: ScriptedRealtime) -> None:
    """Begin a conversation, and wait until it has begun."""
    page.click("#talk-connect")
    expect(page.locator(PHASE)).to_have_text("Listening")
    realtime.wait_for("session.update")


def begin_reply(page: Page, realtime: ScriptedRealtime, seconds: float = 10.0) -> None:
    """A reply that is heard at this moment."""
    realtime.begin_reply(1)
    realtime.speak(1, REPLY, seconds)
    expect(page.locator(PHASE)).to_have_text("Speaking")


def test_both_sides_are_read_as_they_come_and_words_light_up_as_they_are_heard(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    connect(page, realtime)
    session = realtime.last("session.update")["session"]
    assert session["audio"]["input"]["turn_detection"] == {"type": "server_vad"}
    assert session["audio"]["output"]["voice"] == "auto"
    page.evaluate("say(true)")
    expect(page.locator("#talk-mine")).to_have_attribute("aria-valuenow", LOUD)
    realtime.tell("input_audio_buffer.speech_started", item_id="heard", audio_start_ms=0)
    expect(page.locator(PHASE)).to_have_text("Hearing you")
    realtime.tell("conversation.item.input_audio_transcription.delta", item_id="heard", content_index=0, delta="Count to")
    expect(page.locator(".turn.user.growing p")).to_have_text("Count to")
    page.evaluate("say(false)")
    realtime.hear("heard", "Count to ten.")
    expect(page.locator(".turn.user p")).to_have_text("Count to ten.")
    expect(page.locator(PHASE)).to_have_text("Thinking")
    begin_reply(page, realtime)
    expect(page.locator(".w.said").nth(2)).to_be_visible()
    states = page.evaluate("[...document.querySelectorAll('.w')].map((word) => word.className)")
    now = states.index("w said sounds")
    assert states == ["w said"] * now + ["w said sounds"] + ["w"] * (9 - now)
    realtime.end_reply(1)
    expect(page.locator(PHASE)).to_have_text("Listening")
    expect(page.locator(".w.said")).to_have_count(10)
    expect(page.locator("#talk-latency")).to_have_text(re.compile(r"WebSocket · first sound \d+(\.\d)? m?s after you were done"))


def test_who_interrupts_is_told_what_was_heard_and_no_more(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    connect(page, realtime)
    begin_reply(page, realtime)
    expect(page.locator(".w.said").nth(3)).to_be_visible()
    realtime.kept = "One two three"
    realtime.tell("input_audio_buffer.speech_started", item_id="heard", audio_start_ms=0)
    cut = realtime.wait_for("conversation.item.truncate")
    assert cut["item_id"] == "item_reply_1"
    assert 2_600 < cut["audio_end_ms"] < 10_000  # the fourth word had begun
    expect(page.locator(PHASE)).to_have_text("Hearing you")
    expect(page.locator(".turn.assistant del")).to_have_text("Not heard: four five six seven eight nine ten.")
    expect(page.locator(".turn.assistant p")).to_contain_text("One two three")
    assert page.evaluate("document.querySelector('#talk-theirs').ariaValueNow") is not None
    # What still comes of the reply is not played.
    realtime.speak(1, " Eleven.", 1.0)
    realtime.end_reply(1, "cancelled", "turn_detected")
    realtime.hear("heard", "Stop.")
    expect(page.locator(PHASE)).to_have_text("Thinking")


def test_a_connection_that_breaks_is_taken_up_and_nothing_that_was_said_is_lost(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    connect(page, realtime)
    page.evaluate("say(true)")
    realtime.tell("input_audio_buffer.speech_started", item_id="first", audio_start_ms=0)
    realtime.tell("conversation.item.input_audio_transcription.delta", item_id="first", content_index=0, delta="Where was")
    expect(page.locator(".turn.user p")).to_have_text("Where was")
    realtime.said.clear()
    while realtime.sound_ms() < 300:
        page.wait_for_timeout(10)
    said_ms = realtime.sound_ms()
    realtime.said.clear()
    realtime.drop()
    while len(realtime.addresses) < 2:
        page.wait_for_timeout(10)
    assert "resume=token-1" in realtime.addresses[1]
    assert re.search(r"after=event_\d+", realtime.addresses[1])
    expect(page.locator(PHASE)).to_have_text("Listening")
    page.wait_for_timeout(50)
    # The server forgot what was being said: it is said again from its beginning.
    assert realtime.sound_ms() > said_ms
    realtime.tell("input_audio_buffer.speech_started", item_id="second", audio_start_ms=0)
    realtime.tell("conversation.item.input_audio_transcription.delta", item_id="second", content_index=0, delta="Where was I?")
    expect(page.locator(".turn.user p")).to_have_text(["Where was I?"])
    assert "session.update" not in realtime.kinds()


def test_a_conversation_that_the_server_has_ended_says_so(talk: Watched, realtime: ScriptedRealtime) -> None:
    connect(talk.page, realtime)
    realtime.drop(1000)
    expect(talk.page.locator(PROBLEM)).to_contain_text("ended the conversation")
    expect(talk.page.locator("#talk-connect")).to_have_text("Connect")


def test_what_goes_wrong_is_said_in_the_servers_words(talk: Watched, realtime: ScriptedRealtime) -> None:
    connect(talk.page, realtime)
    realtime.begin_reply(1)
    realtime.tell("error", error={"type": "server_error", "code": "engine_failed", "message": "The voice 'x' has failed."})
    expect(talk.page.locator(PROBLEM)).to_have_text("The voice 'x' has failed.")
    expect(talk.page.locator(PHASE)).to_have_text("Thinking")
    realtime.end_reply(1, "failed")
    expect(talk.page.locator(PHASE)).to_have_text("Listening")


def test_a_refused_microphone_is_said_and_typing_works_all_the_same(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }; }"
    )
    page.click("#talk-connect")
    expect(page.locator(PROBLEM)).to_contain_text("Allow it in the address bar, then connect again, or type instead.")
    expect(page.locator("#talk-connect")).to_have_text("Connect")
    page.fill("#talk-text", "Good morning.")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.user p")).to_have_text("Good morning.")
    assert realtime.kinds()[-2:] == ["conversation.item.create", "response.create"]
    assert realtime.sound_ms() == 0
    expect(page.locator("#talk-text")).to_have_value("")
    expect(page.locator(PROBLEM)).to_be_hidden()
    expect(page.locator("#talk-mute")).to_have_text("Use the microphone")
    begin_reply(page, realtime)
    page.keyboard.press("Escape")
    realtime.wait_for("conversation.item.truncate")


def test_a_page_that_is_not_secure_says_what_to_do(talk: Watched, realtime: ScriptedRealtime, server_url: str) -> None:
    talk.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false })")
    talk.page.goto(f"{server_url}/?lan#talk")
    talk.page.click("#talk-connect")
    expect(talk.page.locator(PROBLEM)).to_contain_text("Open Voxhelm over https, or as http://localhost")
    expect(talk.page.locator(PROBLEM)).to_contain_text("Typing works here all the same.")
    assert realtime.addresses == []


def test_a_key_is_held_to_speak(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    page.select_option("#talk-detection", "push")
    page.click("#talk-connect")
    expect(page.locator(PHASE)).to_have_text("Hold Space to speak")
    session = realtime.wait_for("session.update")["session"]
    assert session["audio"]["input"]["turn_detection"] is None
    assert realtime.sound_ms() == 0
    page.locator("#talk-log").focus()
    page.evaluate("say(true)")
    page.keyboard.down("Space")
    expect(page.locator("#talk-hold")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(PHASE)).to_have_text("Hearing you")
    while realtime.sound_ms() < 300:
        page.wait_for_timeout(10)
    page.keyboard.up("Space")
    realtime.wait_for("response.create")
    assert realtime.kinds() == ["session.update", "input_audio_buffer.clear", "input_audio_buffer.commit", "response.create"]
    expect(page.locator(PHASE)).to_have_text("Thinking")
    sound_ms = realtime.sound_ms()
    begin_reply(page, realtime)
    assert realtime.sound_ms() == sound_ms  # nothing is sent that nobody wants to say
    expect(page.locator("#talk-latency")).to_contain_text("after you were done")
    # The button does the same, and interrupts.
    box = page.locator("#talk-hold").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    realtime.wait_for("conversation.item.truncate")
    assert "response.cancel" in realtime.kinds()
    page.mouse.up()
    # What follows at once would be the same press: the end of it is waited for.
    expect(page.locator("#talk-hold")).to_have_attribute("aria-pressed", "false")
    # A short press says nothing, and is explained. In the page, so that it is short on a busy machine, too.
    page.evaluate(
        """for (const kind of ['keydown', 'keyup'])
             document.body.dispatchEvent(new KeyboardEvent(kind, { code: 'Space', bubbles: true }));"""
    )
    expect(page.locator(PROBLEM)).to_contain_text("for as long as you speak")


def test_who_is_muted_is_not_heard_unless_the_space_bar_is_held(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    connect(page, realtime)
    page.evaluate("say(true)")
    page.keyboard.press("m")
    expect(page.locator("#talk-mute")).to_have_text("Unmute")
    expect(page.locator(PHASE)).to_have_text("Muted")
    expect(page.locator("#talk-mine")).to_have_attribute("aria-valuenow", "0")
    page.locator("#talk-log").focus()
    page.keyboard.down("Space")
    expect(page.locator("#talk-mine")).to_have_attribute("aria-valuenow", LOUD)
    page.keyboard.up("Space")
    expect(page.locator("#talk-mine")).to_have_attribute("aria-valuenow", "0")
    page.click("#talk-mute")
    expect(page.locator("#talk-mute")).to_have_text("Mute")
    page.fill("#talk-text", "")
    page.locator("#talk-text").press_sequentially("mm m")
    expect(page.locator("#talk-mute")).to_have_text("Mute")


def test_choices_are_remembered_and_change_a_conversation_that_goes_on(
    talk: Watched, realtime: ScriptedRealtime, server_url: str
) -> None:
    page = talk.page
    expect(page.locator("#talk-eagerness")).to_be_hidden()
    connect(page, realtime)
    page.select_option("#talk-detection", "semantic_vad")
    page.select_option("#talk-eagerness", "high")
    while realtime.last("session.update")["session"]["audio"]["input"]["turn_detection"] != {
        "type": "semantic_vad",
        "eagerness": "high",
    }:
        page.wait_for_timeout(10)
    page.fill("#talk .voice-search input", "bulgarian")
    page.keyboard.press("Enter")
    while "output" not in realtime.last("session.update")["session"]["audio"]:
        page.wait_for_timeout(10)
    begin_reply(page, realtime)
    page.locator("#talk .voice-search input").press("Enter")
    expect(page.locator("#talk-notice")).to_contain_text("from the next on")
    page.goto(f"{server_url}/?again#talk")
    expect(page.locator("#talk-detection")).to_have_value("semantic_vad")
    expect(page.locator("#talk-eagerness")).to_have_value("high")
    expect(page.locator("#talk-voice-button .value")).to_contain_text("Bulgarian")


def test_a_server_that_is_full_says_when_to_try_again(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    talk.refusals_expected = True
    body = {"error": {"message": "All 4 places for sessions are taken.", "code": "sessions_full"}}
    page.route("**/v1/realtime/calls*", lambda route: route.fulfill(status=429, headers={"retry-after": "7"}, json=body))
    page.select_option("#talk-transport", "auto")
    page.click("#talk-connect")
    expect(page.locator(PROBLEM)).to_contain_text("All 4 places for sessions are taken.")
    expect(page.locator(PROBLEM)).to_contain_text(re.compile(r"Try again in \d s"))
    expect(page.locator("#talk-connect")).to_have_text("Connect")
    assert realtime.addresses == []
    page.unroute("**/v1/realtime/calls*")
    page.select_option("#talk-transport", "websocket")
    page.locator(PROBLEM).get_by_role("button", name="Try again").click()
    expect(page.locator(PHASE)).to_have_text("Listening")
    expect(page.locator(PROBLEM)).to_be_hidden()


def test_where_webrtc_does_not_get_through_a_websocket_does_and_the_page_says_so(talk: Watched, realtime: ScriptedRealtime) -> None:
    page = talk.page
    talk.refusals_expected = True
    body = {"error": {"message": "Calls are not taken here.", "code": "not_found"}}
    page.route("**/v1/realtime/calls*", lambda route: route.fulfill(status=404, json=body))
    page.select_option("#talk-transport", "auto")
    page.click("#talk-connect")
    expect(page.locator("#talk-notice")).to_have_text("Calls are not taken here. This conversation goes over a WebSocket instead.")
    expect(page.locator("#talk-latency")).to_contain_text("WebSocket")


def test_everything_is_named_reached_from_the_keyboard_and_wide_enough_for_a_phone(
    talk: Watched, realtime: ScriptedRealtime
) -> None:
    page = talk.page
    nameless = """() => [...document.querySelectorAll('#talk :is(button:not([aria-hidden]), input, select, [role="meter"], [role="log"])')]
      .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.length || one.getAttribute('aria-labelledby')))
      .map((one) => one.outerHTML.slice(0, 120))"""
    connect(page, realtime)
    begin_reply(page, realtime, 0.5)
    realtime.end_reply(1)
    assert page.evaluate(nameless) == []
    expect(page.locator("#talk-announcer")).to_have_text(f"Voxhelm: {REPLY}")
    page.locator("#talk-mute").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#talk-connect")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#talk-text")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    for width in (360, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) == 0
    page.keyboard.press("Enter")
    expect(page.locator("#talk-connect")).to_have_text("Connect")
    expect(page.locator(PHASE)).to_have_text("Ended")
    assert page.evaluate(OVERFLOW) == 0


def test_another_microphone_is_used_at_once_and_one_that_is_unplugged_is_replaced(
    talk: Watched, realtime: ScriptedRealtime
) -> None:
    page = talk.page
    devices: list[dict[str, Any]] = [
        {"kind": "audioinput", "deviceId": "desk", "label": "Desk microphone"},
        {"kind": "audioinput", "deviceId": "headset", "label": "Headset"},
    ]
    page.evaluate(
        """(devices) => {
          navigator.mediaDevices.enumerateDevices = async () => devices;
          const give = navigator.mediaDevices.getUserMedia;
          window.asked = [];
          navigator.mediaDevices.getUserMedia = async (wish) => {
            window.asked.push(wish.audio.deviceId?.exact ?? '');
            window.given = await give();
            return window.given;
          };
          navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        }""",
        devices,
    )
    expect(page.locator("#talk-microphone option")).to_have_text(["Automatic", "Desk microphone", "Headset"])
    connect(page, realtime)
    page.select_option("#talk-microphone", "headset")
    while page.evaluate("window.asked") != ["", "headset"]:
        page.wait_for_timeout(10)
    page.evaluate("window.given.getAudioTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.locator("#talk-notice")).to_contain_text("Another one is used now")
    page.evaluate("say(true)")
    expect(page.locator("#talk-mine")).to_have_attribute("aria-valuenow", LOUD)
