"""Enough of the service behind `edge-tts`, on loopback: its web socket and frames, 48 ms of tone per character as MP3, word boundaries."""

import asyncio
import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from xml.sax.saxutils import unescape

import av
import numpy as np
from aiohttp import WSMsgType, web

RATE_HZ = 24_000
FRAME_SAMPLES = 576
FRAMES_PER_CHARACTER = 2
TICKS_PER_SECOND = 10_000_000
FRAMES_PER_MESSAGE = 40
SSML = re.compile(
    r"<voice name='(?P<voice>[^']*)'><prosody pitch='[^']*' rate='(?P<rate>[+-]\d+)%' volume='[^']*'>(?P<text>.*)</prosody>",
    re.DOTALL,
)
WORD = re.compile(r"\w[\w'’-]*")


def tone_frames() -> list[bytes]:
    """Frames of 24 ms that can be played in any order: 48 kbit/s, nothing kept from one for the next."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as output:
        stream = output.add_stream("libmp3lame", rate=RATE_HZ, layout="mono", options={"reservoir": "0"})
        stream.bit_rate = 48_000
        samples = (9_000 * np.sin(2 * np.pi * 250 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        packets = [*stream.encode(frame), *stream.encode(None)]
    return [bytes(packet) for packet in packets][5:-5]


class EdgeService:
    """Answers every connection; `script` may answer the next one instead."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.voices: list[str] = []
        self.script = None
        self._frames = tone_frames()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.script is not None:
            answer = await self.script(request)
            if answer is not None:
                return answer
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT and "Path:ssml" in message.data:
                with suppress(ConnectionResetError):  # whoever asked may have left
                    await self._speak(socket, message.data)
                break
        return socket

    async def _speak(self, socket: web.WebSocketResponse, message: str) -> None:
        wanted = SSML.search(message)
        text = unescape(wanted["text"])
        self.texts.append(text)
        self.voices.append(wanted["voice"])
        frames_per_character = FRAMES_PER_CHARACTER / (1 + int(wanted["rate"]) / 100)
        await socket.send_str("X-RequestId:1\r\nPath:turn.start\r\n\r\n{}")
        total = round(len(text) * frames_per_character)
        words = [
            (match[0], match.start() * frames_per_character, match.end() * frames_per_character) for match in WORD.finditer(text)
        ]
        for start in range(0, total, FRAMES_PER_MESSAGE):
            end = min(start + FRAMES_PER_MESSAGE, total)
            while words and words[0][1] < end:
                await socket.send_str(boundary(*words.pop(0)))
            await socket.send_bytes(audio(b"".join(self._frames[number % len(self._frames)] for number in range(start, end))))
            await asyncio.sleep(0)
        await socket.send_str("X-RequestId:1\r\nPath:turn.end\r\n\r\n{}")


def boundary(word: str, start_frames: float, end_frames: float) -> str:
    ticks = FRAME_SAMPLES * TICKS_PER_SECOND / RATE_HZ
    data = {
        "Offset": round(start_frames * ticks),
        "Duration": round((end_frames - start_frames) * ticks),
        "text": {"Text": word, "Length": len(word), "BoundaryType": "WordBoundary"},
    }
    return "X-RequestId:1\r\nContent-Type:application/json\r\nPath:audio.metadata\r\n\r\n" + json.dumps(
        {"Metadata": [{"Type": "WordBoundary", "Data": data}]}
    )


def audio(data: bytes) -> bytes:
    headers = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    return len(headers).to_bytes(2, "big") + headers + data


@contextmanager
def running_edge_service() -> Iterator[tuple[EdgeService, str]]:
    """The service and the URL of its web socket, in a loop of its own."""
    service, started, url = EdgeService(), threading.Event(), ""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        nonlocal url
        app = web.Application()
        app.router.add_get("/edge/v1", service.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        url = f"ws://127.0.0.1:{port}/edge/v1?TrustedClientToken=none"
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="edge-service")
    thread.start()
    started.wait()
    try:
        yield service, url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
