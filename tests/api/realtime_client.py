"""A client of /v1/realtime that says exactly what it is told to."""

import base64
import json
import wave
from contextlib import contextmanager

import numpy as np
import soxr
from websockets.sync.client import connect

from tests.realtime_record import conforms

RATE_HZ = 24_000


def socket_url(url, path="/v1/realtime"):
    return url.replace("http://", "ws://") + path


class Talk:
    """One connection."""

    def __init__(self, socket):
        self.socket = socket
        self.last_event_id = None

    def say(self, kind, **fields):
        self.socket.send(json.dumps({"type": kind, **fields}))

    def next(self):
        event = json.loads(self.socket.recv(timeout=30))
        conforms(event)
        self.last_event_id = event["event_id"]
        return event

    def until(self, *kinds):
        """All events up to the first of one of these kinds; an error is none that anybody waits for in vain."""
        events = []
        while not events or events[-1]["type"] not in kinds:
            events.append(self.next())
            assert events[-1]["type"] != "error" or "error" in kinds, events[-1]
        return events

    def ask(self, text):
        """Everything that is told while `text` is answered."""
        content = [{"type": "input_text", "text": text}]
        self.say("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        self.say("response.create")
        return self.until("response.done")

    def append(self, samples):
        for start in range(0, len(samples), RATE_HZ // 10):
            piece = samples[start : start + RATE_HZ // 10].astype("<i2").tobytes()
            self.say("input_audio_buffer.append", audio=base64.b64encode(piece).decode())

    def drop(self):
        """Break off without a goodbye, as a network does."""
        self.socket.socket.shutdown(2)


@contextmanager
def talking(url, query="", path="/v1/realtime", **options):
    with connect(socket_url(url, path) + query, max_size=None, compression=None, **options) as socket:
        yield Talk(socket)


def spoken(path):
    """A clip at 24 kHz."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return soxr.resample(samples, file.getframerate(), RATE_HZ)


def types(events):
    return [event["type"] for event in events]
