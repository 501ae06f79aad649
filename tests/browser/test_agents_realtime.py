"""OpenAI's agents library for JavaScript in a browser, as it comes: a call by WebRTC that is heard, answered and interrupted."""

import base64
import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.api.realtime_client import spoken as recorded
from tests.api.realtime_client import talking
from tests.browser.conftest import Watched
from tests.clients import environments
from tests.conftest import DATA, Server
from tests.parrots import STORY, talking_server, words_in
from tests.realtime_record import Record

BUNDLE = "@openai/agents-realtime/dist/bundle/openai-realtime-agents.umd.js"
CLIPS = {"question": "flite-garden-awb.wav", "interruption": "flite-letter-kal16.wav"}
TOLD = f"{STORY} {STORY} {STORY}"
HEARD = "we have three apple trees in the garden"
# A microphone that hears what a test has it `hear`, and an ear at what is played.
PAGE = """<!doctype html><title>A page of somebody's own</title><button id="call">Call</button><script src="/bundle.js"></script>
<script>
const { OpenAIRealtimeWebRTC, OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } = OpenAIAgentsRealtime;
const told = [];
const errors = [];
let context, out, ear, session, transport;
let heardMs = 0;

window.hear = (base64) => {
  const pcm = new Int16Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
  const buffer = context.createBuffer(1, pcm.length, 24000);
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
window.peak = () => {
  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
};
const texts = () => session.history.map((item) => [item.role, (item.content ?? []).map((part) => part.transcript ?? part.text).join("")]);
const seen = (type) => told.filter((event) => event.type === type).length;

async function begin(made) {
  transport = made;
  transport.on("*", (event) => told.push(event));
  session = new RealtimeSession(new RealtimeAgent({ name: "Host", instructions: "Be brief." }), { transport, model: "gpt-realtime" });
  session.on("error", (error) => errors.push(String(error.error?.message ?? JSON.stringify(error))));
  await session.connect({ apiKey: SECRET });
}

async function call() {
  const speaker = new Audio();
  await begin(new OpenAIRealtimeWebRTC({ baseUrl: `${SERVER}/v1/realtime/calls`, audioElement: speaker }));
  ear = context.createAnalyser();
  ear.fftSize = 2048;
  context.createMediaStreamSource(speaker.srcObject).connect(ear);
  setInterval(() => { heardMs += peak() > 0.05 ? 20 : 0; }, 20);
}
async function dial() {
  await begin(new OpenAIRealtimeWebSocket({ url: `${SERVER.replace("http", "ws")}/v1/realtime?model=gpt-realtime` }));
}
document.querySelector("#call").onclick = () => call().catch((error) => errors.push(String(error)));
</script>"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose voices are parrots, and whose ears are not: they understand recordings of people."""
    settings = {
        "VOXHELM_SERVER__ALLOW_ORIGINS": '["*"]',
        "VOXHELM_ROUTES__TRANSCRIPTION": '{"*": ["pocketsphinx-en-us"]}',
        "VOXHELM_REALTIME__RUN_AHEAD_SECONDS": "10",
    }
    with talking_server(tmp_path_factory.mktemp("talking"), otherwise=TOLD, **settings) as one:
        yield one


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of another origin, though of the same machine, that has the library, a client secret, and nothing of ours."""
    modules = environments.node_modules()
    made = httpx.post(f"{server.url}/v1/realtime/client_secrets", json={}).json()
    context = browser.new_context(permissions=["microphone"])
    home = server.url.replace("127.0.0.1", "localhost")
    watched = Watched(context.new_page(), home)
    watched.page.route("**/bundle.js", lambda route: route.fulfill(path=modules / BUNDLE, content_type="text/javascript"))
    watched.page.goto(f"{home}/health/live")
    watched.page.set_content(f"<script>const SERVER = '{server.url}', SECRET = '{made['value']}'</script>{PAGE}")
    yield watched.page
    watched.page.evaluate("session.close()")
    context.close()
    assert watched.complaints == []
    assert all(url.startswith(server.url) for url in watched.foreign)


def say(page: Page, what: str) -> None:
    """Speak into the microphone."""
    page.evaluate("(sound) => hear(sound)", base64.b64encode(recorded(DATA / CLIPS[what]).astype("<i2").tobytes()).decode())


def judged(page: Page) -> Record:
    """Everything that was told, judged."""
    record = Record()
    for event in page.evaluate("told"):
        record.take(event)
    assert page.evaluate("errors") == []
    assert record.errors == []
    return record


@pytest.mark.slow
@pytest.mark.timeout(environments.FIRST_RUN_SECONDS)
def test_a_call_is_heard_answered_and_interrupted_and_what_was_heard_is_remembered(page: Page, server: Server) -> None:
    page.click("#call")
    page.wait_for_function("transport?.status === 'connected'")
    assert re.fullmatch("rtc_[0-9a-f]{32}", page.evaluate("transport.callId"))
    assert page.evaluate("seen('session.updated')") >= 1
    say(page, "question")
    page.wait_for_function("(heard) => texts().some(([role, text]) => role === 'user' && text === heard)", arg=HEARD)
    page.wait_for_function("seen('output_audio_buffer.started') === 1")
    page.wait_for_function("heardMs > 1500")
    say(page, "interruption")
    page.wait_for_function("seen('output_audio_buffer.cleared') === 1")
    page.wait_for_function("peak() < 0.01")
    page.wait_for_function("seen('conversation.item.retrieved') >= 2")
    record = judged(page)
    (truncated,) = record.all("conversation.item.truncated")
    cut = record.all("response.done")[0]["response"]
    assert (cut["status"], cut["status_details"]["reason"]) == ("cancelled", "turn_detected")
    assert cut["output"][0]["id"] == truncated["item_id"]
    assert "response.output_audio.delta" not in record.kinds
    kept = page.evaluate("(id) => session.history.find((item) => item.itemId === id).content[0].transcript", truncated["item_id"])
    with ExitStack() as stack:
        beside = stack.enter_context(talking(server.url, f"?call_id={page.evaluate('transport.callId')}"))
        beside.say("conversation.item.retrieve", item_id=truncated["item_id"])
        (content,) = beside.until("conversation.item.retrieved")[-1]["item"]["content"]
    heard = words_in(base64.b64decode(content["audio"]))
    assert content["transcript"] == kept
    assert f"{TOLD} ".startswith(f"{kept} ")
    # Words that end where the sound was cut are heard, or nearly; of the next one less than all was heard.
    assert heard.startswith(kept[:-2])
    assert len(heard) - len(kept) < 15
    assert len(kept.split()) >= 4


@pytest.mark.slow
@pytest.mark.timeout(environments.FIRST_RUN_SECONDS)
def test_a_page_shows_its_key_as_a_protocol_where_it_talks_by_websocket(page: Page) -> None:
    page.evaluate("dial()")
    page.wait_for_function("seen('session.updated') >= 1")
    page.evaluate("session.sendMessage('hello')")
    page.wait_for_function("texts().some(([role, text]) => role === 'assistant' && text === 'Good morning to you.')")
    page.wait_for_function("seen('response.done') === 1")
    record = judged(page)
    record.ended()
    assert words_in(record.sound()) == "Good morning to you."
