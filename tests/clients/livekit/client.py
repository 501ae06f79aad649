"""Asks a server with LiveKit's OpenAI plugin and prints what came, as one line of JSON. Runs in an environment of its own."""

import asyncio
import json
import sys
import wave
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, APIStatusError
from livekit.plugins import openai

FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
# Both ways in which the plugin asks: sse for every model but OpenAI's two oldest.
MODELS = {"sse": "gpt-4o-mini-tts", "audio": "tts-1"}
ONCE = APIConnectOptions(max_retry=0, timeout=30.0)


def sum_up(frames: list[rtc.AudioFrame]) -> dict[str, Any]:
    return {
        "frames": len(frames),
        "rates_hz": sorted({frame.sample_rate for frame in frames}),
        "seconds": sum(frame.duration for frame in frames),
        "loudest": max((max(map(abs, frame.data), default=0) for frame in frames), default=0),
    }


async def say(base_url: str, text: str, **options: Any) -> dict[str, Any]:
    tts = openai.TTS(base_url=base_url, api_key="not-needed", **options)
    try:
        tts.prewarm()
        async with tts.synthesize(text, conn_options=ONCE) as stream:
            return sum_up([piece.frame async for piece in stream])
    except APIStatusError as error:
        return {"status": error.status_code, "message": error.message, "request_id": error.request_id, "retryable": error.retryable}
    except APIError as error:
        return {"error": type(error).__name__}
    finally:
        await tts.aclose()


async def hear(base_url: str, clip: Path, **options: Any) -> dict[str, Any]:
    with wave.open(str(clip)) as file:
        frame = rtc.AudioFrame(file.readframes(file.getnframes()), file.getframerate(), file.getnchannels(), file.getnframes())
    stt = openai.STT(base_url=base_url, api_key="not-needed", **options)
    try:
        heard = await stt.recognize(frame, conn_options=ONCE)
    except APIStatusError as error:
        return {"status": error.status_code, "message": error.message, "request_id": error.request_id}
    finally:
        await stt.aclose()
    return {"text": heard.alternatives[0].text, "language": str(heard.alternatives[0].language)}


async def main(base_url: str, clip: Path, text: str) -> dict[str, Any]:
    return {
        "formats": {
            f"{way}-{audio_format}": await say(base_url, text, model=model, response_format=audio_format)
            for way, model in MODELS.items()
            for audio_format in FORMATS
        },
        "defaults": await say(base_url, text),
        "fast": await say(base_url, text, speed=2.0, instructions="Speak as a pirate."),
        "unknown voice": await say(base_url, text, voice="alloyy"),
        "heard": {
            "gpt-4o-mini-transcribe": await hear(base_url, clip),
            "whisper-1": await hear(base_url, clip, model="whisper-1", prompt="Trains and cities."),
            "gpt-transcribe": await hear(
                base_url, clip, model="gpt-transcribe", language=["en", "de"], keywords=["train", "city"], temperature=0.0
            ),
            "detected": await hear(base_url, clip, detect_language=True),
        },
        "unknown model": await hear(base_url, clip, model="whisper-9x"),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))))
