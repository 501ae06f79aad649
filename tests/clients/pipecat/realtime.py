"""Converses with a server through Pipecat's realtime service, in a pipeline with a mouth, and prints what came as one line of JSON.

Runs in an environment of its own.
"""

import asyncio
import json
import sys
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    BotStoppedSpeakingFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMRunFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSStartedFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

RATE_HZ = 24_000
TICK_SECONDS = 0.02
TICK_BYTES = round(RATE_HZ * TICK_SECONDS) * 2
PATIENCE_SECONDS = 30.0
WEATHER = FunctionSchema("get_weather", "How the weather is.", {"city": {"type": "string"}}, ["city"])

told: list[dict[str, Any]] = []


def overhear() -> None:
    """Write down what the server tells, on its way to the service."""
    parse = events.parse_server_event

    def heard(text: str) -> Any:
        told.append(json.loads(text))
        return parse(text)

    events.parse_server_event = heard


async def until(condition: Callable[[], Any], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"in vain: {what}; last came {[one['type'] for one in told[-10:]]}") from None


def count(kind: str, **fields: Any) -> int:
    return sum(one["type"] == kind and all(one.get(name) == value for name, value in fields.items()) for one in told)


def samples_of(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes())


class Mouth(BaseOutputTransport):
    """Plays at the pace of speech, and remembers what."""

    def __init__(self) -> None:
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_10ms_chunks=2))
        self.played = b""
        self._begun = 0
        self._speaking = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, TTSStartedFrame):
            self._speaking = True
            self._begun += 1
        await super().process_frame(frame, direction)

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        if isinstance(frame, BotStoppedSpeakingFrame):
            self._speaking = False
        await super().push_frame(frame, direction)

    async def done(self, replies: int) -> None:
        """So many replies have begun to be played, which may be after the server is done with them, and the last has ended."""
        await until(lambda: self._begun >= replies and not self._speaking, "the end of what is said")

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        # What it fills silence with is nothing that anybody said.
        if max(map(abs, array("h", frame.audio)), default=0):
            self.played += frame.audio
        await asyncio.sleep(len(frame.audio) / 2 / frame.sample_rate)
        return True


class Overhearing(FrameProcessor):
    """Writes down what was heard of the user, which goes up the pipeline."""

    def __init__(self) -> None:
        super().__init__()
        self.transcripts: list[str] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self.transcripts.append(frame.text)
        await self.push_frame(frame, direction)


class Call:
    """A pipeline at work, with a microphone that is never off."""

    def __init__(self, worker: PipelineWorker, said: Path) -> None:
        self.worker = worker
        self.errors: list[str] = []
        self._said = said
        self._waiting = b""
        self._quiet_ticks = 0
        self._started = asyncio.Event()
        worker.add_event_handler("on_pipeline_started", self._on_started)
        worker.add_event_handler("on_pipeline_error", self._on_error)

    async def __aenter__(self) -> "Call":
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self.worker)
        self._running = asyncio.create_task(runner.run())
        await asyncio.wait_for(self._started.wait(), PATIENCE_SECONDS)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self.worker.queue_frame(EndFrame())
        await asyncio.wait_for(self._running, PATIENCE_SECONDS)

    def say(self, name: str) -> None:
        self._waiting += samples_of(self._said / f"{name}.wav")
        self._quiet_ticks = 0

    async def quiet(self) -> None:
        """All of it has been said, and nothing for longer than the service remembers."""
        await until(lambda: self._quiet_ticks * TICK_SECONDS > 0.6, "silence")

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._quiet_ticks += not self._waiting
            piece, self._waiting = self._waiting[:TICK_BYTES], self._waiting[TICK_BYTES:]
            await self.worker.queue_frame(InputAudioRawFrame(piece.ljust(TICK_BYTES, b"\0"), RATE_HZ, 1))
            due += TICK_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _on_started(self, _worker: PipelineWorker, _frame: Frame) -> None:
        self._started.set()

    async def _on_error(self, _worker: PipelineWorker, frame: Any) -> None:
        self.errors.append(frame.error)


def service(url: str, **audio: Any) -> OpenAIRealtimeLLMService:
    wanted = events.AudioInput(transcription=events.InputAudioTranscription(), **audio)
    properties = events.SessionProperties(audio=events.AudioConfiguration(input=wanted))
    settings = OpenAIRealtimeLLMService.Settings(system_instruction="Be brief.", session_properties=properties)
    return OpenAIRealtimeLLMService(api_key="not-needed", base_url=url, settings=settings)


def worker_of(*processors: FrameProcessor) -> PipelineWorker:
    params = PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ, enable_usage_metrics=True)
    return PipelineWorker(Pipeline(list(processors)), params=params, cancel_on_idle_timeout=False, enable_rtvi=False)


async def get_weather(params: FunctionCallParams) -> None:
    await params.result_callback(f"sunny in {params.arguments['city']}")


async def converse(url: str, said: Path) -> dict[str, Any]:
    """The server says whose turn it is."""
    told.clear()
    llm = service(
        url, turn_detection=events.SemanticTurnDetection(), noise_reduction=events.InputAudioNoiseReduction(type="near_field")
    )
    llm.register_function("get_weather", get_weather)
    context = LLMContext([{"role": "developer", "content": "Say hello!"}], ToolsSchema(standard_tools=[WEATHER]))
    pair = LLMContextAggregatorPair(context)
    overhearing, mouth = Overhearing(), Mouth()
    async with Call(worker_of(pair.user(), overhearing, llm, mouth, pair.assistant()), said) as call:
        await call.worker.queue_frame(LLMRunFrame())
        await until(lambda: count("response.done") == 1, "a greeting")
        await mouth.done(1)
        call.say("weather")
        await until(lambda: count("response.done") == 3, "what the function gave")
        await mouth.done(3)
        call.say("story")
        await until(lambda: count("response.created") == 4, "a story")
        before = len(mouth.played)
        await until(lambda: len(mouth.played) > before + RATE_HZ * 2, "a second of the story")
        call.say("stop")
        await until(lambda: count("conversation.item.truncated") == 1, "the truncation")
        await until(lambda: count("response.done") == 5, "a reply to the interruption")
        await mouth.done(5)
        try:
            await llm.retrieve_conversation_item("item_of_nobody")
            unknown = ""
        except Exception as error:  # noqa: BLE001 - the service raises nothing more precise
            unknown = str(error)
        cut = next(one["item_id"] for one in told if one["type"] == "conversation.item.truncated")
        kept = await llm.retrieve_conversation_item(cut)
        before = len(mouth.played)
        call.say("hello")
        await until(lambda: count("response.done") == 6, "a reply to hello")
        await mouth.done(6)
    return {
        "events": list(told),
        "errors": call.errors,
        "transcripts": overhearing.transcripts,
        "unknown": unknown,
        "kept": [part.transcript for part in kept.content or []],
        "played": mouth.played[before:].hex(),
        "context": [message for message in context.get_messages() if isinstance(message, dict)],
    }


async def push_to_talk(url: str, said: Path) -> dict[str, Any]:
    """The pipeline says whose turn it is."""
    told.clear()
    llm = service(url, turn_detection=False)
    mouth = Mouth()
    async with Call(worker_of(llm, mouth), said) as call:
        await until(lambda: count("session.updated") == 1, "the settings")
        for number in (1, 2):
            await call.worker.queue_frames([InterruptionFrame(), UserStartedSpeakingFrame()])
            await until(lambda number=number: count("input_audio_buffer.cleared") == number, "an empty buffer")
            call.say("hello")
            await call.quiet()
            await call.worker.queue_frame(UserStoppedSpeakingFrame())
            await until(lambda number=number: count("response.done") == number, "a reply")
    return {"events": list(told), "errors": call.errors}


async def main(url: str, said: Path) -> dict[str, Any]:
    overhear()
    return {"conversation": await converse(url, said), "push to talk": await push_to_talk(url, said)}


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    print(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))
