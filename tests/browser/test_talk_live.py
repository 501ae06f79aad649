"""A spoken conversation in a real browser with a real server: what the caller says, and what is kept of a reply that is cut short.

A parrot speaks, so that every sample of a reply tells which letters of it have been heard.
"""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, WebSocket, WebSocketRoute, expect

from tests.api.realtime_client import spoken as recorded
from tests.api.realtime_client import talking
from tests.browser.conftest import Watched
from tests.conftest import DATA, Server, running_server
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.testing.parrot_engine import PARROT_ENGINE, RATE_HZ, Ear, Mood

QUESTION = "flite-garden-awb.wav"
HEARD = "we have three apple trees in the garden"
INTERRUPTION = "flite-letter-kal16.wav"
REPLY = " ".join(
    f"The ferry number {number} leaves the harbour of the old town at noon and comes back in the evening with the mail."
    for number in ("one", "two", "three", "four", "five", "six", "seven", "eight")
)
PHASE = "#talk-phase"
# In the page, instead of a microphone: silence, and what a test has it `hear`.
MICROPHONE = """() => {
  let context = null;
  let out = null;
  window.hear = (base64, rateHz) => {
    const pcm = new Int16Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
    const buffer = context.createBuffer(1, pcm.length, rateHz);
    buffer.copyToChannel(Float32Array.from(pcm, (sample) => sample / 32768), 0);
    const node = new AudioBufferSourceNode(context, { buffer });
    node.connect(out);
    node.start();
  };
  navigator.mediaDevices.getUserMedia = async () => {
    context = new AudioContext();
    out = context.createMediaStreamDestination();
    const silence = new ConstantSourceNode(context, { offset: 0 });
    silence.connect(out);
    silence.start();
    return out.stream;
  };
}"""


@pytest.fixture(scope="module")
def parrots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose voices hold their text, and whose assistant has a long story to tell."""
    directory = tmp_path_factory.mktemp("parrots")
    script = directory / "script.json"
    script.write_text(json.dumps({"otherwise": REPLY}))
    settings = {
        "VOXHELM_MODELS__EXTRA_ENGINES": f'["{PARROT_ENGINE}"]',
        "VOXHELM_MODELS__OFFLINE": "true",
        "VOXHELM_ROUTES__TRANSCRIPTION": '{"*": ["pocketsphinx-en-us"]}',  # a parrot's ear understands no people
        "VOXHELM_REALTIME__ASSISTANT": "scripted",
        "VOXHELM_REALTIME__SCRIPT_FILE": str(script),
    }
    with running_server(directory, **settings) as server:
        yield server


class Wire:
    """What the page and the server said to each other, and a second pair of eyes on the conversation."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url
        self._locations: list[str] = []
        self.received: list[dict[str, Any]] = []
        page.on("websocket", self._opened)
        page.on("response", lambda answer: self._locations.append(answer.headers.get("location", "")))

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(json.loads(frame)))

    def kept(self, stack: ExitStack, item_id: str, transport: str) -> dict[str, Any]:
        """The item, as the server has it: by WebSocket the page itself asks for it, a call is joined from beside."""
        if transport == "websocket":
            while not (told := [event["item"] for event in self.received if event["type"] == "conversation.item.retrieved"]):
                self._page.wait_for_timeout(10)  # lets events of the page come in
            return dict(told[-1])
        call_id = next(place for place in self._locations if "/rtc_" in place).split("/")[-1]
        beside = stack.enter_context(talking(self._url, f"?call_id={call_id}"))
        beside.say("conversation.item.retrieve", item_id=item_id)
        return dict(beside.until("conversation.item.retrieved")[-1]["item"])


@pytest.fixture
def wire(browser: Browser, parrots: Server) -> Iterator[tuple[Page, Wire]]:
    """The Talk panel of that server, and what travels."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, permissions=["microphone"])
    watched = Watched(context.new_page(), parrots.url)
    watched.page.add_init_script(f"({MICROPHONE})()")
    wire = Wire(watched.page, parrots.url)
    watched.page.goto(f"{parrots.url}/#talk")
    yield watched.page, wire
    context.close()
    assert watched.complaints == []
    assert watched.foreign == []


def ear(samples: NDArray[np.int16], rate_hz: int) -> str:
    """What a parrot is heard to say."""
    sound = Pcm(soxr.resample(samples, rate_hz, RATE_HZ), RATE_HZ)
    segments = Ear(Mood(ModelSpec("ear", "parrot", Capability.TRANSCRIPTION, ()))).transcribe(iter([sound]), TranscribeOptions())
    return " ".join(segment.text.strip() for segment in segments)


def say(page: Page, clip: str) -> None:
    """Speak into the microphone."""
    page.evaluate("(sound) => hear(sound, 24000)", base64.b64encode(recorded(DATA / clip).astype("<i2").tobytes()).decode())


def whole_words(letters: int) -> str:
    """Of the reply, the words that end within so many letters."""
    return REPLY[: letters + 1].rpartition(" ")[0] if letters < len(REPLY) else REPLY


@pytest.mark.parametrize("transport", ["websocket", "webrtc"])
def test_what_a_caller_heard_before_interrupting_is_what_the_server_keeps_word_by_word(
    wire: tuple[Page, Wire], transport: str
) -> None:
    page, travelled = wire
    page.select_option("#talk-transport", transport)
    page.click("#talk-connect")
    expect(page.locator(PHASE)).to_have_text("Listening")
    say(page, QUESTION)
    expect(page.locator(PHASE)).to_have_text("Speaking")
    expect(page.locator(".turn.user p").first).to_have_text(HEARD)
    expect(page.locator("#talk-latency")).to_contain_text("after you were done")
    expect(page.locator(".w.said").nth(6)).to_be_visible()
    say(page, INTERRUPTION)
    expect(page.locator(".turn.assistant del")).to_be_visible()
    reply = page.locator(".turn.assistant").first
    with ExitStack() as stack:
        item = travelled.kept(stack, reply.get_attribute("data-id") or "", transport)
    (content,) = item["content"]
    sound = np.frombuffer(base64.b64decode(content["audio"]), dtype="<i2")
    letters = len(ear(sound, 24_000))
    assert REPLY.startswith(ear(sound, 24_000)[:-1])  # the last letter may be cut in its middle
    # Words that end where the sound was cut are heard, or nearly.
    assert content["transcript"] in {whole_words(letters + more) for more in (-2, -1, 0, 1)}
    assert len(content["transcript"].split()) >= 4
    # The page shows the same: what was heard, and struck out what was not, as far as it had come.
    shown = page.locator(".turn.assistant p").first
    expect(shown).to_have_text(re.compile(rf"^{re.escape(content['transcript'])}\s+Not heard: "))
    told = shown.locator("del").evaluate("(one) => one.lastChild.textContent")
    assert REPLY[len(content["transcript"]) :].strip().startswith(told)


def test_a_connection_that_breaks_while_somebody_speaks_is_not_noticed(wire: tuple[Page, Wire]) -> None:
    page, _ = wire
    sockets: list[WebSocketRoute] = []

    def passed_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        server = socket.connect_to_server()

        def told(message: str | bytes) -> None:
            socket.send(message)
            if len(sockets) == 1 and json.loads(message)["type"] == "input_audio_buffer.speech_started":
                socket.close(code=1011, reason="the network is gone")

        server.on_message(told)

    page.route_web_socket(re.compile("/v1/realtime"), passed_on)
    page.reload()
    page.select_option("#talk-transport", "websocket")
    page.click("#talk-connect")
    expect(page.locator(PHASE)).to_have_text("Listening")
    say(page, QUESTION)
    expect(page.locator(".turn.user p")).to_have_text([HEARD])
    expect(page.locator(PHASE)).to_have_text("Speaking")
    assert len(sockets) == 2
    assert "resume=" in sockets[1].url
    expect(page.locator("#talk-notice")).to_be_hidden()


@pytest.mark.slow
def test_a_call_that_is_lost_is_made_anew_and_the_conversation_goes_on(wire: tuple[Page, Wire]) -> None:
    page, _ = wire
    page.add_init_script(
        """window.peers = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(options) { super(options); window.peers.push(this); }
        };"""
    )
    page.reload()
    page.select_option("#talk-transport", "webrtc")
    page.click("#talk-connect")
    expect(page.locator(PHASE)).to_have_text("Listening")
    say(page, QUESTION)
    expect(page.locator(PHASE)).to_have_text("Speaking")
    page.evaluate(
        """() => {
          Object.defineProperty(window.peers[0], 'connectionState', { get: () => 'failed' });
          window.peers[0].dispatchEvent(new Event('connectionstatechange'));
        }"""
    )
    expect(page.locator("#talk-notice")).to_have_text("The line was lost, and a new call was made. The conversation goes on.")
    expect(page.locator(PHASE)).to_have_text("Listening")
    expect(page.locator(".turn.assistant del")).to_be_visible()
    say(page, QUESTION)
    expect(page.locator(".turn.user p")).to_have_text([HEARD, HEARD])
    expect(page.locator(PHASE)).to_have_text("Speaking")


def test_where_keys_are_asked_for_one_is_asked_for_and_the_socket_gets_a_secret_in_its_place(
    browser: Browser, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text("console: a-key-for-this-test-only\n")
    engine = f'["{PARROT_ENGINE}"]'
    with running_server(
        tmp_path, VOXHELM_IDENTITY__KEY_FILES=f'["{keys}"]', VOXHELM_MODELS__EXTRA_ENGINES=engine, VOXHELM_MODELS__OFFLINE="true"
    ) as server:
        context = browser.new_context(permissions=["microphone"])
        page = context.new_page()
        page.add_init_script(f"({MICROPHONE})()")
        page.goto(f"{server.url}/#talk")
        page.get_by_role("button", name="Not now").click()
        page.select_option("#talk-transport", "websocket")
        page.click("#talk-connect")
        page.locator("#api-key").fill("a-key-for-this-test-only")
        page.keyboard.press("Enter")
        expect(page.locator(PHASE)).to_have_text("Listening")
        page.click("#talk-connect")
        page.select_option("#talk-transport", "webrtc")
        page.click("#talk-connect")
        expect(page.locator(PHASE)).to_have_text("Listening")
        page.fill("#talk-text", "Is anybody there?")
        page.keyboard.press("Enter")
        expect(page.locator(".turn.assistant p")).to_have_text("Is anybody there?")
        context.close()
        assert "a-key-for-this-test-only" not in (tmp_path / "server.log").read_text()
