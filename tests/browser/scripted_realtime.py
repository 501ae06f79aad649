"""A realtime server in the page's place of one: says what a test tells it to, and writes down what the page says."""

import base64
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page, WebSocketRoute

RATE_HZ = 24_000
RESUME_SECONDS = 30
# In the page, instead of a microphone: silence until a test has it `say` a tone, as loud as a voice.
MICROPHONE = """() => {
  let gain = null;
  let loudness = 0;
  window.say = (loud) => {
    loudness = loud ? 0.3 : 0;
    if (gain) gain.gain.value = loudness;
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: 300 });
    gain = new GainNode(context, { gain: loudness });
    tone.connect(gain).connect(out);
    tone.start();
    return out.stream;
  };
}"""


def tone(seconds: float) -> str:
    """Sound as it travels in events."""
    wave = np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ) * 8_000
    return base64.b64encode(wave.astype("<i2").tobytes()).decode()


class ScriptedRealtime:
    """What `/v1/realtime` is in a page. One connection at a time; those that come later go on with the conversation."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._ids = itertools.count()
        self._socket: WebSocketRoute | None = None
        self.addresses: list[str] = []
        self.said: list[dict[str, Any]] = []
        self.kept: str | None = None
        self.refuse: Callable[[], bool] = lambda: False
        secret = {"value": "ek_of_this_test", "expires_at": 4_000_000_000, "session": {}}
        page.route("**/v1/realtime/client_secrets", lambda route: route.fulfill(json=secret))
        page.route_web_socket(re.compile(r"/v1/realtime(\?|$)"), self._connected)
        page.add_init_script(f"({MICROPHONE})()")

    def _connected(self, socket: WebSocketRoute) -> None:
        self.addresses.append(socket.url)
        if self.refuse():
            socket.close(code=1008, reason="refused")
            return
        self._socket = socket
        socket.on_message(self._heard)
        if "resume=" not in socket.url:
            told = {"resume_token": "token-1", "resume_seconds": RESUME_SECONDS}
            self.tell("session.created", session={"id": "sess_1", "voxhelm": told})

    def _heard(self, message: str | bytes) -> None:
        event = json.loads(message)
        self.said.append(event)
        if event["type"] == "conversation.item.retrieve" and self.kept is not None:
            content = [{"type": "output_audio", "transcript": self.kept}]
            item = {"id": event["item_id"], "type": "message", "role": "assistant", "content": content}
            self.tell("conversation.item.retrieved", item=item)
        if event["type"] == "conversation.item.create":
            self.tell("conversation.item.added", item={"id": f"item_{next(self._ids)}", **event["item"]}, previous_item_id=None)
        if event["type"] == "conversation.item.truncate":
            cut = {name: event[name] for name in ("item_id", "content_index", "audio_end_ms")}
            self.tell("conversation.item.truncated", **cut)

    def tell(self, kind: str, **fields: object) -> None:
        """Send an event."""
        assert self._socket is not None
        self._socket.send(json.dumps({"type": kind, "event_id": f"event_{next(self._ids)}", **fields}))

    def drop(self, code: int = 1011) -> None:
        """Break the connection."""
        assert self._socket is not None
        self._socket.close(code=code)

    def kinds(self) -> list[str]:
        """What the page said, without its sound."""
        return [event["type"] for event in self.said if event["type"] != "input_audio_buffer.append"]

    def last(self, kind: str) -> dict[str, Any]:
        """The last event of a kind that the page said."""
        return next(event for event in reversed(self.said) if event["type"] == kind)

    def sound_ms(self) -> float:
        """How much of the microphone came."""
        sounds = (event["audio"] for event in self.said if event["type"] == "input_audio_buffer.append")
        return sum(len(base64.b64decode(sound)) for sound in sounds) / 2 / RATE_HZ * 1000

    def wait_for(self, kind: str) -> dict[str, Any]:
        """Until the page has said it."""
        while kind not in self.kinds():
            self._page.wait_for_timeout(10)  # lets events of the page come in
        return self.last(kind)

    # Turns

    def hear(self, item_id: str, text: str) -> None:
        """The caller has spoken."""
        self.tell("input_audio_buffer.speech_started", item_id=item_id, audio_start_ms=0)
        for word in text.split():
            self.tell("conversation.item.input_audio_transcription.delta", item_id=item_id, content_index=0, delta=f"{word} ")
        self.tell("input_audio_buffer.speech_stopped", item_id=item_id, audio_end_ms=1000)
        self.tell("input_audio_buffer.committed", item_id=item_id, previous_item_id=None)
        self.tell("conversation.item.input_audio_transcription.completed", item_id=item_id, content_index=0, transcript=text)

    def begin_reply(self, number: int) -> None:
        """A reply is on its way."""
        self.tell("response.created", response={"id": f"resp_{number}", "status": "in_progress"})
        item = {"id": f"item_reply_{number}", "type": "message", "role": "assistant", "content": []}
        self.tell("response.output_item.added", response_id=f"resp_{number}", output_index=0, item=item)
        self.tell("conversation.item.added", item=item, previous_item_id=None)

    def speak(self, number: int, text: str, seconds: float) -> None:
        """More of it, with its sound."""
        of = {"response_id": f"resp_{number}", "item_id": f"item_reply_{number}", "output_index": 0, "content_index": 0}
        self.tell("response.output_audio_transcript.delta", delta=text, **of)
        self.tell("response.output_audio.delta", delta=tone(seconds), **of)

    def end_reply(self, number: int, status: str = "completed", reason: str | None = None) -> None:
        """No more of it comes."""
        of = {"response_id": f"resp_{number}", "item_id": f"item_reply_{number}", "output_index": 0, "content_index": 0}
        self.tell("response.output_audio.done", **of)
        details = {"type": status, "reason": reason} if reason else None
        self.tell("response.done", response={"id": f"resp_{number}", "status": status, "status_details": details, "output": []})
