"""Asks a server with Pipecat's OpenAI services, in real pipelines, and prints what came as one line of JSON.

Runs in an environment of its own.
"""

import asyncio
import json
import sys
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.worker import PipelineParams
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.tests.utils import run_test
from pipecat.transcriptions.language import Language

VOICES = ("alloy", "ash", "marin", "verse")
PIECE_SECONDS = 0.02
START_LIMIT_SECONDS = 60.0


async def through(service: FrameProcessor, frames: Sequence[Frame], rate_hz: int) -> list[Frame]:
    """Everything that comes out of a pipeline of one service, at both ends."""
    params = PipelineParams(audio_in_sample_rate=rate_hz, audio_out_sample_rate=24_000)
    down, up = await run_test(service, frames_to_send=frames, pipeline_params=params, start_timeout=START_LIMIT_SECONDS)
    return [*down, *up]


async def say(base_url: str, text: str, **settings: Any) -> dict[str, Any]:
    service = OpenAITTSService(api_key="not-needed", base_url=base_url, settings=OpenAITTSService.Settings(**settings))
    frames = await through(service, [TTSSpeakFrame(text)], 24_000)
    sound = [frame for frame in frames if isinstance(frame, TTSAudioRawFrame)]
    samples = array("h", b"".join(frame.audio for frame in sound))
    return {
        "frames": len(sound),
        "rates_hz": sorted({frame.sample_rate for frame in sound}),
        "seconds": len(samples) / 24_000,
        "loudest": max(map(abs, samples), default=0),
        "errors": [frame.error for frame in frames if isinstance(frame, ErrorFrame)],
    }


async def hear(base_url: str, clip: Path, *, probabilities: bool = False, **settings: Any) -> dict[str, Any]:
    service = OpenAISTTService(
        api_key="not-needed",
        base_url=base_url,
        include_prob_metrics=probabilities,
        settings=OpenAISTTService.Settings(**settings),
    )
    with wave.open(str(clip)) as file:
        rate_hz = file.getframerate()
        pieces = iter(lambda: file.readframes(round(PIECE_SECONDS * rate_hz)), b"")
        spoken: list[Frame] = [InputAudioRawFrame(piece, rate_hz, 1) for piece in pieces]
    frames = await through(service, [VADUserStartedSpeakingFrame(), *spoken, VADUserStoppedSpeakingFrame()], rate_hz)
    return {
        "texts": [frame.text for frame in frames if isinstance(frame, TranscriptionFrame)],
        "logprobs": [bool(getattr(frame.result, "logprobs", None)) for frame in frames if isinstance(frame, TranscriptionFrame)],
        "errors": [frame.error for frame in frames if isinstance(frame, ErrorFrame)],
    }


async def main(base_url: str, clip: Path, text: str) -> dict[str, Any]:
    return {
        "voices": {voice: await say(base_url, text, voice=voice) for voice in VOICES},
        "fast": await say(base_url, text, speed=2.0, instructions="Speak as a pirate."),
        "unknown model": await say(base_url, text, model="tts-9x"),
        "too fast": await say(base_url, text, speed=9.0),
        "heard": {
            "gpt-transcribe": await hear(base_url, clip),
            "whisper-1": await hear(base_url, clip, model="whisper-1", language=Language.EN_GB, prompt="Trains.", temperature=0.0),
            "keywords": await hear(base_url, clip, keywords=["train", "city"]),
            "probabilities": await hear(base_url, clip, probabilities=True),
            "verbose": await hear(base_url, clip, model="whisper-1", probabilities=True),
        },
        "unknown language": await hear(base_url, clip, language=Language.BG),
    }


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))))
