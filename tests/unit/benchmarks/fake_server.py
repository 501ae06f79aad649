"""A small server in the shape of OpenAI's audio API, and of piper's, for trying the measurements on. Run as a program; prints its port.

The model's name says how it behaves: `quiet` sends a header and no sound, `failing` answers 500, `leaky` keeps a thread for each request.
"""

import argparse
import asyncio
import io
import socket
import sys
import threading
import wave
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

BYTES_PER_CHARACTER = 100
PIECE_CHARACTERS = 50
never = threading.Event()


def header(size: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(24_000)
        writer.writeframes(bytes(size))
    return buffer.getvalue()[:44]


async def sound(text: str, audio_format: str) -> AsyncIterator[bytes]:
    if audio_format == "wav":
        yield header(len(text) * BYTES_PER_CHARACTER)
    for start in range(0, len(text), PIECE_CHARACTERS):
        yield bytes(len(text[start : start + PIECE_CHARACTERS]) * BYTES_PER_CHARACTER)
        await asyncio.sleep(0)


async def speech(request: Request) -> Response:
    asked = await request.json()
    if asked["model"] == "failing":
        return JSONResponse({"error": {"message": "the fake fails", "type": "server_error", "param": None, "code": None}}, 500)
    if asked["model"] == "quiet":
        return Response(header(0), media_type="audio/wav")
    if asked["model"] == "leaky":
        threading.Thread(target=never.wait, daemon=True).start()
    return StreamingResponse(sound(asked["input"], asked["response_format"]), media_type="audio/x-fake")


async def synthesize(request: Request) -> Response:
    text = (await request.json())["text"]
    return Response(b"".join([piece async for piece in sound(text, "wav")]), media_type="audio/wav")


async def transcriptions(request: Request) -> Response:
    async with request.form() as form:
        with wave.open(form["file"].file, "rb") as reader:  # type: ignore[union-attr]
            seconds = reader.getnframes() / reader.getframerate()
            held = len(reader.readframes(reader.getnframes())) / 2 / reader.getframerate()
    assert seconds == held
    return JSONResponse({"text": "it was heard", "duration": seconds, "segments": []})


async def ready(_: Request) -> Response:
    return JSONResponse({"status": "ready"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    port = parser.parse_args().port
    app = Starlette(
        routes=[
            Route("/v1/audio/speech", speech, methods=["POST"]),
            Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
            Route("/synthesize", synthesize, methods=["POST"]),
            Route("/health/ready", ready),
        ]
    )
    config = uvicorn.Config(app, log_level="warning", ws="none", lifespan="off")
    # asyncio switches Nagle's algorithm off only for sockets that say they are TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    asyncio.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main()
